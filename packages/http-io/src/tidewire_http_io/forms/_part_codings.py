"""What a part's data was encoded with, taken off or put on piece by piece.

Two layers: the content coding, as of any content (RFC 9110, section 8.4), and around it the transfer encoding
(RFC 2045, section 6), which has no meaning for HTTP itself.
"""

from __future__ import annotations

from typing import Final

from tidewire_http_io.forms._form_errors import UnsupportedTransferEncoding
from tidewire_http_io.forms._part_feed import own_error
from tidewire_http_io.forms._transfer_encodings import (
    BASE64,
    QUOTED_PRINTABLE,
    Base64Decoder,
    Base64Encoder,
    QuotedPrintableDecoder,
    QuotedPrintableEncoder,
    transfer_encoding_name,
)
from tidewire_http_parser import LocalProtocolError, RemoteProtocolError
from tidewire_http_parser.codings import ContentDecoder, ContentEncoder, parse_content_encoding

__all__: list[str] = []

# Bytes that the content's decoder is given at once; what they become is bounded by whoever reads.
_SLICE: Final = 65536


class PartDecoder:
    """Decodes the data of one part, no more at once than it is asked for.

    Args:
        transfer_encoding: the value of Content-Transfer-Encoding, empty where there is none.
        content_encoding: the value of Content-Encoding, empty where there is none.

    Attributes:
        finished: whether all data was decoded and read.

    Raises:
        UnsupportedTransferEncoding: the transfer encoding is unknown.
        tidewire_http_parser.InvalidContentCoding: too many content codings.
        tidewire_http_parser.UnsupportedContentCoding: a content coding is unknown, or its library is not there.
    """

    __slots__ = ("_content", "_data", "_ended", "_pos", "_transfer", "finished")

    def __init__(self, transfer_encoding: str, content_encoding: str) -> None:
        self._transfer = _transfer_decoder(transfer_encoding)
        codings = parse_content_encoding(content_encoding)
        self._content = ContentDecoder(content_encoding) if codings else None
        self._data = b""  # what the transfer encoding was taken off
        self._pos = 0
        self._ended = False
        self.finished = False

    def receive_data(self, data: bytes) -> None:
        """Take a piece of the part; only once everything before it was read."""
        try:
            self._data = data if self._transfer is None else self._transfer.decode(data)
        except RemoteProtocolError as error:
            raise own_error(error) from error.__cause__
        self._pos = 0

    def receive_eof(self) -> None:
        """Take note that the part has ended."""
        try:
            self._data = b"" if self._transfer is None else self._transfer.finish()
        except RemoteProtocolError as error:
            raise own_error(error) from error.__cause__
        self._pos = 0
        self._ended = True

    def read(self, max_output: int) -> bytes:
        """Return up to so many decoded bytes; none where more must be received, or at the end.

        Raises:
            InvalidTransferEncoding: the data is not as its transfer encoding says.
            tidewire_http_parser.InvalidContentCoding: the content is not as its codings say.
        """
        if self._content is None:
            piece = self._data[self._pos : self._pos + max_output]
            self._pos += len(piece)
            self.finished = self._ended and not piece
            return piece
        while True:
            if not self._content.needs_data:
                try:
                    piece = self._content.read(max_output)
                except RemoteProtocolError as error:
                    raise own_error(error) from error.__cause__
                if piece:
                    return piece
            if self._content.finished:
                self.finished = True
                return b""
            if self._pos < len(self._data):
                self._content.receive_data(self._data[self._pos : self._pos + _SLICE])
                self._pos += _SLICE
            elif self._ended:
                self._content.receive_eof()
            else:
                return b""


def _transfer_decoder(value: str) -> Base64Decoder | QuotedPrintableDecoder | None:
    name = transfer_encoding_name(value)
    if name == BASE64:
        return Base64Decoder()
    if name == QUOTED_PRINTABLE:
        return QuotedPrintableDecoder()
    if name:
        raise UnsupportedTransferEncoding(name)
    return None


class PartEncoder:
    """Encodes the data of one part.

    Args:
        transfer_encoding: the value of Content-Transfer-Encoding, empty where there is none.
        content_encoding: the value of Content-Encoding, empty where there is none.

    Raises:
        tidewire_http_parser.LocalProtocolError: one of them is unknown, or there are several content codings.
    """

    __slots__ = ("_content", "_transfer")

    def __init__(self, transfer_encoding: str, content_encoding: str) -> None:
        self._transfer = _transfer_encoder(transfer_encoding)
        codings = parse_content_encoding(content_encoding)
        if len(codings) > 1:
            raise LocalProtocolError(f"more than one content coding for a part: {content_encoding[:100]!r}")
        self._content = ContentEncoder(codings[0]) if codings else None

    def encode(self, data: bytes) -> bytes:
        """Encode a piece; it may be held back."""
        if self._content is not None:
            data = self._content.encode(data)
        return data if self._transfer is None else self._transfer.encode(data)

    def finish(self) -> bytes:
        """Encode what was held back."""
        data = b"" if self._content is None else self._content.finish()
        if self._transfer is None:
            return data
        return self._transfer.encode(data) + self._transfer.finish()


def _transfer_encoder(value: str) -> Base64Encoder | QuotedPrintableEncoder | None:
    name = transfer_encoding_name(value)
    if name == BASE64:
        return Base64Encoder()
    if name == QUOTED_PRINTABLE:
        return QuotedPrintableEncoder()
    if name:
        raise LocalProtocolError(f"unknown transfer encoding {name[:100]!r}")
    return None


def is_encoded(transfer_encoding: str, content_encoding: str) -> bool:
    """Tell whether these header fields of a part say that its data is not what it was made of."""
    return bool(transfer_encoding_name(transfer_encoding) or parse_content_encoding(content_encoding))

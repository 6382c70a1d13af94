"""One part of a multipart content, read with `await`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from multidict import CIMultiDict, CIMultiDictProxy

from tidewire_http_io._stream_errors import BodyTooLarge
from tidewire_http_io.forms._charsets import decode_text
from tidewire_http_io.forms._form_limits import FormLimits
from tidewire_http_io.forms._part_codings import PartDecoder
from tidewire_http_io.forms._part_feed import Budget, ByteSource, PartFeed
from tidewire_http_io.forms._sent_part import SentPart
from tidewire_http_io.forms._transfer_encodings import BASE64, transfer_encoding_name
from tidewire_http_io.forms._urlencoded import parse_urlencoded
from tidewire_http_parser import InvalidFieldValue, InvalidMultipart
from tidewire_http_parser.field_values import ContentDisposition, parse_content_disposition, parse_media_type

__all__ = ["BodyPartReader"]

_NO_DISPOSITION: Final = ContentDisposition("", {})
# Bytes that are decoded without a wait before others get their turn.
_FAIR_SHARE: Final = 1048576
# What a form within a part may have besides what its part may: as many bytes as that.
_FORM_LIMITS: Final = FormLimits(field=sys.maxsize, total=sys.maxsize)


class BodyPartReader(SentPart):
    """Reads one part: a field of a form, a file, an attachment.

    Its data comes as it was sent, unless a method says that it decodes. A read that is cancelled has
    taken nothing, and neither has a `read_chunk()` or `readline()` that fails. Of the parts of a form Content-Length and
    Content-Encoding are not looked at (RFC 7578, section 4.8). Once the next part was asked for, this one has nothing
    more to read.

    Args:
        boundary: the boundary of the multipart.
        headers: the part's header fields.
        content: a stream that stands behind the part's head; a `MultipartReader` gives what it reads from itself.
        subtype: that of the multipart: the parts of `form-data` are those of a form.
        default_charset: the charset of text that names none.
        max_decompress_size: bytes that one step of decoding makes at most.
        client_max_size: bytes that `read()` and what builds on it may keep, of all parts of a content together.
        max_size_error_cls: called with that number, and raised above it.

    Raises:
        tidewire_http_parser.InvalidMultipart: a Content-Length that is none.
        tidewire_http_parser.LocalProtocolError: a boundary that is none.

    Attributes:
        headers: the part's header fields.
    """

    def __init__(
        self,
        boundary: str,
        headers: Mapping[str, str],
        content: ByteSource | PartFeed,
        *,
        subtype: str = "mixed",
        default_charset: str | None = None,
        max_decompress_size: int = 262144,
        client_max_size: int = sys.maxsize,
        max_size_error_cls: type[Exception] = BodyTooLarge,
    ) -> None:
        if isinstance(content, PartFeed):
            feed = content
        else:
            feed = PartFeed.of_part(content, boundary, Budget(client_max_size, max_size_error_cls))
        if isinstance(headers, CIMultiDictProxy):
            self.headers: CIMultiDictProxy[str] = headers
        else:
            self.headers = CIMultiDictProxy(CIMultiDict(headers))
        self._default_charset = default_charset
        self._is_form_data = subtype == "form-data"
        super().__init__(
            feed,
            in_groups=transfer_encoding_name(self._transfer_encoding) == BASE64,
            length=None if self._is_form_data else _content_length(self.headers),
        )
        self._step = max_decompress_size
        self._decoder: PartDecoder | None = None
        self._decoded = memoryview(b"")  # what it made for a read that was cancelled
        self._disposition: ContentDisposition | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name!r:.100} filename={self.filename!r:.100}>"

    # What the part is.

    @property
    def content_disposition(self) -> ContentDisposition:
        """The Content-Disposition; of an empty type where there is none that can be read."""
        if self._disposition is None:
            try:
                self._disposition = parse_content_disposition(self.headers.get("Content-Disposition", ""))
            except InvalidFieldValue:
                self._disposition = _NO_DISPOSITION
        return self._disposition

    @property
    def name(self) -> str | None:
        """The name of the field of a form."""
        return self.content_disposition.name

    @property
    def filename(self) -> str | None:
        """The name of a file as its sender gave it: not a path that may be opened."""
        return self.content_disposition.filename

    def get_charset(self, default: str) -> str:
        """Return the charset of the part's text: its own, else that of the form, else the one given."""
        parameters = parse_media_type(self.headers.get("Content-Type", ""))[1]
        return parameters.get("charset") or self._default_charset or default

    @property
    def _transfer_encoding(self) -> str:
        return self.headers.get("Content-Transfer-Encoding", "")

    @property
    def _content_encoding(self) -> str:
        if self._is_form_data or "Content-Encoding" not in self.headers:
            return ""
        return ", ".join(self.headers.getall("Content-Encoding"))

    # Reading what was sent.

    def at_eof(self) -> bool:
        """Whether everything was read, or let go."""
        if self._decoded or not super().at_eof():
            return False
        return self._decoder is None or self._decoder.finished

    async def read(self, *, decode: bool = False) -> bytes:
        """Read to the end of the part.

        Args:
            decode: whether to take off Content-Transfer-Encoding and Content-Encoding.

        Returns:
            The data; none where it was read before.

        Raises:
            Exception: `max_size_error_cls`, where the parts would keep too much.
            InvalidTransferEncoding: the data is not as its Content-Transfer-Encoding says, when decoding.
            UnsupportedTransferEncoding: that is unknown.
            tidewire_http_parser.InvalidContentCoding: the data is not as its Content-Encoding says.
            tidewire_http_parser.UnsupportedContentCoding: that is unknown.
            tidewire_http_parser.InvalidMultipart: the content is malformed, or ends too early.
            StreamReset: the content will not be completed.
        """
        decoding = decode and (self._decoder is not None or self._needs_decoding())
        budget = self._feed.budget
        first = b""
        joined: bytearray | None = None
        unyielding = 0
        try:
            while True:
                if decoding:
                    if unyielding >= _FAIR_SHARE:
                        unyielding = 0
                        await asyncio.sleep(0)
                    piece = await self.read_decoded(self._step)
                    unyielding += len(piece)
                elif self._pos == len(self._held) and not await self._receive():
                    piece = b""
                else:
                    piece = self._take(sys.maxsize)
                if not piece:
                    return first if joined is None else bytes(joined)
                budget.charge(len(piece))
                if not first:
                    first = piece
                elif joined is None:
                    joined = bytearray(first)
                    joined += piece
                else:
                    joined += piece
        except asyncio.CancelledError:
            collected = first if joined is None else bytes(joined)
            budget.charge(-len(collected))
            if decoding:
                self._decoded = memoryview(collected + bytes(self._decoded))
            else:
                self._put_back(collected)
            raise

    async def release(self) -> None:
        """See `SentPart`."""
        self._decoder = None
        self._decoded = memoryview(b"")
        await super().release()

    # Decoding.

    def _needs_decoding(self) -> bool:
        return bool(transfer_encoding_name(self._transfer_encoding) or self._content_encoding)

    async def read_decoded(self, size: int = SentPart.chunk_size) -> bytes:
        """Read up to so many bytes with Content-Transfer-Encoding and Content-Encoding taken off.

        Not to be mixed with the methods that read what was sent.

        Args:
            size: how many, from 1 upwards.

        Returns:
            The bytes; none at the end.

        Raises:
            InvalidTransferEncoding: the data is not as its Content-Transfer-Encoding says.
            UnsupportedTransferEncoding: that is unknown.
            ValueError: the size is below 1.
            tidewire_http_parser.InvalidContentCoding: the data is not as its Content-Encoding says.
            tidewire_http_parser.UnsupportedContentCoding: that is unknown.
            tidewire_http_parser.InvalidMultipart: the content is malformed, or ends too early.
            StreamReset: the content will not be completed.
        """
        if size < 1:
            raise ValueError(f"a chunk has at least 1 byte, not {size}")
        if self._decoded:
            piece = bytes(self._decoded[:size])
            self._decoded = self._decoded[size:]
            return piece
        decoder = self._decoder
        if decoder is None:
            decoder = self._decoder = PartDecoder(self._transfer_encoding, self._content_encoding)
        while True:
            piece = decoder.read(size)
            if piece or decoder.finished:
                return piece
            if await self._fill():
                decoder.receive_data(self._take(sys.maxsize))
            else:
                decoder.receive_eof()

    async def iter_decoded(self, size: int = SentPart.chunk_size) -> AsyncIterator[bytes]:
        """Iterate over the data as `read_decoded()` gives it, so that it never holds up the event loop for long."""
        unyielding = 0
        while piece := await self.read_decoded(size):
            yield piece
            unyielding += len(piece)
            if unyielding >= _FAIR_SHARE:
                unyielding = 0
                await asyncio.sleep(0)

    def decode(self, data: bytes | bytearray | memoryview) -> bytes:
        """Take Content-Transfer-Encoding and Content-Encoding off data that is complete.

        That is what `read()` returned, or with base64 and no Content-Encoding a chunk.

        Args:
            data: the data as it was sent.

        Raises:
            Exception: `max_size_error_cls`, where it becomes more than `max_decompress_size` by its Content-Encoding;
                `decode_iter()` and `read_decoded()` make any number, in steps.
            InvalidTransferEncoding: the data is not as its Content-Transfer-Encoding says.
            UnsupportedTransferEncoding: that is unknown.
            tidewire_http_parser.InvalidContentCoding: the data is not as its Content-Encoding says.
            tidewire_http_parser.UnsupportedContentCoding: that is unknown.
        """
        decoder = PartDecoder(self._transfer_encoding, self._content_encoding)
        bounded = bool(self._content_encoding)
        pieces: list[bytes] = []
        size = 0
        for step in (decoder.receive_data, None):
            if step is not None:
                step(bytes(data))
            else:
                decoder.receive_eof()
            while piece := decoder.read(self._step):
                size += len(piece)
                if bounded and size > self._step:
                    raise self._feed.budget.exceeded(self._step)
                pieces.append(piece)
        return b"".join(pieces)

    async def decode_iter(self, data: bytes | bytearray | memoryview) -> AsyncIterator[bytes]:
        """Take Content-Transfer-Encoding and Content-Encoding off data that is complete, in bounded steps.

        Args:
            data: the data as it was sent.

        Raises:
            Exception: as with `decode()`, but for the size.
        """
        decoder = PartDecoder(self._transfer_encoding, self._content_encoding)
        decoder.receive_data(bytes(data))
        while piece := decoder.read(self._step):
            yield piece
            await asyncio.sleep(0)
        decoder.receive_eof()
        while piece := decoder.read(self._step):
            yield piece
            await asyncio.sleep(0)

    # What the data means.

    async def text(self, *, encoding: str | None = None) -> str:
        """Read the part, decoded, as text.

        Args:
            encoding: the charset; where None, that of the part, of the form, or UTF-8.

        Raises:
            InvalidText: the data is no text in this charset, or the charset is none.
            Exception: as with `read()`.
        """
        data = await self.read(decode=True)
        return decode_text(data, encoding or self.get_charset("utf-8"))

    async def json(self, *, encoding: str | None = None) -> Any:
        """Read the part, decoded, as JSON; None where it is empty.

        Args:
            encoding: as with `text()`.

        Raises:
            ValueError: the data is no JSON.
            Exception: as with `text()`.
        """
        text = await self.text(encoding=encoding)
        try:
            return json.loads(text) if text else None
        except RecursionError:
            raise ValueError("JSON that is nested too deeply") from None

    async def form(self, *, encoding: str | None = None) -> list[tuple[str, str]]:
        """Read the part, decoded, as a form of type application/x-www-form-urlencoded.

        Args:
            encoding: as with `text()`.

        Returns:
            Names and values in their order.

        Raises:
            FormTooLarge: it has more than 1000 fields.
            InvalidText: the data is no text in this charset, or the charset is none.
            Exception: as with `read()`.
        """
        data = await self.read(decode=True)
        charset = encoding or self.get_charset("utf-8")
        return parse_urlencoded(data.rstrip(), charset=charset, errors="strict", limits=_FORM_LIMITS)


def _content_length(headers: CIMultiDictProxy[str]) -> int | None:
    value = headers.get("Content-Length")
    if value is None:
        return None
    # 18 digits, as in a message: more than anyone can send, and less than 64 bits.
    if not (value.isascii() and value.isdigit()) or len(value) > 18:
        raise InvalidMultipart(
            "malformed Content-Length in the head of a part", value[:100].encode("utf-8", "replace")
        )
    return int(value)

"""Content from its encoded form, pulled in bounded steps.

A step returns at most as many bytes as it is asked for, whatever was received: what a few bytes blow up to is made only
as far as somebody takes it (S12). What waits to be decoded waits in its encoded form, once.
"""

from __future__ import annotations

import sys
from typing import Final, Protocol

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._errors import (
    IncompleteContent,
    InvalidContentCoding,
    LocalProtocolError,
    RemoteProtocolError,
)
from tidewire_http_parser.codings._coding_names import MAX_CODINGS, parse_content_encoding
from tidewire_http_parser.codings._member_decoders import MemberDecoder, member_decoders
from tidewire_http_parser.codings._types import BytesLike

__all__ = ["MAX_MEMBERS", "ContentDecoder"]

# Each costs a new decompressor, and with empty ones 1 KiB of content would make fifty without a byte of output.
MAX_MEMBERS: Final = 1024
"""How many gzip members, zstd frames or deflate streams may follow each other in one coding of a message."""

# The libraries copy the input that they did not get to; so they get little of it at a time.
_SLICE: Final = 16 * 1024

# What a coding takes of another one is made of almost nothing, and it may make nothing of it, such as empty blocks:
# then nobody who counts what he reads would ever end that. Content that was encoded to be read comes nowhere near.
_TAKEN_FOR_A_BYTE: Final = 16
_TAKEN_AHEAD: Final = 1024 * 1024


class _Source(Protocol):
    """Where bytes are pulled from: what was received, or what a coding gave."""

    @property
    def ended(self) -> bool:
        """Whether everything was read, and nothing is to come."""

    def read(self, max_output: int) -> bytes:
        """Return up to so many bytes; none where more must be received first."""


class _Received:
    """What was received and not yet read."""

    __slots__ = ("at_eof", "data")

    def __init__(self) -> None:
        # Taking bytes away from the front of a bytearray moves its start and copies nothing.
        self.data = bytearray()
        self.at_eof = False

    @property
    def ended(self) -> bool:
        return self.at_eof and not self.data

    def read(self, max_output: int) -> bytes:
        piece = bytes(self.data[:max_output])
        del self.data[:max_output]
        return piece


class _Coding:
    """One content coding, taken off what a source gives."""

    __slots__ = (
        "_credit",
        "_first",
        "_make",
        "_max_members",
        "_member",
        "_members",
        "_name",
        "_source",
        "_tail",
    )

    def __init__(self, name: str, source: _Source) -> None:
        self._name = name
        self._source = source
        self._make = member_decoders(name)
        self._max_members = 1 if name == "br" else MAX_MEMBERS
        self._members = 0
        self._member: MemberDecoder | None = None
        self._first = 0  # the first byte of all
        self._tail = b""  # what came with the end of one member and belongs to the next
        self._credit = _TAKEN_AHEAD  # bytes that may be taken of another coding before there is output again

    @property
    def ended(self) -> bool:
        return not self._tail and self._source.ended and (self._member is None or self._member.eof)

    def read(self, max_output: int) -> bytes:
        # Each round takes input, or output that was left over from before; so rounds end where input does.
        while True:
            member = self._member
            piece = b""
            if member is None or member.needs_input:
                piece = self._tail or self._take()
                if not piece:
                    self._check_complete()
                    return b""
                self._tail = b""
                if member is None or member.eof:
                    member = self._next_member(piece)
            try:
                output = member.decode(piece, max_output)
            except member.errors as error:
                raise InvalidContentCoding(f"content that is not {self._name}") from error
            if member.eof:
                self._tail = member.unused
            if output:
                self._credit = min(_TAKEN_AHEAD, self._credit + _TAKEN_FOR_A_BYTE * len(output))
                return output

    def _take(self) -> bytes:
        piece = self._source.read(_SLICE)
        if isinstance(self._source, _Coding):
            self._credit -= len(piece)
            if self._credit < 0:
                raise InvalidContentCoding(f"{self._name} content with hardly anything in it")
        return piece

    def _next_member(self, piece: bytes) -> MemberDecoder:
        if self._members == self._max_members:
            raise InvalidContentCoding(f"bytes behind member {self._members} of {self._name} content", piece)
        if not self._members:
            self._first = piece[0]
        self._members += 1
        self._member = self._make(self._first)
        return self._member

    def _check_complete(self) -> None:
        if self._source.ended and self._member is not None and not self._member.eof:
            raise IncompleteContent(f"{self._name} content ends too early")


class ContentDecoder:
    """Decodes the content of one message as its Content-Encoding says (RFC 9110, section 8.4).

    Bytes go in with `receive_data()` and come out of `read()`; when it returns none, everything received has been
    decoded. Errors come from `read()`, once, and from then on from every call. How much of the content is returned
    before an error depends on how it was cut; whether there is one does not.

    What is accepted:

    - Members follow each other without anything between them and behind the last one, padding included (RFC 1952,
      section 2.2; RFC 8878, section 3.1), and at most `MAX_MEMBERS`. br has no members.
    - `deflate` is the zlib format, or raw deflate as some senders have it; the first byte tells which.
    - Where there are several codings, each makes at least a byte of every 16 that another gives it, but for about 1 MiB
      that it may be ahead: a few bytes can become gigabytes on their way, and nothing at the end of it.
    - zstd windows up to 8 MiB (RFC 9659); no dictionaries, and no large windows in br.
    - No bytes at all, whatever the codings: servers name them in responses that have no content.

    Args:
        content_encoding: the value of Content-Encoding; those of several lines are joined by commas. `identity` is
            accepted, as is a value without any coding.

    Raises:
        InvalidContentCoding: more than `MAX_CODINGS`.
        TypeError: the value is not of type str.
        UnsupportedContentCoding: a coding that is unknown, where `requirement` is None, or whose library is not
            installed.
    """

    __slots__ = ("__weakref__", "_error", "_finished", "_needs_data", "_output", "_received")

    def __init__(self, content_encoding: str) -> None:
        codings = parse_content_encoding(content_encoding)
        if len(codings) > MAX_CODINGS:
            raise InvalidContentCoding(
                f"more than {MAX_CODINGS} content codings", content_encoding.encode("utf-8", "replace")
            )
        self._received = _Received()
        self._output: _Source = self._received
        for coding in reversed(codings):
            self._output = _Coding(coding, self._output)
        self._needs_data = True
        self._finished = False
        self._error: RemoteProtocolError | None = None

    @property
    def buffered(self) -> int:
        """How many bytes were received and wait to be decoded; whoever feeds keeps this small."""
        return len(self._received.data)

    @property
    def needs_data(self) -> bool:
        """Whether everything received was decoded and read, and the end was not received."""
        return self._needs_data

    @property
    def finished(self) -> bool:
        """Whether the content is complete and was read to its end."""
        return self._finished

    def receive_data(self, data: BytesLike) -> None:
        """Take encoded bytes.

        Args:
            data: any number of bytes.

        Raises:
            LocalProtocolError: `receive_eof()` was called.
            TypeError: the data is of another type.
        """
        self._raise_again()
        if self._received.at_eof:
            raise LocalProtocolError("receive_data() after receive_eof()")
        self._received.data += memoryview(data)
        if self._received.data:
            self._needs_data = False

    def receive_eof(self) -> None:
        """Take note that the message has no more bytes; `read()` then tells whether its content is complete."""
        self._raise_again()
        self._received.at_eof = True
        self._needs_data = False

    def read(self, max_output: int) -> bytes:
        """Decode.

        Args:
            max_output: how many bytes to return at most, from 1 upwards.

        Returns:
            Decoded bytes; none where more must be received first, or at the end.

        Raises:
            IncompleteContent: the message ended, and its content did not.
            InvalidContentCoding: the content is not as its codings say.
            ValueError: the maximum is below 1.
        """
        require((max_output, int))
        if max_output < 1:
            raise ValueError(f"max_output is 1 or more, not {max_output}")
        self._raise_again()
        try:
            # Libraries take no number that is greater.
            output = self._output.read(min(max_output, sys.maxsize))
        except InvalidContentCoding as error:
            self._error = error
            self._received.data.clear()
            raise
        if not output:
            self._finished = self._received.at_eof
            self._needs_data = not self._finished
            if self._finished:
                # Messages are kept for a while, and the windows of some decompressors are megabytes.
                self._output = self._received
        return output

    def _raise_again(self) -> None:
        if self._error is not None:
            raise self._error.with_traceback(None)

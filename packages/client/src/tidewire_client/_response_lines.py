"""Reading the body of a response line by line, however long the lines are."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncGenerator, Iterator

from tidewire_client._client_response import ClientResponse
from tidewire_client._errors import ContentTooLargeError
from tidewire_http_io import LineTooLong, StreamReader

__all__ = ["iter_lines"]


class LineSplitter:
    """Makes lines of the pieces of a body: they end in a newline, a carriage return, or one after the other.

    Args:
        limit: bytes that a line may have, without its end.
    """

    __slots__ = ("_begun", "_begun_size", "_limit", "_lines", "_skips_newline", "_taken")

    def __init__(self, limit: float = math.inf) -> None:
        self._limit = limit
        self._lines: list[bytes] = []
        self._taken = 0
        # The pieces of a line that has not ended.
        self._begun: list[bytes] = []
        self._begun_size = 0
        self._skips_newline = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take a piece, all of whose lines are to be taken before the next; iterate over the lines that it ends.

        Raises:
            LineTooLong: one is longer than it may be.
        """
        if self._skips_newline:
            data = data.removeprefix(b"\n")
        self._skips_newline = data.endswith(b"\r")
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        if len(lines) > 1:
            lines[0] = b"".join([*self._begun, lines[0]])
            self._begun.clear()
            self._begun_size = 0
        self._begun.append(lines[-1])
        self._begun_size += len(lines[-1])
        self._lines = lines
        for self._taken in range(1, len(lines)):
            line = lines[self._taken - 1]
            if len(line) > self._limit:
                raise LineTooLong(int(self._limit), line)
            yield line
        if self._begun_size > self._limit:
            raise LineTooLong(int(self._limit), b"".join(self._begun))
        self._lines = []
        self._taken = 0

    def left(self) -> bytes:
        """Return what was fed and is in none of the lines that were taken, newlines being the ends of lines."""
        return b"\n".join([*self._lines[self._taken : -1], b"".join(self._begun)])

    def give_back(self, content: StreamReader) -> None:
        """Have what is left be read again.

        Args:
            content: what the pieces were read from.
        """
        left = self.left()
        with contextlib.suppress(ContentTooLargeError):  # which the next reads raise
            if left:
                content.unread_data(left)


def iter_lines(
    response: ClientResponse,
    *,
    encoding: str | None = None,
    errors: str = "strict",
    max_line_length: float = math.inf,
) -> AsyncGenerator[str, None]:
    """Iterate over the lines of a response as they come, without their ends: LF, CR LF or CR.

    What comes after a line at which the iteration is given up can still be read.

    Args:
        response: the response.
        encoding: its charset; None for what the response says, or UTF-8 where it says nothing.
        errors: what happens to bytes that are no text, as with `bytes.decode()`.
        max_line_length: bytes that a line may have; there is no limit of the stream beside it.

    Raises:
        ClientPayloadError: the body breaks off.
        LookupError: nobody knows the charset that is given.
        UnicodeDecodeError: a line is no text.
        ValueError: a charset whose newline is not the one of ASCII, such as UTF-16.
        tidewire_http_io.LineTooLong: a line is longer than it may be.
    """
    if encoding is None:
        try:
            encoding = response.get_encoding()
        except RuntimeError:  # which only the whole body could tell
            encoding = "utf-8"
    if "\n".encode(encoding) != b"\n":
        raise ValueError(f"lines cannot be told apart in {encoding}")
    return _lines_of(response, encoding, errors, max_line_length)


async def _lines_of(
    response: ClientResponse, encoding: str, errors: str, max_line_length: float
) -> AsyncGenerator[str, None]:
    content = response.content
    lines = LineSplitter(max_line_length)
    try:
        while data := await content.readany():
            for line in lines.feed(data):
                yield line.decode(encoding, errors)
    except (GeneratorExit, asyncio.CancelledError):
        lines.give_back(content)
        raise
    last = lines.left()
    if last:
        yield last.decode(encoding, errors)

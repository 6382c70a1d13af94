"""The events of one multipart content, pulled from the stream that it comes by."""

from __future__ import annotations

import sys
from typing import Final, Protocol

from tidewire_http_io._incoming_body import error_anew
from tidewire_http_io._stream_errors import BodyTooLarge, frameless
from tidewire_http_parser import NEED_DATA, Marker, RemoteProtocolError
from tidewire_http_parser.multipart import (
    EndOfMultipart,
    EndOfPart,
    MultipartLimits,
    MultipartParser,
    PartData,
    PartHead,
)

__all__: list[str] = []

PartEvent = PartHead | PartData | EndOfPart | EndOfMultipart | Marker
_HEADLESS: Final = b"--%b\r\n\r\n"


class ByteSource(Protocol):
    """Where the bytes of a content come from; a `StreamReader` is one."""

    async def readany(self) -> bytes:
        """Return what is there, waiting for at least one byte; none at the end."""


class Budget:
    """Counts the bytes that are kept in memory, of all parts of one content together.

    Args:
        limit: how many these may be.
        error: made of the limit, and raised above it.
    """

    __slots__ = ("_error", "_left", "limit")

    def __init__(self, limit: int, error: type[Exception] = BodyTooLarge) -> None:
        self.limit = limit
        self._left = limit
        self._error = error

    def charge(self, size: int) -> None:
        """Count bytes that are about to be kept."""
        self._left -= size
        if self._left < 0:
            raise self.exceeded()

    def exceeded(self, limit: int | None = None) -> Exception:
        """Make the error that there are more bytes than the limit, or than a lower one."""
        return self._error(self.limit if limit is None else limit)


class PartFeed:
    """Feeds a multipart parser from a stream, for all the readers of one content.

    Args:
        content: the stream.
        boundary: the boundary of the outermost multipart.
        limits: what it may have.
        budget: what its readers may keep.

    Attributes:
        budget: as above.
        content: as above.
        parser: the parser; for whoever reads long parts, to whom each call counts.
        reader: stands for who reads the part whose head was reported last; only for this one are its events.
        readers: what stands for those of the multiparts that were entered, the outermost first. These are not the readers
            themselves, which know the feed: together they would be a circle.
    """

    __slots__ = ("budget", "content", "parser", "reader", "readers")

    def __init__(
        self,
        content: ByteSource,
        boundary: str,
        limits: MultipartLimits | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.content = content
        self.parser = MultipartParser(boundary, limits)
        self.budget = Budget(sys.maxsize) if budget is None else budget
        self.reader: object = None
        self.readers: list[object] = []

    @classmethod
    def of_part(cls, content: ByteSource, boundary: str, budget: Budget) -> PartFeed:
        """Make one that stands behind the head of a part."""
        feed = cls(content, boundary, None, budget)
        feed.parser.receive_data(_HEADLESS % boundary.encode("ascii"))
        feed.parser.next_event()
        return feed

    @property
    def depth(self) -> int:
        """How many multiparts have been entered and not left."""
        return self.parser.depth

    def enter(self, boundary: str) -> None:
        """Read the part whose head was reported last as a multipart; see `MultipartParser.enter()`."""
        try:
            self.parser.enter(boundary)
        except RemoteProtocolError as error:
            raise own_error(error) from error.__cause__

    def poll(self) -> PartEvent | None:
        """Return the next event; None where bytes are missing: `fill()`, and ask again."""
        try:
            event = self.parser.next_event()
        except RemoteProtocolError as error:
            raise own_error(error) from error.__cause__
        return None if event is NEED_DATA else event

    def receive(self, data: bytes) -> None:
        """Take what `content.readany()` has returned, none for the end."""
        if data:
            self.parser.receive_data(data)
        else:
            self.parser.receive_eof()

    async def fill(self) -> None:
        """Wait for bytes, or for the end. Nothing is lost where this is cancelled."""
        self.receive(await self.content.readany())


def own_error(error: Exception) -> Exception:
    """An error of a parser or decoder, anew: that keeps its own, and would by its frames keep all who have called it."""
    return error_anew(frameless(error))

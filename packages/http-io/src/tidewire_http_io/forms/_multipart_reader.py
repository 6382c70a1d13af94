"""Multipart content, read part by part with `await`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping
from typing import ClassVar, Final

from multidict import CIMultiDict, CIMultiDictProxy

from tidewire_http_io._stream_errors import BodyTooLarge, LineTooLong
from tidewire_http_io.forms._body_part_reader import BodyPartReader
from tidewire_http_io.forms._part_codings import is_encoded
from tidewire_http_io.forms._part_feed import Budget, ByteSource, PartFeed
from tidewire_http_parser import InvalidMultipart
from tidewire_http_parser.multipart import (
    FINISHED,
    EndOfMultipart,
    MultipartLimits,
    PartHead,
    boundary_from_content_type,
)

__all__ = ["MultipartReader"]

# The longest name that a charset of the web has is half of that.
_LONGEST_CHARSET: Final = 31


class MultipartReader:
    """Reads the parts of a multipart content, one after the other.

    A part that was not read to its end when the next one is asked for is passed over. Where one is multipart content
    itself, its reader is a `MultipartReader` too, unless it is encoded: then it is a part like any other.

    When there is no further part, the content has been read to its end, and what follows the last delimiter was
    dropped.

    Args:
        headers: header fields, a Content-Type among them.
        content: the content, such as a `StreamReader`.
        client_max_size: bytes that the `read()` of its parts and what builds on it may keep, all together. What is
            read piece by piece does not count.
        max_field_size: bytes of one field line of a part.
        max_headers: field lines of one part.
        max_size_error_cls: called with `client_max_size`, and raised above it.
        limits: what the content may have, instead of `max_field_size` and `max_headers`.

    Raises:
        tidewire_http_parser.InvalidMultipart: the Content-Type is not multipart, or has no boundary.

    Attributes:
        headers: the header fields.
    """

    multipart_reader_cls: ClassVar[type[MultipartReader] | None] = None
    """The class of readers for parts that are multipart content; None for the reader's own."""

    part_reader_cls: ClassVar[type[BodyPartReader]] = BodyPartReader
    """The class of readers for other parts."""

    def __init__(
        self,
        headers: Mapping[str, str],
        content: ByteSource | PartFeed,
        *,
        client_max_size: int = sys.maxsize,
        max_field_size: int = 8190,
        max_headers: int = 128,
        max_size_error_cls: type[Exception] = BodyTooLarge,
        limits: MultipartLimits | None = None,
    ) -> None:
        content_type = headers.get("Content-Type", "")
        self.headers = headers
        self._boundary = boundary_from_content_type(content_type)
        self._subtype = content_type.partition("/")[2].partition(";")[0].strip().lower()
        self._limits = limits if limits is not None else _limits(max_field_size, max_headers)
        self._client_max_size = client_max_size
        self._max_size_error_cls = max_size_error_cls
        self._turn = object()  # what stands for it in the feed
        if isinstance(content, PartFeed):
            # The reader of a part: this multipart is entered when its first part is asked for.
            self._feed = content
            self._entered = False
            self._depth = content.depth + 1
            content.reader = self._turn
        else:
            budget = Budget(client_max_size, max_size_error_cls)
            self._feed = PartFeed(content, self._boundary, self._limits, budget)
            self._feed.readers.append(self._turn)
            self._entered = True
            self._depth = 0
        self._part: MultipartReader | BodyPartReader | None = None
        self._parts = 0
        self._default_charset: str | None = None
        self._naming: BodyPartReader | None = None  # the part that names it, until it was read
        self._ended = False
        self._problem = ""  # what is wrong with a part's head, once that was found

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._subtype} boundary={self._boundary!r}>"

    def __aiter__(self) -> AsyncIterator[MultipartReader | BodyPartReader]:
        """Iterate over the parts."""
        return self

    async def __anext__(self) -> MultipartReader | BodyPartReader:
        part = await self.next()
        if part is None:
            raise StopAsyncIteration
        return part

    @property
    def boundary(self) -> str:
        """The boundary."""
        return self._boundary

    def at_eof(self) -> bool:
        """Whether there are no further parts."""
        return self._ended

    async def next(self) -> MultipartReader | BodyPartReader | None:
        """Read the head of the next part, and pass over what is left of the one before.

        A first field `_charset_` of a form names the charset of those that name none (RFC 7578, section 4.6); it is
        not returned.

        Returns:
            The part's reader; None where there is no further part.

        Raises:
            tidewire_http_parser.InvalidMultipart: the content is malformed, or ends too early.
            tidewire_http_parser.MultipartTooLarge: it has more of something than its limit.
            StreamReset: it will not be completed.
        """
        if self._part is not None:
            if not self._part.at_eof():
                await self._part.release()
            self._part = None
        part = None
        if self._naming is None:
            part = await self.fetch_next_part()
            if self._parts == 1 and self._subtype == "form-data" and isinstance(part, BodyPartReader):
                disposition = part.content_disposition
                if disposition.name == "_charset_" and disposition.filename is None:
                    self._naming = part
        if self._naming is not None:
            await self._read_charset(self._naming)
            self._naming = None
            part = await self.fetch_next_part()
        self._part = part
        return part

    async def fetch_next_part(self) -> MultipartReader | BodyPartReader | None:
        """Read the head of the next part and make its reader; see `next()`, which calls it."""
        head = await self._next_head()
        if head is None:
            return None
        self._parts += 1
        try:
            return self._reader_of(CIMultiDictProxy(CIMultiDict(head.fields)))
        except InvalidMultipart as error:
            # What says wrong things of itself may mean anything to somebody else: there is no going on behind it.
            self._problem = error.problem
            raise

    async def release(self) -> None:
        """Pass over the rest; nothing of it is decoded or kept.

        Raises:
            tidewire_http_parser.InvalidMultipart: the content is malformed, or ends too early.
            StreamReset: it will not be completed.
        """
        self._part = self._naming = None
        if not self._entered:
            # Nobody has looked into it: the enclosing reader passes over it as a whole.
            self._ended = True
        while await self._next_head() is not None:
            pass

    async def _next_head(self) -> PartHead | None:
        if self._problem:
            raise InvalidMultipart(self._problem)
        if self._ended or not self._enter():
            self._ended = True
            return None
        feed = self._feed
        # The part before is over, and so are those within it.
        feed.reader = None
        del feed.readers[self._depth + 1 :]
        while True:
            event = feed.poll()
            if event is None:
                await feed.fill()
            elif isinstance(event, PartHead):
                if event.depth == self._depth:
                    return event
            elif event is FINISHED or (isinstance(event, EndOfMultipart) and event.depth == self._depth > 0):
                # Behind the outermost one the rest is dropped first, so that the content is at its end.
                self._ended = True
                del feed.readers[self._depth :]
                return None

    def _enter(self) -> bool:
        """Enter this multipart where it is a part of another one; tell whether it can still be read."""
        feed = self._feed
        if not self._entered:
            if feed.reader is not self._turn:
                return False
            feed.enter(self._boundary)
            feed.readers.append(self._turn)
            self._entered = True
        # Where the enclosing reader has gone on, this one has been left.
        return len(feed.readers) > self._depth and feed.readers[self._depth] is self._turn

    def _reader_of(self, headers: CIMultiDictProxy[str]) -> MultipartReader | BodyPartReader:
        if headers.get("Content-Type", "")[:10].lower() == "multipart/" and not is_encoded(
            headers.get("Content-Transfer-Encoding", ""), self._content_encoding_of(headers)
        ):
            return (self.multipart_reader_cls or type(self))(
                headers,
                self._feed,
                client_max_size=self._client_max_size,
                max_size_error_cls=self._max_size_error_cls,
                limits=self._limits,
            )
        return self.part_reader_cls(
            self._boundary,
            headers,
            self._feed,
            subtype=self._subtype,
            default_charset=self._default_charset,
            client_max_size=self._client_max_size,
            max_size_error_cls=self._max_size_error_cls,
        )

    def _content_encoding_of(self, headers: CIMultiDictProxy[str]) -> str:
        return "" if self._subtype == "form-data" else headers.get("Content-Encoding", "")

    async def _read_charset(self, part: BodyPartReader) -> None:
        try:
            charset = await part.readline(max_line_length=_LONGEST_CHARSET)
        except LineTooLong as error:
            charset = error.line
        if len(charset) > _LONGEST_CHARSET or not charset.isascii():
            self._problem = "no charset in the field _charset_"
            raise InvalidMultipart(self._problem, charset)
        self._default_charset = charset.decode("ascii").strip() or None


def _limits(max_field_size: int, max_headers: int) -> MultipartLimits:
    usual = MultipartLimits(field=max_field_size, fields=max_headers)
    # Room for the longest line that was asked for, and the empty one behind it.
    head = max(usual.head, max_field_size + 4)
    return (
        usual if head == usual.head else MultipartLimits(field=max_field_size, fields=max_headers, head=head)
    )

# Compiled by mypyc.
"""Requests, from bytes to events."""

from __future__ import annotations

from tidewire_http_parser._argument_types import LIST_OR_NONE, require
from tidewire_http_parser._chunk_reader import FIELDS, START
from tidewire_http_parser._errors import RemoteProtocolError, UnexpectedData
from tidewire_http_parser._events import (
    ConnectionClosed,
    Data,
    EndOfMessage,
    Marker,
    RequestHead,
)
from tidewire_http_parser._field_section import ALL_ONCE
from tidewire_http_parser._framing import frame_request
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser._leniencies import STRICT
from tidewire_http_parser._limits import Limits
from tidewire_http_parser._reader import MessageReader
from tidewire_http_parser._start_line import parse_request_line

__all__ = ["RequestParser"]


class RequestParser(MessageReader):
    """The server's parser: requests of one connection, strictly by RFC 9112.

    The caller's part: call `receive_data()` with what the peer sends and `receive_eof()` when it closes; after each,
    call `next_event()` until it returns `NEED_DATA`, `PAUSED` or `PAUSED_FOR_SWITCH`, or raises. At `PAUSED`, the
    request has been reported to its end; call `next_message()` when its answer is complete and the connection
    lives on. At `PAUSED_FOR_SWITCH`, call `switch()` or `decline()`. While paused, bytes are kept and not
    looked at: stop reading from the peer when `buffered` passes a limit of your own.

    Where a body is long, `read_body()` takes what is there of it in one call.

    Args:
        limits: what a request may have; the defaults of `Limits` where None.

    Raises:
        TypeError: the limits are none.
    """

    __slots__ = ("_head",)

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits, ALL_ONCE, STRICT)
        self._head: RequestHead | None = None  # while its fields are being read

    def next_event(self) -> RequestHead | Data | EndOfMessage | ConnectionClosed | Marker:
        """Report what comes next.

        Returns:
            For each request a `RequestHead`, any number of `Data`, an `EndOfMessage`; `ConnectionClosed` where the
            peer closed between requests; or a marker where there is nothing to report.

        Raises:
            RemoteProtocolError: what came is not HTTP; raised again by each further call.
        """
        if self._error is not None:
            raise self._error.with_traceback(None)
        try:
            if self._state > FIELDS:
                return self._next_data()
            return self._next_head()
        except RemoteProtocolError as error:
            raise self._fail(error)  # noqa: B904 - the same error, not one caused by it

    def read_body(
        self, pieces: list[bytes], chunk_ends: list[int] | None = None
    ) -> RequestHead | EndOfMessage | ConnectionClosed | Marker:
        """Take all that is there of a body, in one call: as `next_event()`, called until it reports no `Data`.

        Args:
            pieces: each piece of data is appended to it, also where an error follows.
            chunk_ends: where chunks of the chunked coding end is appended to it, in bytes from the first of these
                pieces; None where nobody wants to know.

        Returns:
            What comes next and is no `Data`.

        Raises:
            RemoteProtocolError: as `next_event()` does.
        """
        if INTERPRETED:
            require((pieces, list), (chunk_ends, LIST_OR_NONE))
        if self._error is not None:
            raise self._error.with_traceback(None)
        try:
            if self._state > FIELDS:
                return self._collect(pieces, chunk_ends)
            return self._next_head()
        except RemoteProtocolError as error:
            raise self._fail(error)  # noqa: B904 - the same error, not one caused by it

    def _next_head(self) -> RequestHead | ConnectionClosed | Marker:
        section = self._section
        if self._state == START:
            self._skip_empty_lines()
            if self._last and self._pos < len(self._buffer) and self._buffer[self._pos] != 0x0D:
                # What the peer said would not come (RFC 9112, section 9.6).
                raise UnexpectedData("bytes after the last message", self._buffer[self._pos :])
            end = self._lines_end()
            if end == 0:
                return self._await_start_line(414)
            self._head, self._pos = parse_request_line(self._buffer, self._pos, self._line_limit)
            section.begin_message()
            self._state = FIELDS
            if not self._read_fields(end):
                return self._need_data()
        elif not self._read_fields(self._lines_end()):
            return self._need_data()
        head = self._head
        assert head is not None  # set with the state FIELDS
        self._head = None
        head.fields = section.fields
        frame_request(head, section)
        head.offers_switch = len(head.upgrade) > 0 or head.method == "CONNECT"
        self._begin_body(head)
        return head

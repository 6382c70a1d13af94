# Compiled by mypyc.
"""Responses, from bytes to events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidewire_http_parser._argument_types import LIST_OR_NONE, require
from tidewire_http_parser._chunk_reader import FIELDS, START, SWITCHED
from tidewire_http_parser._errors import LocalProtocolError, RemoteProtocolError, UnexpectedData
from tidewire_http_parser._events import (
    ConnectionClosed,
    Data,
    EndOfMessage,
    InterimHead,
    Marker,
    ResponseHead,
)
from tidewire_http_parser._field_section import FRAMING_ONCE
from tidewire_http_parser._framing import frame_response
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser._leniencies import EMPTY_LINES, STRICT, Leniencies
from tidewire_http_parser._limits import Limits
from tidewire_http_parser._reader import MessageReader
from tidewire_http_parser._start_line import parse_status_line

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["ResponseParser"]


class ResponseParser(MessageReader):
    """The client's parser: responses of one connection, by RFC 9112.

    The caller's part is that of `RequestParser`, and one thing more: `expect()` is called once for each request that
    is sent, in order, since what a response's head says depends on the method it answers.

    Args:
        limits: what a response may have; the defaults of `Limits` where None.
        leniencies: what is overlooked in responses; nothing where None.

    Raises:
        TypeError: an argument of another type.
    """

    __slots__ = ("_expected", "_head")

    def __init__(self, limits: Limits | None = None, leniencies: Leniencies | None = None) -> None:
        lenient: i64 = STRICT
        if leniencies is not None:
            require((leniencies, Leniencies))
            lenient = leniencies.bits
        super().__init__(limits, FRAMING_ONCE, lenient)
        self._expected: list[str] = []
        self._head: ResponseHead | None = None  # while its fields are being read

    def expect(self, method: object) -> None:
        """Take note that a request was sent.

        Args:
            method: the request's method.

        Raises:
            TypeError: it is not a str.
            LocalProtocolError: the peer has closed, or the connection has switched to another protocol.
        """
        if not isinstance(method, str):
            raise TypeError(f"expect() takes a str, not {type(method).__name__}")
        if self._state >= SWITCHED:
            raise LocalProtocolError("expect() on a connection that speaks HTTP no more")
        self._expected.append(method)

    def next_event(self) -> ResponseHead | Data | EndOfMessage | ConnectionClosed | Marker:
        """Report what comes next.

        Returns:
            For each request any number of `InterimHead`, a `ResponseHead`, any number of `Data`, an
            `EndOfMessage`; `ConnectionClosed` where the peer closed between responses; or a marker where there is
            nothing to report.

        Raises:
            RemoteProtocolError: what came is not HTTP, or not asked for; raised again by each further call.
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
    ) -> ResponseHead | EndOfMessage | ConnectionClosed | Marker:
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

    def _half_an_empty_line(self) -> bool:
        """Tell whether what is there may become an empty line that is overlooked."""
        return self._lenient & EMPTY_LINES != 0 and self._buffer[self._pos] == 0x0D

    def _next_head(self) -> ResponseHead | ConnectionClosed | Marker:
        section = self._section
        if self._state == START:
            if self._lenient & EMPTY_LINES:
                self._skip_empty_lines()
            unexpected = self._last or not self._expected
            if unexpected and self._pos < len(self._buffer) and not self._half_an_empty_line():
                raise UnexpectedData("bytes where no response is expected", self._buffer[self._pos :])
            end = self._lines_end()
            if end == 0:
                return self._await_start_line(431)
            self._head, self._pos = parse_status_line(
                self._buffer, self._pos, self._line_limit, self._lenient
            )
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
        if isinstance(head, InterimHead):
            self._state = START
            return head
        method = self._expected.pop(0)
        frame_response(head, section, method)
        head.offers_switch = head.status == 101 or (method == "CONNECT" and head.status < 300)
        self._begin_body(head)
        return head

# Compiled by mypyc.
"""The state machine that request and response parsers share: heads, bodies, ends.

Two rules keep it honest. Every line is read once, when it is complete, and what is wrong with a line is decided by
its first wrong byte: so the events and errors do not depend on how the bytes were split on their way. And nothing
of a message is looked at before the caller asked for it with `next_message()`: so a pipelined request is neither
charged nor refused before its turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._chunk_reader import (
    CHUNK_END,
    CHUNK_SIZE,
    CLOSE_DELIMITED,
    CLOSED,
    DONE,
    END,
    FIELDS,
    LENGTH,
    START,
    SWITCH,
    SWITCHED,
    TRAILERS,
    ChunkReader,
)
from tidewire_http_parser._errors import (
    IncompleteMessage,
    InvalidStartLine,
    LineTooLong,
    LocalProtocolError,
    RemoteProtocolError,
)
from tidewire_http_parser._events import (
    CHUNKED,
    CONNECTION_CLOSED,
    END_WITHOUT_TRAILERS,
    NEED_DATA,
    PAUSED,
    PAUSED_FOR_SWITCH,
    UNTIL_CLOSE,
    ConnectionClosed,
    Data,
    EndOfMessage,
    Marker,
    MessageHead,
)
from tidewire_http_parser._field_section import FieldSection
from tidewire_http_parser._leniencies import BARE_LF
from tidewire_http_parser._limits import Limits
from tidewire_http_parser._start_line import check_partial_start_line

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

_DEFAULT_LIMITS: Final = Limits()
_WINDOW: Final = 16384


class MessageReader(ChunkReader):
    """Reads messages one after the other; what kind of head they have is the subclass's part.

    Args:
        limits: what a message may have, the defaults of `Limits` where None.
        once: the bits of the fields that may come once only.
        lenient: what is overlooked, as the bits of `_leniencies`.

    Raises:
        TypeError: the limits are none.
    """

    __slots__ = (
        "_at_eof",
        "_error",
        "_last",
        "_no_ends",
        "_skipped",
        "_switches",
        "_window",
    )

    def __init__(self, limits: Limits | None, once: i64, lenient: i64) -> None:
        if limits is None:
            limits = _DEFAULT_LIMITS
        else:
            require((limits, Limits))  # a class that is not native, which the compiler does not check
        line: i64 = limits.line
        field: i64 = limits.field
        section = FieldSection(field, limits.fields, once, lenient)
        super().__init__(line, limits.chunk_extensions, section, lenient)
        # Field lines are read from so many bytes at a time, so that a body behind them is not looked at.
        self._window: i64 = max(_WINDOW, max(field, line) + 2)
        self._no_ends: list[int] = []  # is empty, unless an event is being made
        self._at_eof = False
        self._error: RemoteProtocolError | None = None
        self._skipped: i64 = 0  # bytes of empty lines before the start line
        self._last = False  # whether the latest message ends the connection
        self._switches = False  # whether the message's end waits for switch() or decline()

    @property
    def buffered(self) -> int:
        """Bytes that were received and not read yet. The caller stops reading when they pass its own limit."""
        return len(self._held) + len(self._buffer) - self._pos

    @property
    def body_left(self) -> int:
        """Bytes of the body that are to come by its Content-Length; 0 of one that is framed in another way."""
        return self._remaining if self._state == LENGTH else 0

    @property
    def at_start(self) -> bool:
        """Whether the next message is awaited and nothing of it has come."""
        return self._state == START and self._skipped == 0 and self._pos == len(self._buffer)

    @property
    def trailing_data(self) -> bytes:
        """The bytes that were received and not read yet."""
        return self._held + self._buffer[self._pos :]

    def receive_data(self, data: object) -> None:
        """Take bytes from the peer.

        Args:
            data: the bytes; none of them is looked at before `next_event()` is called.

        Raises:
            TypeError: they are not of type bytes. A buffer that may change is not taken.
            LocalProtocolError: after `receive_eof()` or `switch()`.
            RemoteProtocolError: the one that was raised before; nothing is kept of what cannot be read any more.
        """
        if not isinstance(data, bytes):
            raise TypeError(f"receive_data() takes bytes, not {type(data).__name__}")
        if self._error is not None:
            raise self._error.with_traceback(None)
        if self._at_eof:
            raise LocalProtocolError("receive_data() after receive_eof()")
        if self._state == SWITCHED:
            raise LocalProtocolError("receive_data() after switch()")
        self._append(data)

    def receive_eof(self) -> None:
        """Take note that the peer has closed its side. Calling it again changes nothing."""
        self._at_eof = True

    def next_message(self) -> None:
        """Go on with the next message of the connection.

        A message whose head says that it has no body may be left right after its head: its `EndOfMessage` would say
        nothing more, unless it offers a switch.

        After a message that does not keep the connection alive there is none: bytes that come all the same are
        refused.

        Raises:
            LocalProtocolError: the end of the current one has not been reported, or it waits for a switch.
        """
        if self._state != DONE and (self._state != END or self._received > 0 or self._switches):
            raise LocalProtocolError("next_message() before the end of the message")
        self._state = START
        self._skipped = 0

    def switch(self) -> bytes:
        """Leave HTTP: the connection now speaks another protocol, and the parser is at its end.

        Returns:
            The bytes that belong to the other protocol.

        Raises:
            LocalProtocolError: the parser is not paused for a switch.
        """
        if self._state != SWITCH:
            raise LocalProtocolError("switch() where no switch is offered")
        self._state = SWITCHED
        rest = self._buffer[self._pos :]
        self._buffer = b""
        self._pos = 0
        return rest

    def decline(self) -> None:
        """Stay with HTTP: the message that offered a switch ends as any other.

        Raises:
            LocalProtocolError: the parser is not paused for a switch.
        """
        if self._state != SWITCH:
            raise LocalProtocolError("decline() where no switch is offered")
        self._state = DONE

    def _next_data(self) -> Data | EndOfMessage | Marker | ConnectionClosed:
        """Report what comes after a head.

        Raises:
            RemoteProtocolError: the body is not framed as its head says; raised again by each further call.
        """
        state = self._state
        if state == END:
            return self._end(END_WITHOUT_TRAILERS)
        if state == LENGTH:
            return self._body_piece()
        if state == DONE:
            return PAUSED
        if state == SWITCH:
            return PAUSED_FOR_SWITCH
        if state == CLOSE_DELIMITED:
            return self._close_delimited_piece()
        if state == CLOSED or state == SWITCHED:
            return CONNECTION_CLOSED
        return self._chunked_piece()

    def _collect(
        self, pieces: list[bytes], chunk_ends: list[int] | None
    ) -> EndOfMessage | Marker | ConnectionClosed:
        """Take what is there of the body, and report what comes next; as `_next_data()` raises."""
        size: i64 = 0
        while CHUNK_SIZE <= self._state <= CHUNK_END:
            piece = self._chunk_bytes(chunk_ends, size)
            if not piece:
                return self._chunked_end()
            pieces.append(piece)
            size += len(piece)
            if chunk_ends is not None and self._ends_chunk:
                chunk_ends.append(size)
        while True:
            event = self._next_data()
            if not isinstance(event, Data):
                return event
            pieces.append(event.data)

    def _begin_body(self, head: MessageHead) -> None:
        """Take from a head what its body is framed by."""
        length: i64 = head.body_length
        self._received = 0
        self._last = not head.keep_alive
        self._switches = head.offers_switch
        if length > 0:
            self._remaining = length
            self._state = LENGTH
        elif length == 0:
            self._state = END
        elif length == CHUNKED:
            self._state = CHUNK_SIZE
            self._extensions = 0
        elif length == UNTIL_CLOSE:
            self._state = CLOSE_DELIMITED

    def _end(self, event: EndOfMessage) -> EndOfMessage:
        self._state = SWITCH if self._switches else DONE
        return event

    def _body_piece(self) -> Data | Marker:
        available = len(self._buffer) - self._pos
        if available == 0:
            return self._need_data()
        piece = self._take(self._remaining)
        self._remaining -= len(piece)
        if self._remaining == 0:
            self._state = END
        return Data(piece)

    def _close_delimited_piece(self) -> Data | EndOfMessage | Marker:
        piece = self._take(len(self._buffer))
        if piece:
            return Data(piece)
        if self._at_eof:
            return self._end(END_WITHOUT_TRAILERS)
        return NEED_DATA

    def _chunked_piece(self) -> Data | EndOfMessage | Marker:
        inner_ends = self._no_ends
        piece = self._chunk_bytes(inner_ends, 0)
        if not piece:
            return self._chunked_end()
        if not inner_ends:
            return Data(piece, self._ends_chunk)
        self._no_ends = []
        return Data(piece, self._ends_chunk, inner_ends)

    def _chunked_end(self) -> EndOfMessage | Marker:
        """Report the end of a chunked body, with its trailer section, or that more is to come."""
        if self._state == TRAILERS and self._read_fields(self._lines_end()):
            return self._end(EndOfMessage(self._section.fields))
        return self._need_data()

    def _lines_end(self) -> i64:
        """Where the complete lines end that are to be read in one go, or 0 where there is none yet."""
        buffer = self._buffer
        found: i64
        if self._pos == 0 and len(buffer) <= self._window:
            found = buffer.rfind(b"\n")
        else:
            found = buffer.rfind(b"\n", self._pos, self._pos + self._window)
        return found + 1

    def _read_fields(self, end: i64) -> bool:
        """Read the complete field lines, which end at `end`; tell whether the section is complete."""
        section = self._section
        buffer = self._buffer
        while end > self._pos:
            self._pos = section.parse(buffer, self._pos, end)
            if section.complete:
                return True
            end = self._lines_end()
        section.check_partial(buffer, self._pos)
        return False

    def _skip_empty_lines(self) -> None:
        """Skip empty lines before a start line, which old clients send after a body (RFC 9112, section 2.2)."""
        buffer = self._buffer
        size: i64 = len(buffer)
        while self._pos < size:
            if buffer[self._pos] == 0x0D and self._pos + 1 < size:
                if buffer[self._pos + 1] != 0x0A:
                    raise InvalidStartLine("bare CR before the start line", buffer[self._pos :])
                self._pos += 2
                self._skipped += 2
            elif buffer[self._pos] == 0x0A and self._lenient & BARE_LF:
                self._pos += 1
                self._skipped += 1
            else:
                return
            if self._skipped > self._line_limit:
                raise LineTooLong("too many empty lines before the start line", self._line_limit, b"", 400)

    def _await_start_line(self, status: i64) -> ConnectionClosed | Marker:
        """Say that the start line is not complete: that it is missing, or never begun.

        Args:
            status: the status for one that is too long.
        """
        if self._at_eof and self._pos == len(self._buffer):
            self._state = CLOSED
            return CONNECTION_CLOSED
        check_partial_start_line(self._buffer, self._pos, self._line_limit, status, self._lenient)
        return self._need_data()

    def _need_data(self) -> Marker:
        """Say that bytes are missing, or that they will not come any more."""
        if not self._at_eof:
            return NEED_DATA
        state = self._state
        if state == START or state == FIELDS:
            raise IncompleteMessage("the peer closed within a message head")
        if state == LENGTH:
            raise IncompleteMessage(
                "the peer closed within a message body", self._received, self._received + self._remaining
            )
        raise IncompleteMessage("the peer closed within a chunked body", self._received)

    def _fail(self, error: RemoteProtocolError) -> RemoteProtocolError:
        """Keep an error, so that each further call raises it again."""
        self._error = error
        return error

# Compiled by mypyc.
"""Multipart content, from bytes to events (RFC 2046, section 5.1).

Two rules keep it honest. A field line is read once, when it is complete, and a line that begins as a delimiter is
judged when it is complete: so the events and errors do not depend on how the bytes were split on their way. And
nothing is kept but what may be the beginning of a line that matters: bytes are reported as data as soon as it is
certain that they are.

Lines end with CRLF, also where mail programs would take LF, and field lines are not folded: programs of HTTP do not
fold them, and readers disagree about what a folded one says (RFC 9112, section 5.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._errors import (
    IncompleteMultipart,
    InvalidField,
    InvalidMultipart,
    LineTooLong,
    LocalProtocolError,
    MultipartTooLarge,
    TooManyFields,
)
from tidewire_http_parser._events import NEED_DATA, Marker
from tidewire_http_parser._field_section import FieldSection
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser._leniencies import STRICT
from tidewire_http_parser.multipart._delimiters import (
    BETWEEN,
    ENCLOSING,
    MALFORMED,
    OVERPADDED,
    PADDING,
    UNDECIDED,
    Delimiter,
    problem_of_boundary,
)
from tidewire_http_parser.multipart._multipart_limits import MultipartLimits
from tidewire_http_parser.multipart._nested_delimiters import NestedDelimiters
from tidewire_http_parser.multipart._part_events import (
    FINISHED,
    EndOfMultipart,
    EndOfPart,
    PartData,
    PartHead,
)
from tidewire_http_parser.multipart._part_fields import problem_of_part

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["MultipartParser"]

_DEFAULT_LIMITS: Final = MultipartLimits()
_LIMITS_OR_NONE: Final = (MultipartLimits, type(None))
_WINDOW: Final = 16384

# States. Each names what comes next.
PREAMBLE: Final = 0  # bytes to skip before a multipart's first delimiter
PART: Final = 1  # a part, of which nothing has been looked at
HEAD: Final = 2  # field lines of a part
OPEN: Final = 3  # the body of a part, whose head has just been reported
DATA: Final = 4  # data of a part
CLOSED: Final = 5  # nothing: the end of a multipart is yet to be reported
INNER_EPILOGUE: Final = 6  # bytes to skip before the delimiter that ends the part which a multipart was
EPILOGUE: Final = 7  # bytes to skip before the end


class MultipartParser:
    """Reads the parts of one multipart content.

    The caller's part: call `receive_data()` with the bytes of the content as they come and `receive_eof()` at their end;
    after each, call `next_event()` until it returns `NEED_DATA` or `FINISHED`, or raises. A part that is multipart
    content itself is reported as data, unless `enter()` is called right after its head.

    At most one incomplete field line or delimiter is kept between calls; `buffered` tells how much that is.

    Args:
        boundary: the boundary, such as `boundary_from_content_type()` returns.
        limits: what the content may have; the defaults of `MultipartLimits` where None.

    Raises:
        LocalProtocolError: the boundary is not 1 to 70 of the characters that boundaries may have, or ends in a space.
        TypeError: an argument of another type.
    """

    __slots__ = (
        "_at_eof",
        "_buffer",
        "_delimiters",
        "_error",
        "_head_left",
        "_lead",
        "_limits",
        "_line_limit",
        "_parts",
        "_pos",
        "_section",
        "_skipped",
        "_state",
    )

    def __init__(self, boundary: str, limits: MultipartLimits | None = None) -> None:
        if INTERPRETED:
            require((boundary, str))
        require((limits, _LIMITS_OR_NONE))
        if limits is None:
            limits = _DEFAULT_LIMITS
        self._limits = limits
        self._line_limit: i64 = limits.field
        self._section = FieldSection(limits.field, limits.fields, 0, STRICT)
        self._delimiters = NestedDelimiters(_delimiter(boundary))
        # Bytes of the content. A delimiter may stand where a line begins without its CRLF before it: at the
        # beginning, which is why there is one, and after the empty line of a head, which is why that is kept.
        self._buffer = b"\r\n"
        self._pos: i64 = 0  # how many of them have been read
        self._lead: i64 = 2  # how many of those that follow are such a CRLF, and no data
        self._at_eof = False
        self._error: InvalidMultipart | None = None
        self._state: i64 = PREAMBLE
        self._parts: i64 = 0
        self._head_left: i64 = 0  # bytes that the field lines of this part may still have
        self._skipped: i64 = 0  # bytes of this preamble or epilogue

    @property
    def buffered(self) -> int:
        """Bytes that were received and not read yet."""
        return len(self._buffer) - self._pos - self._lead

    @property
    def depth(self) -> int:
        """How many multiparts have been entered and not left."""
        return self._delimiters.depth

    def receive_data(self, data: object) -> None:
        """Take bytes of the content. After an error they are dropped.

        Args:
            data: the bytes; none of them is looked at before `next_event()` is called.

        Raises:
            TypeError: they are not of type bytes. A buffer that may change is not taken.
            LocalProtocolError: after `receive_eof()`.
        """
        if not isinstance(data, bytes):
            raise TypeError(f"receive_data() takes bytes, not {type(data).__name__}")
        if self._at_eof:
            raise LocalProtocolError("receive_data() after receive_eof()")
        if self._error is not None:
            return
        if self._pos == len(self._buffer):
            self._buffer = data
        else:
            self._buffer = self._buffer[self._pos :] + data
        self._pos = 0
        self._delimiters.restart()

    def receive_eof(self) -> None:
        """Take note that the content has ended. Calling it again changes nothing."""
        self._at_eof = True

    def enter(self, boundary: str) -> None:
        """Read the part whose head has just been reported as a multipart of its own.

        Its parts are reported, one level deeper, and an `EndOfMultipart`, before the part's own `EndOfPart`. A
        delimiter of an enclosing multipart before that is an error.

        Args:
            boundary: its boundary, such as `boundary_from_content_type()` returns for the part's Content-Type.

        Raises:
            MultipartTooLarge: it is nested too deeply; raised again by each further call.
            InvalidMultipart: it cannot be told from the boundary of an enclosing multipart, or reading has
                failed before; raised again by each further call.
            LocalProtocolError: what was reported last is no `PartHead`, or the boundary is none.
            TypeError: the boundary is no str.
        """
        if INTERPRETED:
            require((boundary, str))
        if self._error is not None:
            raise self._error.with_traceback(None)
        if self._state != OPEN:
            raise LocalProtocolError("enter() anywhere but after the head of a part")
        delimiter = _delimiter(boundary)
        nesting: i64 = self._limits.nesting
        if self._delimiters.depth >= nesting:
            raise self._fail(MultipartTooLarge("multiparts nested too deeply", nesting))
        if self._delimiters.collide(boundary):
            raise self._fail(
                InvalidMultipart("boundary like that of an enclosing multipart", delimiter.octets[4:])
            )
        self._delimiters.enter(delimiter)
        self._skipped = 0
        self._state = PREAMBLE

    def next_event(self) -> PartHead | PartData | EndOfPart | EndOfMultipart | Marker:
        """Report what comes next.

        Returns:
            For each part a `PartHead`, any number of `PartData`, an `EndOfPart`; after the last one an `EndOfMultipart`;
            `NEED_DATA` where bytes are missing; `FINISHED` after the end of the content.

        Raises:
            InvalidMultipart: what came is not as RFC 2046 says; raised again by each further call.
            IncompleteMultipart: the content, or an enclosing multipart, ends before this one does.
            MultipartTooLarge: there is more of something than its limit.
        """
        if self._error is not None:
            raise self._error.with_traceback(None)
        try:
            while True:
                state = self._state
                if state == HEAD:
                    return self._next_head()
                if state == PART:
                    self._begin_part()
                elif state == CLOSED:
                    return self._end_multipart()
                elif state == EPILOGUE:
                    return self._skip_epilogue()
                else:
                    event = self._next_in_body()
                    if event is not None:
                        return event
        except InvalidMultipart as error:
            raise self._fail(error)  # noqa: B904 - the same error, not one caused by it

    # -- heads -------------------------------------------------------------------------------------

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > self._limits.parts:
            raise MultipartTooLarge("too many parts", self._limits.parts)
        self._head_left = self._limits.head
        self._section.begin_message()
        self._state = HEAD

    def _next_head(self) -> PartHead | Marker:
        section = self._section
        while not section.complete:
            end = self._lines_end()
            start = self._pos
            try:
                if end == 0:
                    if self._line_limit + 2 <= self._head_left:
                        section.check_partial(self._buffer, start)
                    elif len(self._buffer) - start >= self._head_left:
                        # The line cannot end where it would have to.
                        raise MultipartTooLarge("head of a part too long", self._limits.head)
                    return self._need_data()
                self._pos = section.parse(self._buffer, start, end)
            except InvalidField as error:
                raise InvalidMultipart(f"{error.problem}, in the head of a part", error.data)  # noqa: B904
            except LineTooLong:
                raise MultipartTooLarge("field line of a part too long", self._limits.field)  # noqa: B904
            except TooManyFields:
                raise MultipartTooLarge("too many field lines in a part", self._limits.fields)  # noqa: B904
            self._head_left -= self._pos - start
        problem = problem_of_part(section.fields)
        if problem:
            raise InvalidMultipart(problem)
        self._pos -= 2
        self._lead = 2
        self._state = OPEN
        return PartHead(section.fields, self._delimiters.depth)

    def _lines_end(self) -> i64:
        """Where the complete lines end that are to be read in one go, or 0 where there is none yet.

        That is the end of the head where it is near, so that a body behind it is not looked at.
        """
        buffer = self._buffer
        pos = self._pos
        stop: i64 = pos + max(_WINDOW, self._line_limit + 2)
        if stop > pos + self._head_left:
            stop = pos + self._head_left
        last: i64 = buffer.rfind(b"\n", pos, stop)
        if last < 0:
            return 0
        if buffer[pos] == 0x0D and buffer[pos + 1] == 0x0A:
            return pos + 2
        end: i64 = buffer.find(b"\r\n\r\n", pos, stop)
        return end + 4 if end >= 0 else last + 1

    # -- bodies, preambles and epilogues -----------------------------------------------------------

    def _next_in_body(self) -> PartData | EndOfPart | Marker | None:
        """Report data, or take the delimiter that ends it; None where there is nothing to report of that."""
        if self._state == OPEN:
            self._state = DATA
        delimiters = self._delimiters
        end = delimiters.data_end(self._buffer, self._pos, self._at_eof)
        start = self._pos + self._lead
        if end >= start:
            self._pos = end
            self._lead = 0
            if end > start:
                if self._state == DATA:
                    if start == 0 and end == len(self._buffer):
                        return PartData(self._buffer)
                    return PartData(self._buffer[start:end])
                self._skip(end - start)
        kind = delimiters.kind
        if kind == UNDECIDED:
            return self._need_data()
        if kind == MALFORMED:
            raise InvalidMultipart("malformed delimiter", self._buffer[self._pos :])
        if kind == OVERPADDED:
            raise MultipartTooLarge("too much white space after a delimiter", PADDING)
        if kind == ENCLOSING:
            raise IncompleteMultipart("an enclosing multipart goes on before this one is closed")
        self._pos = delimiters.line_end
        self._lead = 0
        ends_part = self._state != PREAMBLE
        if kind == BETWEEN:
            self._state = PART
        else:
            self._state = CLOSED
        return EndOfPart(delimiters.depth) if ends_part else None

    def _skip(self, count: i64) -> None:
        """Charge bytes of a preamble or an epilogue."""
        self._skipped += count
        if self._state == PREAMBLE:
            if self._skipped > self._limits.preamble:
                raise MultipartTooLarge("preamble too long", self._limits.preamble)
        elif self._skipped > self._limits.epilogue:
            raise MultipartTooLarge("epilogue too long", self._limits.epilogue)

    def _end_multipart(self) -> EndOfMultipart:
        depth = self._delimiters.depth
        self._skipped = -2  # the CRLF that ends the line of the closing delimiter is not of the epilogue
        if depth > 0:
            self._delimiters.leave()
            self._state = INNER_EPILOGUE
        else:
            self._state = EPILOGUE
        return EndOfMultipart(depth)

    def _skip_epilogue(self) -> Marker:
        count: i64 = len(self._buffer) - self._pos
        self._pos += count
        self._skip(count)
        return FINISHED if self._at_eof else NEED_DATA

    # -- ends --------------------------------------------------------------------------------------

    def _need_data(self) -> Marker:
        """Say that bytes are missing, or that they will not come any more."""
        if not self._at_eof:
            return NEED_DATA
        if self._state == HEAD:
            raise IncompleteMultipart("the content ends within the head of a part")
        if self._state == PREAMBLE:
            raise IncompleteMultipart("the content ends before the first delimiter")
        raise IncompleteMultipart("the content ends without a closing delimiter")

    def _fail(self, error: InvalidMultipart) -> InvalidMultipart:
        """Keep an error, so that each further call raises it again, and nothing else."""
        self._error = error
        self._buffer = b""
        self._pos = 0
        self._lead = 0
        return error


def _delimiter(boundary: str) -> Delimiter:
    problem = problem_of_boundary(boundary)
    if problem:
        raise LocalProtocolError(f"{problem}: {boundary[:100]!r}")
    return Delimiter(boundary)

"""Conversations with a server protocol, written as they look on the wire."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ._clock import FakeClock
from ._escapes import EscapeError, escape_bytes, unescape_line
from ._memory_transport import MemoryTransport

__all__ = ["Transcript", "TranscriptError", "TranscriptMismatchError"]

_SHOWN = 160  # characters of one line in a failure message
_NOTHING = "(nothing more)"
_WILDCARD = re.compile(r"(?P<wildcard>\\\*)|(?:\\[^*]|[^\\]|\\\Z)+", re.DOTALL)


class TranscriptError(ValueError):
    """A script is malformed, or asks for a clock where there is none.

    Attributes:
        line: the line of the script, from 1.
        problem: what is wrong.
    """

    def __init__(self, line: int, problem: str) -> None:
        """Keep the place and the problem."""
        super().__init__(line, problem)
        self.line = line
        self.problem = problem

    def __str__(self) -> str:
        """Say where and what."""
        return f"transcript, line {self.line}: {self.problem}"


class TranscriptMismatchError(AssertionError):
    """The server did not do what the script says.

    Attributes:
        line: the line of the script, from 1.
        expected: what the script says there, as escaped text.
        got: what the server did instead, as escaped text.
        answer: all that the server wrote since the last answer that agreed.
    """

    def __init__(self, line: int, expected: str, got: str, answer: bytes) -> None:
        """Keep the place and both sides."""
        super().__init__(line, expected, got, answer)
        self.line = line
        self.expected = expected
        self.got = got
        self.answer = answer

    def __str__(self) -> str:
        """Show the first line that differs, then the whole answer."""
        rows = [
            f"transcript, line {self.line}: the server did something else",
            f"  expected: {_shorten(self.expected)}",
            f"  got:      {_shorten(self.got)}",
        ]
        if self.answer:
            rows.append("all that it wrote here:")
            rows += [f"  < {_shorten(escape_bytes(line))}" for line in _wire_lines(self.answer)]
        return "\n".join(rows)


@dataclass(frozen=True, kw_only=True)
class _Send:
    line: int
    data: bytes


@dataclass(frozen=True, kw_only=True)
class _Expect:
    line: int
    lines: tuple[_ExpectedLine, ...]


@dataclass(frozen=True, kw_only=True)
class _ExpectedLine:
    line: int
    shown: str
    pattern: re.Pattern[bytes]


@dataclass(frozen=True, kw_only=True)
class _Act:
    line: int
    name: str
    seconds: float = 0.0


_Step = _Send | _Expect | _Act


class Transcript:
    r"""A parsed script, to be run any number of times against a server behind a `MemoryTransport`.

        > GET / HTTP/1.1
        > Host: example
        >
        < HTTP/1.1 200 OK
        < Date: \*
        < Content-Length: 5
        <
        < hello\
        * eof
        * closed

    Each line of a script is one of these, indented as one likes:

    `> text`
        The client sends the line, and CRLF. Lines next to each other arrive in one piece; a blank line
        between them makes two pieces.
    `< text`
        The server has answered the line, and CRLF. All that it wrote since the last answer has to be in the
        script, and nothing else: what is left out in the script was not written.
    `* eof`
        The client sends no more.
    `* lost`
        The connection breaks: `connection_lost` is called with a `ConnectionResetError`.
    `* advance 5`
        Five seconds pass on the clock.
    `* closed`
        The server has closed the connection. It has to be said where it happens, and only there.
    `# text`
        A comment.

    In what is sent and answered, a backslash at the end of the line leaves the CRLF out, and `\r`, `\n`,
    `\t`, `\0`, `\\` and `\xNN` stand for one byte each. In an answer, `\*` stands for any bytes up to the
    line's end.
    """

    def __init__(self, script: str) -> None:
        """Parse a script.

        Args:
            script: the lines, as described above.

        Raises:
            TranscriptError: a line is none of those a script can have.
        """
        self._steps = tuple(_parse(script.split("\n")))
        self._last_line = script.count("\n") + 1

    def run(
        self,
        transport: MemoryTransport,
        *,
        clock: FakeClock | None = None,
        splitter: Callable[[bytes], Iterable[bytes]] | None = None,
    ) -> None:
        """Play the client's side, and compare what the server does with its side.

        Connects the transport where the test did not.

        Args:
            transport: the one of the server's protocol.
            clock: what `* advance` moves.
            splitter: how what is sent is cut, as `byte_by_byte`.

        Raises:
            TranscriptMismatchError: the server did something else.
            TranscriptError: `* advance` without a clock.
        """
        for _ in self._play(transport, clock, splitter):
            transport.settle()

    async def run_async(
        self,
        transport: MemoryTransport,
        *,
        clock: FakeClock | None = None,
        splitter: Callable[[bytes], Iterable[bytes]] | None = None,
        turns: int = 10,
    ) -> None:
        """Do as `run`, for a server whose handlers are tasks of the running loop.

        Args:
            transport: the one of the server's protocol.
            clock: what `* advance` moves.
            splitter: how what is sent is cut.
            turns: how many iterations the loop gets after each step before what was written is looked at.

        Raises:
            TranscriptMismatchError: the server did something else.
            TranscriptError: `* advance` without a clock.
        """
        for _ in self._play(transport, clock, splitter):
            for _ in range(turns):
                await asyncio.sleep(0)
            transport.settle()

    def _play(
        self,
        transport: MemoryTransport,
        clock: FakeClock | None,
        splitter: Callable[[bytes], Iterable[bytes]] | None,
    ) -> Iterator[None]:
        """Do one step after the other; yield where the server needs time to react."""
        if not transport.connected:
            transport.connect()
            yield
        end_is_known = False
        for step in self._steps:
            if isinstance(step, _Expect):
                _compare(step, transport.take())
                continue
            _expect_silence(step.line, transport.take())
            if isinstance(step, _Send):
                for piece in [step.data] if splitter is None else splitter(step.data):
                    transport.feed(piece)
                    yield
                continue
            if step.name == "closed":
                if not transport.is_closing():
                    raise TranscriptMismatchError(step.line, "the connection closed", "it is open", b"")
                end_is_known = True
                continue
            end_is_known = end_is_known or step.name == "lost"
            _act(step, transport, clock)
            yield
        _expect_silence(self._last_line, transport.take())
        if transport.is_closing() and not end_is_known:
            raise TranscriptMismatchError(self._last_line, "the connection open", "the server closed it", b"")


def _act(step: _Act, transport: MemoryTransport, clock: FakeClock | None) -> None:
    match step.name:
        case "eof":
            transport.feed_eof()
        case "lost":
            transport.lose(ConnectionResetError("the transcript says so"))
        case "advance":
            if clock is None:
                raise TranscriptError(step.line, "`* advance` needs the parameter `clock`")
            clock.advance(step.seconds)


# -- comparing -------------------------------------------------------------------------------------


def _expect_silence(line: int, written: bytes) -> None:
    if written:
        raise TranscriptMismatchError(line, _NOTHING, escape_bytes(_wire_lines(written)[0]), written)


def _compare(step: _Expect, written: bytes) -> None:
    position = 0
    for expected in step.lines:
        match = expected.pattern.match(written, position)
        if match is None:
            got = _wire_lines(written[position:])
            shown = escape_bytes(got[0]) if got else _NOTHING
            raise TranscriptMismatchError(expected.line, expected.shown, shown, written)
        position = match.end()
    if position < len(written):
        got = _wire_lines(written[position:])
        raise TranscriptMismatchError(step.lines[-1].line + 1, _NOTHING, escape_bytes(got[0]), written)


def _wire_lines(data: bytes) -> list[bytes]:
    """Cut after each line feed, and nowhere else."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


# -- parsing ---------------------------------------------------------------------------------------


def _parse(lines: Sequence[str]) -> Iterator[_Step]:
    """Yield the steps; lines of one kind next to each other are one step."""
    sent: list[bytes] = []
    expected: list[_ExpectedLine] = []
    sent_from = 0

    for number, line in enumerate(lines, start=1):
        text = line.lstrip()
        sign, rest = text[:1], text[1:]
        if sign == "#":
            continue
        if sent and sign != ">":
            yield _Send(line=sent_from, data=b"".join(sent))
            sent = []
        if expected and sign not in ("", "<"):
            yield _Expect(line=expected[0].line, lines=tuple(expected))
            expected = []
        if not sign:
            continue
        if sign not in (">", "<", "*") or rest[:1].strip():
            raise TranscriptError(number, f"a line starts with '> ', '< ', '* ' or '#', not {text[:2]!r}")
        if sign == ">":
            sent_from = sent_from if sent else number
            sent.append(_parse_sent(number, rest[1:]))
        elif sign == "<":
            expected.append(_parse_expected(number, rest[1:]))
        else:
            yield _parse_act(number, rest.split())
    if sent:
        yield _Send(line=sent_from, data=b"".join(sent))
    if expected:
        yield _Expect(line=expected[0].line, lines=tuple(expected))


def _parse_sent(number: int, text: str) -> bytes:
    data, joined = _unescape(number, text)
    if not data and joined:
        raise TranscriptError(number, "a line that sends nothing at all")
    return data if joined else data + b"\r\n"


def _parse_expected(number: int, text: str) -> _ExpectedLine:
    pattern = bytearray()
    joined = False
    for token in _WILDCARD.finditer(text):
        if token["wildcard"]:
            pattern += rb"[^\r\n]*"
            continue
        data, joined = _unescape(number, token.group())
        pattern += re.escape(data)
    if not joined:
        pattern += rb"\r\n"
    shown = text[:-1] if joined else text + r"\r\n"
    return _ExpectedLine(line=number, shown=shown, pattern=re.compile(bytes(pattern)))


def _unescape(number: int, text: str) -> tuple[bytes, bool]:
    try:
        return unescape_line(text)
    except EscapeError as error:
        raise TranscriptError(number, str(error)) from error


def _parse_act(number: int, words: Sequence[str]) -> _Act:
    match words:
        case [("eof" | "lost" | "closed") as name]:
            return _Act(line=number, name=name)
        case ["advance", amount]:
            try:
                seconds = float(amount)
            except ValueError:
                seconds = math.nan
            if math.isfinite(seconds) and seconds >= 0:
                return _Act(line=number, name="advance", seconds=seconds)
    known = "`* eof`, `* lost`, `* closed` or `* advance SECONDS`"
    raise TranscriptError(number, f"an action is {known}, not {' '.join(['*', *words])!r}")

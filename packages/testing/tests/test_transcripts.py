"""A transcript passes where the server does what it says, and says where the server does not."""

from __future__ import annotations

import asyncio
import copy
import pickle

import pytest

from tidewire_testing import (
    FakeClock,
    MemoryTransport,
    Transcript,
    TranscriptError,
    TranscriptMismatchError,
    byte_by_byte,
)


class LineServer(asyncio.Protocol):
    """Answers each line; knows `quit`, `slow` (an answer of its own task), and closes when idle."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.clock = clock
        self.buffer = b""
        self.tasks: list[asyncio.Task[None]] = []
        self.lost: list[Exception | None] = []
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        if self.clock is not None:
            self.clock.call_later(30, self.transport.close)

    def data_received(self, data: bytes) -> None:
        *lines, self.buffer = (self.buffer + data).split(b"\r\n")
        for line in lines:
            if line == b"quit":
                self.transport.write(b"bye")
                self.transport.close()
            elif line == b"slow":
                self.tasks.append(asyncio.ensure_future(self.answer_later()))
            else:
                self.transport.write(b"got " + line + b"\r\n")

    async def answer_later(self) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        self.transport.write(b"at last\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)


def run(script: str, **options: bool) -> LineServer:
    clock = FakeClock()
    server = LineServer(clock)
    splitter = byte_by_byte if options.get("split") else None
    Transcript(script).run(MemoryTransport(server), clock=clock, splitter=splitter)
    return server


def mismatch(script: str) -> TranscriptMismatchError:
    with pytest.raises(TranscriptMismatchError) as caught:
        run(script)
    return caught.value


CONVERSATION = r"""
    # Two lines in one piece.
    > one
    > two
    < got one
    < got \*

    > thr\
    > ee\x21
    < got three!
    * advance 10
    >
    < got\x20
    > quit
    < bye\
    * closed
"""


@pytest.mark.parametrize("split", [False, True])
def test_a_conversation(split: bool) -> None:
    assert run(CONVERSATION, split=split).lost == [None]


def test_a_script_runs_any_number_of_times() -> None:
    script = Transcript("> a\n< got a")
    script.run(MemoryTransport(LineServer()))
    transport = MemoryTransport(LineServer())
    transport.connect()
    script.run(transport)


def test_a_blank_line_makes_two_pieces() -> None:
    pieces: list[bytes] = []

    class Server(LineServer):
        def data_received(self, data: bytes) -> None:
            pieces.append(data)

    Transcript("> a\n> b\n# still the same\n> c\n\n> d\\").run(MemoryTransport(Server()))
    assert pieces == [b"a\r\nb\r\nc\r\n", b"d"]


def test_the_end_of_the_clients_stream() -> None:
    assert run("> a\n< got a\n* eof\n* closed").lost == [None]


def test_a_broken_connection() -> None:
    server = run("> a\n< got a\n* lost")
    assert isinstance(server.lost[0], ConnectionResetError)


def test_time_passes() -> None:
    assert run("* advance 29.5\n> a\n< got a\n* advance .5\n* closed").lost == [None]


async def test_a_server_with_tasks() -> None:
    script = Transcript("> slow\n< at last\n> quit\n< bye\\\n* closed")
    server = LineServer()
    await script.run_async(MemoryTransport(server))
    assert server.lost == [None]


async def test_a_server_with_tasks_and_no_time() -> None:
    server = LineServer()
    with pytest.raises(TranscriptMismatchError, match=r"got: +\(nothing more\)"):
        await Transcript("> slow\n< at last").run_async(MemoryTransport(server), turns=1)
    await asyncio.gather(*server.tasks)


class TestMismatches:
    def test_the_first_line_that_differs_is_shown(self) -> None:
        error = mismatch("> one\n> two\n> three\n< got one\n< got 2\n< got three")
        assert str(error).splitlines() == [
            "transcript, line 5: the server did something else",
            r"  expected: got 2\r\n",
            r"  got:      got two\r\n",
            "all that it wrote here:",
            r"  < got one\r\n",
            r"  < got two\r\n",
            r"  < got three\r\n",
        ]
        assert error.answer == b"got one\r\ngot two\r\ngot three\r\n"

    def test_an_answer_that_is_too_short(self) -> None:
        error = mismatch("> one\n< got one\n< got two")
        assert (error.line, error.expected, error.got) == (3, r"got two\r\n", "(nothing more)")

    def test_no_answer_at_all(self) -> None:
        error = mismatch("< hello")
        assert (error.line, error.got) == (1, "(nothing more)")
        assert "all that it wrote" not in str(error)

    def test_an_answer_that_is_too_long(self) -> None:
        error = mismatch("> one\n> two\n< got one")
        assert (error.line, error.expected, error.got) == (4, "(nothing more)", r"got two\r\n")

    @pytest.mark.parametrize("then", ["> two", "* eof", "* advance 1", "* closed", ""])
    def test_an_answer_that_is_not_in_the_script(self, then: str) -> None:
        error = mismatch(f"> one\n\n{then}")
        assert (error.line, error.expected, error.got) == (3, "(nothing more)", r"got one\r\n")

    def test_a_line_end_that_is_missing(self) -> None:
        error = mismatch("> quit\n< bye")
        assert (error.expected, error.got) == (r"bye\r\n", "bye")

    def test_a_wildcard_stays_in_its_line(self) -> None:
        error = mismatch("> one\n> two\n< \\*\n< got three")
        assert (error.line, error.got) == (4, r"got two\r\n")

    def test_an_escaped_backslash_before_a_star_is_no_wildcard(self) -> None:
        assert run("> \\\\*\n< got \\\\*\n").lost == []

    def test_open_where_closed_is_expected(self) -> None:
        error = mismatch("> one\n< got one\n* closed")
        assert (error.line, error.expected, error.got) == (3, "the connection closed", "it is open")

    def test_closed_where_the_script_does_not_say_so(self) -> None:
        error = mismatch("> quit\n< bye\\")
        assert (error.line, error.got) == (2, "the server closed it")

    def test_long_lines_are_cut(self) -> None:
        error = mismatch(f"> {'a' * 1000}\n< b")
        assert f"got a{'a' * 10}" in str(error)
        assert "... (1008 characters)" in str(error)
        assert len(str(error)) < 700

    def test_it_is_an_assertion_and_survives_copy_and_pickle(self) -> None:
        error = mismatch("< a")
        assert isinstance(error, AssertionError)
        for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
            assert (type(twin), str(twin)) == (TranscriptMismatchError, str(error))


@pytest.mark.parametrize(
    ("script", "line", "problem"),
    [
        ("> a\nb", 2, "not 'b'"),
        (">a", 1, "not '>a'"),
        ("* wait", 1, "not '* wait'"),
        ("*", 1, "an action is"),
        ("* advance", 1, "an action is"),
        ("* advance soon", 1, "an action is"),
        ("* advance -1", 1, "an action is"),
        ("* advance inf", 1, "an action is"),
        ("* eof now", 1, "an action is"),
        ("> a\\*", 1, r"unknown escape \*"),
        ("\n< a\\q", 2, r"unknown escape \q"),
        ("> \\", 1, "sends nothing"),
    ],
)
def test_malformed_scripts(script: str, line: int, problem: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        Transcript(script)
    assert caught.value.line == line
    assert problem in caught.value.problem
    assert str(caught.value).startswith(f"transcript, line {line}: ")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_advance_needs_a_clock() -> None:
    with pytest.raises(TranscriptError, match=r"line 1: .* needs the parameter `clock`"):
        Transcript("* advance 1").run(MemoryTransport(LineServer()))

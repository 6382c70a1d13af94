"""MemoryTransport behaves like a transport of asyncio, at the moments that the test chooses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tidewire_testing import MemoryTransport


class Recorder(asyncio.Protocol):
    """Notes every callback, and runs what a test hooked to it."""

    def __init__(self, *, keep_open: bool = False) -> None:
        self.events: list[str] = []
        self.keep_open = keep_open
        self.hooks: dict[str, Callable[[], None]] = {}
        self.depth = 0

    def note(self, event: str) -> None:
        assert self.depth == 0 or event == "pause", f"{event} inside another callback"
        self.depth += 1
        self.events.append(event)
        if hook := self.hooks.pop(event, None):
            hook()
        self.depth -= 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.note("made")

    def connection_lost(self, exc: Exception | None) -> None:
        self.note(f"lost {exc!r}")

    def data_received(self, data: bytes) -> None:
        self.note(f"data {data.decode()}")

    def eof_received(self) -> bool:
        self.note("eof")
        return self.keep_open

    def pause_writing(self) -> None:
        self.note("pause")

    def resume_writing(self) -> None:
        self.note("resume")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def transport(recorder: Recorder) -> MemoryTransport:
    transport = MemoryTransport(recorder)
    transport.connect()
    recorder.events.clear()
    return transport


class TestConnecting:
    def test_nothing_happens_before_connect(self, recorder: Recorder) -> None:
        transport = MemoryTransport(recorder)
        assert not transport.connected
        assert recorder.events == []
        transport.connect()
        assert transport.connected
        assert recorder.events == ["made"]

    def test_only_once(self, transport: MemoryTransport) -> None:
        with pytest.raises(RuntimeError, match="already"):
            transport.connect()

    @pytest.mark.parametrize(
        "act",
        [
            lambda transport: transport.feed(b"a"),
            lambda transport: transport.feed_eof(),
            lambda transport: transport.lose(),
            lambda transport: transport.write(b"a"),
            lambda transport: transport.write_eof(),
        ],
    )
    def test_the_rest_needs_a_connection(
        self, recorder: Recorder, act: Callable[[MemoryTransport], None]
    ) -> None:
        with pytest.raises(RuntimeError, match="before connect"):
            act(MemoryTransport(recorder))

    def test_a_transport_closed_in_connection_made(self, recorder: Recorder) -> None:
        transport = MemoryTransport(recorder, immediate_close=True)
        recorder.hooks["made"] = transport.close
        transport.connect()
        assert recorder.events == ["made", "lost None"]

    def test_extra_info(self, recorder: Recorder) -> None:
        transport = MemoryTransport(recorder, extra={"peername": ("192.0.2.1", 5)})
        assert transport.get_extra_info("peername") == ("192.0.2.1", 5)
        assert transport.get_extra_info("sslcontext") is None
        assert transport.get_extra_info("socket", "none") == "none"

    def test_repr_shows_the_state(self, recorder: Recorder) -> None:
        transport = MemoryTransport(recorder)
        assert "new" in repr(transport)
        transport.connect()
        assert "open, reading" in repr(transport)
        transport.close()
        assert "closing, not reading" in repr(transport)
        transport.settle()
        assert "lost" in repr(transport)


class TestReading:
    def test_each_feed_is_one_piece(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.feed(b"a")
        transport.feed(b"bc")
        assert recorder.events == ["data a", "data bc"]

    def test_a_paused_transport_queues(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.pause_reading()
        assert not transport.is_reading()
        for piece in (b"a", b"b", b"c"):
            transport.feed(piece)
        transport.feed_eof()
        assert recorder.events == []
        transport.resume_reading()
        assert recorder.events == ["data a", "data b", "data c", "eof"]

    def test_pausing_between_queued_pieces(self, transport: MemoryTransport, recorder: Recorder) -> None:
        recorder.hooks["data a"] = transport.pause_reading
        transport.feed(b"a")
        transport.feed(b"b")
        transport.feed(b"c")
        recorder.hooks["data b"] = transport.pause_reading
        transport.resume_reading()
        assert recorder.events == ["data a", "data b"]
        transport.resume_reading()
        assert recorder.events == ["data a", "data b", "data c"]

    def test_resuming_in_a_callback_delivers_after_it(
        self, transport: MemoryTransport, recorder: Recorder
    ) -> None:
        def pause_feed_resume() -> None:
            transport.pause_reading()
            transport.feed(b"b")
            transport.resume_reading()
            recorder.events.append("end of a")

        recorder.hooks["data a"] = pause_feed_resume
        transport.feed(b"a")
        assert recorder.events == ["data a", "end of a", "data b"]

    def test_feeding_in_a_callback_delivers_after_it(
        self, transport: MemoryTransport, recorder: Recorder
    ) -> None:
        recorder.hooks["data a"] = lambda: transport.feed(b"b")
        transport.feed(b"a")
        assert recorder.events == ["data a", "data b"]

    def test_a_later_resume(self, recorder: Recorder) -> None:
        transport = MemoryTransport(recorder, immediate_resume=False)
        transport.connect()
        transport.pause_reading()
        transport.feed(b"a")
        transport.resume_reading()
        transport.hold_writes()
        transport.set_write_buffer_limits(high=0)
        transport.write(b"x")
        assert recorder.events == ["made", "pause"]
        transport.settle()
        assert recorder.events == ["made", "pause", "data a"]

    def test_a_later_resume_with_more_data(self, recorder: Recorder) -> None:
        transport = MemoryTransport(recorder, immediate_resume=False)
        transport.connect()
        transport.pause_reading()
        transport.feed(b"a")
        transport.resume_reading()
        transport.feed(b"b")
        assert recorder.events == ["made", "data a", "data b"]

    def test_pause_and_resume_can_be_repeated(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.resume_reading()
        transport.pause_reading()
        transport.pause_reading()
        transport.resume_reading()
        transport.resume_reading()
        transport.feed(b"a")
        assert recorder.events == ["data a"]

    def test_nothing_is_delivered_after_close(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.pause_reading()
        transport.feed(b"a")
        transport.close()
        transport.resume_reading()
        transport.feed(b"b")
        transport.feed_eof()
        transport.settle()
        assert recorder.events == ["lost None"]

    def test_an_empty_piece_is_refused(self, transport: MemoryTransport) -> None:
        with pytest.raises(ValueError, match="empty"):
            transport.feed(b"")

    def test_an_exception_reaches_the_test_and_the_rest_goes_on(
        self, transport: MemoryTransport, recorder: Recorder
    ) -> None:
        def fail() -> None:
            recorder.depth -= 1
            raise LookupError("out of a callback")

        recorder.hooks["data a"] = fail
        with pytest.raises(LookupError):
            transport.feed(b"a")
        transport.feed(b"b")
        assert recorder.events == ["data a", "data b"]

    def test_another_protocol_takes_over(self, transport: MemoryTransport, recorder: Recorder) -> None:
        second = Recorder()
        recorder.hooks["data a"] = lambda: transport.set_protocol(second)
        transport.pause_reading()
        transport.feed(b"a")
        transport.feed(b"b")
        transport.resume_reading()
        assert transport.get_protocol() is second
        assert (recorder.events, second.events) == (["data a"], ["data b"])


class TestEndOfFile:
    def test_a_false_result_closes(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.feed_eof()
        assert transport.is_closing()
        assert recorder.events == ["eof"]
        transport.settle()
        assert recorder.events == ["eof", "lost None"]

    def test_a_true_result_keeps_it_open(self, transport: MemoryTransport, recorder: Recorder) -> None:
        recorder.keep_open = True
        transport.feed_eof()
        transport.settle()
        transport.write(b"answer")
        assert not transport.is_closing()
        assert transport.written == b"answer"

    def test_nothing_can_follow(self, transport: MemoryTransport, recorder: Recorder) -> None:
        recorder.keep_open = True
        transport.feed_eof()
        with pytest.raises(RuntimeError, match="after feed_eof"):
            transport.feed(b"a")
        with pytest.raises(RuntimeError, match="after feed_eof"):
            transport.feed_eof()


class TestWriting:
    def test_what_was_written(self, transport: MemoryTransport) -> None:
        transport.write(b"a")
        transport.write(bytearray(b"b"))
        transport.write(memoryview(b"cd"))
        transport.write(b"")
        transport.writelines([b"e", b"f"])
        assert transport.written == transport.sent == b"abcdef"
        assert transport.writes == [b"a", b"b", b"cd", b"ef"]

    def test_take_gives_what_is_new(self, transport: MemoryTransport) -> None:
        transport.write(b"a")
        assert transport.take() == b"a"
        assert transport.take() == b""
        transport.write(b"b")
        assert transport.take() == b"b"
        assert transport.written == b"ab"

    def test_a_reused_buffer_is_copied(self, transport: MemoryTransport) -> None:
        buffer = bytearray(b"a")
        transport.write(buffer)
        buffer[0] = 0
        assert transport.writes == [b"a"]

    def test_text_is_refused(self, transport: MemoryTransport) -> None:
        with pytest.raises(TypeError, match="not str"):
            transport.write("a")  # type: ignore[arg-type]

    def test_writes_after_close_go_nowhere(self, transport: MemoryTransport) -> None:
        transport.close()
        transport.write(b"a")
        assert transport.written == b""
        assert transport.discarded == [b"a"]

    def test_write_eof(self, transport: MemoryTransport) -> None:
        assert transport.can_write_eof()
        transport.hold_writes()
        transport.write(b"a")
        transport.write_eof()
        assert not transport.eof_sent
        with pytest.raises(RuntimeError, match="after write_eof"):
            transport.write(b"b")
        transport.release_writes()
        assert transport.eof_sent
        assert not transport.is_closing()

    def test_write_eof_after_close_does_nothing(self, transport: MemoryTransport) -> None:
        transport.close()
        transport.write_eof()
        assert not transport.eof_sent

    def test_write_eof_where_it_is_not_supported(self, recorder: Recorder) -> None:
        transport = MemoryTransport(recorder, can_write_eof=False)
        transport.connect()
        assert not transport.can_write_eof()
        with pytest.raises(NotImplementedError):
            transport.write_eof()


class TestHeldWrites:
    def test_the_protocol_is_paused_and_resumed(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.set_write_buffer_limits(high=4, low=2)
        transport.hold_writes()
        transport.write(b"abcd")
        assert recorder.events == []
        transport.write(b"e")
        transport.write(b"f")
        assert recorder.events == ["pause"]
        assert (transport.written, transport.sent) == (b"abcdef", b"")
        assert transport.get_write_buffer_size() == 6
        transport.release_writes(3)
        assert recorder.events == ["pause"]
        transport.release_writes(1)
        assert recorder.events == ["pause", "resume"]
        assert transport.sent == b"abcd"

    def test_a_partial_release_goes_on_holding(self, transport: MemoryTransport) -> None:
        transport.hold_writes()
        transport.write(b"ab")
        transport.release_writes(10)
        transport.write(b"c")
        assert transport.sent == b"ab"
        transport.release_writes()
        transport.write(b"d")
        assert transport.sent == b"abcd"

    def test_writing_out_of_resume_writing(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.set_write_buffer_limits(high=0)
        transport.hold_writes()
        transport.write(b"a")
        recorder.hooks["resume"] = lambda: transport.write(b"b")
        transport.release_writes(1)
        assert recorder.events == ["pause", "resume", "pause"]
        transport.release_writes()
        assert transport.sent == b"ab"

    def test_a_negative_size_is_refused(self, transport: MemoryTransport) -> None:
        with pytest.raises(ValueError, match="negative"):
            transport.release_writes(-1)

    @pytest.mark.parametrize(
        ("high", "low", "limits"),
        [
            (None, None, (16384, 65536)),
            (None, 10, (10, 40)),
            (40, None, (10, 40)),
            (5, 5, (5, 5)),
            (0, None, (0, 0)),
        ],
    )
    def test_limits(
        self, transport: MemoryTransport, high: int | None, low: int | None, limits: tuple[int, int]
    ) -> None:
        transport.set_write_buffer_limits(high, low)
        assert transport.get_write_buffer_limits() == limits

    @pytest.mark.parametrize(("high", "low"), [(1, 2), (5, -1), (-1, None)])
    def test_impossible_limits(self, transport: MemoryTransport, high: int, low: int | None) -> None:
        with pytest.raises(ValueError, match="high >= low >= 0"):
            transport.set_write_buffer_limits(high, low)

    def test_lower_limits_pause_at_once(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.hold_writes()
        transport.write(b"abc")
        transport.set_write_buffer_limits(high=2)
        assert recorder.events == ["pause"]


class TestClosing:
    def test_connection_lost_comes_in_settle_and_once(
        self, transport: MemoryTransport, recorder: Recorder
    ) -> None:
        transport.close()
        transport.close()
        assert transport.is_closing()
        assert (recorder.events, transport.lost) == ([], False)
        transport.settle()
        transport.settle()
        transport.abort()
        transport.lose(OSError())
        assert (recorder.events, transport.lost) == (["lost None"], True)

    def test_at_once_where_the_test_wants_it(self, recorder: Recorder) -> None:
        transport = MemoryTransport(recorder, immediate_close=True)
        transport.connect()
        transport.close()
        assert recorder.events == ["made", "lost None"]

    def test_at_once_is_after_the_callback(self, recorder: Recorder) -> None:
        transport = MemoryTransport(recorder, immediate_close=True)
        transport.connect()
        recorder.hooks["data a"] = transport.close
        transport.feed(b"a")
        assert recorder.events == ["made", "data a", "lost None"]

    def test_close_waits_for_held_writes(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.hold_writes()
        transport.write(b"abc")
        transport.close()
        transport.settle()
        transport.release_writes(2)
        transport.settle()
        assert recorder.events == []
        transport.release_writes()
        transport.settle()
        assert recorder.events == ["lost None"]
        assert transport.sent == b"abc"

    def test_abort_drops_what_is_unsent(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.set_write_buffer_limits(high=0)
        transport.hold_writes()
        transport.write(b"abc")
        transport.release_writes(1)
        transport.abort()
        transport.release_writes()
        assert recorder.events == ["pause"]
        transport.settle()
        assert recorder.events == ["pause", "lost None"]
        assert (transport.sent, transport.written) == (b"a", b"abc")
        assert transport.get_write_buffer_size() == 0
        assert transport.was_reset

    def test_abort_ends_a_close_that_waits(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.hold_writes()
        transport.write(b"abc")
        transport.close()
        transport.abort()
        transport.settle()
        assert recorder.events == ["lost None"]

    def test_lose_tells_the_reason_at_once(self, transport: MemoryTransport, recorder: Recorder) -> None:
        transport.hold_writes()
        transport.write(b"abc")
        transport.lose(ConnectionResetError(104))
        assert recorder.events == ["lost ConnectionResetError(104)"]
        assert transport.is_closing()
        assert transport.was_reset
        assert transport.sent == b""

    def test_losing_a_closed_transport_keeps_the_reason(
        self, transport: MemoryTransport, recorder: Recorder
    ) -> None:
        transport.close()
        transport.lose(ConnectionResetError())
        assert recorder.events == ["lost None"]
        assert not transport.was_reset

    def test_losing_in_a_callback_waits_for_its_end(
        self, transport: MemoryTransport, recorder: Recorder
    ) -> None:
        recorder.hooks["data a"] = transport.lose
        transport.feed(b"a")
        assert recorder.events == ["data a", "lost None"]

    def test_settle_in_a_callback_is_refused(self, transport: MemoryTransport, recorder: Recorder) -> None:
        def settle() -> None:
            with pytest.raises(RuntimeError, match="inside a callback"):
                transport.settle()

        recorder.hooks["data a"] = settle
        transport.feed(b"a")
        assert recorder.events == ["data a"]


def test_it_has_every_method_of_asyncio() -> None:
    methods = {name for name in dir(asyncio.Transport) if not name.startswith("_")}
    assert methods <= set(dir(MemoryTransport))


async def test_it_serves_the_streams_of_asyncio() -> None:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport = MemoryTransport(protocol)
    transport.connect()
    writer = asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop())  # type: ignore[arg-type]
    transport.feed(b"ping\n")
    assert await reader.readline() == b"ping\n"
    writer.write(b"pong\n")
    await writer.drain()
    assert transport.take() == b"pong\n"
    writer.close()
    transport.settle()
    await writer.wait_closed()

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tidewire_testing import LinkedTransport, link_protocols


class Recorder:
    """A protocol that notes what it is told."""

    def __init__(self, keep_open: bool = False) -> None:
        self.told: list[Any] = []
        self.transport: Any = None
        self.keep_open = keep_open
        self.on_data: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.told.append("made")

    def data_received(self, data: bytes) -> None:
        self.told.append(data)
        if self.on_data is not None:
            self.on_data(data)

    def eof_received(self) -> bool:
        self.told.append("eof")
        return self.keep_open

    def pause_writing(self) -> None:
        self.told.append("pause")

    def resume_writing(self) -> None:
        self.told.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.told.append(("lost", type(exc).__name__ if exc else None))

    @property
    def received(self) -> bytes:
        return b"".join(each for each in self.told if isinstance(each, bytes))


async def turns(number: int = 20) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def pair(**options: Any) -> tuple[Recorder, Recorder, LinkedTransport, LinkedTransport]:
    a, b = Recorder(), Recorder()
    return a, b, *link_protocols(a, b, **options)


async def test_what_one_end_writes_comes_to_the_other_in_a_later_turn() -> None:
    _, b, left, _ = pair()
    left.write(b"one")
    left.writelines([bytearray(b"two"), memoryview(b"three")])
    assert b.told == ["made"]
    await turns()
    assert b.told == ["made", b"onetwothree"]


async def test_both_ends_are_told_of_the_connection_and_know_their_addresses() -> None:
    a, b, left, right = pair(a_extra={"peername": "b"}, b_extra={"peername": "a"})
    assert (a.told, b.told) == (["made"], ["made"])
    assert left.get_extra_info("peername") == "b"
    assert right.get_extra_info("peername") == "a"
    assert left.get_extra_info("socket", "none") == "none"


async def test_no_callback_runs_inside_another_one() -> None:
    a, b, left, right = pair()
    depth = 0

    def answer(data: bytes) -> None:
        nonlocal depth
        depth += 1
        assert depth == 1
        right.write(data.upper())
        depth -= 1

    b.on_data = answer
    left.write(b"x")
    await turns()
    assert a.received == b"X"


async def test_a_large_write_comes_in_pieces_of_64_kib() -> None:
    _, b, left, _ = pair()
    data = bytes(range(256)) * 1000
    left.write(data)
    left.write(b"end")
    await turns()
    assert b.received == data + b"end"
    assert max(len(each) for each in b.told if isinstance(each, bytes)) == 65536


async def test_who_is_not_read_from_has_to_wait_and_goes_on_when_there_is_room() -> None:
    a, b, left, right = pair()
    right.pause_reading()
    assert not right.is_reading()
    left.write(bytes(65536 * 2))
    assert left.get_write_buffer_size() == 65536
    assert a.told == ["made"]
    left.write(b"x")
    assert a.told == ["made", "pause"]
    await turns()
    assert b.received == b""
    right.resume_reading()
    await turns()
    assert a.told == ["made", "pause", "resume"]
    assert len(b.received) == 65536 * 2 + 1
    assert left.get_write_buffer_size() == 0


async def test_the_water_marks_follow_asyncios_rule() -> None:
    a, _, left, right = pair()
    assert left.get_write_buffer_limits() == (16384, 65536)
    left.set_write_buffer_limits(low=10)
    assert left.get_write_buffer_limits() == (10, 40)
    left.set_write_buffer_limits(0)
    assert left.get_write_buffer_limits() == (0, 0)
    with pytest.raises(ValueError, match="high >= low >= 0"):
        left.set_write_buffer_limits(1, 2)
    right.pause_reading()
    left.write(bytes(65537))
    assert a.told == ["made", "pause"]


async def test_what_was_written_before_the_closing_arrives() -> None:
    a, b, left, right = pair()
    left.write(b"last")
    left.close()
    left.write(b"never")
    assert left.is_closing()
    assert not left.is_reading()
    await turns()
    assert b.told == ["made", b"last", "eof", ("lost", None)]
    assert a.told == ["made", ("lost", None)]
    assert right.is_closing()


async def test_a_transport_that_is_closed_waits_until_everything_is_sent() -> None:
    a, b, left, right = pair()
    right.pause_reading()
    left.write(bytes(200_000))
    left.close()
    await turns()
    assert a.told == ["made", "pause"]
    right.resume_reading()
    await turns()
    assert a.told[-1] == ("lost", None)
    assert len(b.received) == 200_000


async def test_one_direction_can_be_closed_alone() -> None:
    a, b, left, right = pair()
    b.keep_open = True
    left.write(b"question")
    left.write_eof()
    left.write_eof()
    with pytest.raises(RuntimeError, match="write_eof"):
        left.write(b"more")
    await turns()
    assert b.told == ["made", b"question", "eof"]
    right.write(b"answer")
    right.close()
    await turns()
    assert a.told == ["made", b"answer", "eof", ("lost", None)]


async def test_under_tls_no_direction_is_closed_alone() -> None:
    *_, left, _ = pair(can_write_eof=False)
    assert not left.can_write_eof()
    with pytest.raises(NotImplementedError):
        left.write_eof()


async def test_who_writes_to_an_end_that_is_closed_is_reset_after_what_there_is_to_read() -> None:
    a, _, left, right = pair()
    right.write(b"bye")
    right.close()
    left.write(b"too late")
    await turns()
    assert a.told[:2] == ["made", b"bye"]
    assert a.told[-1] == ("lost", "ConnectionResetError")


async def test_an_abort_with_unread_bytes_resets_the_other_end() -> None:
    a, b, left, right = pair()
    right.pause_reading()
    left.write(b"unread")
    await turns()
    right.abort()
    right.abort()
    await turns()
    assert b.told == ["made", ("lost", None)]
    assert a.told == ["made", ("lost", "ConnectionResetError")]


async def test_an_abort_without_them_looks_like_a_closing() -> None:
    a, b, left, right = pair()
    right.abort()
    await turns()
    assert a.told == ["made", "eof", ("lost", None)]
    assert b.told == ["made", ("lost", None)]
    assert "lost" in repr(left)


async def test_an_error_of_a_protocol_is_reported_and_ends_the_connection() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: reported.append(context))
    _, b, left, _ = pair()

    def fail(_data: bytes) -> None:
        raise ZeroDivisionError

    b.on_data = fail
    left.write(b"x")
    await turns()
    assert isinstance(reported[0]["exception"], ZeroDivisionError)
    assert b.told[-1] == ("lost", None)


async def test_only_bytes_are_written() -> None:
    *_, left, _ = pair()
    with pytest.raises(TypeError):
        left.write("text")  # type: ignore[arg-type]


async def test_another_protocol_can_take_over() -> None:
    _, b, left, right = pair()
    other = Recorder()
    right.set_protocol(other)
    assert right.get_protocol() is other
    left.write(b"x")
    await turns()
    assert (b.told, other.told) == (["made"], [b"x"])


def test_there_has_to_be_an_event_loop() -> None:
    with pytest.raises(RuntimeError):
        pair()

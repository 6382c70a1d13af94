"""What a transport of asyncio has to hold: checks for whoever writes one.

With pytest and pytest-asyncio:

    @pytest.mark.asyncio
    @pytest.mark.parametrize("check", TRANSPORT_CHECKS, ids=lambda check: check.__name__)
    async def test_my_transport(check: TransportCheck) -> None:
        await check(TransportSubject(connect=connect))
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["TRANSPORT_CHECKS", "TransportCheck", "TransportConformanceError", "TransportSubject"]

# Turns of the event loop in which what must not come would have come.
_TURNS: Final = 50
_MEBIBYTE: Final = bytes(range(256)) * 4096


class TransportConformanceError(AssertionError):
    """A transport does not do what it has to."""


@dataclass(frozen=True, kw_only=True)
class TransportSubject:
    """The transport that is checked.

    Attributes:
        connect: connects two protocols with each other; returns when both have got their `connection_made()`. The first
            one's transport is what is checked.
        patience: seconds to wait for what has to come.
    """

    connect: Callable[[Any, Any], Awaitable[object]]
    patience: float = 10.0


TransportCheck = Callable[[TransportSubject], Awaitable[None]]
"""A check of a transport."""


class _End:
    """A protocol that notes what it is told."""

    def __init__(self, *, keep_open: bool = False) -> None:
        self.transport: Any = None
        self.received = bytearray()
        self.told: list[str] = []
        self.lost: list[BaseException | None] = []
        self.answer: Callable[[bytes], None] | None = None
        self._keep_open = keep_open

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.told.append("made")

    def data_received(self, data: bytes) -> None:
        _expect(data, "data_received() is called without data")
        _expect("eof" not in self.told, "data comes behind its end")
        self.received += data
        if self.answer is not None:
            self.answer(data)

    def eof_received(self) -> bool:
        self.told.append("eof")
        return self._keep_open

    def pause_writing(self) -> None:
        self.told.append("pause")

    def resume_writing(self) -> None:
        self.told.append("resume")

    def connection_lost(self, error: BaseException | None) -> None:
        self.told.append("lost")
        self.lost.append(error)


def _expect(condition: object, what: str) -> None:
    # No assert statement: these are checks also where Python runs with -O.
    if not condition:
        raise TransportConformanceError(what)


async def _until(subject: TransportSubject, condition: Callable[[], object], what: str) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + subject.patience
    while not condition():
        _expect(loop.time() < end, what)
        await asyncio.sleep(0)


async def _settle() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


async def _joined(subject: TransportSubject, *, keep_open: bool = False) -> tuple[_End, _End]:
    here, there = _End(), _End(keep_open=keep_open)
    await subject.connect(here, there)
    return here, there


async def _part(subject: TransportSubject, *ends: _End) -> None:
    for end in ends:
        end.transport.abort()
    await _until(subject, lambda: all(end.lost for end in ends), "who aborts is not told that it is over")


async def transport_is_made_known(subject: TransportSubject) -> None:
    """Both protocols get a transport, once and first, which is open and has answers where nothing is known."""
    here, there = await _joined(subject)
    for end in (here, there):
        _expect(end.told == ["made"], f"a new protocol was told {end.told}")
        _expect(not end.transport.is_closing(), "a new transport is closing")
    unknown = here.transport.get_extra_info("nothing that is known", "default")
    _expect(unknown == "default", f"get_extra_info() gives {unknown!r} where the default was due")
    _expect(here.transport.get_write_buffer_size() == 0, "there is something to send from the start")
    await _part(subject, here, there)


async def transport_carries_bytes_in_order(subject: TransportSubject) -> None:
    """What is written comes to the other end, whole and in order, whatever type of bytes it is and how it is cut."""
    here, there = await _joined(subject)
    sent = b""
    for number in range(300):
        piece = bytes([number % 256]) * (number % 7 * 500)
        here.transport.write((bytes, bytearray, memoryview)[number % 3](piece))
        sent += piece
    here.transport.writelines([b"one", bytearray(b"two"), memoryview(b"three")])
    sent += b"onetwothree"
    there.transport.write(b"the other way")
    await _until(subject, lambda: len(there.received) >= len(sent), "what was written does not come")
    _expect(there.received == sent, "what comes is not what was written")
    await _until(subject, lambda: here.received == b"the other way", "nothing comes the other way")
    await _part(subject, here, there)


async def transport_calls_nobody_from_within(subject: TransportSubject) -> None:
    """What is written comes in a later turn of the loop: not within `write()`, not within another callback."""
    here, there = await _joined(subject)
    nested: list[str] = []

    def answer(data: bytes) -> None:
        before = len(here.received)
        there.transport.write(data)
        if len(here.received) != before:
            nested.append("within a callback of the other end")

    there.answer = answer
    here.transport.write(b"hello")
    _expect(not there.received, "data_received() is called within write()")
    await _until(subject, lambda: here.received == b"hello", "there is no answer")
    _expect(not nested, f"data_received() is called {nested}")
    await _part(subject, here, there)


async def transport_sends_all_before_it_closes(subject: TransportSubject) -> None:
    """What was written before `close()` arrives, then the end, and both are told once, without an error."""
    here, there = await _joined(subject)
    here.transport.write(_MEBIBYTE)
    here.transport.close()
    _expect(here.transport.is_closing(), "is_closing() does not tell of close()")
    _expect(not here.lost, "connection_lost() is called within close()")
    here.transport.close()
    await _until(subject, lambda: here.lost and there.lost, "who was closed is not told that it is over")
    await _settle()
    _expect(there.received == _MEBIBYTE, f"{len(there.received)} of {len(_MEBIBYTE)} bytes have come")
    _expect(
        here.lost == [None] == there.lost, f"connection_lost() is called with {here.lost} and {there.lost}"
    )
    _expect(there.told[-2:] == ["eof", "lost"], f"the other end was told {there.told}")


async def transport_closes_one_direction(subject: TransportSubject) -> None:
    """After `write_eof()` the other end can still answer, where one direction can be closed at all."""
    here, there = await _joined(subject, keep_open=True)
    if here.transport.can_write_eof():
        here.transport.write(b"question")
        here.transport.write_eof()
        await _until(subject, lambda: "eof" in there.told, "the end does not come")
        _expect(there.received == b"question", "the end comes before what was written")
        there.transport.write(b"answer")
        await _until(
            subject, lambda: here.received == b"answer", "no answer comes when this end has finished"
        )
        _expect(not here.lost, "the connection was closed as a whole")
    await _part(subject, here, there)


async def transport_stops_reading(subject: TransportSubject) -> None:
    """Between `pause_reading()` and `resume_reading()` nothing is delivered, and nothing is lost."""
    here, there = await _joined(subject)
    here.transport.pause_reading()
    _expect(not here.transport.is_reading(), "is_reading() does not tell of pause_reading()")
    there.transport.write(b"held back")
    await _settle()
    _expect(not here.received, "data_received() is called after pause_reading()")
    here.transport.resume_reading()
    await _until(subject, lambda: here.received == b"held back", "nothing comes after resume_reading()")
    await _part(subject, here, there)


async def transport_slows_its_writer_down(subject: TransportSubject) -> None:
    """Who writes more than the other end reads is told to pause, and to go on when there is room."""
    here, there = await _joined(subject)
    there.transport.pause_reading()
    written = 0
    while "pause" not in here.told:
        _expect(written < 64, "pause_writing() is not called for 64 MiB that nobody reads")
        here.transport.write(_MEBIBYTE)
        written += 1
        await asyncio.sleep(0)
    size, (_, high) = here.transport.get_write_buffer_size(), here.transport.get_write_buffer_limits()
    _expect(size > high, f"pause_writing() is called for {size} bytes, with a high-water mark of {high}")
    there.transport.resume_reading()
    await _until(subject, lambda: len(there.received) >= written * len(_MEBIBYTE), "not everything comes")
    await _until(subject, lambda: here.told[-1] == "resume", "resume_writing() is not called")
    _expect(here.told == ["made", "pause", "resume"], f"the writer was told {here.told}")
    await _part(subject, here, there)


async def transport_aborts(subject: TransportSubject) -> None:
    """`abort()` ends the connection for both, whatever is unsent; its own end is told of no error."""
    here, there = await _joined(subject)
    there.transport.pause_reading()
    for _ in range(16):
        here.transport.write(_MEBIBYTE)
    here.transport.abort()
    _expect(here.transport.is_closing(), "is_closing() does not tell of abort()")
    _expect(not here.lost, "connection_lost() is called within abort()")
    await _until(subject, lambda: here.lost, "who aborts is not told that it is over")
    _expect(here.lost == [None], f"connection_lost() is called with {here.lost}")
    there.transport.resume_reading()
    await _until(subject, lambda: there.lost, "the other end is not told that it is over")
    _expect(len(there.received) < 16 * len(_MEBIBYTE), "everything was sent all the same")


async def transport_changes_its_protocol(subject: TransportSubject) -> None:
    """After `set_protocol()` another one gets what comes."""
    here, there = await _joined(subject)
    next_one = _End()
    here.transport.set_protocol(next_one)
    _expect(here.transport.get_protocol() is next_one, "get_protocol() does not tell of set_protocol()")
    there.transport.write(b"for the next one")
    there.transport.close()
    await _until(subject, lambda: next_one.lost, "the new protocol is not told of the end")
    _expect(next_one.received == b"for the next one", "the new protocol does not get what comes")
    _expect(next_one.told == ["eof", "lost"], f"the new protocol was told {next_one.told}")
    _expect(here.told == ["made"], f"the old protocol was told {here.told}")


TRANSPORT_CHECKS: Final[tuple[TransportCheck, ...]] = (
    transport_is_made_known,
    transport_carries_bytes_in_order,
    transport_calls_nobody_from_within,
    transport_sends_all_before_it_closes,
    transport_closes_one_direction,
    transport_stops_reading,
    transport_slows_its_writer_down,
    transport_aborts,
    transport_changes_its_protocol,
)
"""What a transport has to hold."""

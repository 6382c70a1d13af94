from __future__ import annotations

import asyncio

from pool_lines import Lines

from tidewire_client._task_clock import TaskClock
from tidewire_client._transports import Transports
from tidewire_http_io import Sweep
from tidewire_testing import FakeClock


async def test_they_are_known_until_they_are_gone() -> None:
    lines, clock = Lines(), FakeClock()
    sweep = Sweep(clock.call_later, clock.time, lambda: 0.0)
    transports = Transports(asyncio.get_running_loop(), sweep, lines.pool)
    seats = [lines.get(), lines.get()]
    for seat in seats:
        transports.add(seat, seat.connection)
    assert len(transports) == 2
    assert len(sweep) == 1
    waiting = asyncio.ensure_future(transports.wait())
    for seat in seats:
        lines.finish(seat, reusable=False)
        await asyncio.sleep(0)
        assert not waiting.done()
        seat.connection.lose()
    await waiting
    assert len(transports) == len(sweep) == 0


async def test_what_is_being_opened_is_waited_for_and_cut_short() -> None:
    lines, clock = Lines(), FakeClock()
    loop = asyncio.get_running_loop()
    sweep = Sweep(clock.call_later, clock.time, lambda: 0.0)
    transports = Transports(loop, sweep, lines.pool)

    async def open_slowly() -> None:
        dial = TaskClock(None, 5, sweep, loop)
        transports.begin(dial)
        try:
            await loop.create_future()
        finally:
            transports.end(dial)

    opening = asyncio.ensure_future(open_slowly())
    await asyncio.sleep(0)
    transports.close(False)
    await transports.wait()
    await asyncio.wait([opening])
    assert opening.cancelled()


async def test_the_sweep_has_the_pool_look_each_time() -> None:
    lines, clock = Lines(keepalive=5.0), FakeClock()
    sweep = Sweep(clock.call_later, clock.time, lambda: 0.0)
    transports = Transports(asyncio.get_running_loop(), sweep, lines.pool)
    seat = lines.get()
    transports.add(seat, seat.connection)
    lines.finish(seat)
    clock.advance(3.0)
    assert seat.connection.closes == 0
    lines.clock.advance(5.0)
    clock.advance(2.0)
    assert seat.connection.closes == 1
    seat.connection.lose()

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fake_time import in_fake_time

from tidewire_client._read_clock import ReadClock
from tidewire_http_io import ResetReason


class Exchange:
    def __init__(self) -> None:
        self.body_complete = False
        self.reset_reason: ResetReason | None = None
        self.finished = True
        self.is_writable = True
        self.response_head = None

    def reset(self, reason: ResetReason) -> None:
        self.reset_reason = reason


def make(seconds: float = 0.03, **state: bool) -> tuple[ReadClock, Any]:
    exchange: Any = Exchange()
    exchange.__dict__.update(state)
    return ReadClock(asyncio.get_running_loop(), seconds, exchange), exchange


@in_fake_time
async def test_what_does_not_come_in_time_resets() -> None:
    _, exchange = make()
    await asyncio.sleep(0.06)
    assert exchange.reset_reason is ResetReason.TIMEOUT


@in_fake_time
async def test_what_comes_gives_time() -> None:
    clock, exchange = make(0.05)
    for _ in range(5):
        await asyncio.sleep(0.02)
        clock.progress()
    assert exchange.reset_reason is None
    clock.stop()


@in_fake_time
async def test_nobody_waits_and_nobody_is_late() -> None:
    clock, exchange = make(0.01)
    clock.waits = False
    await asyncio.sleep(0.04)
    assert exchange.reset_reason is None
    clock.waits = True
    clock.unread = 1
    await asyncio.sleep(0.04)
    assert exchange.reset_reason is None
    clock.unread = 0
    exchange.finished = False
    await asyncio.sleep(0.04)
    assert exchange.reset_reason is None
    clock.stop()


@pytest.mark.parametrize("sent", [0.1, 3.9, 7.9])
@pytest.mark.parametrize("what", ["finished", "is_writable"])
@in_fake_time
async def test_the_time_begins_when_the_request_is_sent(what: str, sent: float) -> None:
    clock, exchange = make(4.0, **{what: False})
    await asyncio.sleep(sent)
    setattr(exchange, what, True)
    await asyncio.sleep(3.9)
    assert exchange.reset_reason is None
    await asyncio.sleep(1.2)
    assert exchange.reset_reason is ResetReason.TIMEOUT
    clock.stop()


@in_fake_time
async def test_it_ends_with_the_exchange() -> None:
    clock, exchange = make(0.01)
    exchange.body_complete = True
    await asyncio.sleep(0.03)
    assert exchange.reset_reason is None
    clock.stop()

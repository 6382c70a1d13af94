"""Who wants to know that a client has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from tidewire_http_io import ServerExchange
from tidewire_web._disconnection import Disconnection


class Exchange:
    """The part of an exchange that tells of its end."""

    def __init__(self) -> None:
        self.finished = False
        self.disconnected = False
        self.callback: Callable[[], None] | None = None

    def when_disconnected(self, callback: Callable[[], None], *, or_finished: bool) -> None:
        assert or_finished
        self.callback = callback

    def end(self, *, gone: bool) -> None:
        self.disconnected = gone
        self.finished = not gone
        callback, self.callback = self.callback, None
        assert callback is not None
        callback()


def disconnection(exchange: Exchange) -> Disconnection:
    return Disconnection(cast(ServerExchange, exchange))


@pytest.mark.parametrize("gone", [True, False])
async def test_all_who_wait_are_told(gone: bool) -> None:
    exchange = Exchange()
    shared = disconnection(exchange)
    called: list[int] = []
    shared.add_callback(lambda: called.append(1))
    shared.add_callback(lambda: called.append(2))
    waiting = [asyncio.create_task(shared.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting.pop().cancel()
    exchange.end(gone=gone)
    await asyncio.gather(*waiting)
    await shared.wait()
    assert called == ([1, 2] if gone else [])


async def test_callbacks_that_are_forgotten_are_not_called() -> None:
    exchange = Exchange()
    shared = disconnection(exchange)
    called: list[int] = []
    shared.add_callback(lambda: called.append(1))
    waiting = asyncio.create_task(shared.wait())
    await asyncio.sleep(0)
    shared.forget_callbacks()
    shared.add_callback(lambda: called.append(2))
    exchange.end(gone=True)
    shared.add_callback(lambda: called.append(3))
    await waiting
    assert not called


async def test_a_callback_that_fails_keeps_nobody_from_being_told() -> None:
    exchange = Exchange()
    shared = disconnection(exchange)
    called: list[int] = []
    told: list[dict[str, Any]] = []
    failure = ZeroDivisionError()

    def fail() -> None:
        raise failure

    shared.add_callback(lambda: called.append(1))
    shared.add_callback(fail)
    shared.add_callback(lambda: called.append(2))
    waiting = asyncio.create_task(shared.wait())
    await asyncio.sleep(0)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    exchange.end(gone=True)
    await waiting
    assert called == [1, 2]
    assert [context["exception"] for context in told] == [failure]


@pytest.mark.parametrize("gone", [True, False])
async def test_what_has_ended_is_not_waited_for(gone: bool) -> None:
    exchange = Exchange()
    exchange.finished, exchange.disconnected = not gone, gone
    shared = disconnection(exchange)
    assert exchange.callback is None
    await shared.wait()
    called: list[int] = []
    shared.add_callback(lambda: called.append(1))
    assert called == ([1] if gone else [])

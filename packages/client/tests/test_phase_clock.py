from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tidewire_client import ClientTimeout
from tidewire_client._connection_errors import ConnectionTimeoutError
from tidewire_client._phase_clock import PhaseClock
from tidewire_http_io import Sweep
from tidewire_testing import FakeClock


def make(name: str, seconds: float | None) -> PhaseClock:
    time = FakeClock()
    sweep = Sweep(time.call_later, time.time, lambda: 0.0)
    return PhaseClock(name, seconds, ClientTimeout(), sweep, asyncio.get_running_loop())


async def wait() -> None:
    await asyncio.get_running_loop().create_future()


async def test_the_error_says_which_time_was_over() -> None:
    with pytest.raises(ConnectionTimeoutError, match="sock_connect") as caught, make("sock_connect", 0.001):
        await wait()
    assert (caught.value.clock, caught.value.seconds) == ("sock_connect", 0.001)
    assert isinstance(caught.value, TimeoutError)
    task: Any = asyncio.current_task()
    assert task.cancelling() == 0


async def test_the_outer_of_two_ends_both() -> None:
    with pytest.raises(ConnectionTimeoutError) as caught, make("connect", 0.001), make("sock_connect", 60):
        await wait()
    assert caught.value.clock == "connect"


async def test_a_block_that_ends_in_time_ends_as_it_does() -> None:
    with make("pool", 60):
        await asyncio.sleep(0)
    with pytest.raises(KeyError), make("pool", 60):
        raise KeyError
    with make("pool", None):
        pass


async def test_an_error_of_the_end_itself_goes_on() -> None:
    async def fail_at_the_end() -> None:
        try:
            await wait()
        except asyncio.CancelledError:
            raise OSError("while closing") from None

    with pytest.raises(OSError, match="while closing"), make("pool", 0.001):
        await fail_at_the_end()
    task: Any = asyncio.current_task()
    assert task.cancelling() == 0


async def test_a_cancellation_by_somebody_else_goes_on() -> None:
    task: Any = asyncio.current_task()
    asyncio.get_running_loop().call_soon(task.cancel)
    with pytest.raises(asyncio.CancelledError), make("pool", 60):
        await wait()
    assert task.uncancel() == 0

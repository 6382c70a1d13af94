"""What ends a program in good order."""

from __future__ import annotations

import asyncio
import copy
import pickle
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tidewire_web import GracefulExit
from tidewire_web._graceful_exit import StopSignals

Loop = asyncio.AbstractEventLoop


def new_uvloop() -> Loop:
    uvloop: Any = pytest.importorskip("uvloop")
    loop: Loop = uvloop.new_event_loop()
    return loop


loops = pytest.mark.parametrize("make_loop", [asyncio.new_event_loop, new_uvloop], ids=["asyncio", "uvloop"])


def test_it_ends_the_program_with_code_1() -> None:
    assert GracefulExit().code == 1
    assert issubclass(GracefulExit, SystemExit)


def test_another_code_can_be_given_and_survives_copies() -> None:
    for made in (GracefulExit(3), copy.copy(GracefulExit(3)), pickle.loads(pickle.dumps(GracefulExit(3)))):
        assert isinstance(made, GracefulExit)
        assert made.code == 3


@loops
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_call_and_are_given_back(make_loop: Callable[[], Loop], number: signal.Signals) -> None:
    def before(number: int, frame: object) -> None:
        raise AssertionError

    loop = make_loop()  # first, as it may skip the test
    old = signal.signal(number, before)
    called: list[int] = []
    try:

        async def receive() -> None:
            came = asyncio.Event()

            def callback() -> None:
                called.append(1)
                came.set()

            signals = StopSignals(loop, callback)
            signal.raise_signal(number)
            await came.wait()
            signals.release()
            signals.release()

        loop.run_until_complete(receive())
        assert signal.getsignal(number) is before
    finally:
        signal.signal(number, old)
        loop.close()
    assert called == [1]


@loops
def test_nothing_is_done_outside_the_main_thread(make_loop: Callable[[], Loop]) -> None:
    before = signal.getsignal(signal.SIGINT)
    failures: list[BaseException] = []
    loop = make_loop()  # here, as it may skip the test

    def elsewhere() -> None:
        try:
            StopSignals(loop, pytest.fail).release()
        except BaseException as failure:
            failures.append(failure)
        finally:
            loop.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert failures == []
    assert signal.getsignal(signal.SIGINT) is before

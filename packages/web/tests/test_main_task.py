"""One coroutine as a whole program."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest

from tidewire_web import GracefulExit
from tidewire_web._main_task import MainTask, new_event_loop

Loop = asyncio.AbstractEventLoop
Main = Callable[[MainTask], Awaitable[None]]


@pytest.fixture(params=["asyncio", "uvloop"])
def loop(request: pytest.FixtureRequest) -> Loop:
    if request.param == "uvloop":
        uvloop: Any = pytest.importorskip("uvloop")
        made: Loop = uvloop.new_event_loop()
        return made
    return asyncio.new_event_loop()


def run(loop: Loop, main: Main, *, handle_signals: bool = True) -> None:
    async def coroutine() -> None:
        await main(program)

    program = MainTask(loop, handle_signals=handle_signals)
    try:
        program.run(coroutine())
    finally:
        assert loop.is_closed()


def soon(function: Callable[..., object], *arguments: object) -> None:
    asyncio.get_running_loop().call_soon(function, *arguments)


def later(coroutine: Any) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.get_running_loop().create_task(coroutine)
    return task


async def raise_in_task(exception: BaseException) -> None:
    raise exception


def test_it_ends_with_its_coroutine(loop: Loop) -> None:
    async def main(program: MainTask) -> None:
        assert asyncio.get_running_loop() is loop

    run(loop, main)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_wait(loop: Loop, number: signal.Signals) -> None:
    events: list[str] = []
    before = signal.getsignal(number)

    async def main(program: MainTask) -> None:
        soon(signal.raise_signal, number)
        assert not program.stopping
        await program.until_stopped()
        assert program.stopping
        await asyncio.sleep(0)
        events.append("done")

    run(loop, main)
    assert events == ["done"]
    assert signal.getsignal(number) is before


def test_a_signal_before_the_wait_interrupts(loop: Loop) -> None:
    events: list[str] = []

    async def main(program: MainTask) -> None:
        soon(signal.raise_signal, signal.SIGTERM)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            events.append("undone")

    run(loop, main)
    assert events == ["undone"]


def test_a_second_signal_hurries(loop: Loop) -> None:
    events: list[str] = []

    async def main(program: MainTask) -> None:
        soon(signal.raise_signal, signal.SIGTERM)
        await program.until_stopped()
        soon(signal.raise_signal, signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            events.append("interrupted")

    with pytest.raises(GracefulExit) as caught:
        run(loop, main)
    assert caught.value.code == 1
    assert events == ["interrupted"]


def test_a_signal_while_other_tasks_end_is_obeyed_at_once(loop: Loop) -> None:
    async def stubborn() -> None:
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            soon(signal.raise_signal, signal.SIGTERM)

    told: list[dict[str, Any]] = []

    async def main(program: MainTask) -> None:
        loop.set_exception_handler(lambda loop, context: told.append(context))
        tasks.append(later(stubborn()))
        await asyncio.sleep(0)
        soon(signal.raise_signal, signal.SIGTERM)
        await program.until_stopped()

    tasks: list[asyncio.Task[None]] = []
    with pytest.raises(GracefulExit):
        run(loop, main)
    # What it leaves behind is told by asyncio.
    coroutine: Any = tasks.pop().get_coro()
    with contextlib.suppress(RuntimeError):
        coroutine.close()


@pytest.mark.parametrize("exception", [GracefulExit, KeyboardInterrupt])
def test_what_means_to_stop_may_come_from_any_task(loop: Loop, exception: type[BaseException]) -> None:
    events: list[str] = []

    async def main(program: MainTask) -> None:
        tasks = [later(raise_in_task(exception()))]
        await program.until_stopped()
        events.append("done")
        await asyncio.wait(tasks)
        assert isinstance(tasks[0].exception(), exception)

    run(loop, main)
    assert events == ["done"]


def test_what_means_to_stop_may_come_from_a_callback_before_the_wait(loop: Loop) -> None:
    def callback() -> None:
        raise GracefulExit

    async def main(program: MainTask) -> None:
        soon(callback)
        await asyncio.Event().wait()

    run(loop, main)


def test_exits_of_several_tasks_do_not_hurry(loop: Loop) -> None:
    events: list[str] = []

    async def main(program: MainTask) -> None:
        tasks = [later(raise_in_task(GracefulExit())) for _ in range(3)]
        await program.until_stopped()
        with contextlib.suppress(GracefulExit):
            await asyncio.wait(tasks)
        for task in tasks:
            assert isinstance(task.exception(), GracefulExit)
        events.append("done")

    run(loop, main)
    assert events == ["done"]


def test_another_exit_keeps_its_code(loop: Loop) -> None:
    events: list[str] = []

    async def main(program: MainTask) -> None:
        task = later(raise_in_task(SystemExit(7)))
        await program.until_stopped()
        events.append("done")
        await asyncio.wait([task])
        task.exception()

    with pytest.raises(SystemExit) as caught:
        run(loop, main)
    assert caught.value.code == 7
    assert events == ["done"]


def test_a_loop_that_is_stopped_is_an_error_after_a_graceful_end(loop: Loop) -> None:
    events: list[str] = []

    async def main(program: MainTask) -> None:
        soon(loop.stop)
        await program.until_stopped()
        events.append("done")

    with pytest.raises(RuntimeError, match="stopped"):
        run(loop, main)
    assert events == ["done"]


def test_what_the_coroutine_raises_has_its_traceback(loop: Loop) -> None:
    def deep() -> None:
        raise ZeroDivisionError

    async def main(program: MainTask) -> None:
        await asyncio.sleep(0)
        deep()

    with pytest.raises(ZeroDivisionError) as caught:
        run(loop, main)
    assert caught.traceback[-1].name == "deep"


@pytest.mark.parametrize("exception", [GracefulExit, KeyboardInterrupt])
def test_a_coroutine_that_exits_has_ended(loop: Loop, exception: type[BaseException]) -> None:
    run(loop, lambda program: raise_in_task(exception()))


def test_a_coroutine_that_exits_otherwise_ends_the_program(loop: Loop) -> None:
    with pytest.raises(SystemExit) as caught:
        run(loop, lambda program: raise_in_task(SystemExit(3)))
    assert caught.value.code == 3


def test_a_coroutine_that_somebody_cancels_was_cancelled(loop: Loop) -> None:
    async def main(program: MainTask) -> None:
        task = asyncio.current_task()
        assert task is not None
        soon(task.cancel)
        await program.until_stopped()

    with pytest.raises(asyncio.CancelledError):
        run(loop, main)


def test_tasks_that_are_left_are_cancelled_and_waited_for(loop: Loop) -> None:
    events: list[str] = []

    async def other() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            events.append("ended")
            tasks.append(later(last()))

    async def last() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            events.append("the last one too")

    async def main(program: MainTask) -> None:
        tasks.append(later(other()))
        await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []
    run(loop, main)
    assert events == ["ended", "the last one too"]
    assert [task.done() for task in tasks] == [True, True]


def test_what_tasks_raise_that_are_left_is_told(loop: Loop) -> None:
    told: list[dict[str, Any]] = []

    async def other() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ZeroDivisionError

    async def main(program: MainTask) -> None:
        loop.set_exception_handler(lambda loop, context: told.append(context))
        tasks.append(later(other()))
        await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []
    run(loop, main)
    assert [(type(context["exception"]), context["task"]) for context in told] == [
        (ZeroDivisionError, tasks[0])
    ]


def test_an_exit_of_a_task_that_is_left_does_not_spare_the_others(loop: Loop) -> None:
    events: list[str] = []

    async def leaving() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise GracefulExit

    async def other() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            events.append("ended")

    async def main(program: MainTask) -> None:
        loop.set_exception_handler(lambda loop, context: None)
        tasks.extend([later(leaving()), later(other())])
        await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []
    run(loop, main)
    assert events == ["ended"]


def test_generators_are_closed(loop: Loop) -> None:
    events: list[str] = []

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            events.append("closed")

    async def main(program: MainTask) -> None:
        kept.append(numbers())
        await anext(kept[0])

    kept: list[AsyncIterator[int]] = []
    run(loop, main)
    assert events == ["closed"]


def test_threads_of_the_default_executor_are_waited_for(loop: Loop) -> None:
    begun, go, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go.wait(20)
        ended.set()

    async def main(program: MainTask) -> None:
        kept.append(loop.run_in_executor(None, work))
        begun.wait(20)
        soon(go.set)

    kept: list[asyncio.Future[None]] = []
    run(loop, main)
    assert ended.is_set()


def test_without_signals_they_are_left_alone(loop: Loop) -> None:
    before = signal.getsignal(signal.SIGTERM)

    async def main(program: MainTask) -> None:
        assert signal.getsignal(signal.SIGTERM) is before
        soon(signal.raise_signal, signal.SIGINT)  # KeyboardInterrupt
        await program.until_stopped()

    run(loop, main, handle_signals=False)


def test_it_runs_outside_the_main_thread(loop: Loop) -> None:
    failures: list[BaseException] = []

    async def main(program: MainTask) -> None:
        task = later(raise_in_task(GracefulExit()))
        await program.until_stopped()
        assert isinstance(task.exception(), GracefulExit)

    def elsewhere() -> None:
        try:
            run(loop, main)
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert failures == []


def test_a_new_loop_is_uvloops_where_that_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = ModuleType("uvloop")
    made = asyncio.new_event_loop()
    fake.new_event_loop = lambda: made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "uvloop", fake)
    assert new_event_loop() is made
    made.close()


def test_a_new_loop_is_asyncios_where_uvloop_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    loop = new_event_loop()
    assert type(loop).__module__.startswith("asyncio")
    loop.close()

"""One coroutine as a whole program: it runs until it is told to stop, and then everything in its event loop ends."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Coroutine
from typing import Any, Final

from tidewire_web._graceful_exit import GracefulExit, StopSignals

__all__: list[str] = []

# Tasks that are cancelled may start others for their own clean-up, which are cancelled in their turn.
_ROUNDS_OF_CANCELLING: Final = 3


class MainTask:
    """Runs one coroutine in an event loop, and ends the loop with it.

    It is told to stop by SIGINT or SIGTERM, or by `GracefulExit` or KeyboardInterrupt, which any task may raise.
    A second signal tells it to hurry: the coroutine is cancelled.

    Args:
        loop: the event loop, which is closed in the end.
        handle_signals: whether SIGINT and SIGTERM are listened to.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, *, handle_signals: bool) -> None:
        self._loop = loop
        self._handle_signals = handle_signals
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._waiting = False  # whether the coroutine waits for being stopped, and need not be cancelled
        self._hurried = False

    @property
    def stopping(self) -> bool:
        """Whether it has been told to stop."""
        return self._stop.is_set()

    async def until_stopped(self) -> None:
        """Wait until it is told to stop. Before that wait the coroutine is cancelled, as it has to be interrupted."""
        self._waiting = True
        try:
            await self._stop.wait()
        finally:
            self._waiting = False

    def run(self, main: Coroutine[Any, Any, None]) -> None:
        """Run the coroutine to its end, then cancel what else runs in the loop, and close the loop.

        Raises:
            GracefulExit: a second signal came.
            BaseException: what the coroutine raised, or what another task has raised to end the program.
        """
        loop = self._loop
        signals: StopSignals | None = None
        asyncio.set_event_loop(loop)
        try:
            self._task = loop.create_task(main)
            if self._handle_signals:
                signals = StopSignals(loop, self._take_signal)
            self._drive(self._task)
        finally:
            try:
                self._end_other_tasks()
                self._complete(loop.shutdown_asyncgens())
                self._complete(loop.shutdown_default_executor())
            finally:
                if signals is not None:
                    signals.release()
                asyncio.set_event_loop(None)
                loop.close()

    def _drive(self, task: asyncio.Task[None]) -> None:
        """Run the main task to its end, whatever interrupts the loop on the way."""
        interruption: BaseException | None = None
        while True:
            try:
                self._loop.run_until_complete(task)
                break
            except BaseException as error:
                if _is_own(task, error):
                    if not self._ends_normally(error):
                        raise
                    break
                if isinstance(error, KeyboardInterrupt):
                    self._take_signal()
                else:
                    self._stop_once()
                    if not isinstance(error, GracefulExit) and interruption is None:
                        interruption = error
        if interruption is not None:
            raise interruption
        if self._hurried:
            raise GracefulExit

    def _ends_normally(self, error: BaseException) -> bool:
        """Tell whether what the main task has raised is a way to stop."""
        if isinstance(error, asyncio.CancelledError):
            return self.stopping
        return isinstance(error, (GracefulExit, KeyboardInterrupt))

    def _stop_once(self) -> bool:
        """Tell the main task to stop; returns whether that is news to it."""
        if self._stop.is_set():
            return False
        self._stop.set()
        if not self._waiting and self._task is not None:
            self._task.cancel()
        return True

    def _take_signal(self) -> None:
        """Stop, or hurry up."""
        if self._stop_once():
            return
        self._hurried = True
        if self._task is None or self._task.done():
            raise GracefulExit  # whatever else still runs is not waited for
        self._task.cancel()

    def _end_other_tasks(self) -> None:
        """Cancel what still runs, wait for it, and tell the loop of the exceptions, which nobody else will see."""
        loop = self._loop
        for _ in range(_ROUNDS_OF_CANCELLING):
            tasks = asyncio.all_tasks(loop)
            if not tasks:
                return
            for task in tasks:
                task.cancel()
            self._complete(asyncio.wait(tasks))
            for task in tasks:
                if not task.cancelled() and (exception := task.exception()) is not None:
                    loop.call_exception_handler(
                        {
                            "message": "A task that was left over when the program ended has failed",
                            "exception": exception,
                            "task": task,
                        }
                    )

    def _complete(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine of the loop's end, which only an impatient user interrupts."""
        task = self._loop.create_task(coroutine)
        while not task.done():
            try:
                self._loop.run_until_complete(task)
            except SystemExit:
                if self._hurried:
                    raise


def _is_own(task: asyncio.Task[None], error: BaseException) -> bool:
    """Tell whether what came out of the loop is what a task has raised."""
    if not task.done():
        return False
    return isinstance(error, asyncio.CancelledError) if task.cancelled() else task.exception() is error


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Make a loop of uvloop where that is installed, else of asyncio."""
    try:
        # By name: the wheel is compiled where uvloop, which is optional, is not there to be looked at.
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop

"""Where tasks and sessions were made that somebody has left behind."""

from __future__ import annotations

import asyncio
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Self

__all__: list[str] = []

# Where a line is not looked for: that is whose code makes tasks and sessions for others.
_BEHIND_THE_SCENES: Final = (
    "asyncio",
    "tidewire_testing",
    "tidewire_client",
    "tidewire_web",
    "tidewire_http_io",
)
# Turns of the event loop in which what was closed or cancelled can come to its end.
_TURNS: Final = 20


class LeakWatch:
    """Takes note of the tasks of the running loop, and of the sessions of tidewire-client, that are made in a block.

    It knows where: the line of the test, or of the code under test, that has led to it. Tasks that servers make for
    their handlers belong to the servers, and are seen only where they outlive them.
    """

    def __init__(self) -> None:
        self._loop: Any = asyncio.get_running_loop()
        self._before: set[asyncio.Task[Any]] = set()
        self._tasks: weakref.WeakKeyDictionary[asyncio.Task[Any], str] = weakref.WeakKeyDictionary()
        # By their identity: sessions may be of classes that cannot be hashed. The session is kept, so that one that
        # nobody closed is reported here and not, somewhere later, by its destructor.
        self._sessions: list[tuple[Any, str]] = []
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        self._before = asyncio.all_tasks(self._loop)
        self._watch_tasks()
        self._watch_sessions()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()

    async def leaks(self) -> list[str]:
        """Wait for what is ending, then describe what is not, and end it."""
        for _ in range(_TURNS):
            if not self._left():
                break
            await asyncio.sleep(0)
        tasks = self._left()
        sessions = [(session, where) for session, where in self._sessions if not session.closed]
        self._sessions.clear()
        found = [f"session {type(session).__name__}, made at {where}" for session, where in sessions]
        found += sorted(self._describe(task) for task in tasks)
        for session, _ in sessions:
            await session.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)
        return found

    def _left(self) -> set[asyncio.Task[Any]]:
        return asyncio.all_tasks(self._loop) - self._before - {asyncio.current_task(self._loop)}

    def _describe(self, task: asyncio.Task[Any]) -> str:
        name = getattr(task.get_coro(), "__qualname__", "?")
        frames = task.get_stack(limit=1)
        waits = f", waiting at {_place(frames[0])}" if frames else ""
        made = self._tasks.get(task)
        return f"task {task.get_name()!r} of {name}()" + (f", made at {made}" if made else "") + waits

    def _watch_tasks(self) -> None:
        loop = self._loop
        create = loop.create_task

        def create_task(coroutine: Any, **options: Any) -> Any:
            task = create(coroutine, **options)
            self._tasks[task] = _caller(sys._getframe(1))
            return task

        try:
            loop.create_task = create_task
        except AttributeError:
            return  # a loop of another kind; its tasks are seen, but not where they were made
        self._undo.append(lambda: _restore(loop, create_task))

    def _watch_sessions(self) -> None:
        client = sys.modules.get("tidewire_client")
        if client is None:
            return
        session_class: Any = client.ClientSession
        initialise = session_class.__init__
        sessions = self._sessions

        def init(session: Any, *args: Any, **options: Any) -> None:
            initialise(session, *args, **options)
            sessions.append((session, _caller(sys._getframe(1))))

        session_class.__init__ = init
        self._undo.append(lambda: setattr(session_class, "__init__", initialise))


def _restore(loop: Any, wrapper: Any) -> None:
    if loop.__dict__.get("create_task") is wrapper:
        del loop.create_task


def _caller(frame: FrameType | None) -> str:
    """Return the nearest place that is neither asyncio's nor this library's."""
    nearest = frame
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] not in _BEHIND_THE_SCENES:
            return _place(frame)
        frame = frame.f_back
    return "?" if nearest is None else _place(nearest)


def _place(frame: FrameType) -> str:
    path = Path(frame.f_code.co_filename)
    return f"{path}:{frame.f_lineno}"

"""A check that a block of code leaves no task and no file descriptor behind."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import stat
from types import TracebackType
from typing import Any, Self

__all__ = ["LeakCheck", "LeakError", "assert_no_leaks"]

# The first is Linux's own; the second is there on the BSDs and macOS too.
_LISTINGS = ("/proc/self/fd", "/dev/fd")

_Descriptor = tuple[int, int, int]


class LeakError(AssertionError):
    """A block left something behind.

    Attributes:
        tasks: a description of each pending task.
        descriptors: a description of each open file descriptor.
    """

    def __init__(self, tasks: tuple[str, ...], descriptors: tuple[str, ...]) -> None:
        """Keep what leaked."""
        super().__init__(tasks, descriptors)
        self.tasks = tasks
        self.descriptors = descriptors

    def __str__(self) -> str:
        """Name each task and each descriptor."""
        rows = [f"the block left {len(self.tasks)} task(s) and {len(self.descriptors)} descriptor(s) behind"]
        rows += [f"  task {task}" for task in self.tasks]
        rows += [f"  {descriptor}" for descriptor in self.descriptors]
        return "\n".join(rows)


class LeakCheck:
    """The context manager that `assert_no_leaks` returns, for `with` and `async with`."""

    def __init__(self, *, tasks: bool = True, descriptors: bool = True, turns: int = 10) -> None:
        """Choose what is checked; see `assert_no_leaks`."""
        self._check_tasks = tasks
        self._check_descriptors = descriptors
        self._turns = turns
        self._tasks_before: set[asyncio.Task[Any]] = set()
        self._descriptors_before: set[_Descriptor] = set()

    def __enter__(self) -> Self:
        """Note what is there."""
        self._tasks_before = _pending_tasks()
        # Garbage of before must not be closed by the block: its descriptors could hide the block's own.
        gc.collect()
        self._descriptors_before = _open_descriptors()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Compare, unless the block failed: its own exception says more.

        Raises:
            LeakError: something new is there.
        """
        if exc_type is not None:
            return
        tasks, descriptors = self._leaks()
        if tasks or descriptors:
            raise LeakError(tasks, descriptors)

    async def __aenter__(self) -> Self:
        """Note what is there."""
        return self.__enter__()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Compare as `__exit__` does, after the loop had some iterations to finish what was ended.

        Raises:
            LeakError: something new is still there.
        """
        if exc_type is None:
            for _ in range(self._turns):
                if not any(self._leaks()):
                    return
                await asyncio.sleep(0)
        self.__exit__(exc_type, exc, traceback)

    def _leaks(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        tasks: tuple[str, ...] = ()
        descriptors: tuple[str, ...] = ()
        if self._check_tasks:
            # An order that does not change from run to run; a set of tasks has none.
            tasks = tuple(sorted(map(_describe_task, _pending_tasks() - self._tasks_before)))
        if self._check_descriptors:
            gc.collect()
            new = sorted(_open_descriptors() - self._descriptors_before)
            descriptors = tuple(_describe_descriptor(number) for number, _, _ in new)
        return tasks, descriptors


def assert_no_leaks(*, tasks: bool = True, descriptors: bool = True, turns: int = 10) -> LeakCheck:
    """Return a context manager that fails if the block leaves tasks or file descriptors behind.

    `async with` lets the running loop finish what was cancelled or closed at the block's end: transports
    close their sockets one iteration later. `with` compares at once. A descriptor that was closed and one
    opened in its place count as a new one. Nothing is compared where the block raises.

    Args:
        tasks: check the tasks of the running loop, if one runs.
        descriptors: check the file descriptors of the process, where the system can list them.
        turns: how many iterations the loop gets at most, in `async with`.

    Raises:
        LeakError: from the end of the block, with the names of what is left.
    """
    return LeakCheck(tasks=tasks, descriptors=descriptors, turns=turns)


# -- tasks -----------------------------------------------------------------------------------------


def _pending_tasks() -> set[asyncio.Task[Any]]:
    """Return the running loop's tasks that are not done, the current one left out."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return set()
    # The one that runs the check itself may be another one at the end than at the start: a fixture's.
    current = asyncio.current_task(loop)
    return {task for task in asyncio.all_tasks(loop) if task is not current}


def _describe_task(task: asyncio.Task[Any]) -> str:
    name = getattr(task.get_coro(), "__qualname__", "?")
    frames = task.get_stack(limit=1)
    where = f" at {frames[0].f_code.co_filename}:{frames[0].f_lineno}" if frames else ""
    return f"{task.get_name()!r}: {name}(){where}"


# -- file descriptors ------------------------------------------------------------------------------


def _open_descriptors() -> set[_Descriptor]:
    """Return number and file of each open descriptor; nothing where the system has no list of them."""
    for listing in _LISTINGS:
        try:
            names = os.listdir(listing)
        except OSError:
            continue
        found = set()
        for name in names:
            try:
                status = os.fstat(int(name))
            except OSError:
                # The descriptor of the listing itself.
                continue
            found.add((int(name), status.st_dev, status.st_ino))
        return found
    return set()


def _describe_descriptor(number: int) -> str:
    try:
        target = os.readlink(f"{_LISTINGS[0]}/{number}")
    except OSError:
        target = "an open file"
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            target = _describe_socket(number)
    except OSError:
        # Closed meanwhile by another thread, or a socket that has no address to tell.
        pass
    return f"descriptor {number}: {target}"


def _describe_socket(number: int) -> str:
    with socket.socket(fileno=os.dup(number)) as copy:
        family, kind = _name(copy.family), _name(copy.type)
        text = f"socket {family} {kind}, local {copy.getsockname()!r}"
        try:
            return f"{text}, peer {copy.getpeername()!r}"
        except OSError:
            return text


def _name(constant: int) -> str:
    return str(getattr(constant, "name", constant))

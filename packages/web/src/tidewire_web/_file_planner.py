"""Where it is found out what is to be answered with a file: in a thread, or at once, on the event loop.

Asking the file system may mean waiting for a disk or another host, for which the loop has no time: that is what threads
are for. But the way to a thread and back costs more than all that is to be done there where the system answers from
memory, as it does for files that are in use.

So the first plan for a path is made in a thread, and the time it takes is noted. Where it was so short that the system
cannot have waited for anything, and that is less than a second ago, the next is made on the loop: names, attributes and
content of the file were in memory then, and systems forget first what was used least recently. Nothing is kept of the
file itself, each request opens it and looks at it.

What has to be right in any case does not hang on that:

- The content is read on the loop only where the system promises not to wait (RWF_NOWAIT of Linux); where it would, the
  plan is made anew in a thread, and the path has to go there for a while. Where the system knows no such promise, the
  content goes by the same rule as the attributes.
- A plan on the loop that took long sends its path back to a thread. Where that happens again soon, and since it waited,
  all paths have to go to threads for a while: however slow a file system becomes, the loop waits for it twice in so
  many seconds. Linux tells waiting from being interrupted by other programs; elsewhere the time alone counts, and that
  once.

Files that cannot be served, and pages of folders, are always a thread's business.
"""

from __future__ import annotations

import asyncio
import errno
import os
import time
import weakref
from collections.abc import Callable
from typing import Any, Final, TypeVar

from tidewire_web._file_plan import AT_ONCE, ContentNotAtHand, FilePlan, Reader
from tidewire_web._open_file import OpenFile
from tidewire_web._thread_batches import in_thread

try:
    import resource
except ImportError:  # Windows
    _RUSAGE: Any = None
    _THREAD = None
else:
    _RUSAGE = resource.getrusage
    _THREAD = getattr(resource, "RUSAGE_THREAD", None)  # Linux

__all__: list[str] = []

T = TypeVar("T")
Look = Callable[[Reader | None], T]

# Seconds that a plan in a thread takes at most where it was made from memory: a disk takes longer, another host too.
# That a thread has to wait for the interpreter makes some of them too long, which only means one more of them.
_FROM_MEMORY: Final = 0.0002
# Seconds for which that holds. A path that is asked for less often gains nothing anyway.
_TRUST: Final = 1.0
# Seconds from which on a plan on the loop was too slow.
_SLOW: Final = 0.001
# Seconds for which a path, or all of them, have to go to threads after that.
_REST: Final = 10.0
# Paths that are remembered.
_PATHS: Final = 1024

_preadv: Any = getattr(os, "preadv", None)
_NOWAIT: Final[int | None] = getattr(os, "RWF_NOWAIT", None)
# What systems say that have no such reads, and file systems that have none.
_UNKNOWN: Final = frozenset({errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL})


class FilePlanner:
    """Makes the plans of one event loop.

    Args:
        clock: tells seconds, from any beginning; above 0.
        waits: tells how often the thread that calls it has waited for something; a negative number where nobody knows.
    """

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, waits: Callable[[], int] | None = None
    ) -> None:
        self._clock = clock
        self._waits = waits or _waits
        # By path: when its last quick plan was made; negative, until when none is made on the loop.
        self._known: dict[str, float] = {}
        self._resting_until = self._suspicious_until = clock()
        self._buffer: memoryview | None = None

    async def plan(self, path: str, look: Look[T]) -> T:
        """Have a plan made.

        Args:
            path: the path of the file, by which it is remembered.
            look: makes the plan; gets what content is read with, None for the file's own way, which may wait.

        Raises:
            Exception: what `look` raises.
        """
        now = self._clock()
        known = self._known.get(path)
        if known is not None and now - _TRUST < known <= now and now >= self._resting_until:
            try:
                return self._plan_at_once(path, look, now)
            except ContentNotAtHand:
                self._remember(path, -(now + _REST))
        timed: tuple[T, float] = await in_thread(_timed, self._clock, look)
        result, seconds = timed
        if seconds < _FROM_MEMORY and _is_served(result):
            now = self._clock()
            if now + self._known.get(path, 0.0) >= 0.0:
                self._remember(path, now)
        return result

    def _plan_at_once(self, path: str, look: Look[T], began: float) -> T:
        # Asking how often it has waited costs as much as a look at the file: only where there is a suspicion.
        suspicious = began < self._suspicious_until
        waits = self._waits() if suspicious else 0
        result = look(self._read)
        now = self._clock()
        if now - began >= _SLOW:
            waits_now = self._waits()
            if waits_now < 0 or (suspicious and waits_now != waits):
                self._resting_until = now + _REST
                return result
            if not suspicious:
                self._suspicious_until = now + _REST
                self._known.pop(path, None)
                return result
        if _is_served(result):
            self._remember(path, now)
        return result

    def _remember(self, path: str, moment: float) -> None:
        known = self._known
        known.pop(path, None)
        if len(known) >= _PATHS:
            del known[next(iter(known))]  # who was asked for least recently
        known[path] = moment

    def _read(self, file: OpenFile, offset: int, size: int) -> bytes:
        """Read what is in memory.

        Raises:
            ContentNotAtHand: not all of it is, or the file has become shorter.
            OSError: reading failed.
        """
        if _preadv is None or _NOWAIT is None:
            return file.read(offset, size)
        if self._buffer is None:
            self._buffer = memoryview(bytearray(AT_ONCE))
        part = self._buffer[:size]
        try:
            count = _preadv(file.descriptor, [part], offset, _NOWAIT)
        except BlockingIOError:
            raise ContentNotAtHand from None
        except OSError as error:
            if error.errno in _UNKNOWN:
                return file.read(offset, size)
            raise
        if count < size:
            raise ContentNotAtHand
        return bytes(part)


def _timed(clock: Callable[[], float], look: Look[T]) -> tuple[T, float]:
    began = clock()
    result = look(None)
    return result, clock() - began


def _is_served(result: object) -> bool:
    return isinstance(result, FilePlan) and result.status < 400


def _waits() -> int:
    if _THREAD is None:
        return -1
    count: int = _RUSAGE(_THREAD).ru_nvcsw
    return count


_planners: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, FilePlanner] = weakref.WeakKeyDictionary()


def file_planner() -> FilePlanner:
    """The planner of the running event loop."""
    loop = asyncio.get_running_loop()
    planner = _planners.get(loop)
    if planner is None:
        planner = _planners[loop] = FilePlanner()
    return planner

"""A file that is read in threads."""

from __future__ import annotations

import asyncio
import io
import os
import stat
import tempfile
import threading
from collections.abc import Callable
from typing import IO, Any, TypeVar

__all__: list[str] = []

T = TypeVar("T")


class OpenFile:
    """A file of the standard library, or one like it, of which threads read while the event loop goes on.

    Reads and the closing exclude each other: who is cancelled leaves a thread behind that still reads, and a file that
    is closed under a read may read from another that got its descriptor.

    Args:
        file: the file.

    Raises:
        ValueError: it is closed.

    Attributes:
        start: its position now, None where it cannot be set.
        size: bytes from there to its end; None where that cannot be told without reading.
        closed: whether it was closed here.
    """

    __slots__ = ("_file", "_lock", "_reader", "closed", "size", "start")

    def __init__(self, file: IO[Any]) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._reader: object = None  # who began to read last
        self.closed = False
        self.start = _position(file)
        self.size = None if self.start is None else _size_behind(file, self.start)

    def duplicate(self) -> int | None:
        """Return a descriptor for what is in the file, which the caller closes; None where it has none at hand.

        It tells nothing of the file's position.
        """
        raw = _raw(self._file)
        if self.size is None or not isinstance(raw, io.FileIO) or not self._lock.acquire(blocking=False):
            return None
        try:
            return None if raw.closed else os.dup(raw.fileno())
        finally:
            self._lock.release()

    def begin(self, reader: object) -> None:
        """Take note of who reads from now on; who has read before reads no more."""
        self._reader = reader

    def read(self, size: int, *, from_start: bool = False, reader: object = None) -> Any:
        """Read, from the position that it had at first, or on; for threads.

        Setting the position is one with reading, since there may be threads that somebody left behind. Such a one may
        also come between two reads of those after it: it gets nothing.

        Raises:
            RuntimeError: somebody else has begun to read.
        """
        with self._lock:
            if reader is not self._reader:
                raise RuntimeError("somebody else reads this file")
            if from_start and self.start is not None:
                self._file.seek(self.start)
            return self._file.read(size)

    async def close(self) -> None:
        """Close the file, when the read that is going on has ended; it is closed even if this is cancelled.

        Raises:
            OSError: what the file raises.
        """
        if self.closed:
            return
        self.closed = True
        try:
            closing = asyncio.get_running_loop().run_in_executor(None, self._close)
        except RuntimeError:  # there are no threads any more
            error = self._close()
        else:
            await asyncio.wait([closing])  # not the future itself: cancelling would go through to it
            error = closing.result()
        if error is not None:
            raise error

    def _close(self) -> OSError | None:
        with self._lock:
            try:
                self._file.close()
            except OSError as error:
                # Returned, so that nobody is reminded of it whose waiting was cancelled.
                return error
        return None


async def in_thread(function: Callable[[], T]) -> T:
    """Call a function in a thread of the event loop's executor."""
    return await asyncio.get_running_loop().run_in_executor(None, function)


def _position(file: IO[Any]) -> int | None:
    try:
        return file.tell() if file.seekable() else None
    except OSError:
        # A text file that is being iterated over does not tell.
        return None


def _size_behind(file: Any, start: int) -> int | None:
    """Return how many bytes there are behind a position.

    Only of files of which that is known: those of gzip, zip and the like have the descriptor of what is compressed,
    and decompress everything to find their end.
    """
    file = getattr(file, "file", file)  # NamedTemporaryFile()
    if isinstance(file, (io.BytesIO, io.BufferedRandom)) or (
        isinstance(file, tempfile.SpooledTemporaryFile) and "b" in file.mode
    ):
        # By seeking, which writes out what a file that is written to has not written yet.
        end: int = file.seek(0, os.SEEK_END) or file.tell()
        file.seek(start)
        return max(0, end - start)
    raw = _raw(file)
    if isinstance(raw, io.FileIO):
        status = os.fstat(raw.fileno())
        if stat.S_ISREG(status.st_mode):
            return max(0, status.st_size - start)
    return None


def _raw(file: Any) -> Any:
    """Return what a buffered file reads from; another file as it is."""
    return file.raw if isinstance(file, io.BufferedReader) else file

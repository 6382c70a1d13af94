"""The files of a form: where they are kept, and what handlers get of them."""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Final

from multidict import CIMultiDictProxy

__all__ = ["FileField"]

# Bytes that the files of one form have in memory, all together, before what there is goes to the disk. That is a thread's
# work, and once for so many bytes it costs little beside the writing.
_IN_MEMORY: Final = 1048576


@dataclass(frozen=True)
class FileField:
    """A file of a form.

    Attributes:
        name: the name of the form's field.
        filename: the name of the file as its sender gave it: not a path that may be opened.
        file: the content, at its beginning; closed when the request ends.
        content_type: the media type that the sender gave, `application/octet-stream` where none.
        headers: the fields of the part.
    """

    name: str
    filename: str
    file: io.BufferedReader
    content_type: str
    headers: CIMultiDictProxy[str]


class FormFiles:
    """Keeps the content of the files of one form, one behind the other.

    However many there are, they have one megabyte in memory, and one temporary file. It is used by one task at a time; what
    was opened may be read in any thread.
    """

    def __init__(self) -> None:
        self._disk: IO[bytes] | None = None
        self._on_disk = 0  # bytes that are there
        self._memory = bytearray()  # what is behind them
        self._lock = threading.Lock()  # who has it may move in the file
        self._opened: list[io.BufferedReader] = []
        self._writing: asyncio.Future[None] | None = None

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._on_disk + len(self._memory)

    async def append(self, data: bytes) -> None:
        """Keep bytes behind those that are there.

        Raises:
            OSError: the disk does not take them.
        """
        self._memory += data
        if len(self._memory) > _IN_MEMORY:
            writing = self._writing = asyncio.get_running_loop().run_in_executor(None, self._write_out)
            await asyncio.wait([writing])  # not the future itself: cancelling would go through to it
            writing.result()

    def open(self, start: int) -> io.BufferedReader:
        """Open what was kept from a position on, as a file of its own."""
        file: io.BufferedReader = io.BufferedReader(_Section(self._read_at, start, self.size - start))
        self._opened.append(file)
        return file

    async def close(self) -> None:
        """Close every file that was opened, and throw away what was kept."""
        for file in self._opened:
            file.close()
        self._opened.clear()
        if self._writing is not None:
            await asyncio.wait([self._writing])
            self._writing.exception()  # or somebody would be reminded of it whose waiting was cancelled
        disk, self._disk = self._disk, None
        if disk is not None:
            # That frees the blocks of the file, which may take a while.
            await asyncio.get_running_loop().run_in_executor(None, disk.close)

    def _write_out(self) -> None:
        """Write what is in memory to the disk, in a thread."""
        if self._disk is None:
            self._disk = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by close()
        left = memoryview(self._memory)
        with self._lock:
            self._disk.seek(self._on_disk)
            while left:
                left = left[self._disk.write(left) :]
        left.release()
        self._on_disk += len(self._memory)
        self._memory = bytearray()

    def _read_at(self, position: int, size: int) -> bytes:
        """Return up to so many bytes from a position on, none only at the end."""
        if position >= self._on_disk:
            start = position - self._on_disk
            return bytes(self._memory[start : start + size])
        disk = self._disk
        if disk is None:
            raise ValueError("the request has ended, and its files are closed")
        with self._lock:
            disk.seek(position)
            return disk.read(min(size, self._on_disk - position))


class _Section(io.RawIOBase):
    """A file that is a part of what `FormFiles` keep."""

    def __init__(self, read_at: Callable[[int, int], bytes], start: int, size: int) -> None:
        self._read_at = read_at
        self._start = start
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file")
        if whence == os.SEEK_CUR:
            offset += self._position
        elif whence == os.SEEK_END:
            offset += self._size
        elif whence != os.SEEK_SET:
            raise ValueError(f"no place to seek from: {whence}")
        if offset < 0:
            raise ValueError(f"no position in a file: {offset}")
        self._position = offset
        return offset

    def readinto(self, buffer: Any, /) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file")
        room = memoryview(buffer).cast("B")
        size = min(len(room), self._size - self._position)
        if size <= 0:
            return 0
        data = self._read_at(self._start + self._position, size)
        room[: len(data)] = data
        self._position += len(data)
        return len(data)

"""A file that is read in threads."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import io
import lzma
import os
import tempfile
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import pytest

from tidewire_http_io.payloads._open_file import OpenFile, in_thread
from tidewire_testing import assert_no_leaks

CONTENT = b"0123456789"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    return path


@pytest.mark.parametrize("buffering", [0, -1])
@pytest.mark.parametrize("position", [0, 3, 10, 20])
def test_a_file_is_measured_from_its_position(path: Path, buffering: int, position: int) -> None:
    with path.open("rb", buffering) as file:
        file.seek(position)
        opened = OpenFile(file)
        assert (opened.start, opened.size) == (position, max(0, 10 - position))
        assert file.tell() == position


def make_updated(path: Path) -> IO[bytes]:
    file = path.open("r+b")
    file.seek(0, os.SEEK_END)
    file.write(b"ab")
    file.seek(2)
    return file


def make_spooled(path: Path) -> IO[bytes]:
    file = tempfile.SpooledTemporaryFile(max_size=100)  # noqa: SIM115
    file.write(bytes(12))
    file.seek(2)
    return file


def make_rolled_over(path: Path) -> IO[bytes]:
    file = make_spooled(path)
    file.rollover()  # type: ignore[attr-defined]
    return file


def make_named(path: Path) -> IO[bytes]:
    file = tempfile.NamedTemporaryFile()  # noqa: SIM115
    file.write(bytes(12))
    file.seek(2)
    return file


@pytest.mark.parametrize(
    "make", [make_updated, make_spooled, make_rolled_over, make_named, lambda path: io.BytesIO(bytes(10))]
)
def test_other_files_of_known_size(path: Path, make: Callable[[Path], IO[bytes]]) -> None:
    with make(path) as file:
        position = file.tell()
        opened = OpenFile(file)
        assert (opened.start, opened.size) == (position, 10)
        assert file.tell() == position


def make_zipped(path: Path) -> IO[bytes]:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", CONTENT)
    return zipfile.ZipFile(path).open("a")


@pytest.mark.parametrize(
    "make",
    [
        gzip.open,
        bz2.open,
        lzma.open,
        make_zipped,
        lambda path: path.open(),
        lambda path: io.BufferedReader(io.BytesIO(b"abc")),
    ],
)
def test_files_that_do_not_tell_their_size(path: Path, make: Callable[[Path], IO[Any]]) -> None:
    with make(path) as file:
        opened = OpenFile(file)
        assert opened.size is None


async def test_a_pipe_has_neither_position_nor_size() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"abc")
    os.close(writing)
    opened = OpenFile(os.fdopen(reading, "rb"))
    assert (opened.start, opened.size) == (None, None)
    assert opened.read(10, from_start=True) == b"abc"
    await opened.close()


def test_a_device_has_no_size() -> None:
    with Path(os.devnull).open("rb") as file:
        assert OpenFile(file).size is None


def test_a_text_file_that_is_iterated_over_has_no_position(path: Path) -> None:
    path.write_text("a\nb\n")
    with path.open() as file:
        assert OpenFile(file).start == 0
        next(file)
        assert OpenFile(file).start is None


def test_a_closed_file_is_refused(path: Path) -> None:
    file = path.open("rb")
    file.close()
    with pytest.raises(ValueError, match="closed"):
        OpenFile(file)


async def test_reading_begins_at_the_start_or_goes_on(path: Path) -> None:
    file = path.open("rb")
    file.seek(2)
    opened = OpenFile(file)
    assert opened.read(3, from_start=True) == b"234"
    assert opened.read(3) == b"567"
    assert opened.read(3, from_start=True) == b"234"
    await opened.close()
    assert file.closed
    with pytest.raises(ValueError, match="closed"):
        opened.read(3)
    await opened.close()


class Slow(io.RawIOBase):
    """A file whose reads wait for a sign, and that tells whether anything ran beside another."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.reading = threading.Event()
        self.closed_while_reading = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.reading.set()
        self.go_on.wait(10)
        self.reading.clear()
        return b"a"

    def close(self) -> None:
        self.closed_while_reading |= self.reading.is_set()
        super().close()


async def test_a_file_is_not_closed_under_a_read() -> None:
    async with assert_no_leaks():
        file = Slow()
        opened = OpenFile(file)  # type: ignore[arg-type]
        reading = asyncio.create_task(in_thread(lambda: opened.read(1)))
        await in_thread(file.reading.wait)
        reading.cancel()
        closing = asyncio.create_task(opened.close())
        await asyncio.sleep(0)
        assert not file.closed
        file.go_on.set()
        await closing
        assert file.closed
        assert not file.closed_while_reading


async def test_a_file_is_closed_though_closing_is_cancelled() -> None:
    file = Slow()
    opened = OpenFile(file)  # type: ignore[arg-type]
    reading = asyncio.create_task(in_thread(lambda: opened.read(1)))
    await in_thread(file.reading.wait)
    closing = asyncio.create_task(opened.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    file.go_on.set()
    await reading
    await asyncio.get_running_loop().shutdown_default_executor()
    assert file.closed


async def test_a_file_is_closed_though_its_turn_comes_after_the_cancelling(path: Path) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    go_on = threading.Event()
    before = loop.run_in_executor(None, go_on.wait, 10)
    opened = OpenFile(file := path.open("rb"))
    closing = asyncio.create_task(opened.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    go_on.set()
    await before
    await loop.shutdown_default_executor()
    assert file.closed


async def test_a_file_is_closed_without_threads_too(path: Path) -> None:
    opened = OpenFile(file := path.open("rb"))
    await asyncio.get_running_loop().shutdown_default_executor()
    await opened.close()
    assert file.closed


async def test_what_closing_raises_is_told() -> None:
    class Broken(io.BytesIO):
        def close(self) -> None:
            super().close()
            raise OSError("no room")

    opened = OpenFile(Broken())
    with pytest.raises(OSError, match="no room"):
        await opened.close()
    await opened.close()


def test_a_read_that_somebody_left_behind_takes_nothing_from_who_reads_after_it(path: Path) -> None:
    first, second = object(), object()
    with path.open("rb") as file:
        opened = OpenFile(file)
        opened.begin(first)
        assert opened.read(4, from_start=True, reader=first) == b"0123"
        opened.begin(second)
        assert opened.read(4, from_start=True, reader=second) == b"0123"
        with pytest.raises(RuntimeError):
            opened.read(4, reader=first)
        assert opened.read(4, reader=second) == b"4567"

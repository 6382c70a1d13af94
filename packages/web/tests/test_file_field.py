"""The files of a form: where they are kept, and what handlers get of them."""

from __future__ import annotations

import asyncio
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tidewire_http_io.payloads import PAYLOAD_REGISTRY
from tidewire_web._file_field import FormFiles

MEGABYTE = 1048576


@pytest.fixture
async def files() -> FormFiles:
    return FormFiles()


async def keep(files: FormFiles, *pieces: bytes) -> io.BufferedReader:
    start = files.size
    for piece in pieces:
        await files.append(piece)
    return files.open(start)


async def test_each_file_has_its_own_content(files: FormFiles) -> None:
    first, empty, second = await keep(files, b"ab", b"c"), await keep(files), await keep(files, b"def")
    assert isinstance(first, io.BufferedReader)
    assert (first.read(), empty.read(), second.read(2), second.read(5)) == (b"abc", b"", b"de", b"f")
    assert first.read() == b""
    await files.close()


@pytest.mark.parametrize(
    "sizes", [(10, 10), (10, MEGABYTE), (MEGABYTE + 1, 10), (MEGABYTE, 2 * MEGABYTE + 5)]
)
async def test_files_may_be_on_the_disk(files: FormFiles, sizes: tuple[int, int]) -> None:
    contents = [bytes(range(251)) * (size // 251 + 1) for size in sizes]
    kept = []
    for content in contents:
        pieces = [content[start : start + 100_000] for start in range(0, len(content), 100_000)]
        kept.append(await keep(files, *pieces))
    for content, file in zip(contents, kept, strict=True):
        assert file.read() == content
        file.seek(100)
        assert file.read(300) == content[100:400]
        assert file.seek(-5, io.SEEK_END) == len(content) - 5
        assert file.read() == content[-5:]
        assert file.seek(-3, io.SEEK_CUR) == len(content) - 3
        assert file.tell() == len(content) - 3
        assert file.seek(len(content) + 9) == len(content) + 9
        assert file.read() == b""
    await files.close()


async def test_how_a_file_is(files: FormFiles) -> None:
    file = await keep(files, b"a\nb\n")
    assert (file.readable(), file.seekable(), file.writable()) == (True, True, False)
    assert list(file) == [b"a\n", b"b\n"]
    raw: Any = file.raw
    with pytest.raises(ValueError, match="position"):
        raw.seek(-1)
    with pytest.raises(ValueError, match="place"):
        raw.seek(0, 9)
    file.seek(0)
    assert io.TextIOWrapper(file).read() == "a\nb\n"
    await files.close()


async def test_files_are_read_in_threads_at_once(files: FormFiles) -> None:
    contents = [bytes([number]) * 700_000 for number in range(4)]
    kept = [await keep(files, content) for content in contents]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda file: file.read(), kept)) == contents
    await files.close()


@pytest.mark.parametrize("size", [10, MEGABYTE + 1])
async def test_closing_closes_them_all(files: FormFiles, size: int) -> None:
    first, second = await keep(files, bytes(size)), await keep(files, b"x")
    first.close()
    await files.close()
    assert second.closed
    for file in (first, second):
        raw: Any = file.raw
        with pytest.raises(ValueError, match="closed"):
            file.read()
        with pytest.raises(ValueError, match="closed"):
            raw.seek(0)
        with pytest.raises(ValueError, match="closed"):
            raw.readinto(bytearray(1))
    await files.close()


async def test_a_file_is_a_payload(files: FormFiles) -> None:
    payload = PAYLOAD_REGISTRY.get(await keep(files, b"abc"))
    assert await payload.as_bytes() == b"abc"
    await payload.close()
    await files.close()


async def test_closing_waits_for_what_is_being_written() -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(FormFiles):
        def _write_out(self) -> None:
            begun.set()
            assert go_on.wait(5)
            super()._write_out()

    files = Slow()
    appending = asyncio.create_task(files.append(bytes(MEGABYTE + 1)))
    await asyncio.to_thread(begun.wait, 5)
    appending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appending
    closing = asyncio.create_task(files.close())
    await asyncio.sleep(0)
    assert not closing.done()
    go_on.set()
    await closing
    assert files.size == MEGABYTE + 1


async def test_a_disk_that_takes_nothing() -> None:
    class Full(FormFiles):
        def _write_out(self) -> None:
            raise OSError("no space")

    files = Full()
    await files.append(bytes(MEGABYTE))
    with pytest.raises(OSError, match="no space"):
        await files.append(b"x")
    await files.close()

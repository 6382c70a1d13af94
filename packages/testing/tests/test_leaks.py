"""What a block leaves behind is named; what it ends in time is not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tidewire_testing import LeakError, assert_no_leaks

needs_a_listing = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir() and not Path("/dev/fd").is_dir(),
    reason="the system lists no descriptors",
)
names_files = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux names a descriptor's file"
)


@contextlib.contextmanager
def ended(task: asyncio.Task[None]) -> Iterator[None]:
    try:
        yield
    finally:
        task.cancel()


async def forever() -> None:
    await asyncio.Event().wait()


class TestTasks:
    async def test_a_pending_task_is_named(self) -> None:
        with pytest.raises(LeakError) as caught:
            async with assert_no_leaks():
                task = asyncio.create_task(forever(), name="a forgotten one")
        with ended(task):
            assert len(caught.value.tasks) == 1
            assert "'a forgotten one': forever() at " in str(caught.value)
            assert "test_leaks.py:" in str(caught.value)
            assert caught.value.descriptors == ()

    async def test_without_async_it_is_seen_too(self) -> None:
        with pytest.raises(LeakError, match="1 task"), assert_no_leaks():
            task = asyncio.create_task(forever())
        task.cancel()

    async def test_a_cancelled_task_has_time_to_end(self) -> None:
        async with assert_no_leaks():
            task = asyncio.create_task(forever())
            await asyncio.sleep(0)
            task.cancel()
        assert task.cancelled()

    async def test_tasks_of_before_do_not_count(self) -> None:
        task = asyncio.create_task(forever())
        with ended(task):
            async with assert_no_leaks():
                pass
            with assert_no_leaks():
                pass

    async def test_tasks_are_not_checked_on_request(self) -> None:
        async with assert_no_leaks(tasks=False):
            task = asyncio.create_task(forever())
        task.cancel()

    async def test_it_ends_in_another_task_than_it_began(self) -> None:
        check = assert_no_leaks()
        await asyncio.create_task(check.__aenter__())
        await check.__aexit__(None, None, None)


@needs_a_listing
class TestDescriptors:
    @names_files
    def test_an_open_file_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "left-open"
        with pytest.raises(LeakError, match="left-open") as caught, assert_no_leaks():
            number = os.open(path, os.O_CREAT | os.O_RDWR)
        os.close(number)
        assert caught.value.descriptors == (f"descriptor {number}: {path}",)

    def test_an_open_socket_is_named_with_its_addresses(self) -> None:
        with pytest.raises(LeakError) as caught, assert_no_leaks():
            server = socket.create_server(("127.0.0.1", 0))
        port = server.getsockname()[1]
        server.close()
        assert f"socket AF_INET SOCK_STREAM, local ('127.0.0.1', {port})" in str(caught.value)

    def test_a_connected_socket_is_named_with_its_peer(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = server.getsockname()
            with pytest.raises(LeakError) as caught, assert_no_leaks():
                client = socket.create_connection(address)
            client.close()
        assert f"peer {address!r}" in str(caught.value)

    def test_what_is_closed_does_not_count(self) -> None:
        with assert_no_leaks():
            for end in socket.socketpair():
                end.close()

    def test_one_in_the_place_of_another_is_new(self) -> None:
        number = os.open(os.devnull, os.O_RDONLY)
        reader, writer = os.pipe()
        with pytest.raises(LeakError), assert_no_leaks():
            os.dup2(reader, number)
        for opened in (number, reader, writer):
            os.close(opened)

    def test_descriptors_are_not_checked_on_request(self) -> None:
        with assert_no_leaks(descriptors=False):
            reader, writer = os.pipe()
        os.close(reader)
        os.close(writer)

    def test_a_whole_loop_leaves_nothing(self) -> None:
        async def serve() -> None:
            server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
            server.close()
            await server.wait_closed()

        with assert_no_leaks():
            asyncio.run(serve())

    async def test_a_closing_transport_has_time_to_close(self) -> None:
        async with assert_no_leaks():
            ours, theirs = socket.socketpair()
            _, writer = await asyncio.open_connection(sock=ours)
            theirs.close()
            writer.close()


def test_the_blocks_own_exception_goes_through() -> None:
    opened: list[int] = []

    def open_and_fail() -> None:
        opened.extend(os.pipe())
        raise LookupError

    with pytest.raises(LookupError), assert_no_leaks():
        open_and_fail()
    for number in opened:
        os.close(number)


async def test_the_blocks_own_exception_goes_through_async() -> None:
    tasks: list[asyncio.Task[None]] = []

    async def start_and_fail() -> None:
        async with assert_no_leaks():
            tasks.append(asyncio.create_task(forever()))
            raise LookupError

    with pytest.raises(LookupError):
        await start_and_fail()
    tasks[0].cancel()


def test_the_error_survives_pickle() -> None:
    error = LeakError(("task a",), ("descriptor 5: b",))
    assert str(pickle.loads(pickle.dumps(error))) == str(error)

"""Sites at Unix domain sockets, and their files."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from web_client import request

from tidewire_web import Application, AppRunner, Request, Response, UnixSite


async def handler(request: Request) -> Response:
    return Response(text=f"{request.remote!r} {request.scheme}")


@pytest.fixture
async def runner() -> AsyncIterator[AppRunner]:
    app = Application()
    app.router.add_get("/", handler)
    runner = AppRunner(app)
    await runner.setup()
    yield runner
    await runner.cleanup()


@pytest.fixture
def path(tmp_path: Path) -> str:
    # The names of such sockets are short, and the folders of tests are not everywhere.
    found = tmp_path / "s"
    if len(str(found)) > 100:
        pytest.skip("the path of the test's folder is too long for a socket")
    return str(found)


async def ask(path: str | bytes) -> str:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)
        sock.setblocking(False)
        reader, writer = await asyncio.open_unix_connection(sock=sock)
        writer.write(request("/", "Connection: close"))
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    return answer.partition(b"\r\n\r\n")[2].decode()


def is_there(path: str) -> bool:
    return os.path.lexists(path)


def leave_behind(path: str) -> None:
    """Make a socket where nobody listens, as a server does that was killed."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path)


async def test_a_socket_with_a_file(runner: AppRunner, path: str) -> None:
    site = UnixSite(runner, path)
    assert site.name == f"http://unix:{path}:"
    assert site.addresses == []
    await site.start()
    assert site.addresses == [path]
    assert runner.addresses == [path]
    assert (await ask(path)).endswith(" http")
    await site.stop()
    assert not is_there(path)


@pytest.mark.parametrize("kind", [Path, os.fsencode])
async def test_a_path_may_be_an_object_or_bytes(runner: AppRunner, path: str, kind: Any) -> None:
    site = UnixSite(runner, kind(path))
    assert site.name == f"http://unix:{path}:"
    await site.start()
    await ask(path)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names without a file are Linux's")
@pytest.mark.parametrize("kind", [str, os.fsencode])
async def test_a_name_without_a_file(runner: AppRunner, path: str, kind: Any) -> None:
    name = f"\0tidewire{path}"
    site = UnixSite(runner, kind(name))
    assert site.name == f"http://unix:@tidewire{path}:"
    await site.start()
    assert site.addresses == [os.fsencode(name)]
    await ask(name)
    second = UnixSite(runner, name)
    with pytest.raises(OSError, match="in use"):
        await second.start()
    await site.stop()
    await second.start()


async def test_a_socket_that_was_left_behind_is_replaced(runner: AppRunner, path: str) -> None:
    leave_behind(path)
    await UnixSite(runner, path).start()
    await ask(path)


async def test_a_socket_where_somebody_listens_is_not_replaced(runner: AppRunner, path: str) -> None:
    await UnixSite(runner, path).start()
    second = UnixSite(runner, path)
    with pytest.raises(OSError, match="in use"):
        await second.start()
    assert len(runner.sites) == 1
    await ask(path)


async def test_a_socket_with_a_full_queue_is_not_replaced(runner: AppRunner, path: str) -> None:
    with contextlib.ExitStack() as stack:
        busy = stack.enter_context(socket.socket(socket.AF_UNIX))
        busy.bind(path)
        busy.listen(0)
        with contextlib.suppress(BlockingIOError):
            for _ in range(10):
                client = stack.enter_context(socket.socket(socket.AF_UNIX))
                client.setblocking(False)
                client.connect(path)
        with pytest.raises(OSError, match="in use"):
            await UnixSite(runner, path).start()


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("nowhere")])
async def test_what_is_no_socket_is_not_replaced(runner: AppRunner, path: str, make: Any) -> None:
    make(Path(path))
    site = UnixSite(runner, path)
    with pytest.raises(OSError, match="in use"):
        await site.start()
    assert is_there(path)
    assert runner.sites == set()


async def test_a_folder_that_does_not_exist(runner: AppRunner, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        await UnixSite(runner, f"{path}/s").start()


async def test_a_file_that_has_become_another_ones_stays(runner: AppRunner, path: str) -> None:
    site = UnixSite(runner, path)
    await site.start()
    # Kept, so that its number is not given to the next one at once.
    os.rename(path, f"{path}.old")
    leave_behind(path)
    await site.stop()
    assert is_there(path)


async def test_a_file_that_is_gone_already(runner: AppRunner, path: str) -> None:
    site = UnixSite(runner, path)
    await site.start()
    os.unlink(path)
    await site.stop()
    assert runner.sites == set()


async def test_it_can_be_started_again(runner: AppRunner, path: str) -> None:
    site = UnixSite(runner, path)
    for _ in range(2):
        await site.start()
        await ask(path)
        await site.stop()


@pytest.mark.parametrize("wrong", [{"ssl_context": True}, {"backlog": "many"}])
async def test_nothing_is_left_where_listening_fails(
    runner: AppRunner, path: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(TypeError):
        await UnixSite(runner, path, **wrong).start()
    assert not is_there(path)
    assert runner.sites == set()


async def test_the_file_is_removed_with_the_runners_cleanup(path: str) -> None:
    runner = AppRunner(Application())
    await runner.setup()
    await UnixSite(runner, path).start()
    await runner.cleanup()
    assert not is_there(path)

"""What the tests of this distribution share: an application to browse, and servers to keep sessions on."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import IO

import pytest

from tidewire_sessions._browser import Browser
from tidewire_web import Application, AppRunner, TCPSite


@pytest.fixture
async def browse() -> AsyncIterator[Callable[[Application], Awaitable[Browser]]]:
    """Runs an application; returns a browser for it."""
    async with AsyncExitStack() as exits:

        async def start(app: Application) -> Browser:
            runner = AppRunner(app, shutdown_timeout=1.0)
            await runner.setup()
            exits.push_async_callback(runner.cleanup)
            await TCPSite(runner, "127.0.0.1", 0).start()
            return Browser(runner.addresses[0][1])

        yield start


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def server(*command: str, ready: str) -> Iterator[None]:
    """Runs a program from when it says that it is ready."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    output: IO[str] = process.stdout
    said = ""
    reader = None
    try:
        for line in output:
            said += line
            if ready in line:
                break
        else:
            pytest.fail(f"{command[0]} ended: {said}")
        # What else it says is to be taken from it, so that it does not wait for a reader.
        reader = threading.Thread(target=output.read)
        reader.start()
        yield
    finally:
        process.terminate()
        process.wait(20)
        if reader is not None:
            reader.join(20)
        output.close()


@pytest.fixture(scope="session")
def redis_port() -> Iterator[int]:
    """The port of a Redis of our own."""
    port = free_port()
    options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
    with server("redis-server", *options, ready="eady to accept connections"):
        yield port


@pytest.fixture(scope="session")
def memcached_port() -> Iterator[int]:
    """The port of a memcached of our own."""
    port = free_port()
    options = ("-p", str(port), "-l", "127.0.0.1", "-U", "0", "-m", "16", "-u", "nobody", "-vv")
    with server("memcached", *options, ready="server listening"):
        yield port

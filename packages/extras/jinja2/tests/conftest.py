"""What the tests of this distribution share: an application, and what it answers."""

from __future__ import annotations

import asyncio
import http.client
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tidewire_web import Application, AppRunner, TCPSite


class _Received:
    """Bytes, as the standard library's client wants to have them."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


async def _get(port: int, target: str) -> http.client.HTTPResponse:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n".encode())
    received: Any = _Received(await reader.read())
    writer.close()
    response = http.client.HTTPResponse(received)
    response.begin()
    return response


@pytest.fixture
async def get() -> AsyncIterator[Callable[..., Awaitable[http.client.HTTPResponse]]]:
    """Runs an application and sends it a request; returns the response, whose body is to be read."""
    async with AsyncExitStack() as exits:
        ports: dict[Application, int] = {}

        async def ask(app: Application, target: str = "/") -> http.client.HTTPResponse:
            if app not in ports:
                runner = AppRunner(app, shutdown_timeout=1.0)
                await runner.setup()
                exits.push_async_callback(runner.cleanup)
                await TCPSite(runner, "127.0.0.1", 0).start()
                ports[app] = runner.addresses[0][1]
            return await _get(ports[app], target)

        yield ask

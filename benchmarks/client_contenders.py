"""The clients of the clients benchmark, each with the session that its users would make.

A maker gives an async context manager, which gives the functions `get`, `post`, `upload` and `download`: each sends
one request over a connection that is kept, and returns what its user gets, bytes or a document. `connect`, where a
contender can be told to, does so over a connection that is not kept.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from client_rows import DOCUMENT, UPLOAD

import tidewire_build

__all__ = ["CONTENDERS", "FEW", "Calls"]

Calls = dict[str, Callable[[], Awaitable[Any]]]

_LIMIT = 5000


@asynccontextmanager
async def _aiohttp_like(module: Any, base: str) -> AsyncIterator[Calls]:
    """aiohttp, and what has its names."""
    connector = module.TCPConnector(limit=_LIMIT)
    closing = module.TCPConnector(force_close=True)
    async with (
        module.ClientSession(connector=connector) as session,
        module.ClientSession(connector=closing) as fresh,
    ):

        async def get() -> Any:
            async with session.get(f"{base}/") as response:
                return await response.read()

        async def post() -> Any:
            async with session.post(f"{base}/json", json=DOCUMENT) as response:
                return await response.json()

        async def download() -> Any:
            async with session.get(f"{base}/large") as response:
                return await response.read()

        async def upload() -> Any:
            async with session.post(f"{base}/", data=UPLOAD) as response:
                return await response.read()

        async def connect() -> Any:
            async with fresh.get(f"{base}/") as response:
                return await response.read()

        yield {"get": get, "post": post, "upload": upload, "download": download, "connect": connect}


def _tidewire(base: str) -> Any:
    import tidewire_client

    return _aiohttp_like(tidewire_client, base)


def _aiohttp(base: str) -> Any:
    import aiohttp

    return _aiohttp_like(aiohttp, base)


@asynccontextmanager
async def _httpx(base: str) -> AsyncIterator[Calls]:
    import httpx

    limits = httpx.Limits(max_connections=_LIMIT, max_keepalive_connections=_LIMIT)
    none_kept = httpx.Limits(max_connections=_LIMIT, max_keepalive_connections=0)
    async with (
        httpx.AsyncClient(limits=limits, timeout=None) as client,
        httpx.AsyncClient(limits=none_kept, timeout=None) as fresh,
    ):

        async def get() -> Any:
            return (await client.get(f"{base}/")).content

        async def post() -> Any:
            return (await client.post(f"{base}/json", json=DOCUMENT)).json()

        async def download() -> Any:
            return (await client.get(f"{base}/large")).content

        async def upload() -> Any:
            return (await client.post(f"{base}/", content=UPLOAD)).content

        async def connect() -> Any:
            return (await fresh.get(f"{base}/")).content

        yield {"get": get, "post": post, "upload": upload, "download": download, "connect": connect}


@asynccontextmanager
async def _niquests(base: str) -> AsyncIterator[Calls]:
    import niquests

    async with niquests.AsyncSession(pool_connections=_LIMIT, pool_maxsize=_LIMIT) as session:

        async def get() -> Any:
            return (await session.get(f"{base}/")).content

        async def post() -> Any:
            return (await session.post(f"{base}/json", json=DOCUMENT)).json()

        async def download() -> Any:
            return (await session.get(f"{base}/large")).content

        async def upload() -> Any:
            return (await session.post(f"{base}/", data=UPLOAD)).content

        yield {"get": get, "post": post, "upload": upload, "download": download}


@asynccontextmanager
async def _aiosonic(base: str) -> AsyncIterator[Calls]:
    import aiosonic
    from aiosonic.connectors import TCPConnector
    from aiosonic.pools import PoolConfig

    connector = TCPConnector(pool_configs={":default": PoolConfig(size=_LIMIT)})
    async with aiosonic.HTTPClient(connector) as client:

        async def get() -> Any:
            return await (await client.get(f"{base}/")).content()

        async def post() -> Any:
            return await (await client.post(f"{base}/json", json=DOCUMENT)).json()

        async def download() -> Any:
            return await (await client.get(f"{base}/large")).content()

        async def upload() -> Any:
            return await (await client.post(f"{base}/", data=UPLOAD)).content()

        yield {"get": get, "post": post, "upload": upload, "download": download}


class _BareConnection(asyncio.Protocol):
    """A connection that knows how long its answers are."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self._waiter: asyncio.Future[bytes] | None = None
        self._pieces: list[bytes] = []
        self._missing = -1

    def data_received(self, data: bytes) -> None:
        self._pieces.append(data)
        if self._missing < 0:
            head, _, body = data.partition(b"\r\n\r\n")
            at = head.index(b"Content-Length: ") + 16
            self._pieces = [body]
            self._missing = int(head[at : head.index(b"\r\n", at)]) - len(body)
        else:
            self._missing -= len(data)
        if not self._missing and self._waiter is not None:
            self._waiter.set_result(b"".join(self._pieces))
            self._missing, self._pieces = -1, []

    async def ask(self, request: bytes) -> bytes:
        """Send a request, and return the body of the answer."""
        self._waiter = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._waiter


@asynccontextmanager
async def _bare(base: str) -> AsyncIterator[Calls]:
    """The floor: canned requests, and as little as possible read of the answers."""
    host, _, port = base.removeprefix("http://").partition(":")
    idle: list[_BareConnection] = []
    every: list[_BareConnection] = []

    async def ask(request: bytes) -> bytes:
        if idle:
            connection = idle.pop()
        else:
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(_BareConnection, host, int(port))
            every.append(connection)
        body = await connection.ask(request)
        idle.append(connection)
        return body

    common = f"Host: {host}:{port}\r\nAccept: */*\r\n".encode()

    async def get() -> Any:
        return await ask(b"GET / HTTP/1.1\r\n" + common + b"\r\n")

    async def post() -> Any:
        body = json.dumps(DOCUMENT).encode()
        head = b"POST /json HTTP/1.1\r\n%bContent-Type: application/json\r\n" % common
        return json.loads(await ask(head + b"Content-Length: %d\r\n\r\n" % len(body) + body))

    async def download() -> Any:
        return await ask(b"GET /large HTTP/1.1\r\n" + common + b"\r\n")

    async def upload() -> Any:
        head = b"POST / HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n" % (common, len(UPLOAD))
        return await ask(head + UPLOAD)

    async def connect() -> Any:
        loop = asyncio.get_running_loop()
        transport, connection = await loop.create_connection(_BareConnection, host, int(port))
        body = await connection.ask(b"GET / HTTP/1.1\r\n" + common + b"\r\n")
        transport.close()
        return body

    yield {"get": get, "post": post, "upload": upload, "download": download, "connect": connect}
    for connection in every:
        connection.transport.close()


CONTENDERS: dict[str, Callable[[str], Any]] = {
    "bare-protocol": _bare,
    tidewire_build.COMPILED: _tidewire,
    tidewire_build.INTERPRETED: _tidewire,
    "aiohttp": _aiohttp,
    "aiosonic": _aiosonic,
    "httpx": _httpx,
    "niquests": _niquests,
}

# Those that are asked whether their pool is as fast with 5,000 in flight.
MANY = frozenset({"bare-protocol", tidewire_build.COMPILED, "aiohttp"})

# Those with whom the opening of 500 connections takes longer than all the rest: they have 16 in flight at most.
FEW = frozenset({"httpx", "niquests"})

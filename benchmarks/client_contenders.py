"""The clients of the clients benchmark, each with the session that its users would make.

A maker gives an async context manager, which gives functions by these names. Each sends one request over a connection
that is kept, and returns what its user gets, bytes, a document, or how many bytes were read:

    get, near                     a short body, also from the server on the client's core
    post, upload, download        JSON both ways, a MiB each way
    receive                       a long body, read in pieces and counted
    send_file, send_pieces        a long body from a file, and from an async generator
    tls                           `get` under TLS
    connect, handshake            `get` on a connection of its own, without and with TLS, if that can be asked for
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from client_bare import bare_protocol
from client_rows import DOCUMENT, PIECE, UPLOAD, Site

import tidewire_build

__all__ = ["CONTENDERS", "FEW", "MANY", "MEASURED", "Calls"]

Calls = dict[str, Callable[[], Awaitable[Any]]]

_LIMIT = 5000


def _context(site: Site) -> ssl.SSLContext | None:
    """A context that trusts the server; None without TLS."""
    return ssl.create_default_context(cafile=site.authority) if site.https else None


async def _pieces(size: int) -> AsyncIterator[bytes]:
    """A long body."""
    piece = bytes(PIECE)
    for _ in range(size // PIECE):
        yield piece


async def _read(path: str) -> AsyncIterator[bytes]:
    """A file, for those that take none."""
    with open(path, "rb") as file:  # noqa: ASYNC230 - the least that there is
        while piece := file.read(PIECE):
            yield piece


@asynccontextmanager
async def _aiohttp_like(module: Any, site: Site) -> AsyncIterator[Calls]:
    """aiohttp, and what has its names."""
    base, secure = site.http, f"{site.https}/"
    trusting = _context(site) or True
    connector = module.TCPConnector(limit=_LIMIT, ssl=trusting)
    closing = module.TCPConnector(force_close=True, ssl=trusting)
    async with (
        module.ClientSession(connector=connector) as session,
        module.ClientSession(connector=closing) as fresh,
    ):

        async def get(where: str = base) -> Any:
            async with session.get(f"{where}/") as response:
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
            async with fresh.get(f"{site.fresh}/") as response:
                return await response.read()

        async def receive() -> Any:
            size = 0
            async with session.get(f"{base}/long") as response:
                async for piece in response.content.iter_any():
                    size += len(piece)
            return size

        async def send_file() -> Any:
            with open(site.file, "rb") as file:  # noqa: ASYNC230
                async with session.post(f"{base}/", data=file) as response:
                    return await response.read()

        async def send_pieces() -> Any:
            async with session.post(f"{base}/", data=_pieces(site.transfer)) as response:
                return await response.read()

        async def tls() -> Any:
            async with session.get(secure) as response:
                return await response.read()

        async def handshake() -> Any:
            async with fresh.get(secure) as response:
                return await response.read()

        yield {
            "get": get,
            "near": lambda: get(site.near),
            "post": post,
            "upload": upload,
            "download": download,
            "connect": connect,
            "receive": receive,
            "send_file": send_file,
            "send_pieces": send_pieces,
            "tls": tls,
            "handshake": handshake,
        }


def _tidewire(site: Site) -> Any:
    import tidewire_client

    return _aiohttp_like(tidewire_client, site)


def _aiohttp(site: Site) -> Any:
    import aiohttp

    return _aiohttp_like(aiohttp, site)


@asynccontextmanager
async def _httpx(site: Site) -> AsyncIterator[Calls]:
    import httpx

    base, secure = site.http, f"{site.https}/"
    trusting = _context(site) or True
    limits = httpx.Limits(max_connections=_LIMIT, max_keepalive_connections=_LIMIT)
    none_kept = httpx.Limits(max_connections=_LIMIT, max_keepalive_connections=0)
    async with (
        httpx.AsyncClient(limits=limits, timeout=None, verify=trusting) as client,
        httpx.AsyncClient(limits=none_kept, timeout=None, verify=trusting) as fresh,
    ):

        async def get(where: str = base) -> Any:
            return (await client.get(f"{where}/")).content

        async def post() -> Any:
            return (await client.post(f"{base}/json", json=DOCUMENT)).json()

        async def download() -> Any:
            return (await client.get(f"{base}/large")).content

        async def upload() -> Any:
            return (await client.post(f"{base}/", content=UPLOAD)).content

        async def connect() -> Any:
            return (await fresh.get(f"{site.fresh}/")).content

        async def receive() -> Any:
            size = 0
            async with client.stream("GET", f"{base}/long") as response:
                async for piece in response.aiter_bytes():
                    size += len(piece)
            return size

        async def send_file() -> Any:
            fields = {"Content-Length": str(site.transfer)}
            return (await client.post(f"{base}/", content=_read(site.file), headers=fields)).content

        async def send_pieces() -> Any:
            return (await client.post(f"{base}/", content=_pieces(site.transfer))).content

        async def tls() -> Any:
            return (await client.get(secure)).content

        async def handshake() -> Any:
            return (await fresh.get(secure)).content

        yield {
            "get": get,
            "near": lambda: get(site.near),
            "post": post,
            "upload": upload,
            "download": download,
            "connect": connect,
            "receive": receive,
            "send_file": send_file,
            "send_pieces": send_pieces,
            "tls": tls,
            "handshake": handshake,
        }


@asynccontextmanager
async def _niquests(site: Site) -> AsyncIterator[Calls]:
    import niquests

    base = site.http
    async with niquests.AsyncSession(pool_connections=_LIMIT, pool_maxsize=_LIMIT) as session:

        async def get(where: str = base) -> Any:
            return (await session.get(f"{where}/")).content

        async def post() -> Any:
            return (await session.post(f"{base}/json", json=DOCUMENT)).json()

        async def download() -> Any:
            return (await session.get(f"{base}/large")).content

        async def upload() -> Any:
            return (await session.post(f"{base}/", data=UPLOAD)).content

        async def receive() -> Any:
            size = 0
            response = await session.get(f"{base}/long", stream=True)
            async for piece in await response.iter_content(PIECE):
                size += len(piece)
            return size

        async def send_file() -> Any:
            with open(site.file, "rb") as file:  # noqa: ASYNC230
                return (await session.post(f"{base}/", data=file)).content

        async def send_pieces() -> Any:
            return (await session.post(f"{base}/", data=_pieces(site.transfer))).content

        async def tls() -> Any:
            return (await session.get(f"{site.https}/", verify=site.authority)).content

        yield {
            "get": get,
            "near": lambda: get(site.near),
            "post": post,
            "upload": upload,
            "download": download,
            "receive": receive,
            "send_file": send_file,
            "send_pieces": send_pieces,
            "tls": tls,
        }


@asynccontextmanager
async def _aiosonic(site: Site) -> AsyncIterator[Calls]:
    import aiosonic
    from aiosonic.connectors import TCPConnector
    from aiosonic.pools import PoolConfig

    base, secure = site.http, f"{site.https}/"
    trusting = _context(site)
    connector = TCPConnector(pool_configs={":default": PoolConfig(size=_LIMIT)})
    closing = TCPConnector(pool_configs={":default": PoolConfig(max_conn_requests=0)})
    async with aiosonic.HTTPClient(connector) as client, aiosonic.HTTPClient(closing) as fresh:

        async def get(where: str = base) -> Any:
            return await (await client.get(f"{where}/")).content()

        async def post() -> Any:
            return await (await client.post(f"{base}/json", json=DOCUMENT)).json()

        async def download() -> Any:
            return await (await client.get(f"{base}/large")).content()

        async def upload() -> Any:
            return await (await client.post(f"{base}/", data=UPLOAD)).content()

        async def connect() -> Any:
            return await (await fresh.get(f"{site.fresh}/")).content()

        async def receive() -> Any:
            size = 0
            async for piece in (await client.get(f"{base}/long")).iter_bytes():
                size += len(piece)
            return size

        async def send_file() -> Any:
            return await (await client.post(f"{base}/", data=_read(site.file))).content()

        async def send_pieces() -> Any:
            return await (await client.post(f"{base}/", data=_pieces(site.transfer))).content()

        async def tls() -> Any:
            return await (await client.get(secure, ssl=trusting)).content()

        async def handshake() -> Any:
            return await (await fresh.get(secure, ssl=trusting)).content()

        yield {
            "get": get,
            "near": lambda: get(site.near),
            "post": post,
            "upload": upload,
            "download": download,
            "connect": connect,
            "receive": receive,
            "send_file": send_file,
            "send_pieces": send_pieces,
            "tls": tls,
            "handshake": handshake,
        }


CONTENDERS: dict[str, Callable[[Site], Any]] = {
    "bare-protocol": bare_protocol,
    tidewire_build.COMPILED: _tidewire,
    tidewire_build.INTERPRETED: _tidewire,
    "aiohttp": _aiohttp,
    "aiosonic": _aiosonic,
    "httpx": _httpx,
    "niquests": _niquests,
}

# Those that are asked whether their pool is as fast with 5,000 in flight.
MANY = frozenset({"bare-protocol", tidewire_build.COMPILED, "aiohttp"})

# Those of whom it is asked what memory thousands of TLS connections leave behind.
MEASURED = frozenset({tidewire_build.COMPILED, "aiohttp"})

# Those with whom the opening of 500 connections takes longer than all the rest: they have 16 in flight at most.
FEW = frozenset({"httpx", "niquests"})

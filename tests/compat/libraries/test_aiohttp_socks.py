"""aiohttp-socks: sessions whose connections go through SOCKS and HTTP proxies."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp_socks import (
    ChainProxyConnector,
    ProxyConnectionError,
    ProxyConnector,
    ProxyError,
    ProxyInfo,
    ProxyType,
)

Serve = Callable[[web.Application], Awaitable[str]]


class Proxy:
    """A proxy that speaks SOCKS5 with a password, SOCKS4 and HTTP's CONNECT."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int]] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            version = await reader.readexactly(1)
            handshake = {b"\x05": self.socks5, b"\x04": self.socks4}.get(version, self.connect)
            target = await handshake(reader, writer)
            if target is not None:
                await self.relay(reader, writer, *target)
        writer.close()

    async def socks5(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[str, int] | None:
        """RFC 1928 and RFC 1929."""
        methods = await reader.readexactly((await reader.readexactly(1))[0])
        assert 2 in methods
        writer.write(b"\x05\x02")
        await reader.readexactly(1)
        user = await reader.readexactly((await reader.readexactly(1))[0])
        password = await reader.readexactly((await reader.readexactly(1))[0])
        if (user, password) != (b"tide", b"wire"):
            writer.write(b"\x01\x01")
            return None
        writer.write(b"\x01\x00")
        _, _, _, kind = await reader.readexactly(4)
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = socket.inet_ntoa(await reader.readexactly(4))
        (port,) = struct.unpack("!H", await reader.readexactly(2))
        self.asked.append(("socks5", host, port))
        if host == "forbidden.test":
            writer.write(b"\x05\x02\x00\x01" + bytes(6))
            return None
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        return host, port

    async def socks4(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
        """SOCKS4, and 4a where the address is a name."""
        _, port, address = struct.unpack("!BH4s", await reader.readexactly(7))
        await reader.readuntil(b"\0")
        host = socket.inet_ntoa(address)
        if address[:3] == bytes(3):
            host = (await reader.readuntil(b"\0"))[:-1].decode()
        self.asked.append(("socks4", host, port))
        writer.write(b"\x00\x5a" + bytes(6))
        return host, port

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
        """CONNECT of RFC 9110, section 9.3.6."""
        head = await reader.readuntil(b"\r\n\r\n")
        host, _, port = head.split()[1].decode().rpartition(":")
        self.asked.append(("connect", host, int(port)))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return host, int(port)

    async def relay(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int
    ) -> None:
        """Carry bytes both ways until one side ends; names of `.test` are all at home here."""
        if host.endswith(".test"):
            host = "127.0.0.1"
        there_reader, there_writer = await asyncio.open_connection(host, port)

        async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError):
                while data := await source.read(65536):
                    sink.write(data)
                    await sink.drain()
            sink.close()

        await asyncio.gather(carry(reader, there_writer), carry(there_reader, writer))


@asynccontextmanager
async def running_proxy() -> AsyncIterator[Proxy]:
    """Run a proxy."""
    proxy = Proxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    async with server:
        yield proxy


async def _tell(request: web.Request) -> web.Response:
    return web.json_response({"host": request.host, "sent": len(await request.read())})


async def _far_away(request: web.Request) -> web.Response:
    raise web.HTTPFound("/")


async def _socket(request: web.Request) -> web.WebSocketResponse:
    websocket = web.WebSocketResponse()
    await websocket.prepare(request)
    async for message in websocket:
        await websocket.send_str(message.data[::-1])
    return websocket


@pytest.fixture
async def port(serve: Serve) -> int:
    """The port of a server that tells what it was sent."""
    application = web.Application()
    application.router.add_route("*", "/", _tell)
    application.router.add_get("/far", _far_away)
    application.router.add_get("/socket", _socket)
    return int((await serve(application)).rpartition(":")[2])


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("socks5://tide:wire@127.0.0.1:{}", "socks5"),
        ("socks4://127.0.0.1:{}", "socks4"),
        ("http://127.0.0.1:{}", "connect"),
    ],
)
async def test_requests_go_through_the_proxy(port: int, url: str, kind: str) -> None:
    """The proxy is asked for the name, once for all requests; bodies, redirects and websockets work."""
    async with running_proxy() as proxy:
        connector = ProxyConnector.from_url(url.format(proxy.port), rdns=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            here = f"http://wire.test:{port}"
            for size in (0, 10, 500_000):
                async with session.post(here, data=b"x" * size) as response:
                    assert await response.json() == {"host": f"wire.test:{port}", "sent": size}
            async with session.get(f"{here}/far") as response:
                assert response.url.path == "/"
                assert (await response.json())["sent"] == 0
            async with session.ws_connect(f"{here}/socket") as websocket:
                await websocket.send_str("tide")
                assert await websocket.receive_str() == "edit"
        # One connection for the requests and the websocket, since it was idle.
        assert proxy.asked == [(kind, "wire.test", port)]


async def test_side_by_side_requests_have_connections_of_their_own(port: int) -> None:
    """As many as the connector allows."""
    async with running_proxy() as proxy:
        connector = ProxyConnector.from_url(f"socks5://tide:wire@127.0.0.1:{proxy.port}", limit=3)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def ask() -> Any:
                async with session.post(f"http://127.0.0.1:{port}/", data=b"abc") as response:
                    return (await response.json())["sent"]

            assert await asyncio.gather(*(ask() for _ in range(12))) == [3] * 12
        assert 1 <= len(proxy.asked) <= 3


async def test_proxies_are_chained(port: int) -> None:
    """The first is asked for the second, the second for the server."""
    async with running_proxy() as first, running_proxy() as second:
        connector = ChainProxyConnector(
            [
                ProxyInfo(ProxyType.SOCKS5, "127.0.0.1", first.port, "tide", "wire"),
                ProxyInfo(ProxyType.HTTP, "127.0.0.1", second.port),
            ]
        )
        here = f"http://127.0.0.1:{port}/"
        async with aiohttp.ClientSession(connector=connector) as session, session.get(here) as response:
            assert response.status == 200
        assert first.asked == [("socks5", "127.0.0.1", second.port)]
        assert second.asked == [("connect", "127.0.0.1", port)]


async def test_what_a_proxy_refuses_is_the_librarys_error(port: int) -> None:
    """A wrong password, a target that is forbidden, no proxy at all."""
    async with running_proxy() as proxy:
        for url, target, error in (
            (f"socks5://tide:wrong@127.0.0.1:{proxy.port}", "wire.test", ProxyError),
            (f"socks5://tide:wire@127.0.0.1:{proxy.port}", "forbidden.test", ProxyError),
            ("socks5://tide:wire@127.0.0.1:1", "wire.test", ProxyConnectionError),
        ):
            connector = ProxyConnector.from_url(url, rdns=True)
            async with aiohttp.ClientSession(connector=connector) as session:
                with pytest.raises(error):
                    await session.get(f"http://{target}:{port}/")

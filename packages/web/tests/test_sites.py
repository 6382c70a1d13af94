"""Where a server listens: real sockets, on this machine."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from web_client import request

from tidewire_web import Application, AppRunner, BaseSite, Request, Response, SockSite, TCPSite, UnixSite


async def handler(request: Request) -> Response:
    return Response(text=f"{request.remote} {request.scheme}")


@pytest.fixture
async def runner() -> AsyncIterator[AppRunner]:
    app = Application()
    app.router.add_get("/", handler)
    runner = AppRunner(app)
    await runner.setup()
    yield runner
    await runner.cleanup()


async def ask(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> str:
    reader, writer = streams
    writer.write(request("/", "Connection: close"))
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    return answer.partition(b"\r\n\r\n")[2].decode()


async def test_a_tcp_port(runner: AppRunner) -> None:
    site = TCPSite(runner, "127.0.0.1", 0, reuse_address=True)
    assert (site.addresses, site.port) == ([], 0)
    await site.start()
    assert site.port != 0
    assert site.name == f"http://127.0.0.1:{site.port}"
    assert repr(site) == f"<TCPSite {site.name}>"
    assert await ask(await asyncio.open_connection("127.0.0.1", site.port)) == "127.0.0.1 http"
    await site.stop()
    with pytest.raises(OSError, match=r"refused|failed"):
        await asyncio.open_connection("127.0.0.1", site.port)


async def test_default_ports_and_hosts(runner: AppRunner) -> None:
    assert TCPSite(runner).name == "http://0.0.0.0:8080"
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    assert TCPSite(runner, "::1", ssl_context=context).name == "https://[::1]:8443"
    assert TCPSite(runner, ["a", "b"], 1).name == "http://a:1"


async def test_a_unix_socket(runner: AppRunner, tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    site = UnixSite(runner, path)
    assert site.name == f"http://unix:{path}:"
    await site.start()
    assert (await ask(await asyncio.open_unix_connection(path))).endswith(" http")


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
async def test_a_socket_of_somebody_else(
    runner: AppRunner, tmp_path: Path, family: socket.AddressFamily
) -> None:
    sock = socket.socket(family)
    address: Any = str(tmp_path / "s") if family == socket.AF_UNIX else ("127.0.0.1", 0)
    sock.bind(address)
    site = SockSite(runner, sock)
    await site.start()
    if family == socket.AF_UNIX:
        assert site.name == f"http://unix:{address}:"
        await ask(await asyncio.open_unix_connection(address))
    else:
        host, port = sock.getsockname()
        assert site.name == f"http://{host}:{port}"
        assert site.addresses == [(host, port)]
        await ask(await asyncio.open_connection(host, port))


async def test_a_site_is_started_once(runner: AppRunner) -> None:
    site = TCPSite(runner, "127.0.0.1", 0)
    with pytest.raises(RuntimeError):
        await site.stop()
    await site.start()
    with pytest.raises(RuntimeError):
        await site.start()


async def test_a_site_that_cannot_listen_is_not_registered(runner: AppRunner) -> None:
    first = TCPSite(runner, "127.0.0.1", 0)
    await first.start()
    second = TCPSite(runner, "127.0.0.1", first.port)
    with pytest.raises(OSError, match="in use"):
        await second.start()
    assert runner.sites == {first}


@pytest.mark.parametrize("make", [TCPSite, lambda runner: UnixSite(runner, "x")])
async def test_a_runner_is_set_up_first(make: Callable[[AppRunner], BaseSite]) -> None:
    with pytest.raises(RuntimeError):
        make(AppRunner(Application()))

"""Where a server listens: real sockets, on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from web_client import request

from tidewire_testing import CertificateAuthority
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


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


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
    port = site.port
    await site.stop()
    assert (site.addresses, site.port) == ([], port)
    with pytest.raises(OSError, match=r"refused|failed"):
        await asyncio.open_connection("127.0.0.1", port)


@pytest.mark.parametrize("host", [None, ["127.0.0.1", "127.0.0.2"]])
async def test_a_free_port_is_the_same_for_all_addresses(runner: AppRunner, host: Any) -> None:
    site = TCPSite(runner, host, 0)
    await site.start()
    assert site.port != 0
    assert {address[1] for address in site.addresses} == {site.port}
    await ask(await asyncio.open_connection("127.0.0.1", site.port))


async def test_programs_that_look_for_the_port_where_it_always_was_find_it(runner: AppRunner) -> None:
    site = TCPSite(runner, "127.0.0.1", 0)
    before = site._server
    await site.start()
    assert before is None
    assert [each.getsockname() for each in site._server.sockets] == site.addresses


async def test_a_free_port_that_is_taken_at_one_address_is_another_one(runner: AppRunner) -> None:
    taken: list[socket.socket] = []

    class Site(TCPSite):
        async def _bind_to(self, loop: asyncio.AbstractEventLoop, port: int) -> asyncio.Server:
            if port and not taken:
                taken.append(socket.create_server(("127.0.0.2", port)))
            return await super()._bind_to(loop, port)

    site = Site(runner, ["127.0.0.1", "127.0.0.2"], 0)
    await site.start()
    assert {address[1] for address in site.addresses} == {site.port}
    assert site.port != taken[0].getsockname()[1]
    taken[0].close()


async def test_a_port_that_cannot_be_had_at_all_addresses(runner: AppRunner) -> None:
    class Site(TCPSite):
        async def _bind_to(self, loop: asyncio.AbstractEventLoop, port: int) -> asyncio.Server:
            if port:
                raise OSError(errno.EADDRINUSE, "taken")
            return await super()._bind_to(loop, port)

    with pytest.raises(OSError, match="taken"):
        await Site(runner, ["127.0.0.1", "127.0.0.2"], 0).start()
    assert runner.sites == set()


async def test_a_port_is_shared_where_that_is_wanted(runner: AppRunner) -> None:
    first = TCPSite(runner, "127.0.0.1", 0, reuse_port=True)
    await first.start()
    second = TCPSite(runner, "127.0.0.1", first.port, reuse_port=True)
    await second.start()
    assert runner.addresses == [("127.0.0.1", first.port)] * 2
    await first.stop()
    await ask(await asyncio.open_connection("127.0.0.1", second.port))


async def test_a_port_can_be_had_again_at_once(runner: AppRunner) -> None:
    site = TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(request("/", "Connection: close"))
    await reader.read()
    await site.stop()
    second = TCPSite(runner, "127.0.0.1", site.port)
    await second.start()
    assert second.port == site.port
    writer.close()
    await writer.wait_closed()


@pytest.mark.peer("openssl")
async def test_tls(runner: AppRunner, tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    site = TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.issue().server_context())
    await site.start()
    assert site.name == f"https://127.0.0.1:{site.port}"
    streams = await asyncio.open_connection(
        "127.0.0.1", site.port, ssl=authority.client_context(), server_hostname="localhost"
    )
    assert await ask(streams) == "127.0.0.1 https"


@pytest.mark.peer("openssl")
async def test_a_handshake_that_does_not_end_holds_nobody_up(runner: AppRunner, tmp_path: Path) -> None:
    context = CertificateAuthority(tmp_path).issue().server_context()
    site = TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    for _ in range(10):
        await asyncio.sleep(0)
    await runner.cleanup()
    if not hasattr(asyncio.Server, "abort_clients"):
        writer.write(b"this is no handshake")  # only what the client does ends it
    with contextlib.suppress(ConnectionError):
        await reader.read()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.parametrize("port", [-1, 65536, 70000])
async def test_what_is_no_port_is_refused(runner: AppRunner, port: int) -> None:
    with pytest.raises(ValueError, match=f"a port is 0 to 65535, not {port}"):
        TCPSite(runner, "127.0.0.1", port)
    assert TCPSite(runner, "127.0.0.1", 65535).port == 65535


async def test_default_ports_and_hosts(runner: AppRunner) -> None:
    assert TCPSite(runner).name == "http://0.0.0.0:8080"
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    assert TCPSite(runner, "::1", ssl_context=context).name == "https://[::1]:8443"
    assert TCPSite(runner, ["a", "b"], 1).name == "http://a:1"
    assert TCPSite(runner, "", 80).name == "http://0.0.0.0:80"


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
        await site.stop()
        assert (tmp_path / "s").is_socket()  # it may be listened at again, by who has made it
    else:
        host, port = sock.getsockname()
        assert site.name == f"http://{host}:{port}"
        assert site.addresses == [(host, port)]
        await ask(await asyncio.open_connection(host, port))


async def test_a_socket_has_its_name_also_when_it_is_closed(runner: AppRunner) -> None:
    sock = socket.create_server(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    site = SockSite(runner, sock)
    await site.start()
    await site.stop()
    assert site.name == f"http://127.0.0.1:{port}"


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
async def test_the_name_of_an_ipv6_socket(runner: AppRunner) -> None:
    with socket.socket(socket.AF_INET6) as sock:
        assert SockSite(runner, sock).name == "http://[::]:0"


PROXY = b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes([198, 51, 100, 7, 203, 0, 113, 9, 0, 80, 0, 90])
SECURE = "198.51.100.7 https True CN"


async def tells_of_tls(request: Request) -> Response:
    subject = request.get_extra_info("peercert")["subject"][0][0]
    known = "CN" if subject[0] == "commonName" else None
    return Response(text=f"{request.remote} {request.scheme} {request.secure} {known}")


def ask_by_proxy(address: Any, context: ssl.SSLContext) -> str:
    """Ask as a proxy does that passes TLS on: with a header in front of it."""
    family = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
    with socket.socket(family) as plain:
        plain.settimeout(20)
        plain.connect(address)
        plain.sendall(PROXY)
        with context.wrap_socket(plain, server_hostname="localhost") as sock:
            sock.sendall(request("/", "Connection: close"))
            answer = b""
            while data := sock.recv(65536):
                answer += data
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    return answer.partition(b"\r\n\r\n")[2].decode()


@pytest.mark.peer("openssl")
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_proxy_headers_come_in_front_of_tls(
    loop: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    factory = asyncio.new_event_loop if loop == "asyncio" else pytest.importorskip("uvloop").new_event_loop
    caplog.set_level(logging.INFO, "tidewire.access")
    authority = CertificateAuthority(tmp_path)
    tls = authority.issue().server_context(clients=authority)
    client = authority.client_context(certificate=authority.issue())

    async def main() -> None:
        app = Application()
        app.router.add_get("/", tells_of_tls)
        runner = AppRunner(app, proxy_protocol=True)
        await runner.setup()
        bound = socket.create_server(("127.0.0.1", 0))
        sites: list[BaseSite] = [
            TCPSite(runner, "127.0.0.1", 0, ssl_context=tls),
            TCPSite(runner, "127.0.0.1", unused_port(), ssl_context=tls),
            UnixSite(runner, tmp_path / "s", ssl_context=tls),
            SockSite(runner, bound, ssl_context=tls),
        ]
        for site in sites:
            assert site.name.startswith("https://")
            await site.start()
            assert await asyncio.to_thread(ask_by_proxy, site.addresses[0], client) == SECURE
        # A handshake that does not end holds nobody up.
        with socket.create_connection(bound.getsockname()) as stalled:
            stalled.sendall(PROXY + b"\x16")
            async with asyncio.timeout(20):
                await runner.cleanup()
            stalled.settimeout(20)
            with contextlib.suppress(ConnectionError):
                assert stalled.recv(1) == b""

    with asyncio.Runner(loop_factory=factory) as loop_runner:
        loop_runner.run(main())
    assert [record.getMessage().split()[0] for record in caplog.records] == ["198.51.100.7"] * 4


def new_uvloop() -> asyncio.AbstractEventLoop:
    uvloop: Any = pytest.importorskip("uvloop")
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


@pytest.mark.parametrize("number", [1, 20, 129])
@pytest.mark.parametrize("make_loop", [asyncio.new_event_loop, new_uvloop], ids=["asyncio", "uvloop"])
def test_clients_whom_the_system_has_connected_are_served(
    make_loop: Callable[[], asyncio.AbstractEventLoop], number: int
) -> None:
    async def connect_and_stop() -> list[socket.socket]:
        app = Application()
        app.router.add_get("/", handler)
        runner = AppRunner(app)
        await runner.setup()
        site = TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert not site.has_waiting_clients()
        clients = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(number)]
        for client in clients:
            client.sendall(request())
        assert site.has_waiting_clients()
        await runner.cleanup()
        assert not site.has_waiting_clients()
        return clients

    with asyncio.Runner(loop_factory=make_loop) as loop:
        clients = loop.run(connect_and_stop())
    for client in clients:
        with client, client.makefile("rb") as answer:
            assert answer.read().startswith(b"HTTP/1.1 200 OK\r\n")


async def test_a_start_that_is_cancelled_listens_nowhere(runner: AppRunner) -> None:
    port = unused_port()
    for rounds in range(5):
        site = TCPSite(runner, "127.0.0.1", port)
        starting = asyncio.create_task(site.start())
        for _ in range(rounds):
            await asyncio.sleep(0)
        starting.cancel()
        await asyncio.wait([starting])
        if starting.cancelled():
            assert runner.sites == set()
            socket.create_server(("127.0.0.1", port)).close()
        else:
            assert rounds > 2
            await site.stop()


async def test_a_site_is_not_started_twice_at_a_time(runner: AppRunner) -> None:
    site = TCPSite(runner, "127.0.0.1", 0)
    results = await asyncio.gather(site.start(), site.start(), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), RuntimeError]
    assert len(site.addresses) == 1


async def test_a_site_of_a_runner_that_was_cleaned_up_is_not_started() -> None:
    runner = AppRunner(Application())
    await runner.setup()
    site = TCPSite(runner, "127.0.0.1", 0)
    await runner.cleanup()
    with pytest.raises(RuntimeError):
        await site.start()


async def test_a_site_whose_runner_stops_meanwhile_stops_too() -> None:
    runner = AppRunner(Application())
    await runner.setup()
    port = unused_port()
    site = TCPSite(runner, "127.0.0.1", port)
    starting = asyncio.create_task(site.start())
    await asyncio.sleep(0)
    await runner.cleanup()
    await asyncio.wait([starting])
    assert runner.sites == set()
    socket.create_server(("127.0.0.1", port)).close()


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

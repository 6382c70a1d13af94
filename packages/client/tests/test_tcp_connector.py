from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from typing import Any

import pytest
from forward_proxy import ForwardProxy
from origin import NO_TIMEOUT, Origin, cancel_when_made, fetch, unused_port
from service import Service
from socks_proxy import SocksProxy
from yarl import URL

from tidewire_client import (
    AbstractResolver,
    BasicAuth,
    ClientAddressRefusedError,
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientHttpProxyError,
    ClientProxyConnectionError,
    ClientSession,
    ClientSocksProxyError,
    ClientTimeout,
    ConnectionTimeoutError,
    Fingerprint,
    NullResolver,
    ResolveResult,
    ServerFingerprintMismatch,
    TCPConnector,
    ThreadedResolver,
    is_public_address,
)
from tidewire_client._connection_key import connection_key
from tidewire_client._tcp_connector import _server_name
from tidewire_http_io import ClientOptions
from tidewire_http_parser import Leniencies
from tidewire_testing import assert_no_leaks

Start = Callable[..., Awaitable[Origin]]
StartProxy = Callable[..., Awaitable[ForwardProxy]]
Contexts = tuple[ssl.SSLContext, ssl.SSLContext, bytes]


class Hosts(AbstractResolver):
    """Knows what the test has told it."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[tuple[str, int, int]] = []
        self.closed = False

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        self.asked.append((host, port, family))
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=0,
            )
            for address in self.addresses
        ]

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
async def connector() -> AsyncIterator[TCPConnector]:
    async with assert_no_leaks():
        async with TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
            yield connector
        for _ in range(5):
            await asyncio.sleep(0)


# -- addresses -------------------------------------------------------------------------------------


async def test_the_resolver_is_asked_once(start_origin: Start) -> None:
    origin, hosts = await start_origin(), Hosts("127.0.0.1")
    async with TCPConnector(resolver=hosts, force_close=True) as connector:
        for _ in range(3):
            await fetch(connector, origin.key())
        assert hosts.asked == [("localhost", origin.port, socket.AF_UNSPEC)]
        assert connector.use_dns_cache
        connector.clear_dns_cache("localhost", origin.port)
        await fetch(connector, origin.key())
        connector.clear_dns_cache()
        await fetch(connector, origin.key())
        assert len(hosts.asked) == 3
        with pytest.raises(ValueError, match="both"):
            connector.clear_dns_cache("localhost")
    assert not hosts.closed


async def test_without_a_cache_it_is_asked_each_time(start_origin: Start) -> None:
    origin, hosts = await start_origin(), Hosts("127.0.0.1")
    async with TCPConnector(
        resolver=hosts, force_close=True, use_dns_cache=False, family=socket.AF_INET
    ) as connector:
        for _ in range(2):
            await fetch(connector, origin.key())
        connector.clear_dns_cache()
        assert hosts.asked == [("localhost", origin.port, socket.AF_INET)] * 2
        assert (connector.use_dns_cache, connector.family) == (False, socket.AF_INET)


async def test_the_system_is_asked_where_nobody_else_is(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector() as connector:
        assert await fetch(connector, origin.key()) == b"GET /"


async def test_a_name_without_an_address_is_an_error_of_its_own() -> None:
    key = connection_key(URL("http://nowhere.example/"))
    async with TCPConnector(resolver=NullResolver()) as connector:
        with pytest.raises(ClientConnectorDNSError, match="not resolved") as caught:
            await connector.connect(key, NO_TIMEOUT)
        assert caught.value.host == "nowhere.example"
    async with TCPConnector(resolver=Hosts()) as connector:
        with pytest.raises(ClientConnectorDNSError, match="no address"):
            await connector.connect(key, NO_TIMEOUT)


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example", "."])
async def test_a_name_that_nobody_can_be_asked_for_is_one_without_an_address(host: str) -> None:
    async with TCPConnector(resolver=ThreadedResolver()) as connector:
        with pytest.raises(ClientConnectorDNSError, match="label") as caught:
            await connector.connect(connection_key(URL.build(scheme="http", host=host)), NO_TIMEOUT)
        assert caught.value.errno == socket.EAI_NONAME


async def test_a_port_where_nobody_listens_is_an_error(connector: TCPConnector) -> None:
    port = unused_port()
    with pytest.raises(ClientConnectorError) as caught:
        await connector.connect(connection_key(URL(f"http://localhost:{port}/")), NO_TIMEOUT)
    assert isinstance(caught.value, ConnectionRefusedError) or caught.value.errno is not None
    assert (caught.value.host, caught.value.port) == ("localhost", port)
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)


@pytest.mark.parametrize("delay", [None, 0.25])
async def test_the_next_address_is_tried(start_origin: Start, delay: float | None) -> None:
    origin = await start_origin()
    hosts = Hosts("127.0.0.2", "127.0.0.1")
    async with TCPConnector(resolver=hosts, happy_eyeballs_delay=delay) as connector:
        assert await fetch(connector, origin.key()) == b"GET /"


async def test_it_can_connect_from_an_address(start_origin: Start) -> None:
    origin = await start_origin()
    async with TCPConnector(resolver=Hosts("::1", "127.0.0.1"), local_addr=("127.0.0.5", 0)) as connector:
        connection = await connector.connect(origin.key(), NO_TIMEOUT)
        assert connection.info("sockname")[0] == "127.0.0.5"
        connection.release()
    async with TCPConnector(resolver=Hosts("::1"), local_addr=("127.0.0.5", 0)) as connector:
        with pytest.raises(ClientConnectorError, match="no address"):
            await connector.connect(origin.key(), NO_TIMEOUT)


async def test_a_factory_makes_the_sockets(start_origin: Start) -> None:
    origin = await start_origin()
    made: list[Any] = []

    def make(address: Any) -> socket.socket:
        made.append(address)
        return socket.socket(*address[:3])

    async with TCPConnector(resolver=Hosts("127.0.0.1"), socket_factory=make) as connector:
        await fetch(connector, origin.key())
    assert made == [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", origin.port))]


async def test_what_is_written_goes_out_at_once(connector: TCPConnector, start_origin: Start) -> None:
    origin = await start_origin()
    connection = await connector.connect(origin.key(), NO_TIMEOUT)
    assert connection.info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    connection.close()


# -- TLS -------------------------------------------------------------------------------------------


async def test_tls(start_origin: Start, contexts: Contexts) -> None:
    server, client, _ = contexts
    origin = await start_origin(ssl=server)
    async with assert_no_leaks():
        async with TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
            for _ in range(3):
                assert await fetch(connector, origin.key(ssl=client)) == b"GET /"
            assert origin.made == 1
        async with TCPConnector(ssl=client, resolver=Hosts("127.0.0.1")) as connector:
            assert await fetch(connector, origin.key()) == b"GET /"
        async with TCPConnector(ssl=False, resolver=Hosts("127.0.0.1")) as connector:
            assert await fetch(connector, origin.key()) == b"GET /"
        while origin.open:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_a_certificate_that_nobody_has_signed_is_refused(
    connector: TCPConnector, start_origin: Start, contexts: Contexts
) -> None:
    origin = await start_origin(ssl=contexts[0])
    with pytest.raises(ClientConnectorCertificateError) as caught:
        await connector.connect(origin.key(), NO_TIMEOUT)
    assert isinstance(caught.value.certificate_error, ssl.SSLCertVerificationError)
    assert caught.value.host == "localhost"


async def test_another_name_is_refused_and_can_be_asked_for(
    connector: TCPConnector, start_origin: Start, contexts: Contexts
) -> None:
    server, client, _ = contexts
    origin = await start_origin(ssl=server)
    other = origin.url.with_host("other.example")
    with pytest.raises(ClientConnectorCertificateError):
        await connector.connect(connection_key(other, ssl=client), NO_TIMEOUT)
    key = connection_key(other, ssl=client, server_hostname="localhost")
    assert await fetch(connector, key) == b"GET /"


async def test_a_last_dot_is_not_part_of_the_name_that_is_verified(
    start_origin: Start, contexts: Contexts
) -> None:
    server, client, _ = contexts
    origin = await start_origin(ssl=server)
    async with TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
        key = connection_key(origin.url.with_host("localhost."), ssl=client)
        assert await fetch(connector, key) == b"GET /"


async def test_a_zone_is_not_part_of_the_name_that_is_verified() -> None:
    name = socket.if_nameindex()[0][1]
    assert _server_name(connection_key(URL(f"https://[fe80::1%{name}]/"))) == "fe80::1"


async def test_a_server_without_tls_is_an_error(
    connector: TCPConnector, start_origin: Start, contexts: Contexts
) -> None:
    origin = await start_origin()
    key = connection_key(origin.url.with_scheme("https").with_port(origin.port), ssl=contexts[1])
    with pytest.raises((ClientConnectorSSLError, ClientConnectorError)):
        await connector.connect(key, NO_TIMEOUT)


async def test_a_fingerprint_is_compared(
    connector: TCPConnector, start_origin: Start, contexts: Contexts
) -> None:
    server, _, certificate = contexts
    origin = await start_origin(ssl=server)
    good = Fingerprint(sha256(certificate).digest())
    assert await fetch(connector, origin.key(ssl=good)) == b"GET /"
    with pytest.raises(ServerFingerprintMismatch) as caught:
        await fetch(connector, origin.key(ssl=Fingerprint(bytes(32))))
    assert caught.value.got == good.fingerprint


async def test_behind_the_next_address_may_be_the_right_one(start_origin: Start, contexts: Contexts) -> None:
    server, _, certificate = contexts
    origin = await start_origin(ssl=server, host="0.0.0.0")
    good = Fingerprint(sha256(certificate).digest())
    checked: list[str] = []

    class Choosy(Fingerprint):
        __slots__ = ()

        def check(self, transport: Any) -> None:
            checked.append(transport.get_extra_info("peername")[0])
            (good if len(checked) > 1 else Fingerprint(bytes(32))).check(transport)

    async with TCPConnector(resolver=Hosts("127.0.0.1", "127.0.0.2")) as connector:
        key = origin.key(ssl=Choosy(bytes(32)))
        assert await fetch(connector, key) == b"GET /"
        for _ in range(10):
            await asyncio.sleep(0)
        assert await fetch(connector, key) == b"GET /"
    assert checked == ["127.0.0.1", "127.0.0.2"]


async def test_a_handshake_that_does_not_end_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with assert_no_leaks(), TCPConnector() as connector:
            key = connection_key(URL(f"https://127.0.0.1:{listening.getsockname()[1]}/"))
            with pytest.raises(ConnectionTimeoutError) as caught:
                await connector.connect(key, ClientTimeout(sock_connect=0.05))
            assert caught.value.clock == "sock_connect"


@pytest.mark.parametrize("secure", [False, True])
def test_cancelled_when_it_is_just_made_it_leaves_nothing(run: Any, contexts: Contexts, secure: bool) -> None:
    async def main() -> None:
        origin = Origin()
        await origin.start(ssl=contexts[0] if secure else None)
        connector = TCPConnector(ssl=contexts[1], resolver=Hosts("127.0.0.1"))
        await cancel_when_made(connector, origin.key())
        # The descriptor's number is free, so that it is given to the next socket: no transport may have it still.
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            receiving = asyncio.ensure_future(asyncio.get_running_loop().sock_recv(ours, 1))
            await asyncio.sleep(0)
            theirs.send(b"x")
            assert await receiving == b"x"
        async with asyncio.timeout(15):
            await connector.close()
        assert len(connector.sweep) == 0
        await origin.stop()

    run(main())


async def test_closing_says_goodbye_and_leaves_nothing(start_origin: Start, contexts: Contexts) -> None:
    server, client, _ = contexts
    origin = await start_origin(ssl=server)
    for abort in (False, True):
        connector = TCPConnector(resolver=Hosts("127.0.0.1"))
        await asyncio.gather(*[fetch(connector, origin.key(ssl=client)) for _ in range(3)])
        await connector.close(abort_ssl=abort)
        assert len(connector._transports) == 0
        assert len(connector.sweep) == 0


# -- proxies ---------------------------------------------------------------------------------------


async def test_a_proxy_forwards(connector: TCPConnector, start_origin: Start) -> None:
    proxy = await start_origin()
    for name in ("one.example", "other.example"):
        url = f"http://{name}/path"
        assert await fetch(connector, connection_key(URL(url), proxy=proxy.url), url) == f"GET {url}".encode()
    assert proxy.made == 1


@pytest.mark.parametrize("secure", [False, True])
async def test_a_proxy_opens_a_tunnel_for_tls(
    start_origin: Start, start_proxy: StartProxy, contexts: Contexts, secure: bool
) -> None:
    server, client, certificate = contexts
    origin = await start_origin(ssl=server)
    proxy = await start_proxy(ssl=server if secure else None)
    assert proxy.url.scheme == ("https" if secure else "http")
    fields = [("Proxy-Authorization", "Basic YTpi")]
    async with TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
        for verification in (client, Fingerprint(sha256(certificate).digest())):
            key = origin.key(proxy=proxy.url, proxy_fields=fields, ssl=verification)
            for _ in range(2):
                assert await fetch(connector, key, "/secret") == b"GET /secret"
            assert await fetch(connector, key, "/" + "x" * 5000) == b"GET /" + b"x" * 5000
    assert origin.made == len(proxy.heads) == 2
    assert (
        proxy.heads[0]
        == (
            f"CONNECT localhost:{origin.port} HTTP/1.1\r\nHost: localhost:{origin.port}\r\n"
            "Proxy-Authorization: Basic YTpi\r\n\r\n"
        ).encode()
    )


async def test_a_proxy_opens_a_tunnel_for_websockets(start_origin: Start, start_proxy: StartProxy) -> None:
    origin, proxy = await start_origin(), await start_proxy()
    async with TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
        key = connection_key(origin.url.with_scheme("ws"), proxy=proxy.url)
        for _ in range(2):
            assert await fetch(connector, key) == b"GET /"
    assert len(proxy.heads) == 1


async def test_a_proxy_that_refuses_is_an_error(start_proxy: StartProxy) -> None:
    answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    proxy = await start_proxy(answer=answer)
    async with assert_no_leaks(descriptors=False), TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
        key = connection_key(URL("https://origin.example/"), proxy=proxy.url)
        for _ in range(3):
            with pytest.raises(ClientHttpProxyError) as caught:
                await connector.connect(key, NO_TIMEOUT)
            assert caught.value.status == 407
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(connector.sweep) == 0


async def test_a_proxy_is_read_as_leniently_as_servers(start_proxy: StartProxy) -> None:
    proxy = await start_proxy(answer=b"HTTP/1.0 407\nContent-Length: 0\n\n")
    async with TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
        options = ClientOptions(leniencies=Leniencies(bare_lf=True, missing_reason=True))
        key = connection_key(URL("https://origin.example/"), proxy=proxy.url, options=options)
        with pytest.raises(ClientHttpProxyError) as caught:
            await connector.connect(key, NO_TIMEOUT)
        assert caught.value.status == 407


@pytest.mark.parametrize("host", ["a..b", ".b", f"{'x' * 70}.b"])
async def test_a_name_that_is_none_leaves_no_tunnel(start_proxy: StartProxy, host: str) -> None:
    proxy = await start_proxy(answer=b"HTTP/1.1 200 OK\r\n\r\n")
    async with assert_no_leaks(descriptors=False), TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
        key = connection_key(URL(f"https://{host}/"), proxy=proxy.url)
        with pytest.raises(ClientConnectorError):
            await connector.connect(key, NO_TIMEOUT)
        async with asyncio.timeout(15):
            while not proxy.left:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\ntoo early"])
async def test_a_proxy_that_is_none_is_an_error(start_proxy: StartProxy, answer: bytes) -> None:
    proxy = await start_proxy(answer=answer)
    async with TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
        key = connection_key(URL("https://origin.example/"), proxy=proxy.url)
        with pytest.raises(ClientProxyConnectionError) as caught:
            await connector.connect(key, NO_TIMEOUT)
        assert (caught.value.host, caught.value.port) == ("localhost", proxy.url.port)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_not_there_is_an_error(connector: TCPConnector, scheme: str) -> None:
    proxy = URL(f"http://localhost:{unused_port()}")
    key = connection_key(URL(f"{scheme}://origin.example/"), proxy=proxy)
    with pytest.raises(ClientProxyConnectionError) as caught:
        await connector.connect(key, NO_TIMEOUT)
    assert (caught.value.host, caught.value.port) == ("localhost", proxy.port)


async def test_a_certificate_in_a_tunnel_is_that_of_the_origin(
    start_origin: Start, start_proxy: StartProxy, contexts: Contexts
) -> None:
    origin, proxy = await start_origin(ssl=contexts[0]), await start_proxy()
    async with TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
        with pytest.raises(ClientConnectorCertificateError) as caught:
            await connector.connect(origin.key(proxy=proxy.url), NO_TIMEOUT)
        assert caught.value.port == origin.port
        with pytest.raises(ServerFingerprintMismatch):
            await connector.connect(origin.key(proxy=proxy.url, ssl=Fingerprint(bytes(32))), NO_TIMEOUT)
    assert len(connector.sweep) == 0


@pytest.mark.slow
@pytest.mark.parametrize("secure", [False, True])
def test_tunnels_on_uvloop(contexts: Contexts, secure: bool) -> None:
    uvloop = pytest.importorskip("uvloop")
    server, client, _ = contexts

    async def main() -> None:
        origin, proxy = Origin(), ForwardProxy(ssl=server if secure else None)
        await origin.start(ssl=server)
        await proxy.start()
        try:
            async with TCPConnector() as connector:
                key = origin.key(proxy=proxy.url, ssl=client)
                for _ in range(3):
                    assert await fetch(connector, key, "/" + "x" * 5000) == b"GET /" + b"x" * 5000
            assert origin.made == 1
        finally:
            await origin.stop()
            await proxy.stop()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


async def test_a_verification_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="ssl should be"):
        TCPConnector(ssl=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
async def test_an_address_policy_refuses_what_names_lead_to(service: Service, host: str) -> None:
    connector = TCPConnector(address_policy=is_public_address)
    async with ClientSession(connector=connector) as session:
        with pytest.raises(ClientAddressRefusedError):
            await session.get(f"http://{host}:{service.port}/")
    assert service.made == 0


async def test_an_address_policy_is_for_redirects_too(service: Service) -> None:
    asked: list[str] = []

    def first_only(address: str) -> bool:
        asked.append(address)
        return len(asked) == 1

    service.redirect("/from", f"http://localhost:{service.port}/to")
    async with ClientSession(connector=TCPConnector(address_policy=first_only)) as session:
        with pytest.raises(ClientAddressRefusedError):
            await session.get(service.url("/from"))
    assert asked[0] == "127.0.0.1"
    assert [seen.target for seen in service.seen] == ["/from"]


async def test_an_address_policy_goes_through_no_proxy(service: Service) -> None:
    async with ClientSession(connector=TCPConnector(address_policy=lambda address: True)) as session:
        async with session.get(service.url()):
            pass
        with pytest.raises(ClientAddressRefusedError, match="proxy"):
            await session.get("http://example.com/", proxy=service.url())


async def test_socks_goes_to_an_address(service: Service) -> None:
    # The system's own order of addresses; aiodns has another one.
    connector = TCPConnector(resolver=ThreadedResolver())
    async with SocksProxy() as proxy, ClientSession(connector=connector) as session:
        for _ in range(2):
            async with session.get(service.url(host="localhost"), proxy=proxy.url()) as response:
                assert response.status == 200
                assert response.headers.get("Via") is None
        assert proxy.asked == ["127.0.0.1"]
        assert service.last.target == "/"
        async with session.get(service.url(host="[::1]"), proxy=proxy.url()):
            pass
        assert proxy.asked[1] == "::1"


async def test_socks_may_be_left_to_find_the_name(service: Service) -> None:
    async with (
        SocksProxy() as proxy,
        ClientSession(connector=TCPConnector(resolver=NullResolver())) as session,
    ):
        async with session.get(service.url(host="far.example"), proxy=proxy.url("socks5h")) as response:
            assert response.status == 200
        assert service.last.headers["Host"] == f"far.example:{service.port}"
    assert proxy.asked == ["far.example"]


async def test_socks_carries_tls(start_origin: Start, contexts: Contexts) -> None:
    origin = await start_origin(ssl=contexts[0])
    async with SocksProxy(user=(b"u", b"p")) as proxy, TCPConnector(resolver=Hosts("127.0.0.1")) as connector:
        who = [("user", "u"), ("password", "p")]
        key = origin.key(proxy=proxy.url(), proxy_fields=who, ssl=contexts[1])
        for _ in range(2):
            assert await fetch(connector, key) == b"GET /"
        wrong = origin.key(proxy=proxy.url(), proxy_fields=who, server_hostname="else", ssl=contexts[1])
        with pytest.raises(ClientConnectorCertificateError):
            await connector.connect(wrong, NO_TIMEOUT)
    assert origin.made >= 1
    assert len(connector.sweep) == 0


async def test_socks_has_credentials(service: Service) -> None:
    async with SocksProxy(user=(b"u", b"p")) as proxy, ClientSession() as session:
        async with session.get(service.url(), proxy=proxy.url().with_user("u").with_password("p")):
            pass
        async with session.get(service.url(), proxy=proxy.url(), proxy_auth=BasicAuth("u", "p")):
            pass
        assert service.made == 1  # the same key
        assert "Proxy-Authorization" not in service.last.headers
        for wrong in (None, BasicAuth("u", "x"), BasicAuth("u", "x" * 256)):
            with pytest.raises(ClientProxyConnectionError, match="SOCKS") as caught:
                await session.get(service.url(), proxy=proxy.url(), proxy_auth=wrong)
            assert caught.value.port == proxy.url().port
            assert "x" * 256 not in str(caught.value)
    assert service.made == 1


async def test_socks_tries_one_address_after_the_other(service: Service) -> None:
    connector = TCPConnector(resolver=Hosts("192.0.2.1", "127.0.0.1"))
    async with (
        SocksProxy(refuse=[4]) as proxy,
        ClientSession(connector=connector) as session,
        session.get(service.url(host="two.example"), proxy=proxy.url()) as response,
    ):
        assert response.status == 200
    assert sorted(proxy.asked) == ["127.0.0.1", "192.0.2.1"]


async def test_a_refusal_of_socks_has_its_reply(service: Service) -> None:
    async with SocksProxy(refuse=[5]) as proxy, ClientSession() as session:
        with pytest.raises(ClientSocksProxyError) as caught:
            await session.get(service.url(), proxy=proxy.url())
        assert (caught.value.reply, caught.value.port) == (5, service.port)
        assert caught.value.errno == errno.ECONNREFUSED


@pytest.mark.parametrize(
    "script",
    [
        [b""],
        [b"\x05"],
        [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
        [b"\x05\x00", b"\x05\x00\x00"],
        [b"\x05\x00", b"\x05\x00\x00\x03\xff"],
        [b"\x05\x00\x05\x00\x00\x01" + bytes(6) + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"],
    ],
)
async def test_a_socks_proxy_that_is_none_is_an_error(script: list[bytes]) -> None:
    async with SocksProxy(script=script) as proxy, ClientSession() as session:
        with pytest.raises(ClientConnectionError):
            await session.get("http://127.0.0.1:9/", proxy=proxy.url(), retry=False)
        assert "0 connections" in repr(session.connector)


async def test_a_socks_proxy_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # who connects waits for ever
        proxy = URL.build(scheme="socks5", host="127.0.0.1", port=server.getsockname()[1])
        async with ClientSession(timeout=ClientTimeout(sock_connect=0.02)) as session:
            with pytest.raises(ConnectionTimeoutError) as caught:
                await session.get("http://127.0.0.1:9/", proxy=proxy)
            assert caught.value.clock == "sock_connect"


async def test_an_address_policy_holds_with_socks(service: Service) -> None:
    connector = TCPConnector(address_policy=is_public_address)
    async with SocksProxy() as proxy, ClientSession(connector=connector) as session:
        for scheme in ("socks5", "socks5h"):
            for host in ("127.0.0.1", "localhost", "[::1]"):
                with pytest.raises(ClientAddressRefusedError):
                    await session.get(service.url(host=host), proxy=proxy.url(scheme))
    assert proxy.asked == []
    asked: list[str] = []

    def look(address: str) -> bool:
        asked.append(address)
        return True

    seeing = TCPConnector(address_policy=look)
    async with (
        SocksProxy() as proxy,
        ClientSession(connector=seeing) as session,
        session.get(service.url(host="localhost"), proxy=proxy.url()),
    ):
        assert "127.0.0.1" in asked


async def test_a_name_without_an_address_does_not_reach_the_socks_proxy() -> None:
    connector = TCPConnector(resolver=NullResolver())
    async with SocksProxy() as proxy, ClientSession(connector=connector) as session:
        with pytest.raises(ClientConnectorDNSError):
            await session.get("http://nowhere.example/", proxy=proxy.url())
    assert proxy.asked == []

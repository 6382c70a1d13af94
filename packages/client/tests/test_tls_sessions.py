from __future__ import annotations

import asyncio
import contextlib
import gc
import ssl
import weakref
from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Any, Self

import pytest
from forward_proxy import ForwardProxy
from origin import Origin, fetch, fetch_on, lease
from yarl import URL

from tidewire_client import ClientConnectorError, Fingerprint, TCPConnector
from tidewire_client._connection_key import ConnectionKey, connection_key
from tidewire_client._tls_sessions import LEAKS, TLSSessions
from tidewire_testing import CertificateAuthority, FakeClock

Contexts = tuple[ssl.SSLContext, ssl.SSLContext, bytes]

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


class Server:
    """Answers requests under TLS.

    Attributes:
        resumed: of each connection, whether its handshake has resumed a session.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self.resumed: list[bool] = []
        self._context = context
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Answers(self), "127.0.0.1", self.port, ssl=self._context
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.close()

    def key(self, verification: object, **how: Any) -> ConnectionKey:
        return connection_key(URL(f"https://127.0.0.1:{self.port}/"), ssl=verification, **how)


class _Answers(asyncio.Protocol):
    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._server.resumed.append(transport.get_extra_info("ssl_object").session_reused)

    def data_received(self, data: bytes) -> None:
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def of_version(version: ssl.TLSVersion, authority: CertificateAuthority) -> tuple[Server, ssl.SSLContext]:
    context = authority.issue().server_context()
    context.minimum_version = context.maximum_version = version
    return Server(context), authority.client_context()


def resuming(**how: Any) -> TCPConnector:
    """A connector that closes its connections, and resumes sessions on every Python: what leaks here is little."""
    connector = TCPConnector(**({"force_close": True} | how))
    connector._tls_sessions.leaks = False
    return connector


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("sessions"))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_next_connection_resumes(
    authority: CertificateAuthority, version: ssl.TLSVersion, run: Callable[[Coroutine[Any, Any, None]], None]
) -> None:
    async def main() -> None:
        server, trusting = of_version(version, authority)
        async with server, resuming() as connector:
            for _ in range(4):
                assert await fetch(connector, server.key(trusting)) == b"ok"
            # Another server, another way of verification.
            assert await fetch(connector, server.key(False)) == b"ok"
        async with server, resuming() as another:
            assert await fetch(another, server.key(trusting)) == b"ok"
        assert server.resumed == [False, True, True, True, False, False]

    run(main())


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_connection_in_use_lends_its_session(
    authority: CertificateAuthority, version: ssl.TLSVersion
) -> None:
    server, trusting = of_version(version, authority)
    async with server, resuming(force_close=False) as connector:
        key = server.key(trusting)
        await fetch(connector, key)
        first = await lease(connector, key)
        assert first.reused
        assert await fetch(connector, key) == b"ok"
        first.release()
    assert server.resumed == [False, True]


async def test_a_session_of_tls_1_3_is_resumed_once(authority: CertificateAuthority) -> None:
    server, trusting = of_version(ssl.TLSVersion.TLSv1_3, authority)
    async with server, resuming() as connector:
        key = server.key(trusting)
        await fetch(connector, key)
        leases = await asyncio.gather(*(lease(connector, key) for _ in range(4)))
        for each in leases:
            assert await fetch_on(each) == b"ok"
        assert sorted(server.resumed) == [False, False, False, False, True]
        await asyncio.gather(*(fetch(connector, key) for _ in range(4)))
        assert server.resumed[5:] == [True] * 4


async def test_resumed_connections_have_their_fingerprint_compared(authority: CertificateAuthority) -> None:
    certificate = authority.issue()
    server = Server(certificate.server_context())
    fingerprint = Fingerprint(sha256(certificate.der).digest())
    async with server, resuming(ssl=fingerprint) as connector:
        for _ in range(3):
            assert await fetch(connector, server.key(True)) == b"ok"
    assert server.resumed == [False, True, True]


async def test_an_option_of_the_context_switches_it_off(authority: CertificateAuthority) -> None:
    server = Server(authority.issue().server_context())
    context = authority.client_context()
    context.options |= ssl.OP_NO_TICKET
    async with server, resuming() as connector:
        for _ in range(2):
            assert await fetch(connector, server.key(context)) == b"ok"
    assert server.resumed == [False, False]


async def test_contexts_of_other_kinds_are_left_alone(authority: CertificateAuthority) -> None:
    class Context(ssl.SSLContext):
        """May verify in ways of its own."""

    context = Context(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authority.path)
    server = Server(authority.issue().server_context())
    async with server, resuming() as connector:
        for _ in range(2):
            assert await fetch(connector, server.key(context)) == b"ok"
    assert server.resumed == [False, False]


async def test_a_server_that_knows_nothing_any_more_gets_a_whole_handshake(
    authority: CertificateAuthority,
) -> None:
    before, after = (Server(authority.issue().server_context()) for _ in range(2))
    trusting = authority.client_context()
    async with resuming() as connector:
        async with before:
            await fetch(connector, before.key(trusting))
        after.port = before.port
        async with after:
            for _ in range(2):
                assert await fetch(connector, after.key(trusting)) == b"ok"
    assert after.resumed == [False, True]


async def test_a_certificate_of_another_authority_is_refused_in_spite_of_a_session(
    authority: CertificateAuthority, contexts: Contexts
) -> None:
    before, after = Server(authority.issue().server_context()), Server(contexts[0])
    trusting = authority.client_context()
    async with resuming() as connector:
        async with before:
            await fetch(connector, before.key(trusting))
        after.port = before.port
        async with after:
            for _ in range(2):
                with pytest.raises(ClientConnectorError):
                    await lease(connector, after.key(trusting))


def test_in_a_tunnel_too(
    authority: CertificateAuthority, run: Callable[[Coroutine[Any, Any, None]], None]
) -> None:
    async def main() -> None:
        server, trusting = of_version(ssl.TLSVersion.TLSv1_3, authority)
        proxy = ForwardProxy(ssl=authority.issue().server_context())
        await proxy.start()
        async with server, resuming() as connector:
            key = server.key(trusting, proxy=proxy.url)
            for _ in range(3):
                assert await fetch(connector, key) == b"ok"
            # Whoever does not come through the proxy is not to be recognised.
            assert await fetch(connector, server.key(trusting)) == b"ok"
        await proxy.stop()
        assert server.resumed == [False, True, True, False]

    run(main())


# -- what is remembered ----------------------------------------------------------------------------


class Handshakes:
    """Handshakes in memory, with one server."""

    def __init__(self, authority: CertificateAuthority, leaks: bool = False) -> None:
        self.clock = FakeClock()
        self.sessions = TLSSessions(self.clock.time)
        self.sessions.leaks = leaks
        self.client = authority.client_context()
        self._server = authority.issue().server_context()

    def run(self, key: str = "server") -> ssl.SSLObject:
        """Do a handshake, and read what comes behind it."""
        there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = self._server.wrap_bio(there, back, server_side=True)
        with self.sessions.handshake(key, self.client) as context:
            client = context.wrap_bio(back, there, server_hostname="localhost")
        for _ in range(3):
            for each in (client, server):
                with contextlib.suppress(ssl.SSLWantReadError):
                    each.do_handshake()
        server.write(b"x")
        assert client.read() == b"x"
        self.sessions.remember(key, self.client, client)
        return client


def test_a_certificate_is_looked_at_again_after_an_hour(authority: CertificateAuthority) -> None:
    handshakes = Handshakes(authority)
    reused = [handshakes.run().session_reused]
    for _ in range(5):
        handshakes.clock.advance(1000)
        reused.append(handshakes.run().session_reused)
    assert reused == [False, True, True, True, False, True]


def test_where_sessions_leak_there_are_none(authority: CertificateAuthority) -> None:
    handshakes = Handshakes(authority, leaks=True)
    assert not handshakes.run().session_reused
    assert not handshakes.run().session_reused
    assert len(handshakes.sessions) == 0


@pytest.mark.slow
@pytest.mark.skipif(LEAKS, reason="this Python leaks with each session")
def test_thousands_of_sessions_leave_no_memory_behind(authority: CertificateAuthority) -> None:
    resource = pytest.importorskip("resource")
    handshakes = Handshakes(authority)
    for _ in range(300):
        handshakes.run()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3000):
        assert handshakes.run().session_reused
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4096  # KiB; they would be 18,000


def test_what_has_failed_is_not_resumed(authority: CertificateAuthority) -> None:
    handshakes = Handshakes(authority)
    handshakes.run()
    handshakes.sessions.forget("server")
    handshakes.sessions.forget("server")
    assert not handshakes.run().session_reused


def test_servers_are_forgotten_when_they_are_too_many(authority: CertificateAuthority) -> None:
    handshakes = Handshakes(authority)
    for number in range(100):
        handshakes.run(str(number))
    assert handshakes.run("0").session_reused
    handshakes.run("another")
    assert len(handshakes.sessions) == 100
    assert handshakes.run("0").session_reused
    assert not handshakes.run("1").session_reused


def test_a_connection_that_is_gone_is_let_go_of(authority: CertificateAuthority) -> None:
    handshakes = Handshakes(authority)
    made = handshakes.run()
    seen = weakref.ref(made)
    handshakes.sessions.settle("another", made)
    handshakes.sessions.settle("server", made)
    handshakes.sessions.settle("server", made)
    del made
    gc.collect()
    assert seen() is None
    assert handshakes.run().session_reused


def test_a_session_goes_to_no_handshake_but_its_own(authority: CertificateAuthority) -> None:
    handshakes = Handshakes(authority)
    handshakes.run()
    with handshakes.sessions.handshake("server", handshakes.client) as context:
        pass
    assert context is not handshakes.client
    assert context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost").session is None
    with handshakes.sessions.handshake("another", handshakes.client) as context:
        assert context is handshakes.client


async def test_connections_of_a_connector_are_let_go_of(contexts: Contexts) -> None:
    origin = Origin()
    await origin.start(ssl=contexts[0])
    async with resuming(force_close=False) as connector:
        connection = await lease(connector, origin.key(ssl=contexts[1]))
        made = weakref.ref(connection.info("ssl_object"))
        assert await fetch_on(connection) == b"GET /"
        origin.drop_all()
        while len(connector._transports):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0)
        del connection
        for _ in range(3):
            await asyncio.sleep(0)
        gc.collect()
        assert made() is None
        assert len(connector._tls_sessions) == 1
    await origin.stop()

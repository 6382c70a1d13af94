"""PROXY headers in front of TLS: over real sockets, on each of the event loops, cut in every way."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, cast

import pytest
from tls_wire import Peer, nothing_left, secured
from wire import Wire

from tidewire_http_io import InvalidProxyHeader, RequestTimeout, ServerExchange
from tidewire_http_io._server_connection import ServerConnection
from tidewire_http_io._tls_preface import TlsHandshake, TlsPreface
from tidewire_testing import CertificateAuthority, byte_by_byte

pytestmark = [
    pytest.mark.peer("openssl"),
    pytest.mark.skipif(sys.platform == "win32", reason="reads what sockets hold"),
]

Run = Callable[[Coroutine[Any, Any, None]], None]

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
ADDRESSES = bytes([198, 51, 100, 7, 203, 0, 113, 9, 0, 80, 0, 90])
PATHS = b"/run/client".ljust(108, b"\0") + b"/run/server".ljust(108, b"\0")
# The proxy says that the client's connection to it is none of TLS.
TLVS = b"\x20\x00\x05\0\0\0\0\0" + b"\x04\x00\x20" + bytes(32)

V1 = b"PROXY TCP4 198.51.100.7 203.0.113.9 56324 443\r\n"
V2 = SIGNATURE + b"\x21\x11\x00\x0c" + ADDRESSES
SOURCE = ("('198.51.100.7', 56324)", "('203.0.113.9', 443)")


@dataclass
class Contexts:
    """Those of a server, of clients that trust it, and of one that shows a certificate."""

    server: ssl.SSLContext
    mutual: ssl.SSLContext
    client: ssl.SSLContext
    known: ssl.SSLContext


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    authority = CertificateAuthority(tmp_path_factory.mktemp("certificates"))
    certificate = authority.issue()
    return Contexts(
        certificate.server_context(),
        certificate.server_context(clients=authority),
        authority.client_context(),
        authority.client_context(certificate=authority.issue()),
    )


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a coroutine on each loop, with a generous end."""
    factory = None
    if request.param == "uvloop":
        factory = pytest.importorskip("uvloop").new_event_loop

    async def bounded(main: Coroutine[Any, Any, None]) -> None:
        async with asyncio.timeout(30):
            await main

    def run(main: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            told: list[dict[str, Any]] = []
            runner.get_loop().set_exception_handler(lambda _loop, context: told.append(context))
            runner.run(bounded(main))
            assert told == []

    return run


# -- all in all, and in every way it can be cut ---------------------------------------------------


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (V1, SOURCE),
        (b"PROXY TCP6 2001:db8::1 ::1 1 2\r\n", ("('2001:db8::1', 1)", "('::1', 2)")),
        (b"PROXY UNKNOWN\r\n", None),
        (b"PROXY UNKNOWN ffff:f...f:ffff whatever\r\n", None),
        (V2, ("('198.51.100.7', 80)", "('203.0.113.9', 90)")),
        (
            SIGNATURE + b"\x21\x11\x00\x37" + ADDRESSES + TLVS,
            ("('198.51.100.7', 80)", "('203.0.113.9', 90)"),
        ),
        (SIGNATURE + b"\x21\x31\x00\xd8" + PATHS, ("/run/client", "/run/server")),
        (SIGNATURE + b"\x20\x00\x00\x00", None),  # LOCAL
        (SIGNATURE + b"\x20\x11\x00\x0c" + ADDRESSES, None),
        (SIGNATURE + b"\x21\x00\x00\x00", None),  # UNSPEC
        (SIGNATURE + b"\x21\x11\x10\x00" + ADDRESSES + b"\x04\x0f\xf1" + bytes(4081), None),
    ],
)
def test_what_the_proxy_tells_is_known_inside_of_tls(
    run: Run, contexts: Contexts, header: bytes, told: tuple[str, str] | None
) -> None:
    async def main() -> None:
        async with secured(contexts.server) as wire:
            peer = await wire.peer(contexts.client, socket.AF_INET)
            peername, sockname, tls, how = (await peer.ask([header + peer.hello()])).split("|")
            if told is None and b"\x0f\xf1" not in header:
                assert peername.startswith("('127.0.0.1', ")
                assert sockname.startswith("('127.0.0.1', ")
            else:
                assert (peername, sockname) == (told or ("('198.51.100.7', 80)", "('203.0.113.9', 90)"))
            # TLS ends here, whatever the client has spoken with the proxy.
            assert (tls, how) == ("None", "TLS")

    run(main())


@pytest.mark.parametrize("header", [V1, V2])
def test_byte_by_byte(run: Run, contexts: Contexts, header: bytes) -> None:
    async def main() -> None:
        async with secured(contexts.server) as wire:
            peer = await wire.peer(contexts.client)
            assert (await peer.ask(byte_by_byte(header + peer.hello()))).startswith("('198.51.100.7', ")
            assert wire.refused == []

    run(main())


@pytest.mark.parametrize("header", [V1, V2])
def test_cut_at_every_place(run: Run, contexts: Contexts, header: bytes) -> None:
    async def main() -> None:
        async with secured(contexts.server) as wire:
            hello_cuts = [1, 2, 5, 6, 100]
            for cut in [*range(1, len(header) + 1), *(len(header) + more for more in hello_cuts)]:
                peer = await wire.peer(contexts.client)
                data = header + peer.hello()
                assert (await peer.ask([data[:cut], data[cut:]])).startswith("('198.51.100.7', ")
                peer.leave()

    run(main())


def test_who_is_no_proxy_begins_with_tls(run: Run, contexts: Contexts) -> None:
    async def main() -> None:
        async with secured(contexts.server, proxied=lambda address: False) as wire:
            for family in (socket.AF_INET, socket.AF_UNIX):
                peer = await wire.peer(contexts.client, family)
                assert (await peer.ask([peer.hello()])).endswith("|None|TLS")
            liar = await wire.peer(contexts.client)
            await liar.send([V1 + liar.hello()])
            await liar.end()
            assert len(wire.exchanges) == 2

    run(main())


def test_certificates_of_clients(run: Run, contexts: Contexts) -> None:
    async def main() -> None:
        async with secured(contexts.mutual) as wire:
            wire.service = lambda exchange: exchange.respond(
                200, None, [], str(exchange.info("peercert")["subject"]).encode()
            )
            peer = await wire.peer(contexts.known)
            assert await peer.ask([V2 + peer.hello()]) == "((('commonName', 'Test 2'),),)"
            stranger = await wire.peer(contexts.client)
            await stranger.send([V2 + stranger.hello()])
            await stranger.send([await stranger.shake_hands()])
            await stranger.end()
            assert len(wire.exchanges) == 1

    run(main())


@pytest.mark.parametrize("farewell", [False, True])
def test_a_request_that_comes_with_the_end_of_the_handshake(
    run: Run, contexts: Contexts, farewell: bool
) -> None:
    async def main() -> None:
        async with secured(contexts.server) as wire:
            peer = await wire.peer(contexts.client)
            await peer.send([V2 + peer.hello()])
            last = await peer.shake_hands() + peer.seal(Wire.get("/", "Connection: close"))
            await peer.send([last + peer.farewell() if farewell else last])
            if farewell:
                # Some loops hand on the request in front of it.
                await peer.end()
            else:
                assert (await peer.answer()).startswith("('198.51.100.7', 80)")
                assert len(wire.exchanges) == 1

    run(main())


def test_a_service_that_fails_with_it_is_told_of(contexts: Contexts) -> None:
    """On asyncio, where the first data comes before the connection can be made."""

    async def main() -> None:
        def fails(exchange: ServerExchange) -> None:
            raise ZeroDivisionError

        async with secured(contexts.server) as wire:
            told: list[Any] = []
            wire.loop.set_exception_handler(lambda loop, context: told.append(context["exception"]))
            wire.service = fails
            peer = await wire.peer(contexts.client)
            await peer.send([V2 + peer.hello()])
            await peer.send([await peer.shake_hands() + peer.seal(Wire.get())])
            await peer.end()
            assert [type(error) for error in told] == [ZeroDivisionError]

    asyncio.run(main())


def test_long_bodies_that_come_with_the_end_of_the_handshake(run: Run, contexts: Contexts) -> None:
    async def main() -> None:
        body = bytes(range(256)) * 8000

        def takes(exchange: ServerExchange) -> None:
            receiver = wire.recorder(exchange)
            receiver.on_end = lambda: exchange.respond(200, None, [], str(receiver.body == body).encode())
            exchange.receive(receiver)

        async with secured(contexts.server) as wire:
            wire.service = takes
            peer = await wire.peer(contexts.client)
            await peer.send([V2 + peer.hello()])
            asked = Wire.get("/", f"Content-Length: {len(body)}", "Connection: close", method="POST")
            last = await peer.shake_hands() + peer.seal(asked + body)
            sending = asyncio.create_task(peer.send([last]))
            assert await peer.answer() == "True"
            await sending

    run(main())


# -- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY TCP4 198.51.100.7 203.0.113.9 56324 4a3\r\n",
        b"PROXY UDP4 1.1.1.1 1.1.1.1 1 1\r\n",
        b"PROXY TCP4".ljust(107, b"x"),
        SIGNATURE + b"\x31\x11\x00\x0c" + ADDRESSES,
        SIGNATURE + b"\x21\x11\x10\x01" + ADDRESSES,
        SIGNATURE + b"\x21\x11\x00\x04" + ADDRESSES,
        b"",  # TLS at once
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_no_header_is_refused_before_tls(run: Run, contexts: Contexts, header: bytes) -> None:
    async def main() -> None:
        async with secured(contexts.server) as wire:
            peer = await wire.peer(contexts.client)
            await peer.loop.sock_sendall(peer.ours, header + peer.hello())
            assert await peer.end() == b""
            ((error, _peer),) = wire.refused
            assert isinstance(error, InvalidProxyHeader)
            assert wire.exchanges == []

    run(main())


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x00\x05nope!"])
def test_what_is_no_handshake_is_closed_quietly(run: Run, contexts: Contexts, data: bytes) -> None:
    async def main() -> None:
        async with secured(contexts.server) as wire:
            other = await wire.peer(contexts.client)
            await other.send([V1])
            peer = await wire.peer(contexts.client)
            await peer.send([V1 + data])
            assert b"HTTP" not in await peer.end()
            assert wire.refused == []
            # Nobody else has noticed.
            assert (await other.ask([other.hello()])).startswith("('198.51.100.7', ")

    run(main())


def test_a_header_has_its_time(run: Run, contexts: Contexts) -> None:
    async def main() -> None:
        async with secured(contexts.server) as wire:
            silent, slow = [await wire.peer(contexts.client) for _ in range(2)]
            await slow.send([V1[:20]])
            wire.clock.advance(9)
            assert {type(each) for each in wire.acceptor.connections} == {TlsPreface}
            wire.clock.advance(3)
            assert (await silent.end(), await slow.end()) == (b"", b"")
            ((error, _peer),) = wire.refused
            assert isinstance(error, RequestTimeout)

    run(main())


@pytest.mark.parametrize("begun", [0, 100])
def test_a_handshake_has_its_time(run: Run, contexts: Contexts, begun: int) -> None:
    async def main() -> None:
        async with nothing_left(), secured(contexts.server, handshake_timeout=0.02) as wire:
            peer = await wire.peer(contexts.client)
            await peer.send([V1 + peer.hello()[:begun]])
            assert await peer.end() == b""
            assert wire.refused == []

    run(main())


def test_a_request_inside_of_tls_has_its_time_too(run: Run, contexts: Contexts) -> None:
    async def main() -> None:
        async with secured(contexts.server, shutdown_timeout=0.02) as wire:
            peer = await wire.peer(contexts.client)
            await peer.send([V1 + peer.hello()])
            await peer.send([await peer.shake_hands(), peer.seal(b"GET / HT")])
            await wire.come(ServerConnection)
            (connection,) = wire.acceptor.connections
            while cast(ServerConnection, connection).idle:  # noqa: ASYNC110
                await asyncio.sleep(0)
            wire.clock.advance(12)
            ((error, told),) = wire.refused
            assert isinstance(error, RequestTimeout)
            assert told == ("198.51.100.7", 56324)
            wire.clock.advance(4)  # the peer, too, had its time to close
            await peer.end()

    run(main())


STAGES = ["nothing", "header", "after", "hello", "flight"]


async def reach(peer: Peer, stage: str) -> None:
    """Go as far as some stage of the beginning."""
    hello = peer.hello()
    data = {"nothing": b"", "header": V2[:20], "after": V2, "hello": V2 + hello[:50], "flight": V2 + hello}
    await peer.send([data[stage]] if data[stage] else [])


@pytest.mark.parametrize("how", ["leave", "reset"])
def test_peers_that_leave_leave_nothing_behind(run: Run, contexts: Contexts, how: str) -> None:
    async def main() -> None:
        async with nothing_left(), secured(contexts.server) as wire:
            for stage in STAGES:
                peer = await wire.peer(contexts.client, socket.AF_INET)
                await reach(peer, stage)
                if how == "reset":
                    peer.ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                peer.leave()
                await wire.gone()
            assert wire.refused == []
            assert len(wire.sweep) == 0

    run(main())


@pytest.mark.parametrize("how", ["gracefully", "at once"])
def test_a_server_that_is_closed_closes_them(run: Run, contexts: Contexts, how: str) -> None:
    async def main() -> None:
        async with nothing_left():
            for stage in STAGES:
                async with secured(contexts.server) as wire:
                    peer = await wire.peer(contexts.client)
                    await reach(peer, stage)
                    await wire.come(TlsPreface if stage in ("nothing", "header") else TlsHandshake)
                    if how == "gracefully":
                        wire.acceptor.close_gracefully()
                    else:
                        wire.acceptor.abort()
                    await wire.gone()
                    await peer.end()
                    assert wire.exchanges == []

    run(main())


@pytest.mark.parametrize("is_proxy", [True, False])
def test_a_server_that_is_closed_takes_no_more(run: Run, contexts: Contexts, is_proxy: bool) -> None:
    async def main() -> None:
        async with secured(contexts.server, proxied=lambda address: is_proxy) as wire:
            wire.acceptor.close_gracefully()
            peer = await wire.peer(contexts.client)
            assert await peer.end() == b""

    run(main())


def test_closing_with_the_header_at_hand(run: Run, contexts: Contexts) -> None:
    """The handshake's task has not run yet when it is cancelled."""

    async def main() -> None:
        async with nothing_left(), secured(contexts.server) as wire:
            peer = await wire.peer(contexts.client)
            (preface,) = wire.acceptor.connections
            assert isinstance(preface, TlsPreface)
            buffer = preface.get_buffer(-1)
            assert len(buffer) == 15
            preface.data_received(V1)
            wire.acceptor.abort()
            assert await peer.end() == b""
            assert len(preface.get_buffer(-1)) == 0  # what comes too early is refused by the transport

    run(main())


def test_no_headers_are_expected_where_nobody_is_a_proxy(run: Run, contexts: Contexts) -> None:
    async def main() -> None:
        assert Wire().acceptor.in_front_of_tls(contexts.server) is None

    run(main())

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from yarl import URL

from tidewire_client import ClientHttpProxyError
from tidewire_client._tunnels import open_tunnel
from tidewire_http_io import ClientConnection, ClientOptions, Sweep
from tidewire_http_parser import LocalProtocolError, RemoteProtocolError
from tidewire_testing import FakeClock, MemoryTransport

PROXY = URL("http://proxy:3128")
OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Wire:
    """A connection to a proxy, in memory."""

    def __init__(self) -> None:
        clock = FakeClock()
        self.sweep = Sweep(clock.call_later, clock.time, time.time)
        self.connection = ClientConnection(asyncio.get_running_loop(), self.sweep, ClientOptions())
        self.transport = MemoryTransport(self.connection)
        self.transport.connect()

    async def open(
        self,
        answer: bytes | None,
        host: str = "origin",
        fields: Any = (),
        port: int = 443,
        patience: float = 60.0,
    ) -> Any:
        opening = open_tunnel(self.connection, self.sweep, PROXY, host, port, fields, patience)
        task = asyncio.ensure_future(opening)
        await asyncio.sleep(0)
        if answer is None:
            self.transport.feed_eof()
            self.transport.lose()
        elif answer:
            self.transport.feed(answer)
        return await task


@pytest.fixture
async def wire() -> Any:
    wire = Wire()
    yield wire
    wire.transport.lose()
    assert len(wire.sweep) == 0


async def test_it_is_asked_for_and_gives_the_transport(wire: Wire) -> None:
    transport = await wire.open(OPENED, fields=[("Proxy-Authorization", "Basic YQ==")])
    assert transport is wire.transport
    assert wire.transport.written == (
        b"CONNECT origin:443 HTTP/1.1\r\nHost: origin:443\r\nProxy-Authorization: Basic YQ==\r\n\r\n"
    )
    assert len(wire.sweep) == 0
    assert not wire.transport.is_closing()


async def test_an_address_of_ipv6_has_brackets(wire: Wire) -> None:
    await wire.open(OPENED, host="::1", port=8443)
    assert wire.transport.written.startswith(b"CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\n")


async def test_a_host_field_of_the_caller_is_kept(wire: Wire) -> None:
    await wire.open(OPENED, fields=[("host", "other")])
    assert wire.transport.written == b"CONNECT origin:443 HTTP/1.1\r\nhost: other\r\n\r\n"


@pytest.mark.parametrize("status", [b"407 Proxy Authentication Required", b"502 Bad Gateway", b"302 Found"])
async def test_a_refusal_is_told_with_all_that_is_known(wire: Wire, status: bytes) -> None:
    with pytest.raises(ClientHttpProxyError) as caught:
        await wire.open(b"HTTP/1.1 " + status + b"\r\nVia: p\r\nContent-Length: 3\r\n\r\nwhy")
    error = caught.value
    assert f"{error.status} {error.message}".encode() == status
    assert error.headers is not None
    assert error.headers["via"] == "p"
    assert error.request_info.url == PROXY
    assert error.request_info.method == "CONNECT"
    assert error.body == b"why"
    assert wire.transport.is_closing()


CHUNKS = b"HTTP/1.1 407 No\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", b""),
        (CHUNKS + b"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", b"abc"),
        (CHUNKS + b"1\r\na\r\nx\r\n", b"a"),
        (b"HTTP/1.1 407 No\r\nContent-Length: 1000000\r\n\r\n" + bytes(100_000), bytes(65536)),
        (CHUNKS + b"fff\r\n%b\r\n" % bytes(4095) * 20, None),
    ],
)
async def test_a_refusal_has_its_body_up_to_a_cap(wire: Wire, answer: bytes, body: bytes | None) -> None:
    with pytest.raises(ClientHttpProxyError) as caught:
        await wire.open(answer)
    assert caught.value.body == (bytes(65536) if body is None else body)
    assert wire.transport.is_closing()


async def test_a_refusal_that_breaks_off_has_what_there_is(wire: Wire) -> None:
    task = asyncio.ensure_future(wire.open(b"HTTP/1.1 407 No\r\nContent-Length: 100\r\n\r\nwh"))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not task.done()
    wire.transport.feed(b"y")
    wire.transport.feed_eof()
    wire.transport.lose()
    with pytest.raises(ClientHttpProxyError) as caught:
        await task
    assert (caught.value.status, caught.value.body) == (407, b"why")


async def test_a_refusal_whose_body_does_not_come_is_not_waited_for(wire: Wire) -> None:
    with pytest.raises(ClientHttpProxyError) as caught:
        await wire.open(b"HTTP/1.1 407 No\r\nContent-Length: 100\r\n\r\nwhy", patience=0.01)
    assert caught.value.body == b"why"
    assert wire.transport.is_closing()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (None, OSError),
        (OPENED + b"too early", OSError),
        (b"SSH-2.0-x\r\n", RemoteProtocolError),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            RemoteProtocolError,
        ),
    ],
)
async def test_what_is_no_proxy_is_an_error(wire: Wire, answer: bytes | None, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await wire.open(answer)
    assert wire.transport.is_closing()


async def test_a_field_that_may_not_go_out_goes_nowhere(wire: Wire) -> None:
    with pytest.raises(LocalProtocolError):
        await wire.open(OPENED, fields=[("X", "a\r\nb: c")])
    assert wire.transport.written == b""
    assert wire.transport.is_closing()


async def test_cancelled_it_closes_the_connection(wire: Wire) -> None:
    task = asyncio.ensure_future(wire.open(b""))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)

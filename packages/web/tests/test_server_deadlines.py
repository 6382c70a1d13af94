"""Peers that are slow on purpose: each has its time, and nobody else notices."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from web_client import Client, Connection, request

from tidewire_testing import assert_no_leaks
from tidewire_web import BaseRequest, Response, Server, StreamResponse


class Clock:
    """The event loop's time, which passes when the test says so."""

    def __init__(self) -> None:
        self._now = 1000.0

    def time(self) -> float:
        """What the loop takes for its clock."""
        return self._now

    async def advance(self, seconds: int) -> None:
        """Let so many seconds pass, one by one."""
        for _ in range(seconds):
            self._now += 1.0
            for _ in range(3):
                await asyncio.sleep(0)


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Takes the place of the loop's clock."""
    clock = Clock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock.time)
    return clock


@pytest.fixture
async def make_server(clock: Clock) -> AsyncIterator[Callable[..., Client]]:
    """Makes servers that echo; nothing of them may be left in the end."""
    servers: list[Server] = []

    async def echo(request: BaseRequest) -> Response:
        if request.path == "/unread":
            await asyncio.Event().wait()
        return Response(body=await request.read())

    def make(handler: Any = echo, **options: Any) -> Client:
        servers.append(Server(handler, access_log=None, **options))
        return Client(servers[-1])

    async with assert_no_leaks(descriptors=False):
        yield make
        for server in servers:
            stopping = asyncio.ensure_future(server.shutdown(0))
            await clock.advance(3)
            await stopping


async def assert_served(client: Client) -> None:
    """Others notice nothing."""
    assert (await client.get("/", method="POST", body=b"abc")).body == b"abc"


def statuses(connection: Connection) -> list[int]:
    return [answer.status for answer in connection.look()]


async def test_heads_that_come_slowly(
    make_server: Callable[..., Client], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tidewire.server")
    client = make_server(head_timeout=10, lingering_time=3)
    silent, slow = client.connect(), [client.connect() for _ in range(20)]
    head = request("/", *(f"X-{number}: x" for number in range(100)))
    for second in range(13):
        for connection in slow:
            if not connection.transport.is_closing() and not connection.transport.eof_sent:
                connection.transport.feed(head[second : second + 1])
        await clock.advance(1)
    await assert_served(client)
    assert silent.transport.is_closing()
    assert silent.transport.written == b""
    for connection in slow:
        connection.parser.expect("GET")
        assert statuses(connection) == [408]
        assert connection.transport.eof_sent
    assert len(caplog.records) == len(slow)
    assert "408" in caplog.records[0].getMessage()
    await clock.advance(6)
    assert all(connection.transport.is_closing() for connection in slow)


async def test_bodies_that_do_not_come(
    make_server: Callable[..., Client], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_server(body_timeout=10, lingering_time=3)
    connection = client.connect()
    connection.send(request("/", "Content-Length: 100", method="POST") + b"x" * 10, "POST")
    await clock.advance(9)
    assert statuses(connection) == []
    await assert_served(client)
    await clock.advance(3)
    assert statuses(connection) == [408]
    assert connection.answers[0].fields["Connection"] == "close"
    await clock.advance(6)
    assert connection.transport.is_closing()
    assert caplog.records == []


async def test_connections_that_are_idle(make_server: Callable[..., Client], clock: Clock) -> None:
    client = make_server(keepalive_timeout=10, head_timeout=3)
    connection = client.connect()
    await connection.ask(request())
    await clock.advance(9)
    await connection.ask(request())
    await clock.advance(9)
    assert not connection.transport.is_closing()
    await clock.advance(3)
    assert connection.transport.is_closing()


async def test_peers_that_take_nothing(
    make_server: Callable[..., Client], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[str] = []

    async def endless(request: BaseRequest) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(bytes(65536))
        finally:
            ended.append(request.path)

    client = make_server(endless, send_timeout=10)
    connection = client.connect()
    connection.transport.hold_writes()
    connection.send(request())
    await clock.advance(9)
    assert ended == []
    assert connection.transport.get_write_buffer_size() < 1_000_000
    await clock.advance(5)
    connection.transport.settle()
    await clock.advance(1)
    assert connection.transport.was_reset
    assert ended == ["/"]
    assert caplog.records == []


async def test_a_body_that_nobody_reads_is_bounded(make_server: Callable[..., Client], clock: Clock) -> None:
    client = make_server(read_bufsize=65536, body_timeout=3)
    connection = client.connect()
    connection.send(request("/unread", "Content-Length: 100000000", method="POST"), "POST")
    sent = 0
    while connection.transport.is_reading() and sent < 1_000_000:
        connection.transport.feed(bytes(16384))
        sent += 16384
    assert sent < 200_000
    await clock.advance(10)  # it is the handler's turn, not the peer's
    assert not connection.transport.is_closing()
    await assert_served(client)

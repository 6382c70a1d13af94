"""Files that the system sends: in order, at the peer's pace, and with the connection right or closed whatever happens."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from wire import Wire

from tidewire_http_io import (
    Acceptor,
    ClientConnection,
    ClientOptions,
    ResetReason,
    SendFile,
    ServerExchange,
    ServerOptions,
    Sweep,
)
from tidewire_http_parser import LocalProtocolError
from tidewire_testing import FakeClock

pytestmark = pytest.mark.skipif(not hasattr(os, "sendfile"), reason="the system sends no files")

MakeWire = Callable[..., Wire]
GET = b"GET / HTTP/1.1\r\nHost: example\r\n\r\n"
# More than any two sockets hold together.
LARGE = 8 * 1024 * 1024


def descriptors() -> set[str]:
    """The descriptors that this process has open."""
    return set(os.listdir("/proc/self/fd" if os.path.exists("/proc/self/fd") else "/dev/fd"))


class Pair:
    """A server's connection over a pair of sockets, of which the test has the other end.

    Attributes:
        exchanges: those that there were; nobody answers them but the test.
    """

    def __init__(self, **options: Any) -> None:
        self.loop = asyncio.get_running_loop()
        self.clock = FakeClock(1000.0)
        self.exchanges: list[ServerExchange] = []
        sweep = Sweep(self.clock.call_later, self.clock.time, lambda: 784111777.0)
        self.acceptor = Acceptor(
            self.exchanges.append, loop=self.loop, options=ServerOptions(**options), sweep=sweep
        )
        self.peer, self._server = socket.socketpair()
        self.peer.setblocking(False)

    async def request(self, data: bytes = GET) -> ServerExchange:
        """Send a request; returns its exchange."""
        if self._server.fileno() >= 0 and not self.acceptor.connections:
            await self.loop.connect_accepted_socket(self.acceptor, self._server)  # type: ignore[type-var]
        number = len(self.exchanges)
        await self.loop.sock_sendall(self.peer, data)
        await until(lambda: len(self.exchanges) > number)
        return self.exchanges[-1]

    async def read(self, size: int) -> bytes:
        """Read so many bytes, fewer only where the server has closed."""
        data = bytearray()
        while len(data) < size and (piece := await self.loop.sock_recv(self.peer, size - len(data))):
            data += piece
        return bytes(data)

    async def read_head(self) -> bytes:
        """Read up to an empty line."""
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            data += await self.read(1)
        return data

    async def close(self) -> None:
        self.peer.close()
        self.acceptor.abort()
        await until(lambda: not self.acceptor.connections)


async def until(condition: Callable[[], object]) -> None:
    """Let the loop go round until something is so."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


@pytest.fixture
async def make_pair() -> AsyncIterator[Callable[..., Pair]]:
    """Makes connections; their arguments are the server's options. Afterwards no descriptor is left."""
    before = descriptors()
    pairs: list[Pair] = []

    def make(**options: Any) -> Pair:
        pairs.append(Pair(**options))
        return pairs[-1]

    yield make
    for pair in pairs:
        await pair.close()
    await asyncio.sleep(0)
    assert descriptors() == before


@pytest.fixture
def make_file(make_pair: MakePair, tmp_path: Path) -> Iterator[Callable[[bytes], int]]:
    """Makes files with a content; returns their descriptors, which are closed before those of `make_pair` are."""
    made: list[int] = []

    def make(content: bytes) -> int:
        path = tmp_path / f"file{len(made)}"
        path.write_bytes(content)
        made.append(os.open(path, os.O_RDWR))
        return made[-1]

    yield make
    for descriptor in made:
        os.close(descriptor)


MakePair = Callable[..., Pair]
MakeFile = Callable[[bytes], int]


def sender(exchange: ServerExchange) -> SendFile:
    """What sends files, which has to be there."""
    sendfile = exchange.sendfile
    assert sendfile is not None
    return sendfile


def start(awaitable: Awaitable[int]) -> asyncio.Task[int]:
    """Have a file sent by a task."""

    async def run() -> int:
        return await awaitable

    return asyncio.get_running_loop().create_task(run())


# -- what is sent ---------------------------------------------------------------------------------


async def test_a_part_of_a_file_follows_the_head_and_the_connection_lives_on(
    make_file: MakeFile, make_pair: MakePair
) -> None:
    file = make_file(b"0123456789")
    pair = make_pair()
    for _ in range(2):
        exchange = await pair.request()
        exchange.send_head(200, None, [], body_length=7)
        assert await sender(exchange)(file, 2, 5) == 5
        exchange.send_data(b"<>", end=True)
        assert exchange.finished
        head = await pair.read_head()
        assert b"Content-Length: 7\r\n" in head
        assert await pair.read(7) == b"23456<>"
        assert exchange.bytes_sent == len(head) + 7


async def test_what_was_written_before_comes_first(make_file: MakeFile, make_pair: MakePair) -> None:
    file = make_file(b"file")
    pair = make_pair()
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=LARGE + 4)
    exchange.send_data(b"x" * LARGE)
    assert not exchange.is_writable
    task = start(sender(exchange)(file, 0, 4))
    await pair.read_head()
    assert await pair.read(LARGE + 4) == b"x" * LARGE + b"file"
    assert await task == 4
    exchange.send_data(b"", end=True)
    assert exchange.finished
    assert exchange.is_writable


async def test_a_large_file_goes_out_as_the_peer_takes_it(make_file: MakeFile, make_pair: MakePair) -> None:
    content = os.urandom(65536) * (LARGE // 65536)
    file = make_file(content)
    pair = make_pair()
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=LARGE)
    task = start(sender(exchange)(file, 0, LARGE))
    await until(lambda: not exchange.is_writable)
    sent = exchange.bytes_sent
    await asyncio.sleep(0)
    assert exchange.bytes_sent == sent
    assert sent < LARGE
    await pair.read_head()
    assert await pair.read(LARGE) == content
    assert await task == LARGE
    assert exchange.is_writable


async def test_others_get_their_turn_while_the_peer_is_fast(make_file: MakeFile, make_pair: MakePair) -> None:
    file = make_file(b"x" * LARGE)
    pair = make_pair()
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=LARGE)
    task = start(sender(exchange)(file, 0, LARGE))
    await pair.read_head()
    turns = 0
    left = LARGE
    while left:
        left -= len(await pair.read(min(left, 65536)))
        await asyncio.sleep(0)
        turns += 1
    assert turns > LARGE // 65536 - 1
    assert await task == LARGE


# -- where it ends early --------------------------------------------------------------------------


async def test_a_file_that_is_shorter_is_sent_as_far_as_it_goes(
    make_file: MakeFile, make_pair: MakePair
) -> None:
    file = make_file(b"short")
    pair = make_pair()
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=8)
    assert await sender(exchange)(file, 0, 8) == 5
    assert not exchange.disconnected
    with pytest.raises(LocalProtocolError):
        exchange.send_data(b"", end=True)
    exchange.reset(ResetReason.INTERNAL)
    await pair.read_head()
    assert await pair.read(100) == b"short"


async def test_a_file_that_becomes_shorter_is_sent_as_far_as_it_goes(
    make_file: MakeFile, make_pair: MakePair
) -> None:
    file = make_file(b"x" * LARGE)
    pair = make_pair()
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=LARGE)
    task = start(sender(exchange)(file, 0, LARGE))
    await until(lambda: not exchange.is_writable)
    os.ftruncate(file, LARGE // 2)
    await pair.read_head()
    assert len(await pair.read(LARGE // 2)) == LARGE // 2
    assert await task == LARGE // 2


async def test_what_the_system_cannot_send_is_left_to_the_caller(make_pair: MakePair) -> None:
    reader, writer = os.pipe()
    try:
        pair = make_pair()
        exchange = await pair.request()
        exchange.send_head(200, None, [], body_length=4)
        assert await sender(exchange)(reader, 0, 4) == 0
        exchange.send_data(b"data", end=True)
        await pair.read_head()
        assert await pair.read(4) == b"data"
    finally:
        os.close(reader)
        os.close(writer)


async def test_more_than_was_declared_is_refused_and_nothing_sent(
    make_file: MakeFile, make_pair: MakePair
) -> None:
    file = make_file(b"0123456789")
    pair = make_pair()
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=5)
    with pytest.raises(LocalProtocolError):
        await sender(exchange)(file, 0, 6)
    exchange.send_data(b"right", end=True)
    await pair.read_head()
    assert await pair.read(5) == b"right"


# -- peers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("waiting", [False, True])
async def test_a_peer_that_goes_ends_it(make_file: MakeFile, make_pair: MakePair, waiting: bool) -> None:
    file = make_file(b"x" * LARGE)
    pair = make_pair()
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=LARGE)
    if not waiting:
        pair.peer.close()
    task = start(sender(exchange)(file, 0, LARGE))
    if waiting:
        await until(lambda: not exchange.is_writable)
        pair.peer.close()
    await until(task.done)
    assert task.result() < LARGE
    assert exchange.disconnected
    await until(lambda: not pair.acceptor.connections)


async def test_who_wants_to_know_is_told_at_once_that_the_peer_has_gone(
    make_file: MakeFile, make_pair: MakePair
) -> None:
    file = make_file(b"x" * LARGE)
    pair = make_pair()
    exchange = await pair.request()
    told: list[bool] = []
    exchange.when_disconnected(lambda: told.append(True))
    exchange.send_head(200, None, [], body_length=LARGE)
    task = start(sender(exchange)(file, 0, LARGE))
    await until(lambda: not exchange.is_writable)
    assert told == []
    pair.peer.shutdown(socket.SHUT_WR)
    await until(lambda: told)
    assert not task.done()
    task.cancel()
    exchange.reset(ResetReason.CANCEL)
    await until(task.done)


async def test_a_peer_that_takes_nothing_is_cut_off(make_file: MakeFile, make_pair: MakePair) -> None:
    file = make_file(b"x" * LARGE)
    pair = make_pair(send_timeout=10)
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=LARGE)
    task = start(sender(exchange)(file, 0, LARGE))
    await until(lambda: not exchange.is_writable)
    pair.clock.advance(9)
    assert pair.acceptor.connections
    pair.clock.advance(3)
    await until(task.done)
    assert task.result() < LARGE
    assert exchange.disconnected
    await until(lambda: not pair.acceptor.connections)


async def test_a_peer_that_takes_little_is_not(make_file: MakeFile, make_pair: MakePair) -> None:
    file = make_file(b"x" * LARGE)
    pair = make_pair(send_timeout=10)
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=LARGE)
    task = start(sender(exchange)(file, 0, LARGE))
    await pair.read_head()
    for _ in range(4):
        await until(lambda: not exchange.is_writable)
        sent = exchange.bytes_sent
        while exchange.bytes_sent == sent:
            await pair.read(65536)
            await asyncio.sleep(0)
        pair.clock.advance(9)
    assert not task.done()
    assert pair.acceptor.connections
    pair.clock.advance(13)
    pair.clock.advance(13)
    await until(task.done)


async def test_the_next_request_has_its_own_deadlines(make_file: MakeFile, make_pair: MakePair) -> None:
    file = make_file(b"x" * LARGE)
    pair = make_pair(send_timeout=10, keepalive_timeout=100)
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=LARGE)
    task = start(sender(exchange)(file, 0, LARGE))
    await until(lambda: not exchange.is_writable)
    await pair.read_head()
    await pair.read(LARGE)
    await task
    pair.clock.advance(50)
    assert pair.acceptor.connections
    exchange.send_data(b"", end=True)
    pair.clock.advance(50)
    (await pair.request()).respond(200, None, [], b"next")
    await pair.read_head()
    assert await pair.read(4) == b"next"


async def test_a_cancelled_call_has_sent_what_it_has_sent(make_file: MakeFile, make_pair: MakePair) -> None:
    file = make_file(b"x" * LARGE)
    pair = make_pair()
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=LARGE)
    task = start(sender(exchange)(file, 0, LARGE))
    await until(lambda: not exchange.is_writable)
    task.cancel()
    await until(task.done)
    assert task.cancelled()
    assert exchange.is_writable
    sent = exchange.bytes_sent
    exchange.reset(ResetReason.CANCEL)
    assert len(await pair.read(LARGE)) == sent


# -- where it is not there ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "fields", "length"),
    [
        (GET, [("Transfer-Encoding", "chunked")], None),
        (GET.replace(b"GET", b"HEAD"), [], 10),
        (GET.replace(b"1.1", b"1.0"), [], None),
    ],
)
async def test_it_is_there_only_for_bodies_with_a_length(
    make_pair: MakePair, data: bytes, fields: list[tuple[str, str]], length: int | None
) -> None:
    exchange = await make_pair().request(data)
    assert exchange.sendfile is None
    exchange.send_head(200, None, fields, body_length=length)
    assert exchange.sendfile is None


async def test_it_is_gone_with_the_end_of_the_response(make_pair: MakePair) -> None:
    pair = make_pair()
    exchange = await pair.request()
    exchange.send_head(200, None, [], body_length=1)
    assert exchange.sendfile is not None
    exchange.send_data(b"x", end=True)
    assert exchange.sendfile is None
    other = await pair.request()
    other.send_head(200, None, [], body_length=1)
    other.reset(ResetReason.CANCEL)
    assert other.sendfile is None


async def test_it_is_not_there_without_a_socket_nor_through_tls(make_wire: MakeWire) -> None:
    wire = make_wire()
    wire.service = lambda exchange: None
    with socket.socket() as bound:
        for extra in ({}, {"socket": bound, "ssl_object": object()}):
            wire.connect(extra=extra).feed(wire.get())
            exchange = wire.exchanges[-1]
            exchange.send_head(200, None, [], body_length=1)
            assert exchange.sendfile is None


# -- the client's side ----------------------------------------------------------------------------


async def test_a_request_takes_a_file_too(make_file: MakeFile) -> None:
    content = os.urandom(LARGE)
    peer, own = socket.socketpair()
    peer.setblocking(False)
    loop = asyncio.get_running_loop()
    clock = FakeClock(1000.0)
    sweep = Sweep(clock.call_later, clock.time, lambda: 784111777.0)
    connection = ClientConnection(loop, sweep, ClientOptions(send_timeout=5.0))
    await loop.connect_accepted_socket(lambda: connection, own)  # type: ignore[type-var]
    exchange = connection.begin()
    assert exchange.sendfile is None
    exchange.send_head("PUT", "/", [("Host", "example")], body_length=len(content))
    assert exchange.sendfile is not None
    task = start(exchange.sendfile(make_file(content), 0, len(content)))
    received = bytearray()
    while len(received) < 1_000_000:
        received += await loop.sock_recv(peer, 65536)
    # The peer is slow, but takes something all the time: that is no reason to give it up.
    clock.advance(4)
    while not received.endswith(content[-64:]):
        received += await loop.sock_recv(peer, 262144)
        clock.advance(0.1)
    assert await task == len(content)
    assert not exchange.disconnected
    exchange.send_data(b"", end=True)
    assert exchange.finished
    assert received.partition(b"\r\n\r\n")[2] == content
    assert exchange.bytes_sent == len(received)
    peer.close()
    connection.drop()
    await until(lambda: connection.lost and own.fileno() < 0)


@pytest.mark.parametrize("how", ["file", "data"])
@pytest.mark.skipif(sys.platform != "linux", reason="other systems forget what came before the reset")
async def test_an_answer_is_found_though_sending_fails(make_file: MakeFile, how: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        own = socket.create_connection(listener.getsockname())
        peer, _ = listener.accept()
    loop = asyncio.get_running_loop()
    connection = ClientConnection(loop, Sweep(loop.call_later, loop.time, time.time), ClientOptions())
    own.setblocking(False)
    await loop.create_connection(lambda: connection, sock=own)  # type: ignore[type-var]
    exchange = connection.begin()
    exchange.send_head("PUT", "/", [("Host", "example")], body_length=LARGE)
    exchange.send_data(b"a")
    peer.recv(1)
    peer.sendall(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge")
    peer.close()  # what it has not read makes that a reset
    if how == "file":
        assert exchange.sendfile is not None
        await exchange.sendfile(make_file(bytes(LARGE - 1)), 0, LARGE - 1)
    else:
        exchange.send_data(b"b")
    head = await exchange.response()
    assert head is not None
    assert (head.status, exchange.take_body(), exchange.body_complete) == (413, b"large", True)
    await until(lambda: connection.lost and own.fileno() < 0)


async def test_a_request_whose_peer_takes_nothing_of_its_file_is_given_up(make_file: MakeFile) -> None:
    peer, own = socket.socketpair()
    loop = asyncio.get_running_loop()
    clock = FakeClock(1000.0)
    sweep = Sweep(clock.call_later, clock.time, lambda: 784111777.0)
    connection = ClientConnection(loop, sweep, ClientOptions(send_timeout=5.0))
    await loop.connect_accepted_socket(lambda: connection, own)  # type: ignore[type-var]
    exchange = connection.begin()
    exchange.send_head("PUT", "/", [("Host", "example")], body_length=LARGE)
    assert exchange.sendfile is not None
    task = start(exchange.sendfile(make_file(bytes(LARGE)), 0, LARGE))
    await until(lambda: connection.file_unsent)
    for _ in range(10):
        clock.advance(1)
    assert 0 < await task < LARGE
    assert exchange.reset_reason is ResetReason.TIMEOUT
    peer.close()

"""A duplex channel of bytes: what it keeps, in which order it tells, and how a client's connection becomes one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast

import pytest
from client_wire import HOST, ClientWire, TunnelRecorder

from tidewire_http_io import Acceptor, ByteChannel, ClientConnection, ClientOptions, ServerExchange, Sweep
from tidewire_http_io._buffered_reading import BufferedReading
from tidewire_http_io._carrier import Carrier
from tidewire_http_io._tunnel import Tunnel
from tidewire_http_parser import LocalProtocolError
from tidewire_testing import MemoryTransport

MakeWire = Callable[..., ClientWire]

UPGRADE = [*HOST, ("Connection", "upgrade"), ("Upgrade", "echo")]
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"


class Connection:
    """The least that a connection with a tunnel does; a carrier that is compiled can be held and not inherited from."""

    def __init__(self, data: bytes = b"", *, paused: bool = False, **how: Any) -> None:
        self.carrier = Carrier(asyncio.get_running_loop(), 65536)
        self.wire = MemoryTransport(self, **how)
        self.wire.connect()
        if paused:
            self.carrier.pause_reading()
        self.tunnel = Tunnel(self.carrier, data)

    def connection_made(self, transport: MemoryTransport) -> None:
        self.carrier.attach(transport)

    def pause_writing(self) -> None:
        self.carrier.pause_writing()

    def resume_writing(self) -> None:
        self.carrier.resume_writing()

    def data_received(self, data: bytes) -> None:
        self.tunnel.feed(data)

    def eof_received(self) -> bool:
        return self.tunnel.feed_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        self.carrier.lost = True
        self.tunnel.lose(exc)


# -- by itself ------------------------------------------------------------------------------------


async def test_the_state_is_shown() -> None:
    connection = Connection()
    assert repr(connection.tunnel) == "<Tunnel open>"
    connection.tunnel.close()
    assert repr(connection.tunnel) == "<Tunnel closed>"
    lost = Connection()
    lost.tunnel.lose(None)
    assert lost.tunnel.closed


async def test_so_much_is_kept_without_a_receiver() -> None:
    connection = Connection(b"x" * 65_536)
    assert connection.wire.is_reading()
    connection.wire.feed(b"y")
    assert not connection.wire.is_reading()
    receiver = TunnelRecorder()
    connection.tunnel.receive(receiver)
    assert receiver.data == b"x" * 65_536 + b"y"
    assert receiver.pieces == 2
    assert connection.wire.is_reading()


async def test_a_pause_of_the_exchange_ends_with_the_receiver() -> None:
    connection = Connection(paused=True)
    connection.wire.feed(b"x")
    receiver = TunnelRecorder()
    connection.tunnel.receive(receiver)
    assert receiver.data == b"x"


async def test_a_pause_before_there_is_a_receiver_is_kept() -> None:
    connection = Connection(b"x")
    connection.tunnel.pause_reading()
    receiver = TunnelRecorder()
    connection.tunnel.receive(receiver)
    assert not connection.wire.is_reading()
    connection.wire.feed(b"y")
    assert receiver.data == b"x"
    connection.tunnel.resume_reading()
    assert receiver.data == b"xy"


async def test_who_resumes_while_it_takes_what_was_kept_gets_the_rest_in_order() -> None:
    connection = Connection()
    for letter in (b"a", b"b"):
        connection.wire.feed(letter * 40_000)
    connection.wire.feed(b"c" * 40_000)
    receiver = TunnelRecorder()
    take = receiver.data_received

    def take_and_resume(data: bytes) -> None:
        take(data)
        connection.tunnel.resume_reading()

    receiver.data_received = take_and_resume  # type: ignore[method-assign]
    connection.tunnel.receive(receiver)
    assert receiver.data == b"a" * 40_000 + b"b" * 40_000 + b"c" * 40_000


async def test_who_pauses_while_it_takes_what_was_kept_gets_no_more() -> None:
    connection = Connection(b"a" * 70_000)
    connection.wire.feed(b"b")
    receiver = TunnelRecorder()
    take = receiver.data_received

    def take_and_pause(data: bytes) -> None:
        take(data)
        connection.tunnel.pause_reading()

    receiver.data_received = take_and_pause  # type: ignore[method-assign]
    connection.tunnel.receive(receiver)
    assert receiver.data == b"a" * 70_000
    connection.tunnel.resume_reading()
    assert receiver.data == b"a" * 70_000 + b"b"


async def test_an_end_is_told_once_however_often_it_is_read() -> None:
    connection = Connection()
    receiver = TunnelRecorder()
    connection.tunnel.receive(receiver)
    assert connection.tunnel.feed_eof()
    assert connection.tunnel.feed_eof()
    assert receiver.eofs == 1


async def test_after_the_end_reading_is_not_resumed() -> None:
    """An event loop would read the end again."""
    connection = Connection(b"x" * 70_000)
    connection.tunnel.feed_eof()
    receiver = TunnelRecorder()
    connection.tunnel.receive(receiver)
    connection.tunnel.resume_reading()
    assert not connection.wire.is_reading()
    assert (len(receiver.data), receiver.eofs) == (70_000, 1)


async def test_a_loss_is_told_once() -> None:
    connection = Connection()
    receiver = TunnelRecorder()
    connection.tunnel.receive(receiver)
    error = ConnectionResetError("gone")
    connection.wire.lose(error)
    connection.tunnel.lose(None)
    assert receiver.losses == [error]
    later = TunnelRecorder()
    connection.tunnel.receive(later)
    assert later.losses == [error]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("how", ["close", "abort", "write_eof"])
async def test_whoever_ends_it_when_it_is_told_of_the_end_is_told_of_the_loss_once(
    how: str, late: bool
) -> None:
    connection = Connection(immediate_close=True)
    receiver = TunnelRecorder()
    note = receiver.eof_received

    def note_and_end() -> None:
        note()
        getattr(connection.tunnel, how)()

    receiver.eof_received = note_and_end  # type: ignore[method-assign]
    if late:
        connection.wire.feed_eof()
    connection.tunnel.receive(receiver)
    if not late:
        connection.wire.feed_eof()
    connection.wire.settle()
    assert (receiver.eofs, receiver.losses) == (1, [None])
    assert connection.wire.was_reset is (how == "abort")


async def test_where_there_are_no_halves_closing_one_side_closes_all() -> None:
    connection = Connection(can_write_eof=False)
    connection.tunnel.write(b"last")
    connection.tunnel.write_eof()
    connection.tunnel.write_eof()
    assert connection.wire.is_closing()
    assert connection.wire.take() == b"last"


async def test_where_the_connection_ends_nothing_more_is_written() -> None:
    connection = Connection()
    connection.tunnel.abort()
    connection.tunnel.write(b"x")
    connection.tunnel.write_eof()
    connection.tunnel.close()
    assert connection.wire.written == b""
    assert connection.wire.discarded == []


# -- of a client ----------------------------------------------------------------------------------


async def test_a_tunnel_takes_the_connection(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_head("GET", "/", UPGRADE, end=True)
    transport.feed(SWITCHED + b"early")
    channel = exchange.take_tunnel()
    assert not connection.reusable
    assert "tunnel" in repr(connection)
    receiver = TunnelRecorder()
    channel.receive(receiver)
    transport.feed(b" later")
    assert receiver.data == b"early later"
    channel.close()
    transport.settle()
    assert receiver.losses == [None]
    assert client_wire.released == [False]


async def test_a_connect_is_a_tunnel_where_it_succeeds(client_wire: ClientWire) -> None:
    for status, switched in ((200, True), (299, True), (407, False)):
        connection, transport = client_wire.connect()
        exchange = connection.begin()
        exchange.send_head("CONNECT", "example:443", [("Host", "example:443")], end=True)
        transport.feed(
            f"HTTP/1.1 {status} X\r\n".encode() + (b"\r\n" if switched else b"Content-Length: 0\r\n\r\n")
        )
        if switched:
            assert not exchange.take_tunnel().closed
        else:
            assert connection.reusable
            with pytest.raises(LocalProtocolError):
                exchange.take_tunnel()


async def test_a_tunnel_that_is_not_taken_yet_is_bounded_and_loses_nothing(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_head("GET", "/", UPGRADE, end=True)
    transport.feed(SWITCHED)
    sent = 0
    while transport.is_reading() and sent < 1_000_000:
        transport.feed(b"x" * 1000)
        sent += 1000
    assert sent < 70_000
    transport.feed_eof()
    transport.settle()
    receiver = TunnelRecorder()
    exchange.take_tunnel().receive(receiver)
    assert (len(receiver.data), receiver.eofs) == (sent, 1)


async def test_a_tunnel_that_was_lost_before_it_was_taken(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_head("GET", "/", UPGRADE, end=True)
    transport.feed(SWITCHED + b"last words")
    transport.feed_eof()
    transport.lose(ConnectionResetError("gone"))
    channel = exchange.take_tunnel()
    assert channel.closed
    receiver = TunnelRecorder()
    channel.receive(receiver)
    assert (receiver.data, receiver.eofs, len(receiver.losses)) == (b"last words", 1, 1)
    assert not connection.reusable


async def test_a_switch_before_the_end_of_the_request_and_the_loss_of_its_connection(
    client_wire: ClientWire,
) -> None:
    _, transport, exchange = client_wire.post(10, ("Connection", "upgrade"), ("Upgrade", "echo"))
    transport.feed(SWITCHED)
    transport.hold_writes()
    exchange.send_data(b"01234")
    transport.lose()
    assert exchange.disconnected
    exchange.send_data(b"56789", end=True)
    receiver = TunnelRecorder()
    exchange.take_tunnel().receive(receiver)
    assert receiver.losses == [None]
    assert transport.discarded == []


async def test_a_tunnel_has_no_deadline_while_it_is_quiet(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_timeout=5, send_timeout=5, write_bufsize=1000)
    connection, transport = wire.connect()
    exchange = connection.begin()
    exchange.send_head("GET", "/", UPGRADE, end=True)
    transport.feed(SWITCHED)
    wire.clock.advance(100)
    channel = exchange.take_tunnel()
    receiver = TunnelRecorder()
    channel.receive(receiver)
    transport.feed(b"x")
    wire.clock.advance(100)
    transport.hold_writes()
    channel.write(b"x" * 2000)
    wire.clock.advance(3)
    transport.release_writes()
    wire.clock.advance(1000)
    assert not channel.closed
    transport.hold_writes()
    channel.write(b"x" * 2000)
    wire.clock.advance(8)
    assert channel.closed
    assert receiver.losses == [None]
    transport.settle()
    assert receiver.losses == [None]


async def test_credit_for_an_earlier_response_does_not_resume_a_tunnel(client_wire: ClientWire) -> None:
    connection, transport, earlier = client_wire.get()
    transport.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    exchange = connection.begin()
    exchange.send_head("GET", "/", UPGRADE, end=True)
    transport.feed(SWITCHED)
    channel = exchange.take_tunnel()
    channel.receive(TunnelRecorder())
    channel.pause_reading()
    assert earlier.take_body() == b"hello"
    assert not transport.is_reading()


async def test_with_tls_the_end_of_one_side_of_a_tunnel_is_that_of_both(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect(extra={"ssl_object": object()}, can_write_eof=False)
    exchange = connection.begin()
    exchange.send_head("GET", "/", UPGRADE, end=True)
    transport.feed(SWITCHED)
    receiver = TunnelRecorder()
    exchange.take_tunnel().receive(receiver)
    transport.feed_eof()
    transport.settle()
    assert (receiver.eofs, receiver.losses) == (1, [None])


# -- real sockets ---------------------------------------------------------------------------------


class Echo:
    """Says again what comes through a tunnel."""

    def __init__(self, channel: ByteChannel) -> None:
        self.channel = channel
        self.lost = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.channel.write(data)

    def eof_received(self) -> None:
        self.channel.write_eof()

    def connection_lost(self, error: Exception | None) -> None:
        assert error is None
        self.lost.set()


async def test_exchanges_and_a_tunnel_through_a_real_socket() -> None:
    loop = asyncio.get_running_loop()
    echoes: list[Echo] = []

    def serve(exchange: ServerExchange) -> None:
        if not exchange.head.upgrade:
            exchange.respond(200, None, [], exchange.head.target.encode())
            return
        echoes.append(Echo(exchange.accept_tunnel(101, UPGRADE[1:])))
        echoes[-1].channel.receive(echoes[-1])

    acceptor = Acceptor(serve, loop=loop)
    server = await loop.create_server(cast(Any, acceptor), "127.0.0.1", 0)
    sweep = Sweep(loop.call_later, loop.time, time.time)
    lost = asyncio.Event()

    def released(connection: ClientConnection) -> None:
        if connection.lost:
            lost.set()

    async with server:
        host, port = server.sockets[0].getsockname()
        _, connection = await loop.create_connection(
            lambda: cast(Any, ClientConnection(loop, sweep, ClientOptions(), released)), host, port
        )
        for number in range(3):
            exchange = connection.begin()
            exchange.send_request("GET", f"/{number}", HOST, b"")
            assert await exchange.response() is not None
            assert exchange.take_body() == f"/{number}".encode()
            assert connection.reusable
        exchange = connection.begin()
        exchange.send_head("GET", "/", UPGRADE, end=True)
        assert await exchange.response() is not None
        channel = exchange.take_tunnel()
        receiver = TunnelRecorder()
        channel.receive(receiver)
        channel.write(b"x" * 500_000)
        channel.write_eof()
        await asyncio.wait_for(lost.wait(), 10)
        assert (len(receiver.data), receiver.eofs, receiver.losses) == (500_000, 1, [None])
        # Both sides were closed one by one, and that has closed the server's connection too.
        await asyncio.wait_for(echoes[0].lost.wait(), 10)
        assert not acceptor.connections
    assert len(sweep) == 0


# -- reading into buffers of the receiver's -------------------------------------------------------


class BufferRecorder(TunnelRecorder):
    """Wants so many bytes in a buffer of its own, and then the rest as ever."""

    def __init__(self, wanted: int) -> None:
        super().__init__()
        self.buffer = bytearray(wanted)
        self.filled = 0

    def get_buffer(self) -> memoryview | None:
        return memoryview(self.buffer)[self.filled :] if self.filled < len(self.buffer) else None

    def buffer_updated(self, count: int) -> None:
        self.filled += count


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    """Runs a coroutine on each loop."""
    if request.param == "asyncio":
        return asyncio.run
    return cast(Callable[[Any], Any], pytest.importorskip("uvloop").run)


def test_bytes_come_into_the_receivers_buffer_and_then_as_ever(run: Callable[[Any], Any]) -> None:
    async def talk() -> None:
        loop = asyncio.get_running_loop()
        receiver = BufferRecorder(300_000)
        gone = loop.create_future()
        receiver.connection_lost = gone.set_result  # type: ignore[assignment,method-assign]
        ended = asyncio.Event()
        receiver.eof_received = ended.set  # type: ignore[method-assign]
        channels: list[ByteChannel] = []

        def serve(exchange: ServerExchange) -> None:
            channel = exchange.accept_tunnel(101, [("Upgrade", "echo"), ("Connection", "upgrade")])
            assert not channel.receive_buffered()
            channel.receive(receiver)
            assert channel.receive_buffered()
            channels.append(channel)

        server = await loop.create_server(cast(Any, Acceptor(serve, loop=loop)), "127.0.0.1")
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n")
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"a" * 200_000 + b"b" * 100_000 + b"c" * 200_000)
        writer.write_eof()
        await ended.wait()
        channels[0].close()
        writer.close()
        await gone
        server.close()
        assert receiver.buffer == b"a" * 200_000 + b"b" * 100_000
        assert receiver.data == b"c" * 200_000

    run(talk())


async def test_a_channel_that_is_closed_fills_no_buffers() -> None:
    connection = Connection()
    connection.tunnel.receive(BufferRecorder(10))
    connection.tunnel.abort()
    assert not connection.tunnel.receive_buffered()
    ended = Connection()
    ended.tunnel.receive(BufferRecorder(10))
    ended.tunnel.feed_eof()
    assert not ended.tunnel.receive_buffered()


async def test_a_transport_without_buffers_delivers_bytes() -> None:
    connection = Connection()
    receiver = BufferRecorder(10)
    reading = BufferedReading(connection, receiver)
    connection.tunnel.receive(receiver)
    reading.data_received(b"x" * 20)
    assert (receiver.data, receiver.filled) == (b"x" * 20, 0)


async def test_pieces_are_written_as_one() -> None:
    connection = Connection()
    connection.tunnel.write_pieces([b"a", b"b"])
    assert connection.wire.written == b"ab"
    connection.tunnel.write_eof()
    connection.tunnel.write_pieces([b"c"])
    assert connection.wire.written == b"ab"

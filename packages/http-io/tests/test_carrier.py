"""The transport's side of a connection: credit for writing, one write for what belongs together, and the end."""

from __future__ import annotations

import asyncio
import gc
import socket
import struct
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from wire import Recorder, Wire, respond_ok

from tidewire_http_io import Acceptor, ResetReason, ServerExchange
from tidewire_http_io._carrier import Carrier
from tidewire_testing import MemoryTransport

MakeWire = Callable[..., Wire]
BAD_BODY = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


def collect(exchange: ServerExchange) -> None:
    """Answer with the body, when it is complete; with the reason where it is not."""
    receiver = Recorder(exchange)
    receiver.on_end = lambda: exchange.respond(200, None, [], receiver.body)
    receiver.on_reset = lambda: exchange.respond(400, None, [], receiver.resets[0].value.encode())
    exchange.receive(receiver)


# -- one write for what belongs together ----------------------------------------------------------


async def test_small_answers_of_one_callback_go_out_in_one_write(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get() * 10)
    assert len(transport.writes) == 1
    assert wire.statuses(transport.take()) == [200] * 10


async def test_the_pieces_of_an_answer_go_out_in_one_write(wire: Wire) -> None:
    def service(exchange: ServerExchange) -> None:
        exchange.send_head(200, None, [], body_length=None)
        for _ in range(10):
            exchange.send_data(b"x")
        exchange.send_data(b"y", end=True)

    wire.service = service
    transport = wire.connect()
    transport.feed(wire.get())
    assert len(transport.writes) == 1
    assert wire.answers(transport.take())[0].body == b"x" * 10 + b"y"


async def test_what_is_written_later_goes_out_at_once_but_a_head_with_its_body(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    wire.exchanges[0].send_head(200, None, [], body_length=2)
    assert transport.writes == []
    wire.exchanges[0].send_data(b"x")
    assert len(transport.writes) == 1
    wire.exchanges[0].send_data(b"y")
    assert len(transport.writes) == 2
    await wire.turn()
    assert len(transport.writes) == 2
    assert wire.answers(transport.sent)[0].body == b"xy"


async def test_a_head_waits_for_its_body_no_longer_than_a_turn(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    wire.exchanges[0].send_head(200, None, [], body_length=2)
    await wire.turn(1)
    assert wire.answers(transport.sent)[0].status == 200


async def test_a_head_that_waits_goes_out_before_the_connection_closes(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    wire.exchanges[0].send_head(200, None, [("Connection", "close")], body_length=None)
    transport.feed_eof()
    wire.exchanges[0].send_data(b"", end=True)
    assert wire.answers(transport.sent)[0].complete


async def test_a_head_that_waits_is_lost_with_the_connection(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    wire.exchanges[0].send_head(200, None, [], body_length=2)
    transport.lose()
    await wire.turn()
    assert transport.writes == []


async def test_what_is_written_to_the_transport_goes_out_behind_what_was_sent(wire: Wire) -> None:
    def service(exchange: ServerExchange) -> None:
        exchange.info("transport").write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        exchange.respond(200, None, [], b"")

    wire.service = service
    transport = wire.connect()
    transport.feed(wire.get() * 2)
    lines = [line for line in transport.sent.split(b"\r\n") if line.startswith(b"HTTP/")]
    assert lines == [b"HTTP/1.1 103 Early Hints", b"HTTP/1.1 200 OK"] * 2


async def test_there_is_no_transport_when_the_peer_has_gone(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    assert wire.exchanges[0].info("transport") is transport
    transport.lose()
    assert wire.exchanges[0].info("transport") is None


@pytest.mark.parametrize("size", [16383, 16384, 100_000])
async def test_large_chunks_are_not_copied_into_their_framing(wire: Wire, size: int) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    exchange = wire.exchanges[0]
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"x")
    exchange.send_data(bytes(size))
    exchange.send_data(b"", end=True)
    assert wire.answers(transport.sent)[0].body == b"x" + bytes(size)


async def test_no_more_than_64_kib_are_held_back(wire: Wire) -> None:
    seen: list[int] = []

    def service(exchange: ServerExchange) -> None:
        exchange.send_head(200, None, [], body_length=None)
        for _ in range(20):
            exchange.send_data(b"x" * 10_000)
            seen.append(len(transport.written))
        exchange.send_data(b"", end=True)

    wire.service = service
    transport = wire.connect()
    transport.feed(wire.get())
    assert seen[0] == 0
    assert all(20_000 * (number + 1) / 2 - size < 80_000 for number, size in enumerate(seen))
    assert len(wire.answers(transport.take())[0].body) == 200_000


# -- credit for writing ---------------------------------------------------------------------------


async def test_the_write_buffer_is_as_large_as_the_option_says(make_wire: MakeWire) -> None:
    transport = make_wire(write_bufsize=12345).connect()
    assert transport.get_write_buffer_limits()[1] == 12345


async def test_no_further_request_is_begun_while_the_peer_does_not_read(make_wire: MakeWire) -> None:
    wire = make_wire(write_bufsize=1000)
    wire.service = lambda exchange: exchange.respond(200, None, [], b"x" * 100_000)
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get() * 10)
    assert len(wire.exchanges) == 1
    assert not wire.exchanges[0].is_writable
    transport.feed(wire.get() * 10)
    assert len(wire.exchanges) == 1
    for number in range(2, 6):
        transport.release_writes(transport.get_write_buffer_size())
        await wire.turn()
        assert len(wire.exchanges) == number
    transport.release_writes()
    await wire.turn(20)
    assert wire.statuses(transport.take()) == [200] * 20


async def test_a_peer_that_sends_and_does_not_read_is_not_read_from(make_wire: MakeWire) -> None:
    wire = make_wire(write_bufsize=1000)
    wire.service = lambda exchange: exchange.respond(200, None, [], b"x" * 100_000)
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get())
    fed = 0
    while transport.is_reading():
        transport.feed(wire.get() * 100)
        fed += 100 * len(wire.get())
        assert fed < 100_000
    assert len(wire.exchanges) == 1


async def test_writers_wait_and_go_on(make_wire: MakeWire) -> None:
    wire = make_wire(write_bufsize=1000)
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    transport.hold_writes()
    exchange = wire.exchanges[0]
    exchange.send_head(200, None, [], body_length=None)
    rounds = 0

    async def write() -> None:
        nonlocal rounds
        for _ in range(10):
            exchange.send_data(b"x" * 2000)
            await exchange.writable()
            rounds += 1
        exchange.send_data(b"", end=True)

    writing = asyncio.create_task(write())
    for number in range(10):
        await wire.turn()
        assert rounds == number
        transport.release_writes(transport.get_write_buffer_size())
    await writing
    transport.release_writes()
    assert len(wire.answers(transport.take())[0].body) == 20_000


async def test_writers_that_give_up_leave_nothing(make_wire: MakeWire) -> None:
    wire = make_wire(write_bufsize=1000)
    wire.service = hold
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get())
    (exchange,) = wire.exchanges
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"x" * 5000)
    patient = asyncio.ensure_future(exchange.writable())
    others: list[weakref.ref[Any]] = []
    waiter: Any = None
    for _ in range(100):
        waiter = exchange.writable()
        waiter.cancel()
        others.append(weakref.ref(waiter))
    del waiter
    assert sum(other() is not None for other in others) <= 1
    transport.release_writes()
    await asyncio.wait_for(patient, 30)


async def test_answers_that_wait_are_sent_before_the_close(wire: Wire) -> None:
    wire.service = lambda exchange: exchange.respond(200, None, [], b"x" * 300_000)
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get("/", "Connection: close"))
    transport.settle()
    assert transport.is_closing()
    at_once = transport.lost
    transport.release_writes()
    assert not at_once
    transport.settle()
    assert transport.lost
    assert len(wire.answers(transport.sent)[0].body) == 300_000


# -- a carrier by itself --------------------------------------------------------------------------


async def test_before_there_is_a_transport_nothing_is_known() -> None:
    carrier = Carrier(asyncio.get_running_loop(), 100)
    carrier.write(b"nowhere")
    carrier.drop()
    assert carrier.info("peername", 3) == 3
    assert carrier.lost


async def test_what_subclasses_have_to_do() -> None:
    carrier = Carrier(asyncio.get_running_loop(), 100)
    with pytest.raises(NotImplementedError):
        carrier.credit_returned()
    with pytest.raises(NotImplementedError):
        carrier.outbound_finished()
    with pytest.raises(NotImplementedError):
        carrier.request_sent("GET")
    with pytest.raises(NotImplementedError):
        carrier.continue_sent()
    with pytest.raises(NotImplementedError):
        carrier.switch()


# -- the end of the connection --------------------------------------------------------------------


@pytest.mark.parametrize("error", [None, ConnectionResetError("gone")])
async def test_losing_the_connection_at_every_byte(wire: Wire, error: Exception | None) -> None:
    wire.service = collect
    chunked = wire.get("/", "Transfer-Encoding: chunked", method="POST", body=b"3\r\nabc\r\n0\r\n\r\n")
    data = wire.get() + chunked + wire.get()
    for cut in range(1, len(data)):
        transport = wire.connect()
        transport.feed(data[:cut])
        transport.lose(error)
        assert len(wire.acceptor.connections) == 0
        assert transport.discarded == []
    await wire.turn()


async def test_a_handler_that_answers_after_the_connection_is_lost(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get() + wire.get())
    transport.lose()
    exchange = wire.exchanges[0]
    assert exchange.disconnected
    exchange.send_interim(103, [])
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"x")
    exchange.send_data(b"x", end=True)
    await exchange.writable()
    await wire.turn()
    assert len(wire.exchanges) == 1
    assert transport.written == b""
    assert transport.discarded == []


async def test_a_service_that_resets_from_within(wire: Wire) -> None:
    wire.service = lambda exchange: exchange.reset(ResetReason.REFUSED)
    transport = wire.connect()
    transport.feed(wire.get() + wire.get())
    await wire.turn()
    assert len(wire.exchanges) == 1
    assert transport.was_reset
    transport.settle()
    assert transport.lost


def finish_at_once(wire: Wire, transport: Any) -> None:
    transport.feed(wire.get())


def read_a_body(wire: Wire, transport: Any) -> None:
    wire.service = collect
    transport.feed(wire.get("/", "Content-Length: 3", method="POST"))
    transport.feed(b"abc")


def lose_while_busy(wire: Wire, transport: Any) -> None:
    wire.service = hold
    transport.feed(wire.get("/", "Content-Length: 3", method="POST"))
    wire.exchanges[-1].when_disconnected(lambda: wire.exchanges[-1].reset(ResetReason.CANCEL))
    wire.exchanges[-1].receive(Recorder(wire.exchanges[-1]))


def refuse(wire: Wire, transport: Any) -> None:
    transport.feed(b"nonsense\r\n\r\n")


def refuse_a_body(wire: Wire, transport: Any) -> None:
    wire.service = collect
    transport.feed(BAD_BODY)
    transport.feed(b"nonsense\r\n")


@pytest.mark.parametrize("story", [finish_at_once, read_a_body, lose_while_busy, refuse, refuse_a_body])
async def test_no_circle_keeps_a_lost_connection(wire: Wire, story: Callable[[Wire, Any], None]) -> None:
    gc.collect()
    gc.disable()
    try:
        transport = wire.connect()
        gone = weakref.ref(transport)
        story(wire, transport)
        transport.lose()
        transport.set_protocol(asyncio.Protocol())  # an event loop's transport forgets its protocol then
        wire.exchanges.clear()
        wire.refused.clear()
        await wire.turn()
        del transport
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("size", [10, 300_000])
@pytest.mark.parametrize("module", ["asyncio.selector_events", "uvloop.loop"])
async def test_pieces_go_out_whole_and_in_order_through_every_kind_of_transport(
    module: str, size: int
) -> None:
    kind = type("Transport", (MemoryTransport,), {"__module__": module})
    carrier = Carrier(asyncio.get_running_loop(), 65536)
    transport = kind(asyncio.Protocol())
    transport.connect()
    carrier.attach(transport)
    carrier.write(b"<")
    carrier.write_pieces([b"head ", memoryview(b"x" * size), b" tail"])
    carrier.cork()
    carrier.write_pieces([b">", memoryview(b"x" * size)])
    carrier.uncork()
    assert transport.written == b"<head " + b"x" * size + b" tail>" + b"x" * size
    transport.abort()


async def test_asyncios_transports_read_no_more_than_malloc_has_at_hand(wire: Wire) -> None:
    class SocketTransport(MemoryTransport):
        max_size = 262144

    transport = SocketTransport(wire.acceptor())
    transport.connect()
    assert transport.max_size == 65536
    assert SocketTransport.max_size == 262144
    transport.lose()


@pytest.mark.parametrize(
    ("framing", "body", "rest", "long"),
    [
        ("Content-Length: 1048577", b"a", b"a" * 1048576, True),
        ("Transfer-Encoding: chunked", b"1\r\n", b"a\r\n0\r\n\r\n", True),
        ("Content-Length: 1048576", b"a", b"a" * 1048575, False),
    ],
)
async def test_while_a_long_body_comes_more_is_read_at_once(
    wire: Wire, framing: str, body: bytes, rest: bytes, long: bool
) -> None:
    class SocketTransport(MemoryTransport):
        max_size = 262144

    def throw_away(exchange: ServerExchange) -> None:
        exchange.receive(Recorder(exchange))

    wire.service = throw_away
    transport = SocketTransport(wire.acceptor())
    transport.connect()
    for _ in range(2):
        transport.feed(wire.get("/", framing, method="POST", body=body))
        assert transport.max_size == (262144 if long else 65536)
        transport.feed(rest)
        assert transport.max_size == 65536
        respond_ok(wire.exchanges[-1])
    assert wire.statuses(transport.take()) == [200, 200]
    transport.lose()


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_peer_that_reads_nothing_ends_the_credit_of_large_pieces(chunked: bool) -> None:
    loop = asyncio.get_running_loop()
    begun: asyncio.Future[ServerExchange] = loop.create_future()
    acceptor: Any = Acceptor(begun.set_result, loop=loop)  # which has no base class of asyncio's
    server = await loop.create_server(acceptor, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as client:
        client.sendall(Wire.get())
        exchange = await begun
        exchange.send_head(200, None, [], body_length=None if chunked else 2**40)
        sent = 0
        while exchange.is_writable and sent < 2**26:
            exchange.send_data(bytes(65536))
            sent += 65536
        assert not exchange.is_writable
        exchange.reset(ResetReason.CANCEL)
    server.close()
    await server.wait_closed()


async def test_a_large_chunk_behind_a_failed_write_has_no_closed_socket_watched() -> None:
    loop = asyncio.get_running_loop()
    begun: asyncio.Future[ServerExchange] = loop.create_future()
    gone = asyncio.Event()
    acceptor: Any = Acceptor(begun.set_result, loop=loop)  # which has no base class of asyncio's
    server = await loop.create_server(acceptor, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as client:
        client.sendall(Wire.get())
        exchange = await begun
        descriptor = exchange.info("socket").fileno()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.when_disconnected(gone.set)
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"x")  # which fails: the peer has reset the connection
    exchange.send_data(bytes(65536))
    await gone.wait()
    assert not loop.remove_writer(descriptor)
    server.close()
    await server.wait_closed()

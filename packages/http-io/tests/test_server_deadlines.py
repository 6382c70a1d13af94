"""How long a server's connection waits for the bytes of a body."""

from __future__ import annotations

from collections.abc import Callable

from wire import Recorder, Wire

from tidewire_http_io import ResetReason, ServerExchange
from tidewire_testing import MemoryTransport

MakeWire = Callable[..., Wire]


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


def begin_upload(
    wire: Wire, *lines: str, body: bytes = b""
) -> tuple[MemoryTransport, ServerExchange, Recorder]:
    """A request whose body is read and has not come."""
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", *(lines or ("Content-Length: 100",)), method="POST", body=body))
    exchange = wire.exchanges[-1]
    receiver = Recorder(exchange)
    exchange.receive(receiver)
    return transport, exchange, receiver


# -- bodies that do not come ----------------------------------------------------------------------


async def test_a_reader_is_told_that_a_body_does_not_come_and_may_answer(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=10)
    transport, exchange, receiver = begin_upload(wire, body=b"some")
    wire.clock.advance(9)
    assert receiver.resets == []
    wire.clock.advance(3)
    assert (receiver.body, receiver.resets, receiver.errors) == (b"some", [ResetReason.TIMEOUT], [None])
    assert not exchange.disconnected
    exchange.respond(408, None, [], b"too slow")
    (answer,) = wire.answers(transport.take())
    assert (answer.status, answer.body, answer.fields["Connection"]) == (408, b"too slow", "close")
    assert transport.eof_sent
    transport.feed(b"late")
    transport.feed_eof()
    assert transport.is_closing()
    assert transport.take() == b""


async def test_whoever_answers_at_once_when_told_is_heard(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=10)
    transport, exchange, receiver = begin_upload(wire)
    receiver.on_reset = lambda: exchange.respond(408, None, [], b"")
    wire.clock.advance(12)
    assert wire.statuses(transport.take()) == [408]
    assert transport.eof_sent


async def test_whoever_answers_already_ends_and_then_the_connection_closes(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=10)
    transport, exchange, receiver = begin_upload(wire)
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"begun, ")
    wire.clock.advance(12)
    assert receiver.resets == [ResetReason.TIMEOUT]
    assert not transport.eof_sent
    exchange.send_data(b"ended", end=True)
    assert wire.answers(transport.take())[0].body == b"begun, ended"
    assert transport.eof_sent


async def test_what_comes_after_that_is_not_read(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=10)
    transport, exchange, receiver = begin_upload(wire)
    wire.clock.advance(12)
    transport.feed(b"x" * 100 + wire.get())
    assert receiver.body == b""
    exchange.respond(408, None, [], b"")
    await wire.turn()
    assert len(wire.exchanges) == 1


async def test_each_piece_begins_the_time_anew(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=10)
    transport, exchange, receiver = begin_upload(wire)
    for _ in range(20):
        transport.feed(b"12345")
        wire.clock.advance(9)
    assert (len(receiver.body), receiver.ends) == (100, 1)
    wire.clock.advance(1000)
    exchange.respond(200, None, [], b"")
    assert wire.statuses(transport.take()) == [200]
    assert not transport.is_closing()


async def test_it_is_not_the_peers_turn_while_reading_is_paused(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=10, read_bufsize=50)
    transport, exchange, receiver = begin_upload(wire, "Content-Length: 200")
    receiver.exchange = None
    transport.feed(b"x" * 60)
    assert not transport.is_reading()
    wire.clock.advance(1000)
    assert receiver.resets == []
    exchange.consumed(60, 1)
    assert transport.is_reading()
    wire.clock.advance(9)
    assert receiver.resets == []
    wire.clock.advance(3)
    assert receiver.resets == [ResetReason.TIMEOUT]


async def test_a_client_that_waits_for_100_is_not_waited_for(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=10)
    transport, exchange, receiver = begin_upload(wire, "Content-Length: 100", "Expect: 100-continue")
    wire.clock.advance(1000)
    assert receiver.resets == []
    exchange.send_interim(100, [])
    wire.clock.advance(9)
    assert receiver.resets == []
    wire.clock.advance(3)
    assert receiver.resets == [ResetReason.TIMEOUT]
    exchange.respond(408, None, [], b"")
    assert [answer.status for answer in wire.answers(transport.take())] == [408]


async def test_a_service_that_sends_100_at_once_waits_no_longer(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=10)
    transport = wire.connect()
    wire.service = lambda exchange: exchange.send_interim(100, [])
    transport.feed(wire.get("/", "Content-Length: 3", "Expect: 100-continue", method="POST"))
    receiver = Recorder(wire.exchanges[0])
    wire.exchanges[0].receive(receiver)
    wire.clock.advance(12)
    assert receiver.resets == [ResetReason.TIMEOUT]


async def test_a_body_is_waited_for_again_when_the_peer_has_taken_what_waited(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=10, send_timeout=1000, write_bufsize=1000)
    transport, exchange, receiver = begin_upload(wire)
    transport.hold_writes()
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"x" * 2000)
    wire.clock.advance(100)
    assert receiver.resets == []
    transport.release_writes()
    wire.clock.advance(9)
    assert receiver.resets == []
    wire.clock.advance(3)
    assert receiver.resets == [ResetReason.TIMEOUT]


async def test_zero_is_for_ever(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=0)
    _, _, receiver = begin_upload(wire)
    wire.clock.advance(5000)
    assert receiver.resets == []


async def test_who_never_reads_is_told_when_it_does(make_wire: MakeWire) -> None:
    wire = make_wire(body_timeout=10)
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 100", method="POST", body=b"some"))
    wire.clock.advance(12)
    receiver = Recorder(wire.exchanges[0])
    wire.exchanges[0].receive(receiver)
    assert (receiver.body, receiver.resets) == (b"some", [ResetReason.TIMEOUT])

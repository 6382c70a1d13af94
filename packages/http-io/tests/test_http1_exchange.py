"""What both sides of an exchange make of HTTP/1.1: how a body is framed, and in which order it is delivered."""

from __future__ import annotations

import pytest
from client_wire import HOST, ClientWire
from wire import Recorder, Wire

from tidewire_http_io import ResetReason, ServerExchange
from tidewire_http_parser import LocalProtocolError


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


# -- the server's side ----------------------------------------------------------------------------


async def test_a_body_of_known_length(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    exchange = wire.exchanges[0]
    exchange.send_head(200, "Fine", [("X-A", "1")], body_length=6)
    exchange.send_data(b"abc")
    exchange.send_data(b"def", end=True)
    assert transport.take() == b"HTTP/1.1 200 Fine\r\nX-A: 1\r\nContent-Length: 6\r\n\r\nabcdef"
    assert not transport.is_closing()


async def test_a_body_of_unknown_length_is_chunked(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    exchange = wire.exchanges[0]
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"abc")
    exchange.send_data(b"")
    exchange.send_data(b"x" * 17, end=True)
    head, _, body = transport.take().partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert body == b"3\r\nabc\r\n11\r\n" + b"x" * 17 + b"\r\n0\r\n\r\n"


async def test_trailers_are_dropped_where_the_length_is_known(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    wire.exchanges[0].send_head(200, None, [], body_length=1)
    wire.exchanges[0].send_data(b"x")
    wire.exchanges[0].send_trailers([("X-Dropped", "1")])
    assert transport.take().endswith(b"\r\n\r\nx")
    assert wire.exchanges[0].finished


async def test_after_too_little_body_the_connection_is_not_used_again(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get() + wire.get("/never"))
    exchange = wire.exchanges[0]
    exchange.send_head(200, None, [], body_length=3)
    with pytest.raises(LocalProtocolError, match="less body"):
        exchange.send_data(b"ab", end=True)
    exchange.reset(ResetReason.INTERNAL)
    await wire.turn()
    transport.settle()
    assert transport.was_reset
    assert len(wire.exchanges) == 1


async def test_order_is_kept_where_credit_is_given_back_while_a_receiver_takes_what_was_kept(
    wire: Wire,
) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 400000", method="POST", body=b"a" * 200_000))
    transport.feed(b"b" * 100_000)
    assert not transport.is_reading()
    transport.feed(b"c" * 100_000)
    receiver = Recorder(wire.exchanges[0])
    wire.exchanges[0].receive(receiver)
    assert receiver.body == b"a" * 200_000 + b"b" * 100_000 + b"c" * 100_000
    assert receiver.ends == 1


async def test_who_reads_on_after_the_answer_is_told_that_the_rest_is_thrown_away(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 10", method="POST", body=b"01234"))
    exchange = wire.exchanges[0]
    receiver = Recorder(exchange)
    exchange.receive(receiver)
    exchange.respond(200, None, [], b"")
    transport.feed(b"56789")
    assert (receiver.body, receiver.ends, receiver.resets) == (b"01234", 0, [ResetReason.CANCEL])
    late = Recorder()
    exchange.receive(late)
    assert (late.ends, late.resets) == (0, [ResetReason.CANCEL])
    assert not exchange.body_complete
    assert exchange.take_body() == b""
    transport.feed(wire.get("/next"))
    assert len(wire.exchanges) == 2


# -- the client's side ----------------------------------------------------------------------------


async def test_a_request_of_known_length(client_wire: ClientWire) -> None:
    _, transport, exchange = client_wire.post(6)
    exchange.send_data(b"abc")
    exchange.send_data(b"def", end=True)
    assert transport.take() == b"POST / HTTP/1.1\r\nHost: example\r\nContent-Length: 6\r\n\r\nabcdef"


async def test_a_request_of_unknown_length_is_chunked_and_may_have_trailers(client_wire: ClientWire) -> None:
    _, transport, exchange = client_wire.post()
    exchange.send_data(b"abc")
    exchange.send_data(b"")
    exchange.send_trailers([("X-Sum", "1")])
    head, _, body = transport.take().partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert body == b"3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"
    assert exchange.finished


async def test_trailers_of_a_request_are_dropped_where_the_length_is_known(client_wire: ClientWire) -> None:
    _, transport, exchange = client_wire.post(1)
    exchange.send_data(b"x")
    exchange.send_trailers([("X-Dropped", "1")])
    assert transport.take().endswith(b"\r\n\r\nx")
    assert exchange.finished


async def test_after_too_little_of_a_request_its_connection_is_not_used_again(
    client_wire: ClientWire,
) -> None:
    connection, transport, exchange = client_wire.post(3)
    with pytest.raises(LocalProtocolError, match="less body"):
        exchange.send_data(b"ab", end=True)
    transport.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert exchange.take_body() == b"ok"
    assert not connection.reusable
    assert transport.was_reset


async def test_order_is_kept_where_credit_is_given_back_while_a_response_is_taken(
    client_wire: ClientWire,
) -> None:
    _, transport, exchange = client_wire.get()
    transport.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n" + b"a" * 200_000)
    transport.feed(b"b" * 100_000)
    assert not transport.is_reading()
    transport.feed(b"c" * 100_000)
    receiver = Recorder(exchange)
    exchange.receive(receiver)
    assert receiver.body == b"a" * 200_000 + b"b" * 100_000 + b"c" * 100_000
    assert receiver.ends == 1


# -- who sends when it is over --------------------------------------------------------------------


async def test_what_is_sent_to_nobody_is_dropped_whatever_was_declared(
    wire: Wire, client_wire: ClientWire
) -> None:
    """Whoever stops when the peer has gone may end its message: that is no error of its own."""
    wire.service = hold
    server = wire.connect()
    server.feed(wire.get())
    response = wire.exchanges[0]
    response.send_head(200, None, [], body_length=10)
    server.lose()
    _, client, request = client_wire.post(10)
    client.lose()
    for exchange in (response, request):
        exchange.send_data(b"x")
        assert not exchange.finished
        exchange.send_data(b"", end=True)
        assert exchange.finished
        exchange.send_trailers([])
        exchange.send_data(b"too much, and too late")
    assert server.discarded == client.discarded == []


@pytest.mark.parametrize("end", [False, True])
async def test_a_head_that_goes_nowhere_is_no_error(client_wire: ClientWire, end: bool) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    transport.lose()
    exchange.send_head("GET", "/", HOST, end=end)
    exchange.send_data(b"x", end=True)
    assert exchange.reset_reason is ResetReason.REFUSED
    assert transport.written == b""

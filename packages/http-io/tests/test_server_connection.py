"""One connection of a server: requests one after the other, whatever the peer does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from client_wire import TunnelRecorder
from wire import PEER, Recorder, Wire, respond_ok

from tidewire_http_io import ByteChannel, ResetReason, ServerExchange, StreamReader
from tidewire_http_parser import IncompleteMessage, InvalidChunk, Limits, RemoteProtocolError
from tidewire_testing import MemoryTransport, byte_by_byte, random_splits

MakeWire = Callable[..., Wire]


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


def fail() -> None:
    raise ZeroDivisionError


def echo_target(exchange: ServerExchange) -> None:
    exchange.respond(200, None, [], exchange.head.target.encode())


def collect(exchange: ServerExchange) -> None:
    """Answer with the body, when it is complete; with the reason where it is not."""
    receiver = Recorder(exchange)
    receiver.on_end = lambda: exchange.respond(200, None, [], receiver.body)
    receiver.on_reset = lambda: exchange.respond(400, None, [], receiver.resets[0].value.encode())
    exchange.receive(receiver)


# -- requests one after the other -----------------------------------------------------------------


async def test_a_request_is_answered_and_the_connection_kept(wire: Wire) -> None:
    transport = wire.connect()
    for _ in range(3):
        transport.feed(wire.get())
        (answer,) = wire.answers(transport.take())
        assert (answer.status, answer.body, answer.complete) == (200, b"ok", True)
        assert "Connection" not in answer.fields
    assert len(wire.exchanges) == 3
    assert not transport.is_closing()
    assert "idle" in repr(transport.get_protocol())


@pytest.mark.parametrize(
    "split", [byte_by_byte, lambda data: next(iter(random_splits(data, count=1, seed=7)))]
)
async def test_however_the_bytes_are_split(wire: Wire, split: Callable[[bytes], list[bytes]]) -> None:
    wire.service = collect
    transport = wire.connect()
    chunked = b"3;x=y\r\nabc\r\n4\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n"
    data = wire.get("/a") + wire.get("/b", "Content-Length: 5", method="POST", body=b"hello")
    data += b"\r\n" + wire.get("/c", "Transfer-Encoding: chunked", method="POST", body=chunked)
    for piece in split(data):
        transport.feed(piece)
        await wire.turn(1)
    await wire.turn()
    assert [answer.body for answer in wire.answers(transport.take())] == [b"", b"hello", b"abcdefg"]


async def test_a_head_in_pieces_is_one_request(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(b"GET / HTTP/1.1\r\nHo")
    assert "idle" in repr(transport.get_protocol())
    assert wire.exchanges == []
    transport.feed(b"st: example\r\n\r\n")
    assert wire.statuses(transport.take()) == [200]


async def test_the_service_begins_with_the_head_and_gets_the_body_as_it_comes(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 6", method="POST", body=b"abc"))
    (exchange,) = wire.exchanges
    assert "busy" in repr(transport.get_protocol())
    assert not exchange.body_complete
    receiver = Recorder(exchange)
    exchange.receive(receiver)
    assert receiver.body == b"abc"
    transport.feed(b"def")
    assert (receiver.body, receiver.ends) == (b"abcdef", 1)


async def test_a_body_that_came_with_its_head_is_there_when_the_service_begins(wire: Wire) -> None:
    complete: list[bool] = []

    def service(exchange: ServerExchange) -> None:
        complete.append(exchange.body_complete)
        exchange.respond(200, None, [], exchange.take_body())

    wire.service = service
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 3", method="POST", body=b"abc"))
    assert complete == [True]
    assert wire.answers(transport.take())[0].body == b"abc"


async def test_chunk_borders_are_told(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Transfer-Encoding: chunked", method="POST", body=b"6\r\nab"))
    receiver = Recorder(wire.exchanges[0])
    wire.exchanges[0].receive(receiver)
    transport.feed(b"cdef\r\n1\r\ng\r\n0\r\n\r\n")
    assert receiver.pieces == [(b"ab", False), (b"cdef", True), (b"g", True)]


async def test_what_is_kept_before_somebody_receives_has_its_chunk_borders(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Transfer-Encoding: chunked", method="POST", body=b"2\r\nab\r\n3\r\nc"))
    transport.feed(b"de\r\n1\r\nf\r\n2\r\ng")
    recorder = Recorder()
    stream = StreamReader()
    wire.exchanges[0].receive(recorder)
    assert recorder.body == b"abcdefg"
    assert [piece for piece in recorder.pieces if piece[1]] == [(b"ab", True), (b"de", True), (b"f", True)]
    wire.exchanges[0].receive(stream)
    transport.feed(b"h\r\n5000\r\n" + b"i" * 0x5000 + b"\r\n1\r\nj\r\n0\r\n\r\n")
    assert [len(chunk) async for chunk, _ in stream.iter_chunks()] == [1, 0x5000, 1]


async def test_a_receiver_that_resets_gets_nothing_more(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Transfer-Encoding: chunked", method="POST"))

    class Resetting(Recorder):
        def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
            super().data_received(data, ends_chunk, inner_ends)
            wire.exchanges[0].reset(ResetReason.CANCEL)

    receiver = Resetting()
    wire.exchanges[0].receive(receiver)
    transport.feed((b"5000\r\n" + b"i" * 0x5000 + b"\r\n") * 3)
    assert len(receiver.body) == 0x5000
    assert receiver.resets == [ResetReason.CANCEL]


async def test_many_small_pieces_are_slowed_down_as_many_bytes_are(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Transfer-Encoding: chunked", method="POST"))
    exchange = wire.exchanges[0]
    sent = 0
    while transport.is_reading() and sent < 10_000:
        transport.feed(b"1\r\nx\r\n")  # each by itself, so that nothing joins them
        sent += 1
    assert 4096 <= sent < 4200
    body = exchange.take_body()
    assert body == b"x" * len(body)
    assert transport.is_reading()
    receiver = Recorder()
    exchange.receive(receiver)
    while transport.is_reading() and sent < 20_000:
        transport.feed(b"1\r\nx\r\n" * 10)
        sent += 10
    assert 8192 <= sent < 8400
    exchange.consumed(len(receiver.body), 0)
    assert not transport.is_reading()
    exchange.consumed(0, len(receiver.pieces))
    assert transport.is_reading()


# -- pipelining -----------------------------------------------------------------------------------


async def test_pipelined_requests_are_answered_in_order(wire: Wire) -> None:
    wire.service = echo_target
    transport = wire.connect()
    transport.feed(b"".join(wire.get(f"/{number}") for number in range(5)))
    assert [answer.body for answer in wire.answers(transport.take())] == [b"/0", b"/1", b"/2", b"/3", b"/4"]


async def test_a_pipelined_request_waits_for_the_answer_before_it(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/1") + wire.get("/2"))
    transport.feed(wire.get("/3"))
    for number in range(3):
        assert len(wire.exchanges) == number + 1
        wire.exchanges[number].respond(200, None, [], b"")
        await wire.turn()
    assert [exchange.head.target for exchange in wire.exchanges] == ["/1", "/2", "/3"]
    assert wire.statuses(transport.take()) == [200] * 3


async def test_the_next_request_does_not_begin_inside_the_handler_before_it(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get() + wire.get())
    wire.exchanges[0].respond(200, None, [], b"")
    assert len(wire.exchanges) == 1
    await wire.turn()
    assert len(wire.exchanges) == 2


async def test_what_comes_in_while_a_service_runs_is_answered_after_it(wire: Wire) -> None:
    transport = wire.connect()

    def service(exchange: ServerExchange) -> None:
        if exchange.head.target == "/1":
            transport.get_protocol().data_received(wire.get("/2") + wire.get("/3")[:9])
            transport.get_protocol().data_received(wire.get("/3")[9:])
        echo_target(exchange)

    wire.service = service
    transport.feed(wire.get("/1"))
    assert [answer.body for answer in wire.answers(transport.take())] == [b"/1", b"/2", b"/3"]


async def test_sixteen_requests_at_most_are_answered_in_one_go(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get() * 40)
    assert len(wire.exchanges) == 16
    await wire.turn(1)
    assert 16 < len(wire.exchanges) <= 32
    await wire.turn()
    assert wire.statuses(transport.take()) == [200] * 40


async def test_what_comes_between_two_bursts_keeps_the_order(wire: Wire) -> None:
    wire.service = echo_target
    transport = wire.connect()
    transport.feed(b"".join(wire.get(f"/{number}") for number in range(20)))
    transport.feed(b"".join(wire.get(f"/{number}") for number in range(20, 50)))
    await wire.turn(5)
    bodies = [answer.body for answer in wire.answers(transport.take())]
    assert bodies == [f"/{number}".encode() for number in range(50)]


async def test_many_pipelined_requests_need_no_deep_stack(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get() * 3000)
    await wire.turn(3000 // 16 + 2)
    assert transport.take().count(b"HTTP/1.1 200") == 3000


async def test_bytes_of_later_requests_are_kept_up_to_a_bound(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    later = wire.get("/later")
    kept = 0
    while transport.is_reading():
        transport.feed(later * 100)
        kept += len(later) * 100
        assert kept < 65536 + 2 * len(later) * 100
    transport.feed(later)
    wire.service = respond_ok
    wire.exchanges[0].respond(200, None, [], b"")
    await wire.turn(kept // len(later) // 16 + 3)
    assert transport.is_reading()
    assert transport.take().count(b"HTTP/1.1 200") == 1 + kept // len(later) + 1


async def test_credit_for_a_body_does_not_lift_the_bound_on_later_requests(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 1000", method="POST", body=b"x" * 1000))
    receiver = Recorder()
    wire.exchanges[0].receive(receiver)
    transport.feed(wire.get("/later") * 2000)
    assert not transport.is_reading()
    for _ in range(1000):
        wire.exchanges[0].consumed(1, 0)
    assert not transport.is_reading()
    transport.lose()


async def test_a_head_larger_than_the_bound_is_read_to_its_end_after_a_pause(make_wire: MakeWire) -> None:
    """What had reading paused, a full pipeline, is over: the rest of the head must be let in."""
    wire = make_wire(write_bufsize=1000)
    transport = wire.connect()
    transport.hold_writes()
    wire.service = lambda exchange: exchange.respond(200, None, [], b"x" * 5000)
    transport.feed(wire.get())
    big = wire.get("/big", *(f"X-{number}: {'x' * 8000}" for number in range(20)))
    transport.feed(big[:100_000])
    assert not transport.is_reading()
    transport.feed(big[100_000:])
    transport.release_writes()
    await wire.turn()
    assert [exchange.head.target for exchange in wire.exchanges] == ["/", "/big"]


async def test_a_body_behind_a_pause_is_let_in(make_wire: MakeWire) -> None:
    wire = make_wire(write_bufsize=1000)
    transport = wire.connect()
    transport.hold_writes()
    wire.service = lambda exchange: exchange.respond(200, None, [], b"x" * 5000)
    transport.feed(wire.get())
    wire.service = collect
    head = wire.get("/big", *(f"X-{number}: {'x' * 8000}" for number in range(10)), "Content-Length: 5")
    transport.feed(head)
    assert not transport.is_reading()
    transport.release_writes()
    transport.take()
    await wire.turn()
    transport.feed(b"hello")
    assert wire.answers(transport.take())[0].body == b"hello"


# -- the peer closes ------------------------------------------------------------------------------


async def test_eof_on_an_idle_connection_closes_it(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get())
    transport.take()
    transport.feed_eof()
    transport.settle()
    assert transport.lost
    assert transport.take() == b""
    assert wire.refused == []


async def test_eof_while_a_request_is_answered_is_a_disconnect_and_the_answer_still_goes_out(
    wire: Wire,
) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    told: list[int] = []
    wire.exchanges[0].when_disconnected(lambda: told.append(1))
    transport.feed_eof()
    assert told == [1]
    assert wire.exchanges[0].disconnected
    assert not transport.is_closing()
    wire.exchanges[0].respond(200, None, [], b"late")
    assert wire.answers(transport.take())[0].body == b"late"
    transport.settle()
    assert transport.lost
    assert not transport.was_reset


async def test_requests_before_eof_are_all_answered(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/1") + wire.get("/2"))
    transport.feed_eof()
    wire.exchanges[0].respond(200, None, [], b"")
    await wire.turn()
    wire.exchanges[1].respond(200, None, [], b"")
    assert wire.statuses(transport.take()) == [200, 200]
    assert transport.is_closing()


async def test_requests_of_several_bursts_before_eof_are_all_answered(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get() * 60)
    transport.feed_eof()
    await wire.turn(6)
    assert wire.statuses(transport.take()) == [200] * 60
    assert transport.is_closing()
    assert transport.discarded == []


async def test_requests_behind_a_peer_that_does_not_read_are_answered_after_eof(make_wire: MakeWire) -> None:
    wire = make_wire(write_bufsize=1000)
    wire.service = lambda exchange: exchange.respond(200, None, [], b"x" * 70_000)
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get() * 2)
    transport.feed_eof()
    assert len(wire.exchanges) == 1
    assert not transport.is_closing()
    transport.release_writes()
    await wire.turn()
    assert wire.statuses(transport.sent) == [200, 200]
    assert transport.is_closing()


async def test_after_eof_the_connection_is_closed_when_the_peer_has_read_its_answer(
    make_wire: MakeWire,
) -> None:
    wire = make_wire(write_bufsize=1000)
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    transport.feed_eof()
    transport.hold_writes()
    wire.exchanges[0].respond(200, None, [], b"x" * 5000)
    assert not transport.is_closing()
    transport.release_writes()
    await wire.turn()
    assert transport.is_closing()


async def test_eof_in_a_head_is_refused(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(b"GET / HT")
    transport.feed_eof()
    assert wire.statuses(transport.take()) == [400]
    assert transport.is_closing()
    assert isinstance(wire.refused[0][0], IncompleteMessage)


async def test_eof_in_a_body_is_told_to_its_reader_who_may_answer(wire: Wire) -> None:
    wire.service = collect
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 10", method="POST", body=b"01234"))
    transport.feed_eof()
    (answer,) = wire.answers(transport.take())
    assert (answer.status, answer.body) == (400, b"protocol")
    assert transport.is_closing()


async def test_eof_in_a_body_that_is_thrown_away(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 10", method="POST", body=b"01234"))
    transport.take()
    transport.feed_eof()
    transport.settle()
    assert transport.lost
    assert transport.take() == b""


async def test_with_tls_eof_is_the_end(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect(extra={"ssl_object": object()}, can_write_eof=False)
    transport.feed(wire.get())
    told: list[int] = []
    wire.exchanges[0].when_disconnected(lambda: told.append(1))
    transport.feed_eof()
    assert transport.is_closing()
    assert told == [1]
    wire.exchanges[0].respond(200, None, [], b"late")


# -- what is no HTTP ------------------------------------------------------------------------------

MALFORMED: list[tuple[int, bytes]] = [
    (400, b"nonsense\r\n\r\n"),
    (400, b"\x16\x03\x01\x02\x00\x01\x00"),
    (400, b"GET / HTTP/1.1\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
    (400, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
    (400, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n"),
    (414, b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n"),
    (431, b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n"),
    (431, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
    (501, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
    (505, b"GET / HTTP/2.0\r\n\r\n"),
]


@pytest.mark.parametrize(("status", "data"), MALFORMED)
async def test_malformed_requests_are_refused_and_other_connections_go_on(
    wire: Wire, status: int, data: bytes
) -> None:
    other, transport = wire.connect(), wire.connect()
    other.feed(wire.get()[:10])
    transport.feed(data)
    (answer,) = wire.answers(transport.take(), eof=True)
    assert (answer.status, answer.complete) == (status, True)
    assert answer.fields["Connection"] == "close"
    assert answer.fields["Date"] == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert answer.body.startswith(f"{status}: ".encode())
    ((error, peer),) = wire.refused
    assert isinstance(error, RemoteProtocolError)
    assert peer == PEER
    assert transport.eof_sent
    assert not transport.is_closing()
    transport.feed(wire.get())
    transport.feed_eof()
    transport.settle()
    assert transport.lost
    assert transport.take() == b""
    other.feed(wire.get()[10:])
    assert wire.statuses(other.take()) == [200]
    assert len(wire.exchanges) == 1


async def test_limits_are_options(make_wire: MakeWire) -> None:
    wire = make_wire(limits=Limits(line=50, field=50, fields=2))
    transport = wire.connect()
    transport.feed(wire.get("/" + "x" * 50))
    assert wire.statuses(transport.take()) == [414]


async def test_the_requests_before_a_malformed_one_are_answered(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get() + b"nonsense\r\n\r\n")
    assert wire.refused == []
    wire.exchanges[0].respond(200, None, [], b"")
    await wire.turn()
    assert wire.statuses(transport.take()) == [200, 400]
    assert transport.eof_sent


BAD_BODY = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"


async def test_a_malformed_body_is_told_to_its_reader_who_answers_at_once(wire: Wire) -> None:
    wire.service = collect
    transport = wire.connect()
    transport.feed(BAD_BODY)
    transport.feed(b"nonsense\r\n")
    (answer,) = wire.answers(transport.take())
    assert (answer.status, answer.fields["Connection"]) == (400, "close")
    assert transport.eof_sent or transport.is_closing()


async def test_a_malformed_body_is_told_to_its_reader_who_answers_later(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(BAD_BODY)
    receiver = Recorder(wire.exchanges[0])
    wire.exchanges[0].receive(receiver)
    transport.feed(b"nonsense\r\n" + wire.get("/smuggled") * 3)
    assert (receiver.body, receiver.resets) == (b"abc", [ResetReason.PROTOCOL])
    assert isinstance(receiver.errors[0], InvalidChunk)
    transport.feed(wire.get("/smuggled"))
    wire.exchanges[0].respond(400, None, [], b"")
    await wire.turn()
    assert wire.statuses(transport.take()) == [400]
    assert len(wire.exchanges) == 1
    assert transport.eof_sent or transport.is_closing()


async def test_a_malformed_body_that_came_with_its_head_is_refused_without_the_service(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(BAD_BODY + b"nonsense\r\n")
    assert wire.exchanges == []
    assert wire.statuses(transport.take()) == [400]


async def test_a_malformed_body_that_is_thrown_away_closes(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(BAD_BODY)
    assert wire.statuses(transport.take()) == [200]
    transport.feed(b"nonsense\r\n")
    assert transport.take() == b""
    assert transport.eof_sent


# -- upgrades -------------------------------------------------------------------------------------


async def test_an_upgrade_that_is_declined_is_a_request_like_any_other(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: h2c") + wire.get("/next"))
    assert wire.exchanges[0].head.upgrade == ("h2c",)
    assert wire.statuses(transport.take()) == [200, 200]


async def test_connect_is_declined(wire: Wire) -> None:
    wire.service = lambda exchange: exchange.respond(405, None, [], b"")
    transport = wire.connect()
    transport.feed(wire.get("example:443", method="CONNECT") + wire.get())
    assert wire.statuses(transport.take(), "CONNECT", "GET") == [405, 405]


SWITCH = [("Connection", "upgrade"), ("Upgrade", "echo")]


def open_tunnel(wire: Wire, **how: Any) -> tuple[MemoryTransport, ByteChannel, TunnelRecorder]:
    """A connection that has become a tunnel, and what comes out of it."""
    wire.service = hold
    transport = wire.connect(**how)
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo"))
    channel = wire.exchanges[-1].accept_tunnel(101, SWITCH)
    receiver = TunnelRecorder()
    channel.receive(receiver)
    return transport, channel, receiver


async def test_a_tunnel_outlives_a_graceful_close(wire: Wire) -> None:
    transport, channel, receiver = open_tunnel(wire)
    wire.acceptor.close_gracefully()
    transport.feed(b"still here")
    assert receiver.data == b"still here"
    assert not channel.closed
    assert "tunnel" in repr(transport.get_protocol())
    wire.acceptor.abort()
    transport.settle()
    assert receiver.losses == [None]


async def test_a_tunnel_has_no_deadline_while_it_is_quiet(make_wire: MakeWire) -> None:
    wire = make_wire(keepalive_timeout=5, head_timeout=5, body_timeout=5, send_timeout=5)
    _, channel, receiver = open_tunnel(wire)
    wire.clock.advance(1000)
    assert not channel.closed
    assert receiver.losses == []


async def test_a_tunnel_is_cut_off_where_the_peer_takes_nothing(make_wire: MakeWire) -> None:
    wire = make_wire(send_timeout=10, write_bufsize=1000)
    transport, channel, receiver = open_tunnel(wire)
    transport.hold_writes()
    channel.write(b"x" * 2000)
    wire.clock.advance(5)
    transport.release_writes(500)
    wire.clock.advance(9)
    assert not channel.closed
    wire.clock.advance(20)
    transport.settle()
    assert channel.closed
    assert receiver.losses == [None]


async def test_a_deadline_for_sending_goes_on_in_a_tunnel(make_wire: MakeWire) -> None:
    wire = make_wire(send_timeout=10, write_bufsize=1000)
    wire.service = hold
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo"))
    wire.exchanges[0].send_interim(103, [("Link", "x" * 2000)])
    channel = wire.exchanges[0].accept_tunnel(101, SWITCH)
    wire.clock.advance(20)
    assert channel.closed


async def test_with_tls_the_end_of_one_side_of_a_tunnel_is_that_of_both(wire: Wire) -> None:
    transport, channel, receiver = open_tunnel(wire, extra={"ssl_object": object()}, can_write_eof=False)
    transport.feed_eof()
    transport.settle()
    assert (receiver.eofs, receiver.losses, channel.closed) == (1, [None], True)
    transport, channel, receiver = open_tunnel(wire, extra={"ssl_object": object()}, can_write_eof=False)
    channel.write(b"last")
    channel.write_eof()
    transport.settle()
    assert transport.sent.endswith(b"last")
    assert (receiver.eofs, receiver.losses) == (0, [None])


async def test_credit_for_the_request_does_not_resume_a_tunnel(make_wire: MakeWire) -> None:
    wire = make_wire(read_bufsize=100)
    wire.service = hold
    transport = wire.connect()
    transport.feed(
        wire.get("/", "Content-Length: 150", "Connection: upgrade", "Upgrade: echo", body=b"x" * 150)
    )
    assert not transport.is_reading()
    exchange = wire.exchanges[0]
    channel = exchange.accept_tunnel(101, SWITCH)
    channel.receive(TunnelRecorder())
    assert transport.is_reading()
    channel.pause_reading()
    assert len(exchange.take_body()) == 150
    assert not transport.is_reading()


async def test_many_bytes_behind_an_upgrade_are_let_in_by_the_tunnel(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo") + b"x" * 70_000)
    assert not transport.is_reading()
    channel = wire.exchanges[0].accept_tunnel(101, SWITCH)
    transport.feed(b"y")
    receiver = TunnelRecorder()
    channel.receive(receiver)
    assert receiver.data == b"x" * 70_000 + b"y"
    assert transport.is_reading()


async def test_no_pipelined_request_is_looked_for_in_a_tunnel(wire: Wire) -> None:
    transport, _, receiver = open_tunnel(wire)
    transport.feed(wire.get("/"))
    assert len(wire.exchanges) == 1
    assert receiver.data == wire.get("/")


async def test_a_receiver_that_fails_when_the_peer_goes_keeps_nobody_waiting(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get("/", "Content-Length: 9", method="POST", body=b"abc"))
    exchange = wire.exchanges[0]
    told: list[str] = []
    exchange.when_disconnected(lambda: told.append("gone"))
    receiver = Recorder(exchange)
    receiver.on_reset = fail
    exchange.receive(receiver)
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(bytes(1_000_000))
    waiting = asyncio.ensure_future(exchange.writable())
    await wire.turn()
    assert not waiting.done()
    with pytest.raises(ZeroDivisionError):
        transport.lose(ConnectionResetError("the peer has left"))
    await wire.turn()
    assert waiting.done()
    assert exchange.disconnected
    assert (told, receiver.resets) == (["gone"], [ResetReason.CANCEL])

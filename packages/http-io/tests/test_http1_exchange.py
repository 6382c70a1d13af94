"""What HTTP/1.1 makes of an exchange: how a response is framed, and what becomes of a body that nobody reads."""

from __future__ import annotations

import pytest
from wire import Recorder, Wire, respond_ok

from tidewire_http_io import ResetReason, ServerExchange
from tidewire_http_parser import LocalProtocolError


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


# -- how a response is framed ---------------------------------------------------------------------


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


async def test_to_an_older_client_the_end_of_the_connection_is_the_end_of_the_body(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: keep-alive", version="1.0"))
    exchange = wire.exchanges[0]
    exchange.send_interim(103, [])
    exchange.send_head(200, None, [], body_length=None)
    exchange.send_data(b"abc")
    exchange.send_trailers([("X-Dropped", "1")])
    assert transport.take() == b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc"
    assert transport.is_closing()


async def test_a_whole_body_in_chunks_where_the_service_wants_it(wire: Wire) -> None:
    wire.service = lambda exchange: exchange.respond(200, None, [("Transfer-Encoding", "chunked")], b"abc")
    transport = wire.connect()
    transport.feed(wire.get())
    assert transport.take().endswith(b"chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    wire.service = lambda exchange: exchange.respond(200, None, [("Transfer-Encoding", "chunked")], b"")
    transport.feed(wire.get())
    assert transport.take().endswith(b"chunked\r\n\r\n0\r\n\r\n")


async def test_trailers_are_dropped_where_the_length_is_known(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    wire.exchanges[0].send_head(200, None, [], body_length=1)
    wire.exchanges[0].send_data(b"x")
    wire.exchanges[0].send_trailers([("X-Dropped", "1")])
    assert transport.take().endswith(b"\r\n\r\nx")
    assert wire.exchanges[0].finished


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("HEAD", 404), ("GET", 204), ("GET", 304)])
async def test_responses_without_a_body_keep_the_connection(
    wire: Wire, method: str, status: int, streamed: bool
) -> None:
    def service(exchange: ServerExchange) -> None:
        if streamed:
            exchange.send_head(status, None, [], body_length=None)
            exchange.send_data(b"dropped")
            exchange.send_data(b"dropped", end=True)
        else:
            exchange.respond(status, None, [], b"dropped")

    wire.service = service
    transport = wire.connect()
    transport.feed(wire.get("/", method=method) + wire.get("/", method=method))
    first, second = wire.answers(transport.take(), method, method)
    assert (first.status, first.body, second.status) == (status, b"", status)
    if method == "HEAD" and not streamed:
        assert first.fields["Content-Length"] == "7"
    if status == 204:
        assert "Content-Length" not in first.fields
        assert "Transfer-Encoding" not in first.fields


async def test_a_large_body_is_not_copied_behind_its_head(wire: Wire) -> None:
    body = b"x" * 100_000
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    wire.exchanges[0].respond(200, None, [], body)
    assert wire.answers(transport.take())[0].body == body
    assert body in transport.writes


# -- whether the connection is kept ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "asked", "answered", "kept"),
    [
        ("1.1", None, None, True),
        ("1.1", "close", "close", False),
        ("1.1", "foo, Close", "close", False),
        ("1.1", "keep-alive", None, True),
        ("1.0", None, "close", False),
        ("1.0", "keep-alive", "keep-alive", True),
    ],
)
async def test_the_client_says_whether_the_connection_is_kept(
    wire: Wire, version: str, asked: str | None, answered: str | None, kept: bool
) -> None:
    transport = wire.connect()
    transport.feed(wire.get("/", *([f"Connection: {asked}"] if asked else []), version=version))
    (answer,) = wire.answers(transport.take())
    assert answer.fields.get("Connection") == answered
    assert transport.is_closing() is not kept


async def test_the_service_may_close_the_connection(wire: Wire) -> None:
    wire.service = lambda exchange: exchange.respond(200, None, [("Connection", "close")], b"")
    transport = wire.connect()
    transport.feed(wire.get())
    assert transport.is_closing()


async def test_requests_behind_a_close_are_not_answered(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: close") + wire.get("/never"))
    assert wire.statuses(transport.take()) == [200]
    assert len(wire.exchanges) == 1
    # The client has sent what is not read: it gets to read the answer before the connection is gone.
    assert transport.eof_sent
    transport.feed_eof()
    assert transport.is_closing()


@pytest.mark.parametrize("declared", ["2", "4"])
async def test_after_a_wrong_content_length_an_error_can_be_answered(wire: Wire, declared: str) -> None:
    def service(exchange: ServerExchange) -> None:
        with pytest.raises(LocalProtocolError, match="Content-Length"):
            exchange.respond(200, None, [("Content-Length", declared)], b"abc")
        exchange.respond(500, None, [], b"")

    wire.service = service
    transport = wire.connect()
    transport.feed(wire.get())
    (answer,) = wire.answers(transport.take())
    assert (answer.status, answer.complete) == (500, True)


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


@pytest.mark.parametrize(
    "fields", [[("X", "a\r\nb")], [("X y", "z")], [("Content-Length", "1"), ("Content-Length", "1")]]
)
async def test_fields_that_may_not_go_out(wire: Wire, fields: list[tuple[str, str]]) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    with pytest.raises(LocalProtocolError):
        wire.exchanges[0].respond(200, None, fields, b"x")
    with pytest.raises(LocalProtocolError):
        wire.exchanges[0].send_head(200, None, fields, body_length=None)
    assert transport.take() == b""
    wire.exchanges[0].respond(500, None, [], b"")
    assert wire.statuses(transport.take()) == [500]


async def test_the_state_is_shown(wire: Wire) -> None:
    wire.service = hold
    wire.connect().feed(wire.get("/" + "x" * 1000))
    exchange = wire.exchanges[0]
    assert repr(exchange).endswith("xxx' waiting>")
    assert len(repr(exchange)) < 150
    exchange.send_head(200, None, [], body_length=None)
    assert repr(exchange).endswith("responding>")
    exchange.send_data(b"", end=True)
    assert repr(exchange).endswith("finished>")


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


# -- a body that nobody wants ---------------------------------------------------------------------


async def test_a_small_rest_of_a_body_is_thrown_away_and_the_connection_kept(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 60000", method="POST"))
    assert wire.statuses(transport.take()) == [200]
    transport.feed(b"x" * 59_999)
    transport.feed(b"x" + wire.get("/next"))
    assert wire.statuses(transport.take()) == [200]
    assert wire.exchanges[-1].head.target == "/next"


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_large_rest_of_a_body_has_the_connection_closed_lingering(wire: Wire, chunked: bool) -> None:
    transport = wire.connect()
    framing = "Transfer-Encoding: chunked" if chunked else "Content-Length: 10000000"
    transport.feed(wire.get("/", framing, method="POST"))
    assert wire.statuses(transport.take()) == [200]
    transport.feed((b"20000\r\n" if chunked else b"") + b"x" * 65_537)
    assert transport.eof_sent
    assert not transport.is_closing()
    assert "lingering" in repr(transport.get_protocol())
    transport.feed(b"x" * 100_000)
    transport.feed_eof()
    assert transport.is_closing()
    assert transport.take() == b""


async def test_a_peer_that_never_stops_is_cut_off(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 100000000", "Connection: close", method="POST"))
    assert transport.eof_sent
    for _ in range(10):
        transport.feed(b"x" * 200_000)
    assert transport.was_reset


async def test_a_client_that_waits_for_100_gets_the_answer_and_a_close(wire: Wire) -> None:
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 10", "Expect: 100-continue", method="POST"))
    assert wire.statuses(transport.take()) == [200]
    assert transport.eof_sent
    transport.feed(b"0123456789" + wire.get("/smuggled"))
    assert len(wire.exchanges) == 1


async def test_a_client_that_got_100_may_be_kept(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 10", "Expect: 100-continue", method="POST"))
    wire.exchanges[0].send_interim(100, [])
    assert transport.take() == b"HTTP/1.1 100 Continue\r\n\r\n"
    wire.exchanges[0].respond(200, None, [], b"")
    wire.service = respond_ok
    transport.feed(b"0123456789" + wire.get())
    assert wire.statuses(transport.take()) == [200, 200]


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


async def test_who_reads_on_while_the_connection_is_closed_is_told(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 10", "Connection: close", method="POST", body=b"01234"))
    receiver = Recorder(wire.exchanges[0])
    wire.exchanges[0].receive(receiver)
    wire.exchanges[0].respond(200, None, [], b"")
    assert transport.eof_sent
    assert receiver.resets == [ResetReason.CANCEL]


# -- after the peer's mistake ---------------------------------------------------------------------


async def test_the_peer_of_a_malformed_body_is_still_there(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Transfer-Encoding: chunked", method="POST"))
    exchange = wire.exchanges[0]
    transport.feed(b"no chunk\r\n")
    assert not exchange.disconnected
    exchange.send_head(400, None, [], body_length=4)
    exchange.send_data(b"what", end=True)
    assert transport.take().endswith(b"Connection: close\r\n\r\nwhat")
    transport.lose()
    assert exchange.disconnected


async def test_an_answer_in_place_of_100_says_that_it_is_the_last_one(wire: Wire) -> None:
    wire.service = respond_ok
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 10", "Expect: 100-continue", method="POST"))
    assert b"Connection: close\r\n" in transport.take()

"""What HTTP/1.1 makes of the server's side: framing, keeping, unread bodies, tunnels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from client_wire import TunnelRecorder
from wire import Recorder, Wire, respond_ok

from tidewire_http_io import ResetReason, ServerExchange
from tidewire_http_parser import LocalProtocolError


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


# -- how a response is framed ---------------------------------------------------------------------


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
    (answer,) = wire.answers(transport.take())
    # Of chunks nobody knows how many will come.
    assert (answer.status, answer.fields.get("Connection")) == (200, None if chunked else "close")
    transport.feed((b"20000\r\n" if chunked else b"") + b"x" * 65_537)
    assert transport.eof_sent
    assert not transport.is_closing()
    assert "lingering" in repr(transport.get_protocol())
    transport.feed(b"x" * 100_000)
    transport.feed_eof()
    assert transport.is_closing()
    assert transport.take() == b""


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


# -- 100 (Continue) -------------------------------------------------------------------------------


async def test_a_client_that_did_not_wait_for_100_is_kept(wire: Wire) -> None:
    """Even where what it sent was consumed at once."""
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 10", "Expect: 100-continue", method="POST"))
    wire.exchanges[0].receive(Recorder(wire.exchanges[0]))
    transport.feed(b"01234")
    wire.exchanges[0].respond(200, None, [], b"")
    assert b"Connection: close" not in transport.take()
    wire.service = respond_ok
    transport.feed(b"56789" + wire.get())
    assert wire.statuses(transport.take()) == [200]


async def test_an_interim_response_that_may_not_go_out_is_none(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 10", "Expect: 100-continue", method="POST"))
    with pytest.raises(LocalProtocolError):
        wire.exchanges[0].send_interim(100, [("X", "a\r\nb")])
    assert transport.take() == b""
    wire.exchanges[0].respond(200, None, [], b"")
    assert b"Connection: close" in transport.take()


async def test_a_head_that_ends_the_response_announces_no_body(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    with pytest.raises(LocalProtocolError, match="less body"):
        wire.exchanges[0].send_head(200, None, [], body_length=3, end=True)
    assert transport.take() == b""
    wire.exchanges[0].send_head(200, None, [], body_length=None, end=True)
    assert transport.take() == b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


# -- tunnels --------------------------------------------------------------------------------------

SWITCH = [("Connection", "upgrade"), ("Upgrade", "echo")]


async def test_an_upgrade_is_accepted(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo"))
    channel = wire.exchanges[0].accept_tunnel(101, SWITCH)
    channel.write(b"hello")
    assert transport.take() == (
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nhello"
    )


@pytest.mark.parametrize(
    "answer",
    [
        lambda exchange: exchange.send_head(101, None, SWITCH, body_length=None),
        lambda exchange: exchange.respond(101, None, SWITCH, b""),
    ],
)
async def test_without_a_tunnel_nothing_is_switched(
    wire: Wire, answer: Callable[[ServerExchange], None]
) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo"))
    exchange = wire.exchanges[0]
    with pytest.raises(LocalProtocolError, match="tunnel"):
        answer(exchange)
    assert transport.take() == b""
    assert not exchange.head_sent
    respond_ok(exchange)
    assert wire.answers(transport.take())[0].status == 200


async def test_a_connect_is_accepted(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(b"CONNECT example:443 HTTP/1.1\r\nHost: example:443\r\n\r\nhello")
    channel = wire.exchanges[0].accept_tunnel(200, [])
    assert transport.take() == b"HTTP/1.1 200 OK\r\n\r\n"
    receiver = TunnelRecorder()
    channel.receive(receiver)
    assert receiver.data == b"hello"


async def test_what_is_written_at_once_goes_out_with_the_head(wire: Wire) -> None:
    wire.service = lambda exchange: exchange.accept_tunnel(101, SWITCH).write(b"hello")
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo"))
    assert len(transport.writes) == 1
    assert transport.take().endswith(b"\r\n\r\nhello")


@pytest.mark.parametrize(
    ("request_line", "status"), [("upgrade", 200), ("upgrade", 404), ("connect", 101), ("connect", 400)]
)
async def test_other_statuses_switch_nothing(wire: Wire, request_line: str, status: int) -> None:
    wire.service = hold
    transport = wire.connect()
    if request_line == "upgrade":
        transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo"))
    else:
        transport.feed(b"CONNECT example:443 HTTP/1.1\r\nHost: example:443\r\n\r\n")
    with pytest.raises(LocalProtocolError, match="switch"):
        wire.exchanges[0].accept_tunnel(status, SWITCH)
    assert transport.take() == b""
    wire.exchanges[0].respond(404, None, [], b"")
    assert b" 404 " in transport.take()


async def test_no_tunnel_before_the_body_of_the_request_is_complete(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(
        wire.get("/", "Connection: upgrade", "Upgrade: echo", "Content-Length: 3", method="POST", body=b"ab")
    )
    exchange = wire.exchanges[0]
    with pytest.raises(LocalProtocolError, match="not yet"):
        exchange.accept_tunnel(101, SWITCH)
    transport.feed(b"c" + b"tunnelled")
    assert exchange.take_body() == b"abc"
    receiver = TunnelRecorder()
    exchange.accept_tunnel(101, SWITCH).receive(receiver)
    assert receiver.data == b"tunnelled"


async def test_an_older_client_cannot_upgrade(wire: Wire) -> None:
    wire.service = hold
    wire.connect().feed(wire.get("/", "Connection: upgrade", "Upgrade: echo", version="1.0"))
    with pytest.raises(LocalProtocolError):
        wire.exchanges[0].accept_tunnel(101, SWITCH)


async def test_fields_that_may_not_go_out_leave_the_request_as_it_was(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo"))
    with pytest.raises(LocalProtocolError):
        wire.exchanges[0].accept_tunnel(101, [("X", "a\r\nb")])
    wire.service = respond_ok
    wire.exchanges[0].respond(200, None, [], b"no")
    transport.feed(wire.get())
    assert wire.statuses(transport.take()) == [200, 200]


async def test_a_tunnel_to_a_client_that_has_left_is_lost_from_the_start(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo"))
    transport.lose(ConnectionResetError("gone"))
    channel = wire.exchanges[0].accept_tunnel(101, SWITCH)
    assert channel.closed
    receiver = TunnelRecorder()
    channel.receive(receiver)
    assert len(receiver.losses) == 1
    channel.write(b"dropped")
    await channel.writable()
    assert transport.discarded == []


async def test_a_tunnel_to_a_client_that_was_reset_is_lost_from_the_start(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo"))
    wire.exchanges[0].reset(ResetReason.CANCEL)
    receiver = TunnelRecorder()
    wire.exchanges[0].accept_tunnel(101, SWITCH).receive(receiver)
    transport.settle()
    assert len(receiver.losses) == 1


async def test_a_client_that_has_closed_its_side_before_the_switch(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", "Connection: upgrade", "Upgrade: echo", body=b"last"))
    transport.feed_eof()
    receiver = TunnelRecorder()
    channel = wire.exchanges[0].accept_tunnel(101, SWITCH)
    channel.receive(receiver)
    assert (receiver.data, receiver.eofs, receiver.losses) == (b"last", 1, [])
    channel.write(b"answer")
    channel.close()
    transport.settle()
    assert transport.sent.endswith(b"\r\n\r\nanswer")
    assert receiver.losses == [None]


@pytest.mark.parametrize(
    ("lines", "version", "fields", "length", "added"),
    [
        ((), "1.1", [("X", "a")], 5, [("Content-Length", "5")]),
        ((), "1.1", [], None, [("Transfer-Encoding", "chunked")]),
        ((), "1.1", [("Content-Length", "5")], 5, []),
        ((), "1.0", [], None, [("Connection", "close")]),
        ((), "1.0", [], 5, [("Content-Length", "5"), ("Connection", "close")]),
        (
            ("Connection: keep-alive",),
            "1.0",
            [],
            5,
            [("Content-Length", "5"), ("Connection", "keep-alive")],
        ),
        (("Connection: close",), "1.1", [], 0, [("Content-Length", "0"), ("Connection", "close")]),
        (
            ("Expect: 100-continue", "Content-Length: 1"),
            "1.1",
            [],
            0,
            [("Content-Length", "0"), ("Connection", "close")],
        ),
    ],
)
async def test_the_fields_that_will_be_added_are_known_before(
    wire: Wire,
    lines: tuple[str, ...],
    version: str,
    fields: list[tuple[str, str]],
    length: int | None,
    added: list[tuple[str, str]],
) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get("/", *lines, version=version))
    exchange = wire.exchanges[0]
    for _ in range(2):
        assert exchange.hop_by_hop_fields(200, fields, body_length=length) == added
    exchange.send_head(200, None, fields, body_length=length)
    await wire.turn()
    head = transport.sent.decode().split("\r\n")
    assert head[1:-2] == [f"{name}: {value}" for name, value in [*fields, *added]]

"""What HTTP/1.1 makes of the client's side: how a request goes out, and what is told of its response."""

from __future__ import annotations

import pytest
from client_wire import HOST, OK, ClientWire

from tidewire_http_parser import FieldBlock, InterimHead, LocalProtocolError

# -- how a request is framed ----------------------------------------------------------------------


async def test_head_and_body_go_out_in_one_write(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    connection.begin().send_request("POST", "/a", HOST, b"abc")
    assert transport.writes == [b"POST /a HTTP/1.1\r\nHost: example\r\nContent-Length: 3\r\n\r\nabc"]


async def test_a_large_body_is_not_copied_behind_its_head(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    body = b"x" * 100_000
    exchange = connection.begin()
    exchange.send_request("POST", "/", HOST, body)
    assert transport.writes[1] == body
    assert exchange.finished


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_no_body_is_not_mentioned(client_wire: ClientWire, method: str) -> None:
    connection, transport = client_wire.connect()
    connection.begin().send_request(method, "/", HOST, b"")
    assert transport.take() == f"{method} / HTTP/1.1\r\nHost: example\r\n\r\n".encode()


@pytest.mark.parametrize("whole", [False, True])
async def test_an_empty_body_is_mentioned_where_the_method_means_one(
    client_wire: ClientWire, whole: bool
) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    if whole:
        exchange.send_request("POST", "/", HOST, b"")
    else:
        exchange.send_head("POST", "/", HOST, end=True)
    assert transport.take() == b"POST / HTTP/1.1\r\nHost: example\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(("body", "sent"), [(b"abc", b"3\r\nabc\r\n0\r\n\r\n"), (b"", b"0\r\n\r\n")])
async def test_a_whole_body_in_chunks_where_the_caller_wants_it(
    client_wire: ClientWire, body: bytes, sent: bytes
) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_request("POST", "/", [*HOST, ("Transfer-Encoding", "chunked")], body)
    assert transport.take().partition(b"\r\n\r\n")[2] == sent
    assert exchange.finished


async def test_a_chunked_request_that_ends_with_its_head(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_head("POST", "/", [*HOST, ("Transfer-Encoding", "chunked")], end=True)
    assert transport.take().endswith(b"\r\n\r\n0\r\n\r\n")
    assert exchange.finished


async def test_a_request_of_the_older_version(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_head("POST", "/", HOST, body_length=2, http_1_1=False)
    exchange.send_data(b"ab", end=True)
    assert transport.take() == b"POST / HTTP/1.0\r\nHost: example\r\nContent-Length: 2\r\n\r\nab"
    transport.feed(OK)
    assert not connection.reusable


async def test_the_older_version_has_no_chunks(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    with pytest.raises(LocalProtocolError):
        exchange.send_head("POST", "/", HOST, body_length=None, http_1_1=False)
    assert transport.take() == b""
    assert not exchange.head_sent


@pytest.mark.parametrize(
    ("method", "target", "fields"),
    [
        ("G T", "/", HOST),
        ("GET", "/ /", HOST),
        ("GET", "/\r\n", HOST),
        ("GET", "", HOST),
        ("GET", "/", []),
        ("GET", "/", [*HOST, ("X", "a\r\nb")]),
        ("GET", "/", [*HOST, ("X y", "a")]),
        ("CONNECT", "/", HOST),
    ],
)
async def test_what_may_not_go_out(
    client_wire: ClientWire, method: str, target: str, fields: list[tuple[str, str]]
) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    with pytest.raises(LocalProtocolError):
        exchange.send_request(method, target, fields, b"")
    with pytest.raises(LocalProtocolError):
        exchange.send_head(method, target, fields, end=True)
    assert transport.take() == b""
    exchange.send_request("GET", "/", HOST, b"")
    transport.feed(OK)
    assert connection.reusable


# -- what is told of a response -------------------------------------------------------------------


async def test_the_state_is_shown(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_head("GET", "/", HOST, end=True)
    assert repr(exchange) == "<Http1ClientExchange GET waiting>"
    transport.feed(OK[:-1])
    assert repr(exchange) == "<Http1ClientExchange GET receiving>"
    transport.feed(OK[-1:])
    assert repr(exchange) == "<Http1ClientExchange GET ended>"


async def test_interim_responses_that_nobody_wants_are_passed_over(client_wire: ClientWire) -> None:
    _, transport, exchange = client_wire.get()
    transport.feed(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 50 + OK)
    assert exchange.take_body() == b"ok"


async def test_an_interim_response_has_fields(client_wire: ClientWire) -> None:
    _, transport, exchange = client_wire.get()
    heads: list[InterimHead] = []
    exchange.when_interim(heads.append)
    transport.feed(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK)
    assert [(head.status, head.fields) for head in heads] == [(103, [("Link", "</a>")])]


async def test_the_head_of_a_response_says_all_there_is(client_wire: ClientWire) -> None:
    _, transport, exchange = client_wire.get()
    transport.feed(b"HTTP/1.0 299 Very Fine\r\nX-A: 1\r\n\r\n")
    head = await exchange.response()
    assert head is not None
    assert (head.status, head.reason, head.version) == (299, "Very Fine", (1, 0))
    assert head.fields == [("X-A", "1")]


@pytest.mark.parametrize("name", ["Upgrade", "upgrade", "UPGRADE"])
async def test_a_switch_is_taken_where_it_was_offered(client_wire: ClientWire, name: str) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_head("GET", "/", [*HOST, ("Connection", "upgrade"), (name, "echo")], end=True)
    transport.feed(b"HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n")
    exchange.take_tunnel().write(b"x")
    assert transport.take().endswith(b"\r\n\r\nx")


async def test_a_switch_may_be_offered_by_a_block_of_fields(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_request(
        "GET", "/", [*HOST, ("Connection", "upgrade")], b"", FieldBlock([("Upgrade", "echo")])
    )
    transport.feed(b"HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n")
    exchange.take_tunnel().write(b"x")
    assert transport.take().endswith(b"\r\n\r\nx")


async def test_who_is_offered_a_switch_may_get_an_ordinary_answer(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_head("GET", "/", [*HOST, ("Connection", "upgrade"), ("Upgrade", "echo")], end=True)
    transport.feed(OK)
    assert exchange.take_body() == b"ok"
    assert connection.reusable

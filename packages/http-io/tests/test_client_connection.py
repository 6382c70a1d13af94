"""One connection of a client: one exchange after the other, whatever the server does."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client_wire import HOST, OK, ClientWire, TunnelRecorder
from wire import Recorder

from tidewire_http_io import (
    ClientConnection,
    ClientExchange,
    ClientOptions,
    ResetReason,
    Sweep,
)
from tidewire_http_parser import (
    IncompleteMessage,
    InvalidChunk,
    InvalidStartLine,
    Leniencies,
    Limits,
    LineTooLong,
    LocalProtocolError,
    RemoteProtocolError,
    UnexpectedData,
)
from tidewire_testing import CertificateAuthority, MemoryTransport, byte_by_byte, random_splits

MakeWire = Callable[..., ClientWire]

UPGRADE = [*HOST, ("Connection", "upgrade"), ("Upgrade", "echo")]
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"


async def test_interim_responses_are_limited(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_request("GET", "/", HOST, b"")
    seen: list[int] = []
    exchange.when_interim(lambda head: seen.append(head.status))
    transport.feed(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 64)
    assert (len(seen), exchange.reset_reason) == (64, None)
    transport.feed(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    assert (len(seen), exchange.reset_reason) == (64, ResetReason.PROTOCOL)
    assert isinstance(exchange.reset_error, UnexpectedData)
    assert await exchange.response() is None


# -- exchanges one after the other ----------------------------------------------------------------


async def test_a_connection_is_used_again(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    for number in range(3):
        assert connection.reusable
        exchange = connection.begin()
        assert not connection.reusable
        exchange.send_head("GET", f"/{number}", HOST, end=True)
        assert transport.take() == f"GET /{number} HTTP/1.1\r\nHost: example\r\n\r\n".encode()
        assert not connection.reusable
        transport.feed(OK)
        assert exchange.take_body() == b"ok"
    assert connection.reusable
    assert connection.exchanges == 3
    assert client_wire.released == [True] * 3


async def test_there_is_one_exchange_at_a_time(client_wire: ClientWire) -> None:
    connection, transport, _ = client_wire.get()
    with pytest.raises(LocalProtocolError):
        connection.begin()
    transport.feed(OK)
    connection.begin()


async def test_whoever_is_told_of_a_release_may_begin_the_next_exchange_at_once(
    client_wire: ClientWire,
) -> None:
    loop, sweep, options = client_wire.loop, client_wire.sweep, client_wire.options
    bodies: list[bytes] = []
    begun: list[Any] = []

    def go_on(connection: ClientConnection) -> None:
        if begun:
            bodies.append(begun[-1].take_body())
        if connection.reusable and len(begun) < 3:
            begun.append(connection.begin())
            begun[-1].send_request("GET", "/", HOST, b"")

    other, transport = client_wire.connect()
    connection = ClientConnection(loop, sweep, options, go_on)
    transport.set_protocol(connection)
    connection.connection_made(transport)
    other.connection_lost(None)
    go_on(connection)
    for _ in range(3):
        transport.feed(OK)
    assert bodies == [b"ok"] * 3
    assert transport.take().count(b"GET / ") == 3


@pytest.mark.parametrize(
    "split", [byte_by_byte, lambda data: next(iter(random_splits(data, count=1, seed=3)))]
)
async def test_however_the_bytes_are_split(
    client_wire: ClientWire, split: Callable[[bytes], list[bytes]]
) -> None:
    connection, transport = client_wire.connect()
    responses = {
        OK: b"ok",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3;x=y\r\nabc\r\n4\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n": b"abcdefg",
        b"HTTP/1.1 204 No Content\r\n\r\n": b"",
    }
    for data, body in responses.items():
        exchange = connection.begin()
        exchange.send_head("GET", "/", HOST, end=True)
        for piece in split(data):
            transport.feed(piece)
        assert exchange.body_complete
        assert exchange.take_body() == body
        assert connection.reusable


@pytest.mark.parametrize(
    ("method", "response"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
)
async def test_responses_without_a_body(client_wire: ClientWire, method: str, response: bytes) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    exchange.send_head(method, "/", HOST, end=True)
    transport.feed(response)
    assert exchange.body_complete
    assert exchange.take_body() == b""
    assert connection.reusable


# -- whether the connection is kept ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_field", "version", "response_field", "kept"),
    [
        (None, "1.1", None, True),
        (None, "1.1", "close", False),
        (None, "1.1", "keep-alive", True),
        (None, "1.0", None, False),
        (None, "1.0", "keep-alive", True),
        ("close", "1.1", None, False),
        ("close", "1.1", "keep-alive", False),
    ],
)
async def test_both_sides_say_whether_the_connection_is_kept(
    client_wire: ClientWire, request_field: str | None, version: str, response_field: str | None, kept: bool
) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    fields = [*HOST, ("Connection", request_field)] if request_field else HOST
    exchange.send_head("GET", "/", fields, end=True)
    line = f"Connection: {response_field}\r\n" if response_field else ""
    transport.feed(f"HTTP/{version} 200 OK\r\nContent-Length: 2\r\n{line}\r\nok".encode())
    assert exchange.take_body() == b"ok"
    assert connection.reusable is kept
    assert transport.is_closing() is not kept
    assert client_wire.released == [kept]
    transport.lose()
    assert client_wire.released == [kept, False]


async def test_a_body_that_ends_with_the_connection(client_wire: ClientWire) -> None:
    connection, transport, exchange = client_wire.get()
    transport.feed(b"HTTP/1.1 200 OK\r\n\r\nsome")
    transport.feed(b" more")
    assert not exchange.body_complete
    transport.feed_eof()
    assert exchange.body_complete
    assert exchange.take_body() == b"some more"
    transport.settle()
    assert transport.lost
    assert not connection.reusable
    assert client_wire.released == [False, False]


async def test_a_connection_that_is_not_made_is_not_reusable(client_wire: ClientWire) -> None:
    connection = ClientConnection(client_wire.loop, client_wire.sweep, client_wire.options)
    assert not connection.reusable
    with pytest.raises(LocalProtocolError):
        connection.begin()
    assert connection.info("peername", 3) == 3


async def test_draining_closes_after_the_exchange(client_wire: ClientWire) -> None:
    connection, transport, exchange = client_wire.get()
    connection.draining = True
    transport.feed(OK)
    assert exchange.take_body() == b"ok"
    assert transport.is_closing()
    idle, _ = client_wire.connect()
    idle.draining = True
    assert not idle.reusable


async def test_each_condition_of_being_reusable_counts(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    connection.begin().send_request("GET", "/", [("Host", "a")], b"")
    transport.feed(OK)
    assert connection.reusable
    connection.pause_reading()
    assert not connection.reusable
    connection.resume_reading()
    assert connection.reusable
    transport.hold_writes()
    connection.write(b"GET ")
    assert not connection.reusable
    transport.release_writes()
    assert connection.reusable
    transport.close()
    assert not connection.reusable


async def test_the_first_request_goes_out_with_the_end_of_a_handshake(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    transport.hold_writes()
    connection.write(b"the end of a handshake; ")
    exchange = connection.begin()
    exchange.send_request("GET", "/", [("Host", "a")], b"")
    transport.release_writes()
    assert transport.written.startswith(b"the end of a handshake; GET / HTTP/1.1\r\n")
    transport.feed(OK)
    assert exchange.take_body() == b"ok"


# -- what was not asked for -----------------------------------------------------------------------


async def test_bytes_on_an_idle_connection_break_it_off(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    transport.feed(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
    assert not connection.reusable
    assert transport.was_reset
    transport.settle()
    assert client_wire.released == [False]


async def test_eof_on_an_idle_connection_closes_it(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    transport.feed_eof()
    assert not connection.reusable
    assert transport.is_closing()
    transport.settle()
    assert client_wire.released == [False]


async def test_bytes_behind_a_response_break_the_connection_off_and_leave_the_response(
    client_wire: ClientWire,
) -> None:
    connection, transport, exchange = client_wire.get()
    transport.feed(OK + b"HTTP/1.1 200 OK\r\n\r\n")
    assert exchange.take_body() == b"ok"
    assert exchange.reset_reason is None
    assert not connection.reusable
    assert transport.was_reset
    assert client_wire.released == [False]


@pytest.mark.parametrize("what", ["bytes", "eof"])
async def test_what_comes_before_the_request_refuses_it(client_wire: ClientWire, what: str) -> None:
    """The server's time-out and the pool's choice of its connection have crossed: nothing was worked on."""
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    if what == "bytes":
        transport.feed(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")
    else:
        transport.feed_eof()
    assert exchange.disconnected
    assert exchange.reset_reason is ResetReason.REFUSED
    assert not exchange.response_begun
    exchange.send_request("GET", "/", HOST, b"")
    assert await exchange.response() is None
    assert transport.written == b""
    assert transport.is_closing()


async def test_a_loss_before_the_request_refuses_it(client_wire: ClientWire) -> None:
    connection, transport = client_wire.connect()
    exchange = connection.begin()
    error = ConnectionResetError("gone")
    transport.lose(error)
    assert exchange.reset_reason is ResetReason.REFUSED
    assert exchange.reset_error is error
    assert client_wire.released == [False]


async def test_an_answer_to_a_request_that_is_not_out_yet_ends_the_connection(
    client_wire: ClientWire,
) -> None:
    connection, transport, exchange = client_wire.post(0)
    exchange.send_data(b"", end=True)
    assert transport.written == b""  # the head waits for the event loop's next turn
    transport.feed(OK)
    assert not connection.reusable
    assert transport.is_closing()
    await client_wire.turn()
    assert transport.written == b""


# -- the end at every point -----------------------------------------------------------------------

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"


@pytest.mark.parametrize("response", [OK, CHUNKED], ids=["length", "chunked"])
@pytest.mark.parametrize("how", ["eof", "lose", "reset"])
async def test_the_connection_ends_at_every_byte(client_wire: ClientWire, response: bytes, how: str) -> None:
    for cut in range(len(response)):
        client_wire.released.clear()
        connection, transport, exchange = client_wire.get()
        receiver = Recorder(exchange)
        exchange.receive(receiver)
        if cut:
            transport.feed(response[:cut])
        if how == "eof":
            transport.feed_eof()
            transport.settle()
        else:
            transport.lose(ConnectionResetError("gone") if how == "reset" else None)
        assert transport.lost
        assert not connection.reusable
        assert exchange.disconnected
        assert exchange.response_begun is (cut > 0)
        truncated = how == "eof" and cut > 0
        reason = ResetReason.PROTOCOL if truncated else ResetReason.CANCEL
        assert exchange.reset_reason is reason
        assert isinstance(exchange.reset_error, IncompleteMessage) is truncated
        assert isinstance(exchange.reset_error, ConnectionResetError) is (how == "reset")
        assert (receiver.ends, receiver.resets) == (0, [reason])
        assert client_wire.released == [False]
        assert await exchange.response() is exchange.response_head


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (b"nonsense\r\n\r\n", InvalidStartLine),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", RemoteProtocolError),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
            RemoteProtocolError,
        ),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000, LineTooLong),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", InvalidChunk),
        (SWITCHED, RemoteProtocolError),
    ],
)
async def test_malformed_responses(client_wire: ClientWire, response: bytes, error: type[Exception]) -> None:
    connection, transport, exchange = client_wire.get()
    waiting = asyncio.ensure_future(exchange.response())
    transport.feed(response)
    assert exchange.reset_reason is ResetReason.PROTOCOL
    assert isinstance(exchange.reset_error, error)
    assert (await waiting) is exchange.response_head
    assert transport.was_reset
    assert not connection.reusable
    transport.settle()
    assert client_wire.released == [False]


async def test_limits_and_leniencies_are_options(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(limits=Limits(line=50), leniencies=Leniencies(bare_lf=True))
    _, transport, exchange = wire.get()
    transport.feed(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok")
    assert exchange.take_body() == b"ok"
    _, transport, exchange = wire.get()
    transport.feed(b"HTTP/1.1 200 " + b"y" * 100)
    assert isinstance(exchange.reset_error, LineTooLong)


# -- responses that come early --------------------------------------------------------------------


async def test_after_an_early_response_the_request_goes_on_and_the_connection_is_kept(
    client_wire: ClientWire,
) -> None:
    connection, transport, exchange = client_wire.post(10)
    exchange.send_data(b"01234")
    transport.feed(OK)
    assert exchange.body_complete
    assert not connection.reusable
    assert client_wire.released == []
    exchange.send_data(b"56789", end=True)
    assert connection.reusable
    assert client_wire.released == [True]


async def test_after_an_early_response_that_closes_nothing_more_is_sent(client_wire: ClientWire) -> None:
    connection, transport, exchange = client_wire.post(10)
    exchange.send_data(b"01234")
    transport.feed(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
    assert exchange.disconnected
    assert exchange.take_body() == b"no"
    assert exchange.body_complete
    assert transport.was_reset
    exchange.send_data(b"56789", end=True)
    assert transport.discarded == []
    transport.settle()
    assert client_wire.released == [False]
    assert not connection.reusable


async def test_an_early_response_that_closes_may_be_read_while_the_request_goes_on(
    client_wire: ClientWire,
) -> None:
    _, transport, exchange = client_wire.post(10)
    transport.feed(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab")
    exchange.send_data(b"0123456789", end=True)
    assert transport.take().endswith(b"0123456789")
    transport.feed(b"cd")
    assert exchange.take_body() == b"abcd"
    assert transport.is_closing()
    assert not transport.was_reset


@pytest.mark.parametrize("what", ["bytes", "eof"])
async def test_what_follows_an_early_response_ends_the_request(client_wire: ClientWire, what: str) -> None:
    _, transport, exchange = client_wire.post(10)
    transport.feed(OK)
    assert not exchange.disconnected
    transport.hold_writes()
    exchange.send_data(b"01234")
    if what == "bytes":
        transport.feed(b"HTTP/1.1 200 OK\r\n\r\n")
    else:
        transport.feed_eof()
    assert exchange.disconnected
    assert exchange.take_body() == b"ok"
    transport.settle()
    assert client_wire.released == [False]


async def test_bytes_behind_an_early_response_end_the_request(client_wire: ClientWire) -> None:
    _, transport, exchange = client_wire.post(10)
    transport.feed(OK + b"x")
    assert exchange.disconnected
    assert transport.was_reset
    assert exchange.take_body() == b"ok"


async def test_a_close_delimited_early_response_ends_the_request(client_wire: ClientWire) -> None:
    _, transport, exchange = client_wire.post(10)
    transport.feed(b"HTTP/1.1 200 OK\r\n\r\nenough")
    transport.feed_eof()
    assert exchange.take_body() == b"enough"
    assert exchange.body_complete
    assert exchange.disconnected


async def test_a_request_that_was_not_read_to_its_end_is_sent_and_the_connection_closed(
    client_wire: ClientWire,
) -> None:
    """The server has answered while the transport still held what was sent: it cannot have read that."""
    connection, transport, exchange = client_wire.post(10)
    transport.hold_writes()
    exchange.send_data(b"0123456789", end=True)
    transport.feed(OK)
    assert exchange.take_body() == b"ok"
    assert not connection.reusable
    assert client_wire.released == [False]
    transport.release_writes()
    transport.settle()
    assert transport.lost
    assert not transport.was_reset
    assert transport.sent.endswith(b"0123456789")


# -- a reader that is slow ------------------------------------------------------------------------


async def test_reading_pauses_and_resumes_with_the_reader(make_client_wire: MakeWire) -> None:
    wire = make_client_wire(read_bufsize=1000)
    connection, transport, exchange = wire.get()
    receiver = Recorder()
    exchange.receive(receiver)
    transport.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + b"x" * 1001)
    assert not transport.is_reading()
    exchange.consumed(400, 0)
    assert not transport.is_reading()
    exchange.consumed(101, 1)
    assert transport.is_reading()
    transport.feed(b"x" * 1999)
    assert receiver.ends == 1
    # The next exchange is not slowed down by what the one before has not read.
    assert connection.reusable
    following = connection.begin()
    following.send_head("GET", "/", HOST, end=True)
    exchange.consumed(2500, 1)
    transport.feed(OK)
    assert following.take_body() == b"ok"


async def test_many_small_pieces_are_slowed_down_as_many_bytes_are(client_wire: ClientWire) -> None:
    _, transport, exchange = client_wire.get()
    transport.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    sent = 0
    while transport.is_reading() and sent < 10_000:
        transport.feed(b"1\r\nx\r\n")
        sent += 1
    assert 4096 <= sent < 4200
    assert exchange.take_body() == b"x" * sent
    assert transport.is_reading()


# -- what is left ---------------------------------------------------------------------------------


async def test_the_state_is_shown(client_wire: ClientWire) -> None:
    connection, transport, _ = client_wire.get()
    assert "busy" in repr(connection)
    transport.feed(OK)
    assert "idle" in repr(connection)
    transport.lose()
    assert "lost" in repr(connection)


async def test_an_exchange_that_is_reset_releases_its_connection_once(client_wire: ClientWire) -> None:
    _, transport, exchange = client_wire.get()
    exchange.reset(ResetReason.CANCEL)
    exchange.reset(ResetReason.CANCEL)
    assert transport.was_reset
    transport.settle()
    assert client_wire.released == [False]
    assert exchange.reset_reason is ResetReason.CANCEL


def tell_a_story(story: str, exchange: ClientExchange, transport: MemoryTransport) -> None:
    """Let something happen to an exchange that has sent its request."""
    if story == "kept":
        transport.feed(OK)
    elif story == "malformed":
        transport.feed(b"nonsense\r\n")
    elif story == "cut":
        exchange.receive(Recorder(exchange))
        transport.feed(OK[:-1])
    elif story == "reset":
        exchange.when_interim(lambda head: exchange.reset(ResetReason.CANCEL))
        transport.feed(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    elif story == "tunnel":
        transport.feed(SWITCHED)
        exchange.take_tunnel().receive(TunnelRecorder())


@pytest.mark.parametrize("story", ["nothing", "kept", "malformed", "cut", "reset", "tunnel"])
async def test_no_circle_keeps_a_lost_connection(client_wire: ClientWire, story: str) -> None:
    gc.collect()
    gc.disable()
    try:
        connection, transport = client_wire.connect()
        gone = weakref.ref(transport)
        exchange = connection.begin()
        exchange.send_head("GET", "/", UPGRADE, end=True)
        tell_a_story(story, exchange, transport)
        transport.lose()
        transport.set_protocol(asyncio.Protocol())  # an event loop's transport forgets its protocol then
        await client_wire.turn()
        del transport, connection, exchange
        assert gone() is None
    finally:
        gc.enable()


async def test_while_a_long_body_comes_more_is_read_at_once(client_wire: ClientWire) -> None:
    class SocketTransport(MemoryTransport):
        max_size = 262144

    connection = ClientConnection(client_wire.loop, client_wire.sweep, client_wire.options)
    transport = SocketTransport(connection)
    transport.connect()
    for _ in range(2):
        exchange = connection.begin()
        exchange.send_head("GET", "/", HOST, end=True)
        transport.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        transport.feed(b"2\r\nab\r\n")
        assert transport.max_size == 65536  # a stream of events, for all that is known
        transport.feed(b"%x\r\n%b\r\n" % (200_000, bytes(200_000)))
        assert transport.max_size == 262144
        transport.feed(b"2\r\nab\r\n0\r\n\r\n")
        assert transport.max_size == 65536
        assert len(exchange.take_body()) == 200_004
    transport.lose()


def fail() -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda wire, transport, exchange: transport.lose(ConnectionResetError()), id="lost"),
        pytest.param(lambda wire, transport, exchange: wire.clock.advance(60.0), id="too slow"),
        pytest.param(lambda wire, transport, exchange: exchange.reset(ResetReason.CANCEL), id="reset"),
    ],
)
async def test_a_receiver_that_fails_when_the_connection_ends_keeps_nobody_waiting(
    make_client_wire: MakeWire, end: Callable[[ClientWire, MemoryTransport, Any], None]
) -> None:
    wire = make_client_wire(send_timeout=30.0)
    connection, transport, exchange = wire.post()
    transport.hold_writes()
    receiver = Recorder(exchange)
    receiver.on_reset = fail
    exchange.receive(receiver)
    exchange.send_data(bytes(1_000_000))
    waiting = asyncio.ensure_future(exchange.writable())
    await wire.turn()
    assert not waiting.done()
    with pytest.raises(ZeroDivisionError):
        end(wire, transport, exchange)
    await wire.turn()
    assert waiting.done()
    assert transport.was_reset
    assert wire.released == [False]
    assert (connection.reusable, len(receiver.resets)) == (False, 1)


@pytest.mark.peer("openssl")
async def test_a_connection_whose_tls_is_closing_can_be_closed(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    context = authority.issue().server_context()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0, ssl=context)
    sweep = Sweep(loop.call_later, loop.time, time.time)
    released: asyncio.Future[ClientConnection] = loop.create_future()
    made: Any = lambda: ClientConnection(loop, sweep, ClientOptions(), released.set_result)  # noqa: E731
    host, port = server.sockets[0].getsockname()
    transport, connection = await loop.create_connection(
        made, host, port, ssl=authority.client_context(), server_hostname="localhost"
    )
    transport.close()  # as TLS does by itself when the peer says farewell, before the connection is told
    connection.close()
    assert connection.unsent == 0
    assert await asyncio.wait_for(released, 30) is connection
    server.close()
    await server.wait_closed()

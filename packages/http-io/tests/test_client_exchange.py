"""The contract of the client's side, held against every codec there is; what both sides share is in `test_exchange`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from client_wire import HOST, TunnelRecorder

from tidewire_http_io import ClientExchange, ResetReason
from tidewire_http_parser import FieldBlock, InterimHead, LocalProtocolError

if TYPE_CHECKING:
    from exchange_harness import Harness


@pytest.fixture
def harness(client_harness: Harness[ClientExchange]) -> Harness[ClientExchange]:
    """A codec's side of the client."""
    return client_harness


# -- the request ----------------------------------------------------------------------------------


async def test_at_first_nothing_has_happened(harness: Harness[ClientExchange]) -> None:
    exchange = harness.open().exchange
    assert not exchange.head_sent
    assert not exchange.finished
    assert not exchange.disconnected
    assert not exchange.body_complete
    assert not exchange.response_begun
    assert exchange.is_writable
    assert exchange.response_head is None
    assert exchange.reset_reason is None
    assert exchange.reset_error is None
    assert exchange.info("peername") == ("192.0.2.1", 50000)
    assert exchange.info("nothing", 7) == 7


async def test_head_and_body_in_one(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    stream.exchange.send_request("PUT", "/a?b", [*HOST, ("X-A", "1")], b"made")
    seen = stream.seen
    assert (seen.method, seen.target, seen.body, seen.ended) == ("PUT", "/a?b", b"made", True)
    assert seen.fields["X-A"] == "1"
    assert stream.exchange.head_sent
    assert stream.exchange.finished


async def test_a_block_of_fields_goes_out_with_any_number_of_requests(
    harness: Harness[ClientExchange],
) -> None:
    block = FieldBlock([*HOST, ("X-Block", "1")], for_requests=True)
    for number in range(2):
        stream = harness.open()
        stream.exchange.send_request("PUT", "/", [("X-Number", str(number))], b"body", block)
        fields = stream.seen.fields
        assert (fields["Host"], fields["X-Block"], fields["X-Number"]) == (HOST[0][1], "1", str(number))
        assert stream.seen.body == b"body"


async def test_a_request_without_a_body(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    stream.exchange.send_head("GET", "/", HOST, end=True)
    assert (stream.seen.method, stream.seen.body, stream.seen.ended) == ("GET", b"", True)
    assert stream.exchange.finished


async def test_there_is_one_head(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    stream.exchange.send_head("GET", "/", HOST, end=True)
    with pytest.raises(LocalProtocolError):
        stream.exchange.send_head("GET", "/", HOST, end=True)
    with pytest.raises(LocalProtocolError):
        stream.exchange.send_request("GET", "/", HOST, b"")
    assert stream.seen.ended


async def test_data_and_trailers_come_after_the_head_and_before_the_end(
    harness: Harness[ClientExchange],
) -> None:
    stream = harness.open()
    for _ in range(2):
        with pytest.raises(LocalProtocolError):
            stream.exchange.send_data(b"x")
        with pytest.raises(LocalProtocolError):
            stream.exchange.send_trailers([])
        if not stream.exchange.finished:
            stream.exchange.send_request("POST", "/", HOST, b"ok")
    assert stream.seen.body == b"ok"


@pytest.mark.parametrize("body", [b"", b"ab", b"abcd"])
async def test_a_wrong_content_length_is_found_before_anything_is_sent(
    harness: Harness[ClientExchange], body: bytes
) -> None:
    stream = harness.open()
    with pytest.raises(LocalProtocolError):
        stream.exchange.send_request("POST", "/", [*HOST, ("Content-Length", "3")], body)
    assert stream.seen.method is None
    assert not stream.exchange.head_sent
    stream.exchange.send_request("POST", "/", HOST, body)
    assert (stream.seen.body, stream.seen.ended) == (body, True)


async def test_a_head_that_ends_the_request_announces_no_body(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    with pytest.raises(LocalProtocolError):
        stream.exchange.send_head("POST", "/", HOST, body_length=3, end=True)
    assert stream.seen.method is None
    stream.exchange.send_head("POST", "/", HOST, body_length=None, end=True)
    assert (stream.seen.body, stream.seen.ended) == (b"", True)


# -- the response ---------------------------------------------------------------------------------


async def test_a_response_is_waited_for(harness: Harness[ClientExchange]) -> None:
    stream = harness.open(length=2)
    stream.exchange.send_head("GET", "/", HOST, end=True)
    waiting = asyncio.ensure_future(stream.exchange.response())
    await harness.turn()
    assert not waiting.done()
    stream.answer(203)
    head = await waiting
    assert head is stream.exchange.response_head
    assert (head.status if head else None) == 203
    assert stream.exchange.response_begun
    assert not stream.exchange.body_complete
    stream.send(b"ok")
    stream.end()
    assert stream.exchange.body_complete
    assert stream.exchange.take_body() == b"ok"
    assert await stream.exchange.response() is head


async def test_only_one_waits_for_a_response_at_a_time(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    stream.exchange.send_head("GET", "/", HOST, end=True)
    first = asyncio.ensure_future(stream.exchange.response())
    with pytest.raises(LocalProtocolError):
        await stream.exchange.response()
    first.cancel()
    await harness.turn()
    second = asyncio.ensure_future(stream.exchange.response())
    stream.answer(200, b"")
    assert (await second) is stream.exchange.response_head
    assert first.cancelled()


async def test_whoever_waited_and_was_cancelled_disturbs_nobody(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    stream.exchange.send_head("GET", "/", HOST, end=True)
    waiting = asyncio.ensure_future(stream.exchange.response())
    await harness.turn()
    waiting.cancel()
    stream.answer(200, b"ok")
    assert stream.exchange.take_body() == b"ok"


async def test_interim_responses_are_told_of(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    told: list[int] = []

    def note(head: InterimHead) -> None:
        assert stream.exchange.response_head is None
        told.append(head.status)

    stream.exchange.when_interim(note)
    stream.exchange.send_head("GET", "/", HOST, end=True)
    stream.answer(103)
    stream.answer(102)
    assert stream.exchange.response_begun
    stream.exchange.when_interim(None)
    stream.answer(103)
    stream.answer(200, b"ok")
    assert told == [103, 102]
    assert stream.exchange.take_body() == b"ok"


async def test_a_client_waits_for_100_before_it_sends_the_body(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    go = asyncio.Event()
    stream.exchange.when_interim(lambda head: go.set())
    stream.exchange.send_head("POST", "/", [*HOST, ("Expect", "100-continue")], body_length=4)
    stream.answer(100)
    await go.wait()
    stream.exchange.send_data(b"body", end=True)
    stream.answer(200, b"ok")
    assert (stream.seen.body, stream.seen.ended) == (b"body", True)
    assert stream.exchange.take_body() == b"ok"


async def test_an_early_response_is_there_while_the_request_is_sent(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    stream.begin()
    stream.exchange.send_data(b"one, ")
    stream.answer(200, b"enough")
    head = stream.exchange.response_head
    assert head is not None
    assert stream.exchange.body_complete
    assert not stream.exchange.finished
    assert not stream.exchange.disconnected
    stream.exchange.send_data(b"two", end=True)
    assert (stream.seen.body, stream.seen.ended) == (b"one, two", True)
    assert stream.exchange.take_body() == b"enough"


async def test_after_an_early_response_the_request_may_be_given_up(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    stream.begin()
    stream.answer(413, b"enough")
    stream.exchange.reset(ResetReason.CANCEL)
    stream.exchange.send_data(b"dropped", end=True)
    await harness.turn()
    assert stream.seen.broken
    receiver = harness.recorder()
    stream.exchange.receive(receiver)
    assert (receiver.body, receiver.ends, receiver.resets) == (b"enough", 1, [])


# -- ends before the end --------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["the peer leaves", "the exchange is reset"])
async def test_a_response_that_does_not_come(harness: Harness[ClientExchange], how: str) -> None:
    stream = harness.open()
    stream.exchange.send_head("GET", "/", HOST, end=True)
    waiting = asyncio.ensure_future(stream.exchange.response())
    await harness.turn()
    if how == "the peer leaves":
        stream.leave()
        expected = ResetReason.CANCEL
    else:
        stream.exchange.reset(ResetReason.TIMEOUT)
        expected = ResetReason.TIMEOUT
    assert await waiting is None
    assert stream.exchange.reset_reason is expected
    assert stream.exchange.disconnected
    assert not stream.exchange.response_begun
    assert await stream.exchange.response() is None


async def test_a_response_that_breaks_off_is_told_to_its_receiver(harness: Harness[ClientExchange]) -> None:
    stream = harness.open(length=10)
    receiver = harness.recorder(stream.exchange)
    stream.exchange.send_head("GET", "/", HOST, end=True)
    stream.exchange.receive(receiver)
    stream.answer(200)
    stream.send(b"01234")
    stream.leave()
    assert (receiver.body, receiver.ends, receiver.resets) == (b"01234", 0, [ResetReason.CANCEL])
    assert stream.exchange.reset_reason is ResetReason.CANCEL
    assert stream.exchange.response_head is not None


async def test_what_was_never_sent_is_refused_and_safe_to_send_again(
    harness: Harness[ClientExchange],
) -> None:
    stream = harness.open()
    stream.leave()
    assert stream.exchange.reset_reason is ResetReason.REFUSED
    stream.exchange.send_request("GET", "/", HOST, b"")
    stream.exchange.send_head("GET", "/", HOST)
    assert stream.seen.method is None


async def test_a_reset_after_the_end_is_none(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    stream.exchange.send_head("GET", "/", HOST, end=True)
    stream.answer(200, b"ok")
    stream.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    assert stream.exchange.reset_reason is None
    assert not stream.exchange.disconnected
    assert not stream.seen.broken


async def test_a_reset_is_each_exchanges_own(harness: Harness[ClientExchange]) -> None:
    first, second = harness.open(), harness.open()
    for stream in (first, second):
        stream.exchange.send_head("GET", "/", HOST, end=True)
    first.exchange.reset(ResetReason.CANCEL)
    await harness.turn()
    assert first.seen.broken
    assert not second.exchange.disconnected
    second.answer(200, b"ok")
    assert second.exchange.take_body() == b"ok"


# -- tunnels --------------------------------------------------------------------------------------


async def test_no_tunnel_where_the_response_switches_nothing(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    with pytest.raises(LocalProtocolError):
        stream.exchange.take_tunnel()
    stream.exchange.send_head("GET", "/", HOST, end=True)
    stream.answer(200, b"ok")
    with pytest.raises(LocalProtocolError):
        stream.exchange.take_tunnel()


async def test_a_tunnel_is_taken_once(harness: Harness[ClientExchange]) -> None:
    stream = harness.open_tunnel()
    head = stream.exchange.response_head
    assert head is not None
    assert head.offers_switch
    with pytest.raises(LocalProtocolError):
        stream.exchange.take_tunnel()


async def test_a_tunnel_begins_when_the_request_is_complete(harness: Harness[ClientExchange]) -> None:
    stream = harness.open("POST")
    stream.exchange.send_head(
        "POST", "/", [*HOST, ("Connection", "upgrade"), ("Upgrade", "echo")], body_length=3
    )
    stream.answer(101)
    with pytest.raises(LocalProtocolError):
        stream.exchange.take_tunnel()
    stream.exchange.send_data(b"abc", end=True)
    channel = stream.exchange.take_tunnel()
    receiver = TunnelRecorder()
    channel.receive(receiver)
    stream.send(b"ping")
    assert receiver.data == b"ping"


async def test_a_tunnel_that_nobody_wants_is_broken_off_by_a_reset(harness: Harness[ClientExchange]) -> None:
    stream = harness.open()
    stream.exchange.send_head("GET", "/", [*HOST, ("Connection", "upgrade"), ("Upgrade", "echo")], end=True)
    stream.answer(101)
    stream.exchange.reset(ResetReason.CANCEL)
    await harness.turn()
    assert stream.seen.broken
    assert stream.exchange.disconnected

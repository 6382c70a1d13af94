"""The contract of exchanges, held against every codec there is, on both sides: HTTP/1.1, and a second one in memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tidewire_http_io import Exchange, ResetReason
from tidewire_http_parser import LocalProtocolError

if TYPE_CHECKING:
    from exchange_harness import Harness

# -- the body that comes --------------------------------------------------------------------------


async def test_a_body_comes_to_its_receiver(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", has_body=True)
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    stream.send(b"one, ")
    assert receiver.body == b"one, "
    stream.send(b"two")
    assert receiver.ends == 0
    stream.end()
    assert (receiver.body, receiver.ends) == (b"one, two", 1)
    assert stream.exchange.body_complete


async def test_a_body_is_kept_until_there_is_a_receiver(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", has_body=True)
    stream.send(b"one, ")
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    assert receiver.body == b"one, "
    stream.send(b"two")
    stream.end()
    assert (receiver.body, receiver.ends) == (b"one, two", 1)


async def test_a_complete_body_is_delivered_with_its_end(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", length=3)
    stream.send(b"abc")
    stream.end()
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    assert (receiver.body, receiver.trailers, receiver.ends) == (b"abc", [], 1)


async def test_a_body_is_taken_as_a_whole(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", length=6)
    stream.send(b"abc")
    stream.send(b"def")
    stream.end()
    assert stream.exchange.body_complete
    assert stream.exchange.take_body() == b"abcdef"
    assert stream.exchange.take_body() == b""


async def test_trailers_come_with_the_end(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", has_body=True)
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    stream.send(b"x")
    stream.end(("X-Sum", "1"))
    assert receiver.trailers == [("X-Sum", "1")]


async def test_trailers_are_there_when_the_body_was_taken_as_a_whole(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", has_body=True)
    stream.send(b"body")
    assert stream.exchange.trailers == []
    stream.end(("X-Sum", "1"))
    assert (stream.exchange.take_body(), stream.exchange.trailers) == (b"body", [("X-Sum", "1")])


# -- credit for the body that comes ---------------------------------------------------------------


async def test_a_peer_without_credit_is_slowed_down_and_credit_lets_it_go_on(
    harness: Harness[Exchange],
) -> None:
    stream = harness.open("POST", has_body=True)
    receiver = harness.recorder()
    stream.exchange.receive(receiver)
    size = harness.read_window + 1000
    stream.send(b"x" * size)
    assert not stream.may_send
    before = len(receiver.body)
    assert before >= harness.read_window
    stream.send(b"y" * 100)
    assert len(receiver.body) == before
    stream.exchange.consumed(before, len(receiver.pieces))
    await harness.turn()
    assert receiver.body == b"x" * size + b"y" * 100
    assert stream.may_send


async def test_credit_for_a_part_of_the_body_is_enough_in_the_end(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", has_body=True)
    receiver = harness.recorder()
    stream.exchange.receive(receiver)
    total = 0
    for _ in range(20):
        stream.send(b"x" * 1000)
        total += 1000
    stream.end()
    given = 0
    for _ in range(2 * total // 1000):
        if receiver.ends:
            break
        assert len(receiver.body) <= given + harness.read_window + 1100
        stream.exchange.consumed(min(1000, len(receiver.body) - given), 1)
        given += min(1000, len(receiver.body) - given)
        await harness.turn()
    assert (len(receiver.body), receiver.ends) == (total, 1)


async def test_what_is_taken_gives_its_credit_back(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", has_body=True)
    size = harness.read_window + 1
    stream.send(b"x" * size)
    held_back = not stream.may_send
    assert held_back
    taken = stream.exchange.take_body()
    await harness.turn()
    assert stream.may_send
    assert len(taken + stream.exchange.take_body()) == size


# -- the body that goes ---------------------------------------------------------------------------


async def test_a_body_piece_by_piece(harness: Harness[Exchange]) -> None:
    stream = harness.open()
    exchange = stream.exchange
    stream.begin()
    assert exchange.head_sent
    assert not stream.seen.ended
    exchange.send_data(b"one, ")
    assert stream.seen.body == b"one, "
    exchange.send_data(b"")
    exchange.send_data(b"two")
    assert not stream.seen.ended
    assert not exchange.finished
    exchange.send_data(b".", end=True)
    assert (stream.seen.body, stream.seen.ended) == (b"one, two.", True)
    assert exchange.finished


async def test_trailers_end_a_message(harness: Harness[Exchange]) -> None:
    stream = harness.open()
    stream.begin()
    stream.exchange.send_data(b"body")
    stream.exchange.send_trailers([("X-Sum", "2")])
    seen = stream.seen
    assert (seen.body, seen.trailers, seen.ended) == (b"body", [("X-Sum", "2")], True)
    assert stream.exchange.finished


# -- what a sender may not do ---------------------------------------------------------------------


async def test_no_more_body_than_declared(harness: Harness[Exchange]) -> None:
    stream = harness.open()
    stream.begin(3)
    stream.exchange.send_data(b"ab")
    with pytest.raises(LocalProtocolError):
        stream.exchange.send_data(b"cd")
    stream.exchange.send_data(b"c", end=True)
    assert (stream.seen.body, stream.seen.ended) == (b"abc", True)


async def test_no_less_body_than_declared(harness: Harness[Exchange]) -> None:
    stream = harness.open()
    stream.begin(3)
    with pytest.raises(LocalProtocolError):
        stream.exchange.send_data(b"ab", end=True)
    assert not stream.seen.ended
    assert not stream.exchange.finished
    stream.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    assert stream.seen.broken


# -- credit for the body that goes ----------------------------------------------------------------


async def test_a_writer_waits_for_credit(harness: Harness[Exchange]) -> None:
    stream = harness.open()
    exchange = stream.exchange
    stream.begin()
    await exchange.writable()
    stream.hold()
    written = 0
    while stream.exchange.is_writable:
        exchange.send_data(b"x" * 1000)
        written += 1000
        assert written <= harness.write_window + 2000
    waiting = [asyncio.ensure_future(exchange.writable()) for _ in range(2)]
    await harness.turn()
    assert not any(each.done() for each in waiting)
    stream.release()
    await asyncio.gather(*waiting)
    assert exchange.is_writable
    exchange.send_data(b"", end=True)
    await harness.turn()
    assert (stream.seen.body, stream.seen.ended) == (b"x" * written, True)


async def test_a_cancelled_writer_disturbs_nobody(harness: Harness[Exchange]) -> None:
    stream = harness.open()
    stream.begin()
    stream.hold()
    while stream.exchange.is_writable:
        stream.exchange.send_data(b"x" * 1000)
    gone, stays = (asyncio.ensure_future(stream.exchange.writable()) for _ in range(2))
    gone.cancel()
    await harness.turn()
    stream.release()
    await stays
    assert gone.cancelled()


@pytest.mark.parametrize("end", ["the peer leaves", "the exchange is reset"])
async def test_a_writer_is_released_when_the_exchange_ends(harness: Harness[Exchange], end: str) -> None:
    stream = harness.open()
    stream.begin()
    stream.hold()
    while stream.exchange.is_writable:
        stream.exchange.send_data(b"x" * 1000)
    waiting = asyncio.ensure_future(stream.exchange.writable())
    await harness.turn()
    if end == "the peer leaves":
        stream.leave()
    else:
        stream.exchange.reset(ResetReason.TIMEOUT)
    await waiting
    assert stream.exchange.disconnected
    await stream.exchange.writable()


# -- ends before the end --------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ResetReason)
async def test_a_reset_breaks_off_and_tells_the_receiver(
    harness: Harness[Exchange], reason: ResetReason
) -> None:
    stream = harness.open("POST", has_body=True)
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    stream.send(b"some")
    stream.exchange.reset(reason)
    await harness.turn()
    assert stream.seen.broken
    assert stream.exchange.disconnected
    assert not stream.exchange.body_complete
    assert (receiver.body, receiver.resets, receiver.errors) == (b"some", [reason], [None])


async def test_a_reset_is_told_to_a_later_receiver_after_the_data(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", has_body=True)
    stream.send(b"some")
    stream.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    receiver = harness.recorder()
    stream.exchange.receive(receiver)
    assert (receiver.body, receiver.resets) == (b"some", [ResetReason.INTERNAL])


async def test_what_is_sent_after_a_reset_is_dropped(harness: Harness[Exchange]) -> None:
    stream = harness.open()
    stream.begin()
    stream.exchange.send_data(b"begun")
    stream.exchange.reset(ResetReason.CANCEL)
    await harness.turn()
    stream.exchange.send_data(b"more")
    stream.exchange.send_data(b"more", end=True)
    stream.exchange.reset(ResetReason.CANCEL)
    assert stream.seen.broken
    assert stream.seen.body in (b"begun", b"")
    assert not stream.seen.ended


async def test_a_complete_body_survives_the_peer(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", length=3)
    stream.send(b"abc")
    stream.end()
    stream.leave()
    assert stream.exchange.disconnected
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    assert (receiver.body, receiver.ends, receiver.resets) == (b"abc", 1, [])


async def test_the_peer_leaves_in_the_middle_of_everything(harness: Harness[Exchange]) -> None:
    stream = harness.open("POST", has_body=True)
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    stream.begin()
    stream.exchange.send_data(b"half")
    stream.leave()
    stream.exchange.send_data(b"other half", end=True)
    assert (receiver.ends, receiver.resets) == (0, [ResetReason.CANCEL])


# -- both directions, and each exchange for itself ------------------------------------------------


async def test_the_directions_are_independent(harness: Harness[Exchange]) -> None:
    """An echo: each piece is answered before the next one comes."""
    stream = harness.open("POST", has_body=True)
    exchange = stream.exchange
    receiver = harness.recorder(exchange)
    exchange.receive(receiver)
    stream.begin()
    for each in (b"a", b"b", b"c"):
        stream.send(each)
        exchange.send_data(receiver.pieces[-1][0])
        assert stream.seen.body.endswith(each)
    stream.end()
    assert receiver.ends == 1
    assert not exchange.finished
    exchange.send_data(b"", end=True)
    assert (stream.seen.body, stream.seen.ended) == (b"abc", True)


async def test_interleaved_exchanges_do_not_mix(harness: Harness[Exchange]) -> None:
    streams = [harness.open("POST", has_body=True) for _ in range(3)]
    receivers = [harness.recorder(stream.exchange) for stream in streams]
    for stream, receiver in zip(streams, receivers, strict=True):
        stream.exchange.receive(receiver)
        stream.begin()
    for turn in range(4):
        for number, stream in enumerate(streams):
            stream.send(f"{number}{turn} ".encode())
            stream.exchange.send_data(f"{turn}{number} ".encode())
    for number, stream in reversed(list(enumerate(streams))):
        stream.end()
        stream.exchange.send_data(b"", end=True)
        assert receivers[number].body == b"".join(f"{number}{turn} ".encode() for turn in range(4))
        assert stream.seen.body == b"".join(f"{turn}{number} ".encode() for turn in range(4))
        assert stream.seen.ended


async def test_credit_is_each_exchanges_own(harness: Harness[Exchange]) -> None:
    slow, quick = harness.open("POST", has_body=True), harness.open("POST", has_body=True)
    slow.hold()
    for stream in (slow, quick):
        stream.begin()
    while slow.exchange.is_writable:
        slow.exchange.send_data(b"x" * 1000)
    slow.send(b"y" * (harness.read_window + 1))
    assert not slow.may_send
    assert quick.may_send
    assert quick.exchange.is_writable
    await quick.exchange.writable()
    quick.send(b"body")
    assert quick.exchange.take_body() == b"body"
    quick.exchange.send_data(b"done", end=True)
    assert (quick.seen.body, quick.seen.ended) == (b"done", True)
    assert not slow.seen.ended


# -- what was sent --------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [None, 300_000])
async def test_bytes_that_go_out_are_counted(harness: Harness[Exchange], length: int | None) -> None:
    exchange = (stream := harness.open("POST", length=0)).exchange
    assert exchange.bytes_sent == 0
    stream.begin(length)
    for piece in (b"", b"x" * 100_000, b"y" * 100_000, b"z" * 99_999, b"!"):
        before = exchange.bytes_sent
        exchange.send_data(piece)
        assert len(piece) <= exchange.bytes_sent - before < len(piece) + 20
    exchange.send_data(b"", end=True)
    assert 300_000 <= exchange.bytes_sent < 301_000

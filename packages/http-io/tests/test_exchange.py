"""The contract of exchanges, held against every codec there is: HTTP/1.1, and a second one in memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tidewire_http_io import ResetReason, ServerExchange
from tidewire_http_parser import FieldBlock, LocalProtocolError

if TYPE_CHECKING:
    from exchange_harness import Harness

# -- the request ----------------------------------------------------------------------------------


async def test_the_head_is_there_from_the_start(harness: Harness) -> None:
    exchange: ServerExchange = harness.open("DELETE").exchange
    assert exchange.head.method == "DELETE"
    assert exchange.head.target == "/"
    assert ("Host", "example") in exchange.head.fields
    assert exchange.info("peername") == ("192.0.2.1", 50000)
    assert exchange.info("nothing", 7) == 7


async def test_at_first_nothing_has_happened(harness: Harness) -> None:
    exchange = harness.open("POST", has_body=True).exchange
    assert not exchange.body_complete
    assert not exchange.head_sent
    assert not exchange.finished
    assert not exchange.disconnected
    assert exchange.is_writable


async def test_a_request_without_a_body_is_complete(harness: Harness) -> None:
    exchange = harness.open().exchange
    assert exchange.body_complete
    assert exchange.take_body() == b""
    receiver = harness.recorder()
    exchange.receive(receiver)
    assert (receiver.body, receiver.trailers, receiver.ends) == (b"", [], 1)


async def test_a_body_comes_to_its_receiver(harness: Harness) -> None:
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


async def test_a_body_is_kept_until_there_is_a_receiver(harness: Harness) -> None:
    stream = harness.open("POST", has_body=True)
    stream.send(b"one, ")
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    assert receiver.body == b"one, "
    stream.send(b"two")
    stream.end()
    assert (receiver.body, receiver.ends) == (b"one, two", 1)


async def test_a_complete_body_is_delivered_with_its_end(harness: Harness) -> None:
    stream = harness.open("POST", length=3)
    stream.send(b"abc")
    stream.end()
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    assert (receiver.body, receiver.trailers, receiver.ends) == (b"abc", [], 1)


async def test_a_body_is_taken_as_a_whole(harness: Harness) -> None:
    stream = harness.open("POST", length=6)
    stream.send(b"abc")
    stream.send(b"def")
    stream.end()
    assert stream.exchange.body_complete
    assert stream.exchange.take_body() == b"abcdef"
    assert stream.exchange.take_body() == b""


async def test_trailers_come_with_the_end(harness: Harness) -> None:
    stream = harness.open("POST", has_body=True)
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    stream.send(b"x")
    stream.end(("X-Sum", "1"))
    assert receiver.trailers == [("X-Sum", "1")]


# -- credit for the body --------------------------------------------------------------------------


async def test_a_peer_without_credit_is_slowed_down_and_credit_lets_it_go_on(harness: Harness) -> None:
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
    stream.exchange.consumed(before)
    await harness.turn()
    assert receiver.body == b"x" * size + b"y" * 100
    assert stream.may_send


async def test_credit_for_a_part_of_the_body_is_enough_in_the_end(harness: Harness) -> None:
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
        stream.exchange.consumed(min(1000, len(receiver.body) - given))
        given += min(1000, len(receiver.body) - given)
        await harness.turn()
    assert (len(receiver.body), receiver.ends) == (total, 1)


async def test_what_is_taken_gives_its_credit_back(harness: Harness) -> None:
    stream = harness.open("POST", has_body=True)
    size = harness.read_window + 1
    stream.send(b"x" * size)
    held_back = not stream.may_send
    assert held_back
    taken = stream.exchange.take_body()
    await harness.turn()
    assert stream.may_send
    assert len(taken + stream.exchange.take_body()) == size


# -- the response ---------------------------------------------------------------------------------


async def test_head_and_body_in_one(harness: Harness) -> None:
    stream = harness.open()
    stream.exchange.respond(201, None, [("X-A", "1")], b"made")
    seen = stream.seen
    assert (seen.status, seen.body, seen.ended) == (201, b"made", True)
    assert seen.fields["X-A"] == "1"
    assert stream.exchange.head_sent
    assert stream.exchange.finished


async def test_a_block_of_fields_goes_out_with_any_number_of_responses(harness: Harness) -> None:
    block = FieldBlock([("Server", "tests"), ("X-Block", "1")])
    for number in range(2):
        stream = harness.open()
        stream.exchange.respond(200, None, [("X-Number", str(number))], b"body", block)
        await harness.turn()
        fields = {name.lower(): value for name, value in stream.seen.fields.items()}
        assert (fields["server"], fields["x-block"], fields["x-number"]) == ("tests", "1", str(number))
        assert stream.seen.body == b"body"


async def test_a_response_without_a_body(harness: Harness) -> None:
    stream = harness.open()
    stream.exchange.send_head(204, None, [], body_length=None, end=True)
    assert (stream.seen.status, stream.seen.ended) == (204, True)
    assert stream.exchange.finished


async def test_a_body_piece_by_piece(harness: Harness) -> None:
    stream = harness.open()
    exchange = stream.exchange
    exchange.send_head(200, None, [], body_length=None)
    assert exchange.head_sent
    assert stream.seen.status == 200
    exchange.send_data(b"one, ")
    assert stream.seen.body == b"one, "
    exchange.send_data(b"")
    exchange.send_data(b"two")
    assert not stream.seen.ended
    assert not exchange.finished
    exchange.send_data(b".", end=True)
    assert (stream.seen.body, stream.seen.ended) == (b"one, two.", True)
    assert exchange.finished


async def test_trailers_end_a_response(harness: Harness) -> None:
    stream = harness.open()
    stream.exchange.send_head(200, None, [], body_length=None)
    stream.exchange.send_data(b"body")
    stream.exchange.send_trailers([("X-Sum", "2")])
    seen = stream.seen
    assert (seen.body, seen.trailers, seen.ended) == (b"body", [("X-Sum", "2")], True)
    assert stream.exchange.finished


async def test_interim_responses_go_before_the_final_one(harness: Harness) -> None:
    stream = harness.open()
    stream.exchange.send_interim(102, [])
    stream.exchange.send_interim(103, [("Link", "</a>; rel=preload")])
    before = stream.seen
    assert (before.interims, before.status) == ([102, 103], None)
    stream.exchange.respond(200, None, [], b"")
    assert (stream.seen.interims, stream.seen.status) == ([102, 103], 200)


async def test_head_answers_have_a_length_and_no_body(harness: Harness) -> None:
    stream = harness.open("HEAD")
    stream.exchange.respond(200, None, [], b"not to be sent")
    assert (stream.seen.status, stream.seen.body, stream.seen.ended) == (200, b"", True)


async def test_a_response_may_come_before_the_body_is_complete(harness: Harness) -> None:
    stream = harness.open("POST", has_body=True)
    stream.send(b"some")
    stream.exchange.respond(413, None, [], b"no more")
    assert (stream.seen.status, stream.seen.body, stream.seen.ended) == (413, b"no more", True)
    assert stream.exchange.finished


# -- what a service may not do --------------------------------------------------------------------


async def test_there_is_one_final_head(harness: Harness) -> None:
    exchange = harness.open().exchange
    exchange.send_head(200, None, [], body_length=None)
    with pytest.raises(LocalProtocolError):
        exchange.send_head(200, None, [], body_length=None)
    with pytest.raises(LocalProtocolError):
        exchange.respond(200, None, [], b"")
    with pytest.raises(LocalProtocolError):
        exchange.send_interim(103, [])


async def test_data_and_trailers_come_after_the_head_and_before_the_end(harness: Harness) -> None:
    stream = harness.open()
    for _ in range(2):
        with pytest.raises(LocalProtocolError):
            stream.exchange.send_data(b"x")
        with pytest.raises(LocalProtocolError):
            stream.exchange.send_trailers([])
        if not stream.exchange.finished:
            stream.exchange.respond(200, None, [], b"ok")
    assert stream.seen.body == b"ok"


async def test_no_more_body_than_declared(harness: Harness) -> None:
    stream = harness.open()
    stream.exchange.send_head(200, None, [], body_length=3)
    stream.exchange.send_data(b"ab")
    with pytest.raises(LocalProtocolError):
        stream.exchange.send_data(b"cd")
    stream.exchange.send_data(b"c", end=True)
    assert (stream.seen.body, stream.seen.ended) == (b"abc", True)


async def test_no_less_body_than_declared(harness: Harness) -> None:
    stream = harness.open()
    stream.exchange.send_head(200, None, [], body_length=3)
    with pytest.raises(LocalProtocolError):
        stream.exchange.send_data(b"ab", end=True)
    assert not stream.seen.ended
    assert not stream.exchange.finished
    stream.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    assert stream.seen.broken


@pytest.mark.parametrize("body", [b"", b"ab", b"abcd"])
async def test_a_wrong_content_length_is_found_before_anything_is_sent(harness: Harness, body: bytes) -> None:
    stream = harness.open()
    with pytest.raises(LocalProtocolError):
        stream.exchange.respond(200, None, [("Content-Length", "3")], body)
    nothing = stream.seen
    assert nothing.status is None
    assert not stream.exchange.head_sent
    stream.exchange.respond(500, None, [], b"sorry")
    assert (stream.seen.status, stream.seen.body, stream.seen.ended) == (500, b"sorry", True)


# -- credit for the response ----------------------------------------------------------------------


async def test_a_writer_waits_for_credit(harness: Harness) -> None:
    stream = harness.open()
    exchange = stream.exchange
    exchange.send_head(200, None, [], body_length=None)
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


async def test_a_cancelled_writer_disturbs_nobody(harness: Harness) -> None:
    stream = harness.open()
    stream.exchange.send_head(200, None, [], body_length=None)
    stream.hold()
    while stream.exchange.is_writable:
        stream.exchange.send_data(b"x" * 1000)
    gone, stays = (asyncio.ensure_future(stream.exchange.writable()) for _ in range(2))
    gone.cancel()
    await harness.turn()
    stream.release()
    await stays
    assert gone.cancelled()


async def test_a_response_that_ends_without_credit_is_sent_when_there_is_some(harness: Harness) -> None:
    stream = harness.open()
    stream.hold()
    stream.exchange.respond(200, None, [], b"x" * (3 * harness.write_window))
    assert stream.exchange.finished
    assert not stream.seen.ended
    stream.release()
    await harness.turn()
    assert (len(stream.seen.body), stream.seen.ended) == (3 * harness.write_window, True)


@pytest.mark.parametrize("end", ["the peer leaves", "the exchange is reset"])
async def test_a_writer_is_released_when_the_exchange_ends(harness: Harness, end: str) -> None:
    stream = harness.open()
    stream.exchange.send_head(200, None, [], body_length=None)
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
async def test_a_reset_breaks_off_and_tells_the_receiver(harness: Harness, reason: ResetReason) -> None:
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


async def test_a_reset_is_told_to_a_later_receiver_after_the_data(harness: Harness) -> None:
    stream = harness.open("POST", has_body=True)
    stream.send(b"some")
    stream.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    receiver = harness.recorder()
    stream.exchange.receive(receiver)
    assert (receiver.body, receiver.resets) == (b"some", [ResetReason.INTERNAL])


async def test_what_is_sent_after_a_reset_is_dropped(harness: Harness) -> None:
    stream = harness.open()
    stream.exchange.send_head(200, None, [], body_length=None)
    stream.exchange.send_data(b"begun")
    stream.exchange.reset(ResetReason.CANCEL)
    await harness.turn()
    stream.exchange.send_data(b"more")
    stream.exchange.send_data(b"more", end=True)
    stream.exchange.reset(ResetReason.CANCEL)
    assert stream.seen.broken
    assert stream.seen.body in (b"begun", b"")
    assert not stream.seen.ended


async def test_a_whole_response_after_a_reset_is_dropped(harness: Harness) -> None:
    stream = harness.open()
    stream.exchange.reset(ResetReason.REFUSED)
    stream.exchange.send_interim(103, [])
    stream.exchange.respond(200, None, [], b"late")
    assert (stream.seen.status, stream.seen.interims) == (None, [])


async def test_a_reset_after_the_end_is_none(harness: Harness) -> None:
    stream = harness.open()
    stream.exchange.respond(200, None, [], b"ok")
    stream.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    assert not stream.seen.broken
    assert stream.seen.ended


async def test_a_service_is_told_that_the_peer_has_left(harness: Harness) -> None:
    stream = harness.open("POST", has_body=True)
    told: list[bool] = []
    stream.exchange.when_disconnected(lambda: told.append(stream.exchange.disconnected))
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    stream.leave()
    assert told == [True]
    assert receiver.resets == [ResetReason.CANCEL]
    stream.exchange.respond(200, None, [], b"to nobody")
    assert told == [True]


async def test_a_reset_is_a_disconnect_too(harness: Harness) -> None:
    stream = harness.open()
    told: list[int] = []
    stream.exchange.when_disconnected(lambda: told.append(1))
    stream.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    assert told == [1]


async def test_who_does_not_want_to_know_is_not_told(harness: Harness) -> None:
    stream = harness.open()
    told: list[int] = []
    stream.exchange.when_disconnected(lambda: told.append(1))
    stream.exchange.when_disconnected(None)
    stream.leave()
    assert told == []


async def test_after_the_response_a_peer_may_leave_untold(harness: Harness) -> None:
    stream = harness.open()
    told: list[int] = []
    stream.exchange.when_disconnected(lambda: told.append(1))
    stream.exchange.respond(200, None, [], b"ok")
    stream.leave()
    assert told == []


async def test_a_complete_body_survives_the_peer(harness: Harness) -> None:
    stream = harness.open("POST", length=3)
    stream.send(b"abc")
    stream.end()
    stream.leave()
    assert stream.exchange.disconnected
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    assert (receiver.body, receiver.ends, receiver.resets) == (b"abc", 1, [])


async def test_the_peer_leaves_in_the_middle_of_everything(harness: Harness) -> None:
    stream = harness.open("POST", has_body=True)
    receiver = harness.recorder(stream.exchange)
    stream.exchange.receive(receiver)
    stream.exchange.send_head(200, None, [], body_length=None)
    stream.exchange.send_data(b"half")
    stream.leave()
    stream.exchange.send_data(b"other half", end=True)
    assert (receiver.ends, receiver.resets) == (0, [ResetReason.CANCEL])


# -- both directions, and each exchange for itself ------------------------------------------------


async def test_the_directions_are_independent(harness: Harness) -> None:
    """An echo: each piece is answered before the next one comes."""
    stream = harness.open("POST", has_body=True)
    exchange = stream.exchange
    receiver = harness.recorder(exchange)
    exchange.receive(receiver)
    exchange.send_head(200, None, [], body_length=None)
    for each in (b"a", b"b", b"c"):
        stream.send(each)
        exchange.send_data(receiver.pieces[-1][0])
        assert stream.seen.body.endswith(each)
    stream.end()
    assert receiver.ends == 1
    assert not exchange.finished
    exchange.send_data(b"", end=True)
    assert (stream.seen.body, stream.seen.ended) == (b"abc", True)


async def test_interleaved_exchanges_do_not_mix(harness: Harness) -> None:
    streams = [harness.open("POST", has_body=True) for _ in range(3)]
    receivers = [harness.recorder(stream.exchange) for stream in streams]
    for stream, receiver in zip(streams, receivers, strict=True):
        stream.exchange.receive(receiver)
        stream.exchange.send_head(200, None, [], body_length=None)
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


async def test_credit_is_each_exchanges_own(harness: Harness) -> None:
    slow, quick = harness.open("POST", has_body=True), harness.open("POST", has_body=True)
    slow.hold()
    for stream in (slow, quick):
        stream.exchange.send_head(200, None, [], body_length=None)
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


async def test_a_reset_is_each_exchanges_own(harness: Harness) -> None:
    first, second = harness.open(), harness.open()
    told: list[int] = []
    second.exchange.when_disconnected(lambda: told.append(2))
    first.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    assert first.seen.broken
    assert not second.exchange.disconnected
    second.exchange.respond(200, None, [], b"ok")
    assert (second.seen.body, second.seen.broken, told) == (b"ok", False, [])

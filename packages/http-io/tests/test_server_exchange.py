"""The contract of the server's side, held against every codec there is; what both sides share is in `test_exchange`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tidewire_http_io import ResetReason, ServerExchange
from tidewire_http_parser import FieldBlock, LocalProtocolError

if TYPE_CHECKING:
    from exchange_harness import Harness


@pytest.fixture
def harness(server_harness: Harness[ServerExchange]) -> Harness[ServerExchange]:
    """A codec's side of the server."""
    return server_harness


# -- the request ----------------------------------------------------------------------------------


async def test_the_head_is_there_from_the_start(harness: Harness[ServerExchange]) -> None:
    exchange: ServerExchange = harness.open("DELETE").exchange
    assert exchange.head.method == "DELETE"
    assert exchange.head.target == "/"
    assert ("Host", "example") in exchange.head.fields
    assert exchange.info("peername") == ("192.0.2.1", 50000)
    assert exchange.info("nothing", 7) == 7


async def test_at_first_nothing_has_happened(harness: Harness[ServerExchange]) -> None:
    exchange = harness.open("POST", has_body=True).exchange
    assert not exchange.body_complete
    assert not exchange.head_sent
    assert not exchange.finished
    assert not exchange.disconnected
    assert not exchange.awaits_continue
    assert exchange.is_writable


async def test_a_client_waits_for_100_until_it_has_got_it(harness: Harness[ServerExchange]) -> None:
    exchange = harness.open("POST", has_body=True).exchange
    exchange.head.expect_continue = True
    assert exchange.awaits_continue
    exchange.send_interim(103, [])
    assert exchange.awaits_continue
    exchange.send_interim(100, [])
    assert not exchange.awaits_continue


async def test_a_client_that_sends_its_body_does_not_wait_for_100(harness: Harness[ServerExchange]) -> None:
    stream = harness.open("POST", has_body=True)
    stream.exchange.head.expect_continue = True
    stream.send(b"x")
    assert not stream.exchange.awaits_continue


async def test_a_request_without_a_body_is_complete(harness: Harness[ServerExchange]) -> None:
    exchange = harness.open().exchange
    assert exchange.body_complete
    assert exchange.take_body() == b""
    receiver = harness.recorder()
    exchange.receive(receiver)
    assert (receiver.body, receiver.trailers, receiver.ends) == (b"", [], 1)


# -- the response ---------------------------------------------------------------------------------


async def test_head_and_body_in_one(harness: Harness[ServerExchange]) -> None:
    stream = harness.open()
    stream.exchange.respond(201, None, [("X-A", "1")], b"made")
    seen = stream.seen
    assert (seen.status, seen.body, seen.ended) == (201, b"made", True)
    assert seen.fields["X-A"] == "1"
    assert stream.exchange.head_sent
    assert stream.exchange.finished


async def test_a_block_of_fields_goes_out_with_any_number_of_responses(
    harness: Harness[ServerExchange],
) -> None:
    block = FieldBlock([("Server", "tests"), ("X-Block", "1")])
    for number in range(2):
        stream = harness.open()
        stream.exchange.respond(200, None, [("X-Number", str(number))], b"body", block)
        await harness.turn()
        fields = {name.lower(): value for name, value in stream.seen.fields.items()}
        assert (fields["server"], fields["x-block"], fields["x-number"]) == ("tests", "1", str(number))
        assert stream.seen.body == b"body"


async def test_what_has_gone_out_is_known(harness: Harness[ServerExchange]) -> None:
    exchange = harness.open().exchange
    assert (exchange.status, exchange.bytes_sent) == (0, 0)
    exchange.send_interim(103, [("Link", "</style.css>")])
    assert (exchange.status, exchange.bytes_sent) == (0, 0)
    exchange.respond(404, None, [("X-Answer", "none")], b"x" * 1000)
    assert exchange.status == 404
    assert 1000 + len("X-Answernone") <= exchange.bytes_sent < 1200


async def test_a_head_that_is_refused_has_not_gone_out(harness: Harness[ServerExchange]) -> None:
    exchange = harness.open().exchange
    with pytest.raises(LocalProtocolError):
        exchange.send_head(200, None, [("Content-Length", "5")], body_length=5, end=True)
    assert (exchange.status, exchange.bytes_sent) == (0, 0)


async def test_a_response_without_a_body(harness: Harness[ServerExchange]) -> None:
    stream = harness.open()
    stream.exchange.send_head(204, None, [], body_length=None, end=True)
    assert (stream.seen.status, stream.seen.ended) == (204, True)
    assert stream.exchange.finished


async def test_interim_responses_go_before_the_final_one(harness: Harness[ServerExchange]) -> None:
    stream = harness.open()
    stream.exchange.send_interim(102, [])
    stream.exchange.send_interim(103, [("Link", "</a>; rel=preload")])
    before = stream.seen
    assert (before.interims, before.status) == ([102, 103], None)
    stream.exchange.respond(200, None, [], b"")
    assert (stream.seen.interims, stream.seen.status) == ([102, 103], 200)


async def test_head_answers_have_a_length_and_no_body(harness: Harness[ServerExchange]) -> None:
    stream = harness.open("HEAD")
    stream.exchange.respond(200, None, [], b"not to be sent")
    assert (stream.seen.status, stream.seen.body, stream.seen.ended) == (200, b"", True)


async def test_a_response_may_come_before_the_body_is_complete(harness: Harness[ServerExchange]) -> None:
    stream = harness.open("POST", has_body=True)
    stream.send(b"some")
    stream.exchange.respond(413, None, [], b"no more")
    assert (stream.seen.status, stream.seen.body, stream.seen.ended) == (413, b"no more", True)
    assert stream.exchange.finished


# -- what a service may not do --------------------------------------------------------------------


async def test_there_is_one_final_head(harness: Harness[ServerExchange]) -> None:
    exchange = harness.open().exchange
    exchange.send_head(200, None, [], body_length=None)
    with pytest.raises(LocalProtocolError):
        exchange.send_head(200, None, [], body_length=None)
    with pytest.raises(LocalProtocolError):
        exchange.respond(200, None, [], b"")
    with pytest.raises(LocalProtocolError):
        exchange.send_interim(103, [])


async def test_data_and_trailers_come_after_the_head_and_before_the_end(
    harness: Harness[ServerExchange],
) -> None:
    stream = harness.open()
    for _ in range(2):
        with pytest.raises(LocalProtocolError):
            stream.exchange.send_data(b"x")
        with pytest.raises(LocalProtocolError):
            stream.exchange.send_trailers([])
        if not stream.exchange.finished:
            stream.exchange.respond(200, None, [], b"ok")
    assert stream.seen.body == b"ok"


@pytest.mark.parametrize("body", [b"", b"ab", b"abcd"])
async def test_a_wrong_content_length_is_found_before_anything_is_sent(
    harness: Harness[ServerExchange], body: bytes
) -> None:
    stream = harness.open()
    with pytest.raises(LocalProtocolError):
        stream.exchange.respond(200, None, [("Content-Length", "3")], body)
    nothing = stream.seen
    assert nothing.status is None
    assert not stream.exchange.head_sent
    stream.exchange.respond(500, None, [], b"sorry")
    assert (stream.seen.status, stream.seen.body, stream.seen.ended) == (500, b"sorry", True)


# -- credit for the response ----------------------------------------------------------------------


async def test_a_response_that_ends_without_credit_is_sent_when_there_is_some(
    harness: Harness[ServerExchange],
) -> None:
    stream = harness.open()
    stream.hold()
    stream.exchange.respond(200, None, [], b"x" * (3 * harness.write_window))
    assert stream.exchange.finished
    assert not stream.seen.ended
    stream.release()
    await harness.turn()
    assert (len(stream.seen.body), stream.seen.ended) == (3 * harness.write_window, True)


# -- ends before the end --------------------------------------------------------------------------


async def test_a_whole_response_after_a_reset_is_dropped(harness: Harness[ServerExchange]) -> None:
    stream = harness.open()
    stream.exchange.reset(ResetReason.REFUSED)
    stream.exchange.send_interim(103, [])
    stream.exchange.respond(200, None, [], b"late")
    assert (stream.seen.status, stream.seen.interims) == (None, [])


async def test_a_reset_after_the_end_is_none(harness: Harness[ServerExchange]) -> None:
    stream = harness.open()
    stream.exchange.respond(200, None, [], b"ok")
    stream.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    assert not stream.seen.broken
    assert stream.seen.ended


async def test_a_service_is_told_that_the_peer_has_left(harness: Harness[ServerExchange]) -> None:
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


async def test_a_reset_is_a_disconnect_too(harness: Harness[ServerExchange]) -> None:
    stream = harness.open()
    told: list[int] = []
    stream.exchange.when_disconnected(lambda: told.append(1))
    stream.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    assert told == [1]


async def test_who_does_not_want_to_know_is_not_told(harness: Harness[ServerExchange]) -> None:
    stream = harness.open()
    told: list[int] = []
    stream.exchange.when_disconnected(lambda: told.append(1))
    stream.exchange.when_disconnected(None)
    stream.leave()
    assert told == []


async def test_after_the_response_a_peer_may_leave_untold(harness: Harness[ServerExchange]) -> None:
    stream = harness.open()
    told: list[int] = []
    stream.exchange.when_disconnected(lambda: told.append(1))
    stream.exchange.respond(200, None, [], b"ok")
    stream.leave()
    assert told == []


async def test_who_waits_for_the_end_is_told_of_it_once(harness: Harness[ServerExchange]) -> None:
    stream = harness.open()
    told: list[tuple[bool, bool]] = []

    def tell() -> None:
        told.append((stream.exchange.finished, stream.exchange.disconnected))

    stream.exchange.when_disconnected(tell, or_finished=True)
    stream.exchange.send_head(200, None, [], body_length=None)
    assert told == []
    stream.exchange.send_data(b"ok", end=True)
    stream.leave()
    assert told == [(True, False)]


async def test_who_waits_for_the_end_is_told_that_the_peer_has_left(
    harness: Harness[ServerExchange],
) -> None:
    stream = harness.open("POST", has_body=True)
    told: list[tuple[bool, bool]] = []

    def tell() -> None:
        told.append((stream.exchange.finished, stream.exchange.disconnected))

    stream.exchange.when_disconnected(tell, or_finished=True)
    stream.leave()
    stream.exchange.respond(200, None, [], b"to nobody")
    assert told == [(False, True)]


# -- both directions, and each exchange for itself ------------------------------------------------


async def test_a_reset_is_each_exchanges_own(harness: Harness[ServerExchange]) -> None:
    first, second = harness.open(), harness.open()
    told: list[int] = []
    second.exchange.when_disconnected(lambda: told.append(2))
    first.exchange.reset(ResetReason.INTERNAL)
    await harness.turn()
    assert first.seen.broken
    assert not second.exchange.disconnected
    second.exchange.respond(200, None, [], b"ok")
    assert (second.seen.body, second.seen.broken, told) == (b"ok", False, [])


# -- tunnels --------------------------------------------------------------------------------------


async def test_a_tunnel_begins_with_the_head_of_its_response(harness: Harness[ServerExchange]) -> None:
    stream = harness.open_tunnel()
    assert (stream.seen.status, stream.seen.fields["Upgrade"]) == (101, "echo")
    assert stream.exchange.head_sent


async def test_no_tunnel_where_none_is_offered(harness: Harness[ServerExchange]) -> None:
    stream = harness.open()
    with pytest.raises(LocalProtocolError):
        stream.exchange.accept_tunnel(101, [])
    stream.exchange.respond(200, None, [], b"ok")
    assert stream.seen.body == b"ok"


async def test_no_response_in_a_tunnel(harness: Harness[ServerExchange]) -> None:
    stream = harness.open_tunnel()
    with pytest.raises(LocalProtocolError):
        stream.exchange.respond(200, None, [], b"")
    with pytest.raises(LocalProtocolError):
        stream.exchange.send_data(b"x")
    assert stream.seen.body == b""


async def test_who_has_a_tunnel_learns_from_it_that_the_peer_has_left(
    harness: Harness[ServerExchange],
) -> None:
    stream = harness.open_tunnel()
    told: list[int] = []
    stream.exchange.when_disconnected(lambda: told.append(1))
    stream.leave()
    assert told == []
    assert stream.exchange.disconnected

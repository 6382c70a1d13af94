"""The contract of channels of bytes, held against every codec there is, on both sides."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from client_wire import TunnelRecorder

from tidewire_http_io import Exchange, ResetReason

if TYPE_CHECKING:
    from exchange_harness import Harness


async def test_a_tunnel_carries_bytes_both_ways(harness: Harness[Exchange]) -> None:
    stream = harness.open_tunnel()
    assert stream.exchange.finished
    receiver = TunnelRecorder()
    stream.channel.receive(receiver)
    stream.send(b"ping")
    stream.channel.write(b"pong")
    stream.channel.write(b"")
    assert (receiver.data, stream.seen.body, stream.channel.closed) == (b"ping", b"pong", False)
    assert stream.channel.info("peername") == ("192.0.2.1", 50000)


async def test_bytes_right_behind_the_switch_belong_to_the_tunnel(harness: Harness[Exchange]) -> None:
    stream = harness.open_tunnel(b"early ")
    stream.send(b"later")
    receiver = TunnelRecorder()
    stream.channel.receive(receiver)
    assert receiver.data == b"early later"


async def test_what_the_peer_has_said_before_it_closed_is_kept_for_a_receiver(
    harness: Harness[Exchange],
) -> None:
    stream = harness.open_tunnel(b"early ")
    stream.send(b"later")
    stream.end()
    receiver = TunnelRecorder()
    stream.channel.receive(receiver)
    assert (receiver.data, receiver.eofs, receiver.losses) == (b"early later", 1, [])


async def test_a_loss_is_told_to_a_later_receiver_after_the_data(harness: Harness[Exchange]) -> None:
    stream = harness.open_tunnel(b"early")
    stream.leave()
    receiver = TunnelRecorder()
    stream.channel.receive(receiver)
    assert (receiver.data, len(receiver.losses), stream.channel.closed) == (b"early", 1, True)
    stream.channel.write(b"dropped")
    await stream.channel.writable()
    assert stream.seen.body == b""


@pytest.mark.parametrize("first", ["this side", "the peer"])
async def test_each_side_is_closed_by_itself_and_then_all(harness: Harness[Exchange], first: str) -> None:
    stream = harness.open_tunnel()
    receiver = TunnelRecorder()
    stream.channel.receive(receiver)
    if first == "this side":
        stream.channel.write(b"last")
        stream.channel.write_eof()
        assert stream.channel.closed
        stream.channel.write(b"dropped")
        stream.send(b"still heard")
        await harness.turn()
        assert receiver.losses == []
        stream.end()
    else:
        stream.send(b"still heard")
        stream.end()
        await harness.turn()
        assert (receiver.eofs, receiver.losses) == (1, [])
        stream.channel.write(b"last")
        assert not stream.channel.closed
        stream.channel.write_eof()
    await harness.turn()
    assert (stream.seen.body, stream.seen.ended) == (b"last", True)
    assert (receiver.data, receiver.eofs, receiver.losses) == (b"still heard", 1, [None])


async def test_closing_sends_what_was_written(harness: Harness[Exchange]) -> None:
    stream = harness.open_tunnel()
    receiver = TunnelRecorder()
    stream.channel.receive(receiver)
    stream.channel.write(b"last")
    stream.channel.close()
    stream.channel.close()
    assert stream.channel.closed
    stream.channel.write(b"dropped")
    await harness.turn()
    assert (stream.seen.body, stream.seen.ended, stream.seen.broken) == (b"last", True, False)
    assert receiver.losses == [None]


async def test_aborting_breaks_off(harness: Harness[Exchange]) -> None:
    stream = harness.open_tunnel()
    receiver = TunnelRecorder()
    stream.channel.receive(receiver)
    stream.channel.abort()
    await harness.turn()
    assert stream.seen.broken
    assert stream.channel.closed
    assert receiver.losses == [None]


async def test_who_pauses_gets_nothing_until_it_resumes(harness: Harness[Exchange]) -> None:
    stream = harness.open_tunnel(b"a")
    receiver = TunnelRecorder()
    stream.channel.pause_reading()
    stream.channel.receive(receiver)
    before = receiver.data
    assert before in (b"", b"a")
    for _ in range(harness.read_window // 1000 + 2):
        stream.send(b"x" * 1000)
    assert not stream.may_send
    assert receiver.data == before
    stream.channel.resume_reading()
    await harness.turn()
    assert len(receiver.data) == 1 + 1000 * (harness.read_window // 1000 + 2)
    assert stream.may_send


async def test_a_receiver_may_pause_while_it_takes_what_was_kept(harness: Harness[Exchange]) -> None:
    stream = harness.open_tunnel()
    size = 200_000  # more than is kept before reading pauses
    for _ in range(size // 1000):
        stream.send(b"x" * 1000)
    assert not stream.may_send
    receiver = TunnelRecorder()
    take = receiver.data_received

    def take_and_pause(data: bytes) -> None:
        take(data)
        stream.channel.pause_reading()

    receiver.data_received = take_and_pause  # type: ignore[method-assign]
    stream.channel.receive(receiver)
    await harness.turn()
    assert 0 < len(receiver.data) < size
    before = len(receiver.data)
    receiver.data_received = take  # type: ignore[method-assign]
    await harness.turn()
    assert len(receiver.data) == before
    stream.channel.resume_reading()
    await harness.turn()
    assert len(receiver.data) == size


async def test_a_writer_into_a_tunnel_waits_for_credit(harness: Harness[Exchange]) -> None:
    stream = harness.open_tunnel()
    stream.channel.receive(TunnelRecorder())
    stream.hold()
    written = 0
    while stream.channel.is_writable:
        stream.channel.write(b"x" * 1000)
        written += 1000
        assert written <= harness.write_window + 2000
    waiting = asyncio.ensure_future(stream.channel.writable())
    await harness.turn()
    assert not waiting.done()
    stream.release()
    await waiting
    await harness.turn()
    assert stream.seen.body == b"x" * written


async def test_a_writer_into_a_tunnel_is_released_when_it_breaks(harness: Harness[Exchange]) -> None:
    stream = harness.open_tunnel()
    stream.hold()
    while stream.channel.is_writable:
        stream.channel.write(b"x" * 1000)
    waiting = asyncio.ensure_future(stream.channel.writable())
    await harness.turn()
    stream.leave()
    await waiting


async def test_a_reset_after_the_tunnel_was_taken_is_none(harness: Harness[Exchange]) -> None:
    stream = harness.open_tunnel()
    stream.exchange.reset(ResetReason.CANCEL)
    await harness.turn()
    assert not stream.channel.closed
    assert not stream.seen.broken

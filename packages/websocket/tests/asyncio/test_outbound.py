"""The way out."""

from __future__ import annotations

import pytest
from memory_channel import MemoryChannel

from tidewire_websocket import MessageReader
from tidewire_websocket._deflate import Deflater
from tidewire_websocket._frames import FIN, serialise_frame
from tidewire_websocket.asyncio._outbound import BUSY, CLOSED, LARGE, OFF_LOOP, SENT, SENT_WAIT, Outbound

TEXT, BINARY = 1, 2


async def test_each_outcome_is_told() -> None:
    channel = MemoryChannel()
    outbound = Outbound(channel, False, Deflater(15, True, 1, 8), 10)
    assert outbound.send_text("x", -1) == SENT
    assert outbound.send(BINARY, bytes(OFF_LOOP), -1) == LARGE
    assert outbound.send(BINARY, bytes(OFF_LOOP), 0) == SENT
    channel.take_credit()
    assert outbound.send(BINARY, b"x" * 10, 0) == SENT
    assert not outbound.behind
    assert outbound.send(BINARY, b"x", 0) == SENT_WAIT
    assert outbound.behind
    outbound.catch_up()
    assert outbound.send(BINARY, b"x", 0) == SENT
    outbound.busy = True
    assert outbound.send_text("x", -1) == BUSY
    outbound.closed = True
    assert outbound.send_text("x", -1) == CLOSED


async def test_what_was_serialised_before_waits_for_its_turn() -> None:
    channel = MemoryChannel()
    outbound = Outbound(channel, False, None, 10)
    outbound.write_serialised(b"1", False)
    outbound.busy = True
    outbound.write_serialised(b"2", False)
    outbound.write_serialised(b"3", False)
    assert channel.written == b"1"
    outbound.end_turn()
    assert channel.written == b"123"
    outbound.busy = True
    outbound.write_serialised(b"4", False)
    outbound.closed = True
    outbound.end_turn()
    assert channel.written == b"123"


async def test_large_frames_are_not_copied() -> None:
    channel = MemoryChannel()
    outbound = Outbound(channel, False, None, 10)
    payload = bytes(100_000)
    outbound.send(BINARY, payload, -1)
    assert len(channel.written) == 100_010
    assert channel.pieces[0][1] is payload
    masked = MemoryChannel()
    Outbound(masked, True, None, 10).send(BINARY, payload, -1)
    assert (masked.pieces, len(masked.written)) == ([], 100_014)


async def test_a_large_frame_goes_out_behind_what_was_held_back() -> None:
    channel = MemoryChannel()
    outbound = Outbound(channel, False, None, 10)
    outbound.cork()
    outbound.send(BINARY, b"first", -1)
    outbound.send(BINARY, bytes(40_000), -1)
    outbound.send(BINARY, b"last", -1)
    outbound.uncork()
    assert channel.written[:7] == b"\x82\x05first"
    assert channel.written[-6:] == b"\x82\x04last"
    assert len(channel.written) == 7 + 40_004 + 6


async def test_what_is_held_back_goes_out_in_one_write() -> None:
    channel = MemoryChannel()
    outbound = Outbound(channel, False, None, 10)
    outbound.cork()
    for _ in range(3):
        outbound.send(BINARY, b"x", -1)
    assert channel.writes == 0
    outbound.uncork()
    assert (channel.writes, len(channel.written)) == (1, 9)
    outbound.cork()
    outbound.send(BINARY, bytes(30_000), -1)
    assert channel.writes == 1
    outbound.send(BINARY, bytes(30_000), -1)
    assert channel.writes == 1
    outbound.send(BINARY, bytes(30_000), -1)
    assert channel.writes == 2
    outbound.send(BINARY, b"x", -1)
    outbound.flush()
    assert channel.writes == 3
    outbound.uncork()
    assert channel.writes == 3
    assert len(channel.written) == 9 + 3 * 30_004 + 3


@pytest.mark.parametrize("text", ["x" * 100_000, "\u00fc" * 50_000], ids=["ascii", "other"])
async def test_a_long_text_is_sent_whole(text: str) -> None:
    channel, masked = MemoryChannel(), MemoryChannel()
    assert Outbound(channel, False, None, 10).send_text(text, -1) == SENT
    assert Outbound(masked, True, None, 10).send_text(text, 0) == SENT
    assert len(channel.pieces[0]) == 2  # what is not masked was not copied
    assert channel.written == serialise_frame(FIN | TEXT, text.encode(), False)
    for reader, stream in ((MessageReader(False, 0), channel), (MessageReader(True, 0), masked)):
        reader.receive_data(stream.written)
        assert reader.take().data == text


async def test_a_long_text_waits_its_turn_as_any_other() -> None:
    channel = MemoryChannel()
    outbound = Outbound(channel, False, Deflater(15, True, 1, 8), 10)
    text = "x" * OFF_LOOP
    assert outbound.send_text(text, -1) == LARGE
    outbound.busy = True
    assert outbound.send_text(text, 0) == BUSY
    outbound.closed = True
    assert outbound.send_text(text, 0) == CLOSED
    assert channel.written == b""

"""The way in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from memory_channel import Peer, settle

MakePeer = Callable[..., Peer]

TEXT, CLOSE = 1, 8


async def test_the_channel_is_held_back_and_let_go_once(
    make_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = make_peer(read_limit=1000)
    calls: list[str] = []
    pause, resume = peer.channel.pause_reading, peer.channel.resume_reading

    def note_pause() -> None:
        calls.append("pause")
        pause()

    def note_resume() -> None:
        calls.append("resume")
        resume()

    monkeypatch.setattr(peer.channel, "pause_reading", note_pause)
    monkeypatch.setattr(peer.channel, "resume_reading", note_resume)
    peer.channel.feed(peer.frame(TEXT, "x" * 300) * 20)
    assert calls == ["pause"]
    for _ in range(20):
        assert (await peer.ws.receive()).data == "x" * 300
    assert calls == ["pause", "resume"]


async def test_a_close_frame_behind_much_that_waits_is_found_when_that_is_read(make_peer: MakePeer) -> None:
    peer = make_peer(read_limit=1)
    peer.channel.feed(peer.frame(TEXT, "1") + peer.frame(TEXT, "2") + peer.frame(CLOSE, b"\x03\xe9"))
    assert peer.ws.close_code is None
    assert [message.data async for message in peer.ws] == ["1", "2"]
    assert peer.ws.close_code == 1001


async def test_what_came_before_the_end_of_the_connection_can_be_read(make_peer: MakePeer) -> None:
    peer = make_peer(read_limit=1)
    peer.channel.feed(peer.frame(TEXT, "1") * 5)
    peer.channel.lose(None)
    assert [message.data async for message in peer.ws] == ["1"] * 5
    assert peer.ws.close_code == 1006


async def test_what_one_callback_answers_goes_out_in_one_write(peer: Peer) -> None:
    async def echo() -> None:
        async for message in peer.ws:
            await peer.ws.send_str(message.data)

    task = asyncio.create_task(echo())
    await settle()
    frames = peer.frame(TEXT, "x") * 16 + peer.frame(CLOSE, b"\x03\xe8")
    asyncio.get_running_loop().call_soon(peer.channel.feed, frames)
    await task
    assert peer.channel.writes == 1
    assert peer.received() == [(TEXT, "x")] * 16 + [(CLOSE, 1000)]
    assert peer.channel.ended == "close"


@pytest.mark.parametrize("fills", [True, False])
async def test_a_long_message_comes_into_its_own_buffer_where_the_channel_can(
    make_peer: MakePeer, fills: bool
) -> None:
    peer = make_peer()
    peer.channel.fills = fills
    frame = peer.frame(TEXT, "x" * 300_000)
    for at in range(0, len(frame), 50_000):
        assert peer.channel.buffered == (fills and at > 0)
        peer.channel.feed(frame[at : at + 50_000])
    peer.channel.feed(peer.frame(TEXT, "short"))
    assert (await peer.ws.receive()).data == "x" * 300_000
    assert (await peer.ws.receive()).data == "short"


async def test_bytes_in_a_buffer_are_a_sign_of_life(make_peer: MakePeer) -> None:
    peer = make_peer(heartbeat=10)
    frame = peer.frame(TEXT, "x" * 300_000)
    for at in range(0, 300_000, 50_000):
        peer.channel.feed(frame[at : at + 50_000])
        peer.clock.advance(8)
    assert peer.received() == []
    assert not peer.ws.closed


async def test_wrong_text_in_a_buffer_is_refused_at_once(make_peer: MakePeer) -> None:
    peer = make_peer()
    peer.channel.feed(peer.frame(TEXT, b"x" * 100_000 + b"\xff" + b"x" * 100_000)[:150_000])
    assert peer.channel.buffered is False
    peer = make_peer()
    frame = peer.frame(TEXT, b"x" * 100_000 + b"\xff" + b"x" * 100_000)
    peer.channel.feed(frame[:1000])
    assert peer.channel.buffered
    peer.channel.feed(frame[1000:150_000])
    assert peer.ws.close_code == 1007


async def test_closing_within_a_long_message_reads_on(make_peer: MakePeer) -> None:
    peer = make_peer()
    frame = peer.frame(TEXT, "x" * 300_000)
    peer.channel.feed(frame[:1000])
    closing = asyncio.ensure_future(peer.ws.close())
    await settle()
    peer.channel.feed(frame[1000:])
    peer.channel.feed(peer.frame(CLOSE, b"\x03\xe8"))
    assert await closing
    assert peer.ws.close_code == 1000

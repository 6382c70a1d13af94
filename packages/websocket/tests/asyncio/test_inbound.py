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

"""What a websocket does by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from memory_channel import MemoryChannel, Peer, settle

from tidewire_websocket import DeflateAgreement, WSMsgType
from tidewire_websocket.asyncio import WebSocket

MakePeer = Callable[..., Peer]

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


async def test_of_pings_that_nobody_hears_the_answers_to_the_last_is_answered(peer: Peer) -> None:
    peer.channel.take_credit()
    for at in range(1000):
        peer.send(PING, str(at))
    await settle()
    assert peer.received() == []
    peer.channel.give_credit()
    await settle()
    assert peer.received() == [(PONG, b"999")]
    peer.send(PING, b"again")
    assert peer.received() == [(PONG, b"again")]


async def test_a_late_pong_is_not_sent_behind_a_close_frame(peer: Peer) -> None:
    peer.channel.take_credit()
    peer.send(PING, b"x")
    closer = asyncio.create_task(peer.ws.close())
    await settle()
    peer.channel.give_credit()
    await settle()
    assert peer.received() == [(CLOSE, 1000)]
    peer.send(CLOSE)
    await closer


async def test_a_transport_that_cannot_end_its_side_is_aborted(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OSError("not connected")

    monkeypatch.setattr(peer.channel, "write_eof", refuse)
    peer.send(3)
    assert peer.channel.ended == "abort"
    assert peer.ws.close_code == 1002


async def test_a_compressor_that_fails_closes_the_connection(make_peer: MakePeer) -> None:
    peer = make_peer(deflate=DeflateAgreement())
    connection = peer.ws._connection
    loop = connection.loop
    await connection.take_turn()
    done, job = loop.create_future(), loop.create_future()
    job.set_exception(MemoryError())
    connection._compressed(TEXT, done, job)
    with pytest.raises(MemoryError):
        await done
    assert peer.received() == [(CLOSE, 1011)]
    assert (await peer.ws.receive()).type is WSMsgType.ERROR


async def test_a_large_message_of_a_closed_websocket_is_dropped(make_peer: MakePeer) -> None:
    peer = make_peer(deflate=DeflateAgreement())
    sender = asyncio.create_task(peer.ws.send_bytes(bytes(1_000_000)))
    await asyncio.sleep(0)
    closer = asyncio.create_task(peer.ws.close())
    await sender
    await settle()
    assert [kind for kind, _ in peer.received()][-1] == CLOSE
    peer.send(CLOSE)
    await closer


async def test_senders_that_wait_for_their_turn_are_told_of_the_end(make_peer: MakePeer) -> None:
    peer = make_peer()
    async with peer.ws.send_stream() as stream:
        waiting = asyncio.create_task(peer.ws.send_str("x"))
        await stream.write(b"y")
        await settle()
        assert not waiting.done()
    await waiting
    stream_context: Any = peer.ws.send_stream()
    await stream_context.__aenter__()
    waiting = asyncio.create_task(peer.ws.send_str("x"))
    await settle()
    peer.channel.lose(None)
    with pytest.raises(ConnectionResetError):
        await stream_context.__aexit__(None, None, None)
    with pytest.raises(ConnectionResetError):
        await waiting


async def test_the_end_may_come_before_the_websocket() -> None:
    channel = MemoryChannel()
    channel.receive = lambda receiver: receiver.connection_lost(None)  # type: ignore[method-assign]
    ws = WebSocket(channel, server=True)
    assert ws.closed
    assert (await ws.receive()).type is WSMsgType.CLOSED
    assert await ws.close() is False

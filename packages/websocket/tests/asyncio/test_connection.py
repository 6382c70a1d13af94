"""The life of a websocket: how it closes, and what it does by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from memory_channel import MemoryChannel, Peer, settle

import tidewire_websocket as tw
from tidewire_websocket import WSMsgType
from tidewire_websocket.asyncio import WebSocket

MakePeer = Callable[..., Peer]

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


async def test_closing_waits_for_the_peer(peer: Peer) -> None:
    closer = asyncio.create_task(peer.ws.close(code=4001, message="bye"))
    await settle()
    assert peer.received() == [(CLOSE, 4001)]
    assert peer.channel.written.endswith(b"bye")
    assert not closer.done()
    assert peer.channel.ended == ""
    peer.send(TEXT, "dropped")
    peer.send(CLOSE, b"\x0f\xa2")
    assert await closer is True
    assert peer.ws.close_code == 4002
    assert peer.ws.exception() is None
    assert peer.channel.ended == "close"
    assert await peer.ws.close() is False
    assert (await peer.ws.receive()).type is WSMsgType.CLOSED


async def test_a_client_waits_until_the_server_closes(make_peer: MakePeer) -> None:
    peer = make_peer(server=False)
    closer = asyncio.create_task(peer.ws.close())
    await settle()
    peer.send(CLOSE, b"\x03\xe8")
    await settle()
    assert not closer.done()
    assert peer.channel.ended == ""
    peer.channel.feed_eof()
    assert await closer
    assert peer.ws.close_code == 1000


async def test_closing_has_one_deadline(peer: Peer) -> None:
    closer = asyncio.create_task(peer.ws.close())
    await settle()
    peer.clock.advance(9.0)
    for _ in range(20):
        peer.send(TEXT, "chatter")
    await settle()
    assert not closer.done()
    peer.clock.advance(1.0)
    assert await closer is True
    assert peer.channel.ended == "abort"
    assert peer.ws.close_code == 1006
    assert isinstance(peer.ws.exception(), TimeoutError)


async def test_a_client_aborts_a_server_that_does_not_close(make_peer: MakePeer) -> None:
    peer = make_peer(server=False, close_timeout=3.0)
    closer = asyncio.create_task(peer.ws.close())
    await settle()
    peer.send(CLOSE, b"\x03\xe8")
    peer.clock.advance(3.0)
    assert await closer
    assert (peer.channel.ended, peer.ws.close_code, peer.ws.exception()) == ("abort", 1000, None)


async def test_whoever_is_cancelled_while_closing_aborts(peer: Peer) -> None:
    closer = asyncio.create_task(peer.ws.close())
    await settle()
    closer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closer
    assert peer.channel.ended == "abort"
    assert peer.ws.close_code == 1006


async def test_nothing_is_sent_behind_the_close_frame(peer: Peer) -> None:
    closer = asyncio.create_task(peer.ws.close())
    await settle()
    for send in (
        peer.ws.send_str("x"),
        peer.ws.send_bytes(b"x"),
        peer.ws.send_frame(b"x", WSMsgType.TEXT),
        peer.ws.ping(),
        peer.ws.pong(),
        peer.ws.measure_latency(),
    ):
        with pytest.raises(tw.WebSocketClosed):
            await send
    peer.send(PING, b"x")
    assert peer.received() == [(CLOSE, 1000)]
    peer.send(CLOSE)
    await closer


async def test_without_autoclose_the_close_frame_is_the_users_to_answer(make_peer: MakePeer) -> None:
    peer = make_peer(autoclose=False)
    peer.send(CLOSE, b"\x03\xe9")
    assert (await peer.ws.receive()).type is WSMsgType.CLOSE
    peer.clock.advance(100)
    assert not peer.ws.closed
    await peer.ws.send_str("last words")
    assert await peer.ws.close(code=4003)
    assert peer.received() == [(TEXT, "last words"), (CLOSE, 4003)]
    assert peer.ws.close_code == 1001


async def test_a_close_frame_that_nobody_reads_is_answered_in_the_end(peer: Peer) -> None:
    peer.send(TEXT, "unread")
    peer.send(CLOSE, b"\x03\xe9")
    peer.clock.advance(9.9)
    assert peer.received() == []
    peer.clock.advance(0.2)
    assert peer.received() == [(CLOSE, 1001)]
    assert peer.channel.ended == "close"


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([(3, b"")], 1002),
        ([(TEXT, b"\xff")], 1007),
        ([(BINARY, b"12345678901")], 1009),
        ([(CLOSE, b"x")], 1002),
    ],
)
async def test_a_violation_is_answered_without_a_reader(
    make_peer: MakePeer, frames: list[tuple[int, bytes]], code: int
) -> None:
    peer = make_peer(max_msg_size=10)
    for opcode, payload in frames:
        peer.send(opcode, payload)
    assert peer.received() == [(CLOSE, code)]
    assert peer.channel.ended == "eof"
    peer.send(TEXT, "ignored")
    message = await peer.ws.receive()
    assert message.type is WSMsgType.ERROR
    assert isinstance(message.data, tw.WebSocketError)
    assert message.data.code == peer.ws.close_code == code
    assert peer.ws.exception() is message.data
    assert (await peer.ws.receive()).type is WSMsgType.CLOSED
    peer.clock.advance(10)
    assert peer.channel.ended == "abort"


@pytest.mark.parametrize("read_limit", [1, 262144])
@pytest.mark.parametrize("waiting", [True, False])
@pytest.mark.parametrize("count", [1, 3])
async def test_what_came_before_a_violation_is_answered_before(
    make_peer: MakePeer, read_limit: int, waiting: bool, count: int
) -> None:
    peer = make_peer(read_limit=read_limit)

    async def echo() -> None:
        async for message in peer.ws:
            if message.type is WSMsgType.TEXT:
                await asyncio.sleep(0)
                await peer.ws.send_str(message.data)

    task = asyncio.create_task(echo()) if waiting else None
    await settle()
    frames = peer.frame(TEXT, "fine") * count + peer.frame(3)
    asyncio.get_running_loop().call_soon(peer.channel.feed, frames)
    await settle()
    await (task or echo())
    assert peer.received() == [(TEXT, "fine")] * count + [(CLOSE, 1002)]


async def test_a_violation_that_nobody_reads_is_answered_in_the_end(peer: Peer) -> None:
    peer.channel.feed(peer.frame(TEXT, "fine") + peer.frame(3))
    peer.clock.advance(10)
    assert peer.received() == [(CLOSE, 1002)]
    assert await peer.ws.receive_str() == "fine"
    assert (await peer.ws.receive()).type is WSMsgType.ERROR


async def test_closing_reads_on_where_the_peer_was_slowed_down(make_peer: MakePeer) -> None:
    peer = make_peer(read_limit=100)
    peer.send(TEXT, "1")
    peer.send(TEXT, "2")
    assert not peer.channel.reading
    closer = asyncio.create_task(peer.ws.close())
    await settle()
    peer.send(CLOSE, b"\x03\xe8")
    assert await closer
    assert peer.ws.close_code == 1000


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


async def test_the_end_may_come_before_the_websocket() -> None:
    channel = MemoryChannel()
    channel.receive = lambda receiver: receiver.connection_lost(None)  # type: ignore[method-assign]
    ws = WebSocket(channel, server=True)
    assert ws.closed
    assert (await ws.receive()).type is WSMsgType.CLOSED
    assert await ws.close() is False

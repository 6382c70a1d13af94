"""Messages that are sent in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from memory_channel import Peer, settle

from tidewire_websocket import DeflateAgreement, WSMsgType
from tidewire_websocket.asyncio import WebSocket

MakePeer = Callable[..., Peer]
Join = Callable[..., tuple[WebSocket, WebSocket]]

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


@pytest.mark.parametrize("deflate", [None, DeflateAgreement()])
async def test_pieces_make_one_message(make_peer: MakePeer, deflate: DeflateAgreement | None) -> None:
    peer = make_peer(deflate=deflate)
    for compress in (None, 0):
        async with peer.ws.send_stream(compress=compress) as stream:
            for piece in (b"a", b"", bytearray(b"b"), memoryview(b"c"), bytes(100_000)):
                await stream.write(piece)
        assert peer.received() == [(BINARY, b"abc" + bytes(100_000))]
    async with peer.ws.send_stream(WSMsgType.TEXT) as stream:
        await stream.write("ü")
        await stream.write("x")
    assert peer.received() == [(TEXT, "üx")]
    async with peer.ws.send_stream():
        pass
    assert peer.received() == [(BINARY, b"")]
    await peer.ws.send_str("after")
    assert peer.received() == [(TEXT, "after")]


async def test_other_messages_wait_and_control_frames_do_not(peer: Peer) -> None:
    async with peer.ws.send_stream() as stream:
        await stream.write(b"1")
        waiting = asyncio.create_task(peer.ws.send_str("2"))
        await settle()
        peer.send(PING, b"p")
        await peer.ws.ping(b"q")
        await stream.write(b"1")
    await waiting
    assert peer.received() == [(PONG, b"p"), (PING, b"q"), (BINARY, b"11"), (TEXT, "2")]


@pytest.mark.parametrize(
    ("kind", "data"), [(WSMsgType.TEXT, b"x"), (WSMsgType.BINARY, "x"), (WSMsgType.BINARY, 5)]
)
async def test_pieces_are_of_the_messages_kind(peer: Peer, kind: WSMsgType, data: Any) -> None:
    async def send() -> None:
        async with peer.ws.send_stream(kind) as stream:
            await stream.write(data)

    with pytest.raises(TypeError):
        await send()
    assert peer.received() == [(CLOSE, 1011)]


async def test_only_messages_are_streamed(peer: Peer) -> None:
    with pytest.raises(ValueError, match="TEXT or BINARY"):
        peer.ws.send_stream(WSMsgType.PING)
    with pytest.raises(RuntimeError, match="not open"):
        await peer.ws.send_stream().write(b"x")


async def test_a_message_that_is_not_completed_closes_the_connection(peer: Peer) -> None:
    async def send() -> None:
        async with peer.ws.send_stream() as stream:
            await stream.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await send()
    assert peer.received() == [(CLOSE, 1011)]
    assert peer.ws.close_code == 1011
    with pytest.raises(ConnectionResetError):
        await peer.ws.send_str("x")


async def test_a_stream_of_a_closed_websocket_is_told(peer: Peer) -> None:
    async def send() -> None:
        async with peer.ws.send_stream() as stream:
            peer.channel.lose(None)
            await stream.write(b"x")

    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            await send()


async def test_a_stream_waits_for_credit(make_peer: MakePeer) -> None:
    peer = make_peer(writer_limit=10)
    peer.channel.take_credit()

    async def send() -> None:
        async with peer.ws.send_stream() as stream:
            for _ in range(100):
                await stream.write(b"x" * 10)

    sender = asyncio.create_task(send())
    await settle()
    assert len(peer.channel.written) < 50
    peer.channel.give_credit()
    await sender
    assert peer.received() == [(BINARY, b"x" * 1000)]


async def test_a_large_piece_that_is_cancelled_corrupts_nothing(make_peer: MakePeer) -> None:
    peer = make_peer(deflate=DeflateAgreement())
    large = b"".join(b"%d," % at for at in range(30_000))
    async with peer.ws.send_stream() as stream:
        await stream.write(b"begin ")
        for _ in range(3):
            write = asyncio.ensure_future(stream.write(large))
            await asyncio.sleep(0)
            write.cancel()
            with pytest.raises(asyncio.CancelledError):
                await write
            await stream.write(b" next ")
        for _ in range(2):
            write = asyncio.ensure_future(stream.write(large))
            await asyncio.sleep(0)
            write.cancel()  # the second one waits for the first, and is not begun
            await settle()
    await peer.ws.send_bytes(large[:5000])
    assert peer.received() == [(BINARY, b"begin " + (large + b" next ") * 3 + large), (BINARY, large[:5000])]
    assert peer.ws.close_code is None


async def test_a_stream_that_is_cancelled_at_its_end_closes_the_connection(make_peer: MakePeer) -> None:
    peer = make_peer(deflate=DeflateAgreement())

    async def send() -> None:
        async with peer.ws.send_stream() as stream:
            piece = asyncio.ensure_future(stream.write(bytes(1_000_000)))
            await asyncio.sleep(0)
            piece.cancel()

    sender = asyncio.ensure_future(send())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    sender.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sender
    assert peer.ws.close_code == 1011
    with pytest.raises(ConnectionResetError):
        await peer.ws.send_str("x")


async def test_pieces_of_two_tasks_are_each_whole(make_peer: MakePeer) -> None:
    peer = make_peer(deflate=DeflateAgreement())
    pieces = [bytes([at]) * size for at, size in enumerate((200_000, 3, 100_000, 5, 70_000))]
    async with peer.ws.send_stream() as stream:
        await asyncio.gather(*[stream.write(piece) for piece in pieces])
    ((kind, data),) = peer.received()
    assert kind == BINARY
    assert len(data) == sum(map(len, pieces))
    assert all(piece in data for piece in pieces)


async def test_streams_of_both_sides_meet(join: Join) -> None:
    server, client = join(deflate=DeflateAgreement(), streaming=True)

    async def send() -> None:
        async with client.send_stream() as stream:
            for at in range(100):
                await stream.write(b"%d " % at * 1000)

    sender = asyncio.create_task(send())
    incoming = await server.receive_stream()
    assert incoming is not None
    received = b"".join([piece async for piece in incoming])
    await sender
    assert received == b"".join(b"%d " % at * 1000 for at in range(100))

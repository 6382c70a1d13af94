"""What receiving takes beyond the next message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from memory_channel import Peer, settle

import tidewire_websocket as tw
from tidewire_websocket import DeflateAgreement, WSMsgType
from tidewire_websocket._deflate import Deflater

MakePeer = Callable[..., Peer]

CONTINUATION, TEXT, BINARY, CLOSE, PING = 0, 1, 2, 8, 9


@pytest.fixture
async def streaming(make_peer: MakePeer) -> Peer:
    """A websocket that hands over messages as they come."""
    return make_peer(streaming=True, max_msg_size=100)


async def test_receiving_has_a_time_out(peer: Peer, make_peer: MakePeer) -> None:
    with pytest.raises(TimeoutError):
        await peer.ws.receive(0.001)
    with pytest.raises(TimeoutError):
        await peer.ws.receive_str(timeout=0.001)
    with pytest.raises(TimeoutError):
        await make_peer(receive_timeout=0.001).ws.receive()
    async with asyncio.timeout(5):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await peer.ws.receive()
    peer.send(TEXT, "still fine")
    assert await peer.ws.receive_str(timeout=5) == "still fine"


async def test_the_peers_close_frame_is_a_message_and_then_all_is_closed(peer: Peer) -> None:
    peer.send(CLOSE, b"\x03\xe9later")
    assert await peer.ws.receive() == (WSMsgType.CLOSE, 1001, "later")
    for _ in range(4):
        assert (await peer.ws.receive()).type is WSMsgType.CLOSED
    with pytest.raises(RuntimeError):
        await peer.ws.receive()


async def test_a_client_may_ask_for_closed_as_often_as_it_likes(make_peer: MakePeer) -> None:
    peer = make_peer(server=False)
    peer.channel.lose(None)
    for _ in range(20):
        assert (await peer.ws.receive()).type is WSMsgType.CLOSED


async def test_what_is_not_read_is_thrown_away(make_peer: MakePeer) -> None:
    peer = make_peer(streaming=True, deflate=DeflateAgreement())
    deflater = Deflater(15, True, 6, 8)
    for at in range(3):
        peer.send(TEXT, deflater.compress(b"message %d " % at * 1000), rsv1=True)
    stream = await peer.ws.receive_stream()
    assert stream is not None
    assert str(await anext(stream)).startswith("message 0")
    assert await peer.ws.receive_str() == "message 1 " * 1000
    assert await peer.ws.receive_str() == "message 2 " * 1000


async def test_an_error_is_raised_where_a_stream_is_asked_for(streaming: Peer) -> None:
    streaming.send(3)
    with pytest.raises(tw.InvalidFrame):
        await streaming.ws.receive_stream()


async def test_pings_that_are_shown_are_passed_over(make_peer: MakePeer) -> None:
    peer = make_peer(streaming=True, autoping=False)
    peer.send(PING, b"1")
    peer.send(TEXT, "a", fin=False)
    peer.send(PING, b"2")
    peer.send(CONTINUATION, "b")
    stream = await peer.ws.receive_stream()
    assert stream is not None
    assert await stream.read() == "ab"


async def test_streaming_has_to_be_asked_for(make_peer: MakePeer) -> None:
    with pytest.raises(RuntimeError, match="streaming"):
        await make_peer().ws.receive_stream()


async def test_one_task_reads(streaming: Peer) -> None:
    streaming.send(TEXT, "1", fin=False)
    stream = await streaming.ws.receive_stream()
    assert stream is not None
    await anext(stream)
    reader = asyncio.ensure_future(stream.receive_some())
    await settle()
    with pytest.raises(RuntimeError, match="another task"):
        await streaming.ws.receive()
    with pytest.raises(RuntimeError, match="another task"):
        await stream.receive_some()
    streaming.send(CONTINUATION, "2")
    assert await reader == "2"


async def test_a_receive_that_is_cancelled_within_a_message_loses_nothing(streaming: Peer) -> None:
    streaming.send(TEXT, "1", fin=False)
    for piece in "23":
        waiting = asyncio.ensure_future(streaming.ws.receive())
        await settle()
        streaming.send(CONTINUATION, piece, fin=False)
        await settle()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    streaming.send(CONTINUATION, "4")
    streaming.send(TEXT, "next")
    assert await streaming.ws.receive_str() == "1234"
    assert await streaming.ws.receive_str() == "next"


async def test_a_stream_begins_with_what_a_cancelled_receive_has_read(streaming: Peer) -> None:
    streaming.send(BINARY, b"1", fin=False)
    with pytest.raises(TimeoutError):
        await streaming.ws.receive(timeout=0)
    with pytest.raises(TimeoutError):
        await streaming.ws.receive(timeout=0.01)
    streaming.send(CONTINUATION, b"2")
    streaming.send(TEXT, "next")
    stream = await streaming.ws.receive_stream()
    assert stream is not None
    assert b"".join([piece async for piece in stream]) == b"12"
    assert await streaming.ws.receive_str() == "next"

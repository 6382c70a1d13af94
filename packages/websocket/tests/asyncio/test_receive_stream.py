"""Messages that are read as they come."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest
from memory_channel import Peer, settle

import tidewire_websocket as tw
from tidewire_websocket import DeflateAgreement, WSMsgType
from tidewire_websocket._deflate import Deflater

MakePeer = Callable[..., Peer]

CONTINUATION, TEXT, BINARY, CLOSE, PING = 0, 1, 2, 8, 9


@pytest.fixture
async def peer(make_peer: MakePeer) -> Peer:
    """A websocket that hands over messages as they come."""
    return make_peer(streaming=True, max_msg_size=100)


async def test_pieces_come_before_the_message_is_complete(peer: Peer) -> None:
    peer.send(TEXT, "1", fin=False)
    stream = await peer.ws.receive_stream()
    assert stream is not None
    assert stream.type is WSMsgType.TEXT
    assert await anext(stream) == "1"
    waiting = asyncio.ensure_future(stream.receive_some())
    await settle()
    assert not waiting.done()
    peer.send(CONTINUATION, "2", fin=False)
    assert await waiting == "2"
    assert not stream.ended
    peer.send(CONTINUATION, "3")
    assert [piece async for piece in stream] == ["3"]
    assert stream.ended
    assert await stream.receive_some() is None


async def test_a_stream_may_be_larger_than_a_message(peer: Peer) -> None:
    for _ in range(3):
        peer.send(BINARY, bytes(1000))
    stream = await peer.ws.receive_stream()
    assert stream is not None
    assert sum([len(piece) async for piece in stream]) == 1000
    stream = await peer.ws.receive_stream()
    assert stream is not None
    assert len(await stream.read()) == 1000
    stream = await peer.ws.receive_stream()
    assert stream is not None
    with pytest.raises(tw.MessageTooBig):
        await stream.read(999)
    assert peer.received() == [(CLOSE, 1009)]


async def test_whole_messages_are_held_to_their_limit(peer: Peer) -> None:
    peer.send(TEXT, "ü", fin=False)
    peer.send(CONTINUATION, "")
    peer.send(BINARY, bytes(100))
    peer.send(BINARY, bytes(101))
    assert await peer.ws.receive() == (WSMsgType.TEXT, "ü", "")
    assert await peer.ws.receive_bytes() == bytes(100)
    assert peer.received() == []
    message = await anext(peer.ws)
    assert isinstance(message.data, tw.MessageTooBig)
    assert peer.received() == [(CLOSE, 1009)]
    assert (await peer.ws.receive()).type is WSMsgType.CLOSED


async def test_few_bytes_become_many_only_as_they_are_read(make_peer: MakePeer) -> None:
    peer = make_peer(streaming=True, deflate=DeflateAgreement())
    peer.send(BINARY, Deflater(15, True, 9, 8).compress(bytes(10_000_000)), rsv1=True)
    stream = await peer.ws.receive_stream()
    assert stream is not None
    sizes = [len(piece) async for piece in stream]
    assert sum(sizes) == 10_000_000
    assert max(sizes) <= 65536


async def test_compressed_pieces_are_cut_anywhere(make_peer: MakePeer) -> None:
    peer = make_peer(streaming=True, deflate=DeflateAgreement())
    source = random.Random(1)
    text = "".join(source.choice("aäß€😀") for _ in range(3000))
    deflater = Deflater(15, True, 6, 8)
    for _ in range(3):
        compressed = deflater.compress(text.encode())
        data = peer.frame(TEXT, compressed[:100], fin=False, rsv1=True) + peer.frame(
            CONTINUATION, compressed[100:]
        )
        for at in range(0, len(data), 7):
            peer.channel.feed(data[at : at + 7])
        stream = await peer.ws.receive_stream()
        assert stream is not None
        assert "".join([piece async for piece in stream]) == text


async def test_texts_may_stay_bytes(make_peer: MakePeer) -> None:
    peer = make_peer(streaming=True, decode_text=False)
    peer.send(TEXT, "ü")
    peer.send(TEXT, "ü")
    stream = await peer.ws.receive_stream()
    assert stream is not None
    assert await stream.read() == "ü".encode()
    message = await peer.ws.receive()
    assert isinstance(message, tw.WSMessageTextBytes)
    assert message.data == "ü".encode()


@pytest.mark.parametrize("fin", [True, False])
async def test_text_that_is_not_utf_8_is_refused(peer: Peer, fin: bool) -> None:
    peer.send(TEXT, b"fine \xff", fin=fin)
    stream = await peer.ws.receive_stream()
    assert stream is not None
    with pytest.raises(tw.InvalidText):
        await stream.receive_some()
    assert peer.received() == [(CLOSE, 1007)]
    assert (await peer.ws.receive()).type is WSMsgType.ERROR


async def test_text_that_ends_within_a_character_is_refused(peer: Peer) -> None:
    peer.send(TEXT, b"\xe2\x82")
    assert isinstance((await peer.ws.receive()).data, tw.InvalidText)


async def test_what_is_not_compressed_as_it_says_is_refused(make_peer: MakePeer) -> None:
    peer = make_peer(streaming=True, deflate=DeflateAgreement())
    peer.send(TEXT, b"\xff\xff\xff\xff", rsv1=True)
    assert isinstance((await peer.ws.receive()).data, tw.InvalidDeflate)
    assert peer.received() == [(CLOSE, 1002)]


async def test_the_end_may_come_in_the_middle(make_peer: MakePeer) -> None:
    for whole in (True, False):
        peer = make_peer(streaming=True)
        peer.send(TEXT, "half", fin=False)
        if whole:
            peer.send(CLOSE, b"\x03\xe9")
            message = await peer.ws.receive()
            assert message.type is WSMsgType.CLOSE
            assert peer.received() == [(CLOSE, 1001)]
        else:
            stream = await peer.ws.receive_stream()
            assert stream is not None
            assert await anext(stream) == "half"
            peer.channel.lose(None)
            with pytest.raises(tw.WebSocketClosed):
                await anext(stream)
            assert await peer.ws.receive_stream() is None


async def test_a_violation_in_the_middle_is_told(peer: Peer) -> None:
    peer.send(TEXT, "half", fin=False)
    peer.send(3)
    message = await peer.ws.receive()
    assert isinstance(message.data, tw.InvalidFrame)
    assert peer.received() == [(CLOSE, 1002)]
    assert await peer.ws.receive_stream() is None


async def test_streams_end_with_the_websocket(peer: Peer) -> None:
    peer.send(PING, b"x")
    peer.send(CLOSE, b"\x03\xe9")
    assert await peer.ws.receive_stream() is None
    assert peer.ws.close_code == 1001


async def test_a_peer_that_is_not_read_is_slowed_down(make_peer: MakePeer) -> None:
    peer = make_peer(streaming=True, read_limit=1000)
    peer.send(BINARY, bytes(2000), fin=False)
    assert not peer.channel.reading
    stream = await peer.ws.receive_stream()
    assert stream is not None
    assert len(await anext(stream)) == 2000
    await settle()
    assert peer.channel.reading


async def test_a_read_that_is_cancelled_has_read_nothing(peer: Peer) -> None:
    peer.send(TEXT, "1", fin=False)
    stream = await peer.ws.receive_stream()
    assert stream is not None
    reading = asyncio.ensure_future(stream.read())
    await settle()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    peer.send(CONTINUATION, "2")
    assert await stream.receive_some() == "1"
    assert await stream.read() == "2"
    assert stream.ended

"""A websocket as its users know it."""

from __future__ import annotations

import asyncio
import json
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from memory_channel import MemoryChannel, Peer, settle

import tidewire_websocket as tw
from tidewire_http_parser import LocalProtocolError
from tidewire_websocket import DeflateAgreement, WSMsgType
from tidewire_websocket._deflate import Deflater
from tidewire_websocket.asyncio import WebSocket

MakePeer = Callable[..., Peer]
Join = Callable[..., tuple[WebSocket, WebSocket]]

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


async def test_messages_that_wait_are_received_at_once(peer: Peer) -> None:
    peer.send(TEXT, "ü")
    peer.send(BINARY, b"\xff")
    assert await peer.ws.receive() == (WSMsgType.TEXT, "ü", "")
    assert await peer.ws.receive() == (WSMsgType.BINARY, b"\xff", "")


async def test_a_reader_waits_for_a_message(peer: Peer) -> None:
    reader = asyncio.create_task(peer.ws.receive())
    await settle()
    assert not reader.done()
    peer.send(TEXT, "x")
    assert (await reader).data == "x"


async def test_a_reader_goes_on_within_the_callback_that_brings_the_message(peer: Peer) -> None:
    async def echo() -> None:
        async for message in peer.ws:
            await peer.ws.send_str(message.data)

    task = asyncio.create_task(echo())
    await settle()
    seen: list[Any] = []

    def bring() -> None:
        peer.send(TEXT, "x")
        seen.extend(peer.received())

    asyncio.get_running_loop().call_soon(bring)
    await settle()
    assert seen == [(TEXT, "x")]
    task.cancel()


async def test_what_was_kept_before_the_websocket_was_made_is_received() -> None:
    channel = MemoryChannel()
    channel.feed(tw.serialise_message("early", masked=True))
    ws = WebSocket(channel, server=True)
    assert await ws.receive_str() == "early"
    channel.lose(None)


async def test_two_readers_are_one_too_many(peer: Peer) -> None:
    reader = asyncio.create_task(peer.ws.receive())
    await settle()
    with pytest.raises(RuntimeError, match="another task"):
        await peer.ws.receive()
    with pytest.raises(RuntimeError, match="another task"):
        await anext(peer.ws)
    peer.send(TEXT, "x")
    assert (await reader).data == "x"


async def test_a_cancelled_reader_has_received_nothing(peer: Peer) -> None:
    for _ in range(2):
        reader = asyncio.create_task(peer.ws.receive())
        await settle()
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
    reader = asyncio.create_task(peer.ws.receive())
    await settle()
    reader.cancel("why")
    peer.send(TEXT, "kept")
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert await peer.ws.receive_str() == "kept"


async def test_a_message_may_come_in_the_moment_of_the_cancellation(peer: Peer) -> None:
    reader = asyncio.create_task(peer.ws.receive())
    await settle()
    peer.send(TEXT, "kept")
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert await peer.ws.receive_str() == "kept"


async def test_kinds_can_be_asked_for(peer: Peer) -> None:
    peer.send(TEXT, '{"a": 1}')
    peer.send(TEXT, "text")
    peer.send(BINARY, b"bytes")
    assert await peer.ws.receive_json() == {"a": 1}
    with pytest.raises(tw.WSMessageTypeError, match="BINARY expected; got TEXT"):
        await peer.ws.receive_bytes()
    with pytest.raises(TypeError, match="TEXT expected; got BINARY"):
        await peer.ws.receive_str()
    peer.send(BINARY, b"bytes")
    assert await peer.ws.receive_bytes() == b"bytes"


async def test_texts_may_stay_bytes(make_peer: MakePeer) -> None:
    peer = make_peer(decode_text=False)
    peer.send(TEXT, "ü")
    message = await peer.ws.receive()
    assert isinstance(message, tw.WSMessageTextBytes)
    assert message.data == "ü".encode()
    peer.send(TEXT, "[1]")
    assert await peer.ws.receive_json() == [1]


async def test_iterating_ends_with_the_peers_close_frame(peer: Peer) -> None:
    peer.send(TEXT, "1")
    peer.send(TEXT, "2")
    peer.send(CLOSE, b"\x0f\xa0bye")
    received = []
    async for message in peer.ws:
        received.append(message.data)
        await peer.ws.send_str(f"answer {message.data}")
    assert received == ["1", "2"]
    assert peer.received() == [(TEXT, "answer 1"), (TEXT, "answer 2"), (CLOSE, 4000)]
    assert peer.ws.closed
    assert peer.ws.close_code == 4000
    assert peer.channel.ended == "close"


async def test_a_lost_connection_is_closed_with_1006_and_its_cause(peer: Peer) -> None:
    reader = asyncio.create_task(peer.ws.receive())
    await settle()
    error = ConnectionResetError("gone")
    peer.channel.lose(error)
    assert (await reader).type is WSMsgType.CLOSED
    assert peer.ws.closed
    assert peer.ws.close_code == 1006
    assert peer.ws.exception() is error
    with pytest.raises(ConnectionResetError):
        await peer.ws.send_str("x")


async def test_an_end_without_a_close_frame_is_1006(peer: Peer) -> None:
    peer.send(TEXT, "last")
    peer.channel.feed_eof()
    assert await peer.ws.receive_str() == "last"
    assert (await peer.ws.receive()).type is WSMsgType.CLOSED
    assert peer.ws.close_code == 1006
    assert peer.channel.ended == "close"


async def test_messages_are_sent(peer: Peer, make_peer: MakePeer) -> None:
    for other in (peer, make_peer(server=False)):
        ws = other.ws
        await ws.send_str("ü")
        await ws.send_bytes(b"\xff")
        await ws.send_bytes(bytearray(b"1"))
        await ws.send_bytes(memoryview(b"23")[1:])
        await ws.send_json({"a": 1})
        await ws.send_json([1], dumps=lambda data: f"<{data}>")
        await ws.send_json_bytes([1], dumps=lambda data: json.dumps(data).encode())
        await ws.send_frame(b"frame", WSMsgType.TEXT)
        await ws.send_frame(b"p", WSMsgType.PING)
        await ws.send_bytes(bytes(100_000))
        assert other.received() == [
            (TEXT, "ü"),
            (BINARY, b"\xff"),
            (BINARY, b"1"),
            (BINARY, b"3"),
            (TEXT, '{"a": 1}'),
            (TEXT, "<[1]>"),
            (TEXT, "[1]"),
            (TEXT, "frame"),
            (PING, b"p"),
            (BINARY, bytes(100_000)),
        ]


async def test_a_short_message_is_one_write(peer: Peer) -> None:
    await peer.ws.send_str("x" * 100)
    await peer.ws.send_bytes(b"x" * 4000)
    assert peer.channel.writes == 2


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("send_str", (b"x",), TypeError),
        ("send_str", (None,), TypeError),
        ("send_bytes", ("x",), TypeError),
        ("send_bytes", (1,), TypeError),
        ("send_frame", ("x", WSMsgType.TEXT), TypeError),
        ("send_frame", (b"x", WSMsgType.CLOSE), ValueError),
        ("send_frame", (b"x", WSMsgType.CONTINUATION), ValueError),
        ("send_frame", (b"x" * 126, WSMsgType.PONG), LocalProtocolError),
        ("send_str", ("x", 8), ValueError),
        ("send_bytes", (b"x", 16), ValueError),
        ("ping", (b"x" * 126,), LocalProtocolError),
        ("pong", ("ü" * 63,), LocalProtocolError),
        ("send_str", ("\ud800",), UnicodeEncodeError),
    ],
)
async def test_what_may_not_be_sent_is_refused(
    peer: Peer, method: str, arguments: tuple[Any, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await getattr(peer.ws, method)(*arguments)
    assert peer.received() == []


async def test_text_of_a_derived_class_is_text(peer: Peer) -> None:
    class Text(str):
        __slots__ = ()

    await peer.ws.send_str(Text("x"))
    assert peer.received() == [(TEXT, "x")]


async def test_pings_are_answered_and_not_shown(peer: Peer) -> None:
    peer.send(PING, b"1")
    peer.send(PONG, b"unasked")
    peer.send(TEXT, "x")
    assert peer.received() == [(PONG, b"1")]
    assert await peer.ws.receive_str() == "x"


async def test_pings_may_be_shown(make_peer: MakePeer) -> None:
    peer = make_peer(autoping=False)
    peer.send(PING, b"1")
    peer.send(PONG, b"2")
    message = await peer.ws.receive()
    assert (message.type, message.data) == (WSMsgType.PING, b"1")
    await peer.ws.pong(message.data)
    assert await peer.ws.receive() == (WSMsgType.PONG, b"2", "")
    assert peer.received() == [(PONG, b"1")]


async def test_whoever_reads_is_told_that_another_task_closes(peer: Peer) -> None:
    reader = asyncio.create_task(peer.ws.receive())
    await settle()
    closer = asyncio.create_task(peer.ws.close())
    assert (await reader) == (WSMsgType.CLOSING, None, None)
    assert (await peer.ws.receive()).type is WSMsgType.CLOSED
    peer.send(CLOSE, b"\x03\xe8")
    assert await closer


async def test_a_loop_over_messages_ends_when_another_task_closes(peer: Peer) -> None:
    async def read() -> list[Any]:
        return [message async for message in peer.ws]

    reader = asyncio.create_task(read())
    await settle()
    closer = asyncio.create_task(peer.ws.close())
    assert await reader == []
    peer.send(CLOSE)
    assert await closer
    assert peer.ws.close_code == 1005


@pytest.mark.parametrize(("code", "message"), [(1005, b"x"), (1006, b""), (5000, b""), (1000, b"x" * 124)])
async def test_what_may_not_be_said_in_closing_is_refused(peer: Peer, code: int, message: bytes) -> None:
    with pytest.raises(LocalProtocolError):
        await peer.ws.close(code=code, message=message)
    assert not peer.ws.closed
    await peer.ws.send_str("still open")


async def test_a_peer_that_is_not_read_is_slowed_down(make_peer: MakePeer) -> None:
    peer = make_peer(read_limit=1000)
    for at in range(50):
        peer.send(TEXT, str(at))
    assert not peer.channel.reading
    assert [await peer.ws.receive_str() for _ in range(50)] == [str(at) for at in range(50)]
    assert peer.channel.reading


async def test_what_is_known_of_a_websocket(peer: Peer, make_peer: MakePeer) -> None:
    assert repr(peer.ws) == "<WebSocket server open>"
    assert peer.ws.get_extra_info("peername") == ("192.0.2.1", 50000)
    assert peer.ws.get_extra_info("other", 1) == 1
    assert (peer.ws.protocol, peer.ws.deflate, peer.ws.compress, peer.ws.latency) == (None, None, 0, None)
    assert (peer.ws.closed, peer.ws.close_code, peer.ws.exception()) == (False, None, None)
    agreement = DeflateAgreement(server_window_bits=12)
    assert make_peer(deflate=agreement).ws.compress == 12
    client = make_peer(server=False, deflate=DeflateAgreement(client_window_bits=8))
    assert client.ws.compress == 0
    client.channel.lose(None)
    assert repr(client.ws) == "<WebSocket client closed>"


async def test_websockets_live_in_weak_sets(peer: Peer) -> None:
    sockets = weakref.WeakSet([peer.ws])
    assert peer.ws in sockets


async def test_compressed_messages_go_both_ways(join: Join) -> None:
    server, client = join(deflate=DeflateAgreement())
    for size in (1, 100, 16383, 16384, 300_000):
        await server.send_str("ab" * size)
        await client.send_bytes(b"cd" * size)
        assert await client.receive_str() == "ab" * size
        assert await server.receive_bytes() == b"cd" * size
    await server.send_str("")
    assert await client.receive_str() == ""


async def test_compression_can_be_chosen_for_each_message(make_peer: MakePeer) -> None:
    peer = make_peer(deflate=DeflateAgreement())
    text = "0123456789" * 100
    for compress in (None, 0, 9, None, 12, 15, 0, None):
        await peer.ws.send_str(text, compress)
        written = len(peer.channel.written)
        assert peer.received() == [(TEXT, text)]
        assert (len(peer.channel.written) - written) == 0
    plain = make_peer()
    await plain.ws.send_str(text, 15)
    assert len(plain.channel.written) > 1000
    assert plain.received() == [(TEXT, text)]


async def test_a_peer_without_an_agreement_must_not_compress(peer: Peer) -> None:
    peer.send(TEXT, Deflater(15, True, 6, 8).compress(b"x"), rsv1=True)
    assert peer.received() == [(CLOSE, 1002)]


async def test_a_bomb_is_refused(make_peer: MakePeer) -> None:
    peer = make_peer(deflate=DeflateAgreement(), max_msg_size=1000)
    peer.send(TEXT, Deflater(15, True, 9, 8).compress(b"x" * 100_000), rsv1=True)
    assert peer.received() == [(CLOSE, 1009)]


async def test_latency_is_measured_without_a_reader(join: Join) -> None:
    server, client = join()
    assert server.latency is None
    latency = await server.measure_latency()
    assert latency == server.latency
    assert 0 <= latency < 5
    waiting = asyncio.create_task(client.measure_latency())
    await asyncio.sleep(0)
    client.start_closing()
    with pytest.raises(tw.WebSocketClosed):
        await waiting
    assert (await server.receive()).type is WSMsgType.CLOSE
    await client.wait_closed()


async def test_both_sides_close_each_other(join: Join) -> None:
    server, client = join()
    assert all(await asyncio.gather(server.close(code=4000), client.close(code=4001)))
    assert (server.close_code, client.close_code) == (4001, 4000)
    await asyncio.gather(server.wait_closed(), client.wait_closed())
    assert (server.exception(), client.exception()) == (None, None)


async def test_closing_can_begin_without_anybody_who_waits(make_peer: MakePeer) -> None:
    peer = make_peer(close_timeout=5.0)
    assert peer.ws.start_closing(code=1001, message="later")
    assert not peer.ws.start_closing()
    assert peer.received() == [(CLOSE, 1001)]
    with pytest.raises(LocalProtocolError):
        peer.ws.start_closing(code=1006)
    assert peer.channel.ended == ""
    peer.clock.advance(5.0)
    assert peer.channel.ended == "abort"

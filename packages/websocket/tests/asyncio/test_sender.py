"""What sending takes beyond writing a frame."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from memory_channel import Peer, settle

from tidewire_http_parser import LocalProtocolError
from tidewire_websocket import DeflateAgreement, WSMsgType
from tidewire_websocket.asyncio import WebSocket
from tidewire_websocket.asyncio._sender import as_bytes, control_payload, window_bits

MakePeer = Callable[..., Peer]
Join = Callable[..., tuple[WebSocket, WebSocket]]

TEXT, CLOSE = 1, 8


async def test_a_sender_waits_once_it_is_too_far_ahead(make_peer: MakePeer) -> None:
    peer = make_peer(writer_limit=100)
    peer.channel.take_credit()
    await peer.ws.send_bytes(bytes(100))
    sender = asyncio.create_task(peer.ws.send_bytes(b"x"))
    await settle()
    assert not sender.done()
    assert len(peer.received()) == 2
    peer.channel.give_credit()
    await sender
    peer.channel.take_credit()
    await peer.ws.send_bytes(bytes(100))


async def test_senders_of_large_messages_do_not_interleave(join: Join) -> None:
    server, client = join(deflate=DeflateAgreement())
    messages = [f"{at}-" * 20_000 for at in range(10)] + [f"{at}" for at in range(100, 120)]
    senders = [asyncio.create_task(server.send_str(message)) for message in messages]
    received = [await client.receive_str() for _ in messages]
    await asyncio.gather(*senders)
    assert sorted(received) == sorted(messages)


async def test_a_cancelled_sender_of_a_large_message_corrupts_nothing(join: Join) -> None:
    server, client = join(deflate=DeflateAgreement())
    large = "0123456789" * 100_000
    waiting = []
    for _ in range(3):
        task = asyncio.create_task(server.send_str(large))
        await asyncio.sleep(0)
        waiting.append(task)
    for task in waiting:
        task.cancel()
    for task in waiting:
        with pytest.raises(asyncio.CancelledError):
            await task
    await server.send_str("after" * 1000)
    await server.send_str(large)
    received: list[str] = []
    while not received or received.count("after" * 1000) == 0 or received[-1] != large:
        received.append(await client.receive_str())
    # The first had begun, and the others had not.
    assert received == [large, "after" * 1000, large]


async def test_a_compressor_that_fails_closes_the_connection(make_peer: MakePeer) -> None:
    peer = make_peer(deflate=DeflateAgreement())
    sender = peer.ws._sender
    loop = asyncio.get_running_loop()
    await sender.take_turn()
    done, job = loop.create_future(), loop.create_future()
    job.set_exception(MemoryError())
    sender._compressed(TEXT, done, job)
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


@pytest.mark.parametrize("bits", [0, 9, 12, 15])
def test_a_window_has_nine_to_fifteen_bits(bits: int) -> None:
    assert window_bits(bits) == bits
    for other in (-1, 1, 8, 16):
        with pytest.raises(ValueError, match="9 to 15 bits"):
            window_bits(other)


def test_what_is_sent_is_bytes() -> None:
    for data in (b"123", bytearray(b"123"), memoryview(b"_123")[1:]):
        assert (as_bytes(data), type(as_bytes(data))) == (b"123", bytes)
    with pytest.raises(TypeError, match="bytes expected; got str"):
        as_bytes("123")


def test_pings_and_pongs_are_short() -> None:
    assert control_payload("ü" * 62) == "ü".encode() * 62
    assert control_payload(bytes(125)) == bytes(125)
    for message in ("ü" * 63, bytes(126)):
        with pytest.raises(LocalProtocolError):
            control_payload(message)
    with pytest.raises(TypeError, match="got int"):
        control_payload(1)  # type: ignore[arg-type]

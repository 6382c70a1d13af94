"""One message to many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from memory_channel import Peer, settle

from tidewire_websocket import DeflateAgreement
from tidewire_websocket.asyncio import broadcast

MakePeer = Callable[..., Peer]

TEXT, BINARY = 1, 2


@pytest.mark.parametrize("data", ["ü" * 1000, b"\xff" * 1000, bytearray(b"x"), "", "ab" * 100_000])
@pytest.mark.parametrize("compress", [True, False])
async def test_everybody_gets_it(make_peer: MakePeer, data: str | bytes, compress: bool) -> None:
    peers = [
        make_peer(),
        make_peer(),
        make_peer(server=False),
        make_peer(deflate=DeflateAgreement()),
        make_peer(deflate=DeflateAgreement()),
        make_peer(deflate=DeflateAgreement(server_window_bits=9)),
        make_peer(deflate=DeflateAgreement(server_context_takeover=False)),
        make_peer(deflate=DeflateAgreement(), server=False),
    ]
    expected = (TEXT, data) if isinstance(data, str) else (BINARY, bytes(data))
    for _ in range(2):
        for peer in peers:
            await peer.ws.send_str("before " * 10)
        assert await broadcast([peer.ws for peer in peers], data, compress=compress) == []
        for peer in peers:
            await peer.ws.send_str("before " * 10)
            assert peer.received() == [(TEXT, "before " * 10), expected, (TEXT, "before " * 10)]


async def test_it_is_made_once_for_each_way(make_peer: MakePeer) -> None:
    peers = [make_peer(deflate=DeflateAgreement()) for _ in range(3)]
    peers.append(make_peer())
    await broadcast([peer.ws for peer in peers], "0123456789" * 50)
    written = [peer.channel.written for peer in peers]
    assert written[0] == written[1] == written[2]
    assert len(written[0]) < 60 < len(written[3])


async def test_who_is_closed_or_does_not_keep_up_is_left_out(make_peer: MakePeer) -> None:
    fast, slow, gone = make_peer(), make_peer(writer_limit=10), make_peer()
    gone.channel.lose(None)
    slow.channel.take_credit()
    sockets = [fast.ws, slow.ws, gone.ws]
    assert await broadcast(sockets, "0123456789x") == [gone.ws]
    assert await broadcast(sockets, "again") == [slow.ws, gone.ws]
    assert fast.received() == [(TEXT, "0123456789x"), (TEXT, "again")]
    slow.channel.give_credit()
    assert await broadcast(sockets, "third") == [gone.ws]
    assert slow.received() == [(TEXT, "0123456789x"), (TEXT, "third")]


@pytest.mark.parametrize("deflate", [None, DeflateAgreement()])
async def test_a_message_that_is_half_sent_is_completed_first(
    make_peer: MakePeer, deflate: DeflateAgreement | None
) -> None:
    peer = make_peer(deflate=deflate)
    await peer.ws.send_str("0123456789" * 10)
    async with peer.ws.send_stream() as stream:
        await stream.write(b"0123456789" * 10)
        await broadcast([peer.ws], "0123456789" * 10)
        await stream.write(b"0123456789" * 10)
        waiting = asyncio.create_task(peer.ws.send_str("0123456789" * 10))
        await settle()
    await waiting
    text = "0123456789" * 10
    assert peer.received() == [(TEXT, text), (BINARY, text.encode() * 2), (TEXT, text), (TEXT, text)]


async def test_a_message_that_is_being_compressed_is_completed_first(make_peer: MakePeer) -> None:
    peer = make_peer(deflate=DeflateAgreement())
    large = bytes(range(256)) * 1000
    sender = asyncio.create_task(peer.ws.send_bytes(large))
    await asyncio.sleep(0)
    await broadcast([peer.ws], "between")
    await sender
    await peer.ws.send_bytes(large[:1000])
    assert peer.received() == [(BINARY, large), (TEXT, "between"), (BINARY, large[:1000])]


async def test_only_messages_are_sent(make_peer: MakePeer) -> None:
    with pytest.raises(TypeError):
        await broadcast([make_peer().ws], 5)  # type: ignore[arg-type]

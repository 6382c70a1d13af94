"""Waiting for the next message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from memory_channel import Peer, settle

from tidewire_websocket import WSMsgType
from tidewire_websocket.asyncio._arrival import arrival

MakePeer = Callable[..., Peer]

TEXT, CLOSE = 1, 8


async def receive(peer: Peer) -> object:
    message = peer.ws._inbound.claim()
    return await arrival(peer.ws._inbound) if message is None else message


async def test_what_arrives_is_returned(peer: Peer) -> None:
    for at in range(3):
        waiting = asyncio.ensure_future(receive(peer))
        await settle()
        assert not waiting.done()
        peer.send(TEXT, f"{at}")
        assert await waiting == (WSMsgType.TEXT, f"{at}", "")
        assert not peer.ws._inbound.waiter.busy


async def test_a_wait_goes_on_where_there_was_nothing_to_wake_for(peer: Peer) -> None:
    waiting = asyncio.ensure_future(receive(peer))
    await settle()
    peer.ws._inbound.waiter.wake()
    await settle()
    assert not waiting.done()
    peer.send(TEXT, "x")
    assert await waiting == (WSMsgType.TEXT, "x", "")


async def test_the_end_arrives(peer: Peer) -> None:
    waiting = asyncio.ensure_future(receive(peer))
    await settle()
    peer.channel.lose(None)
    message = await waiting
    assert message == (WSMsgType.CLOSED, None, None)


async def test_who_is_cancelled_has_taken_nothing(peer: Peer) -> None:
    for woken in (False, True):
        waiting = asyncio.ensure_future(receive(peer))
        await settle()
        if woken:
            peer.send(TEXT, "x")  # in this test's task, so that the reader goes on in the loop's next turn
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not peer.ws._inbound.waiter.busy
    assert await receive(peer) == (WSMsgType.TEXT, "x", "")

"""Heartbeats and latency."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from memory_channel import Peer, settle

from tidewire_testing import FakeClock
from tidewire_websocket import PingTimeout, WSMsgType
from tidewire_websocket.asyncio._keepalive import Keepalive

MakePeer = Callable[..., Peer]

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def kinds(peer: Peer) -> list[int]:
    return [kind for kind, _ in peer.received()]


async def test_a_silent_peer_is_pinged_and_given_up_without_a_reader(make_peer: MakePeer) -> None:
    peer = make_peer(heartbeat=10.0)
    peer.clock.advance(9.9)
    assert kinds(peer) == []
    peer.clock.advance(0.1)
    assert kinds(peer) == [PING]
    peer.clock.advance(4.9)
    assert not peer.ws.closed
    peer.clock.advance(0.1)
    assert peer.ws.closed
    assert peer.ws.close_code == 1006
    assert isinstance(peer.ws.exception(), PingTimeout)
    assert peer.channel.ended == "abort"
    message = await peer.ws.receive()
    assert message.type is WSMsgType.ERROR
    assert isinstance(message.data, PingTimeout)
    assert message.data.seconds == 5.0
    assert (await peer.ws.receive()).type is WSMsgType.CLOSED


async def test_a_waiting_reader_is_told(make_peer: MakePeer) -> None:
    peer = make_peer(heartbeat=10.0)
    reader = asyncio.create_task(peer.ws.receive())
    await settle()
    peer.clock.advance(15)
    assert (await reader).type is WSMsgType.ERROR


async def test_any_data_is_a_sign_of_life(make_peer: MakePeer) -> None:
    peer = make_peer(heartbeat=10.0)
    frame = peer.frame(TEXT, "x" * 100)
    for at in range(0, len(frame), 10):
        peer.channel.feed(frame[at : at + 10])
        peer.clock.advance(8)
    assert kinds(peer) == []
    peer.clock.advance(2)
    assert kinds(peer) == [PING]
    peer.clock.advance(4)
    peer.send(TEXT, "no pong, but alive")
    peer.clock.advance(9.9)
    assert kinds(peer) == []
    assert not peer.ws.closed
    peer.clock.advance(0.1)
    assert kinds(peer) == [PING]


async def test_a_pong_is_a_sign_of_life_and_tells_the_latency(make_peer: MakePeer) -> None:
    peer = make_peer(heartbeat=10.0)
    for latency in (0.25, 0.5):
        peer.clock.advance(10)
        [(kind, payload)] = peer.received()
        assert kind == PING
        peer.clock.advance(latency)
        peer.send(PONG, payload)
        assert peer.ws.latency == pytest.approx(latency)


async def test_a_peer_that_is_held_back_is_not_given_up(make_peer: MakePeer) -> None:
    peer = make_peer(heartbeat=10.0, read_limit=100)
    peer.send(TEXT, "unread")
    assert not peer.channel.reading
    peer.clock.advance(1000)
    assert not peer.ws.closed
    await peer.ws.receive()
    peer.clock.advance(15)
    assert PING in kinds(peer)


async def test_closing_ends_the_heartbeat(make_peer: MakePeer) -> None:
    peer = make_peer(heartbeat=1.0, close_timeout=100.0)
    closer = asyncio.create_task(peer.ws.close())
    await settle()
    peer.clock.advance(50)
    assert kinds(peer) == [CLOSE]
    peer.send(CLOSE)
    await closer
    assert peer.channel.ended == "close"


async def test_pongs_answer_the_pings_before_them() -> None:
    clock, sent = FakeClock(), list[bytes]()
    keepalive = Keepalive(
        clock,
        None,
        send_ping=sent.append,
        heard_at=lambda: 0.0,
        is_deaf=lambda: False,
        gone=lambda seconds: None,
    )
    loop = asyncio.get_running_loop()
    waiters = [loop.create_future() for _ in range(3)]
    for waiter in waiters:
        keepalive.ping(waiter)
        clock.advance(1)
    keepalive.ponged(b"unknown")
    assert keepalive.latency is None
    keepalive.ponged(sent[1])
    assert [waiter.done() for waiter in waiters] == [True, True, False]
    assert [waiter.result() for waiter in waiters[:2]] == [3, 2]
    assert keepalive.latency == 2
    keepalive.stop()
    with pytest.raises(ConnectionResetError):
        waiters[2].result()


async def test_pings_without_answers_are_forgotten() -> None:
    clock, sent = FakeClock(), list[bytes]()
    keepalive = Keepalive(
        clock,
        None,
        send_ping=sent.append,
        heard_at=lambda: 0.0,
        is_deaf=lambda: False,
        gone=lambda seconds: None,
    )
    first = asyncio.get_running_loop().create_future()
    keepalive.ping(first)
    for _ in range(32):
        keepalive.ping()
    with pytest.raises(TimeoutError):
        first.result()
    keepalive.ponged(sent[0])
    assert keepalive.latency is None

"""One message to many websockets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from web_client import Client
from websocket_client import Peer

import tidewire_web as web
from tidewire_web import WebSocketResponse, broadcast

Serve = Callable[..., Awaitable[Client]]


class Room:
    """Keeps websockets open."""

    def __init__(self) -> None:
        self.members: list[WebSocketResponse] = []

    async def enter(self, request: web.Request) -> WebSocketResponse:
        ws = WebSocketResponse(writer_limit=1000)
        await ws.prepare(request)
        self.members.append(ws)
        async for _ in ws:
            pass
        return ws


@pytest.mark.parametrize(("data", "kind"), [("ü", 1), (b"\xff", 2)])
async def test_everybody_gets_the_message(serve_ws: Serve, data: str | bytes, kind: int) -> None:
    room = Room()
    client = await serve_ws(room.enter)
    peers = [await Peer.open(client) for _ in range(3)]
    assert await broadcast(room.members, data) == []
    assert [peer.look() for peer in peers] == [[(kind, data)]] * 3


async def test_who_cannot_get_it_is_returned(serve_ws: Serve) -> None:
    room = Room()
    client = await serve_ws(room.enter)
    peers = [await Peer.open(client) for _ in range(3)]
    new = WebSocketResponse()
    closed, slow, good = room.members
    peers[0].transport.lose()
    peers[1].transport.hold_writes()
    sender = asyncio.create_task(slow.send_bytes(bytes(300_000)))
    await peers[1].settle()
    assert await broadcast([new, closed, slow, good], "x") == [new, closed, slow]
    assert peers[2].look() == [(1, "x")]
    peers[1].transport.release_writes()
    await sender


async def test_other_data_are_a_mistake() -> None:
    with pytest.raises(TypeError, match="str or bytes"):
        await broadcast([], 1)  # type: ignore[arg-type]

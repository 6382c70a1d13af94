"""What the tests of this distribution share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import pytest

from tidewire_testing import import_beside

import_beside(__file__, "memory_channel")

if TYPE_CHECKING:
    from memory_channel import Peer

    from tidewire_websocket.asyncio import WebSocket


@pytest.fixture
async def make_peer() -> AsyncIterator[Callable[..., Peer]]:
    """Makes a websocket over a channel in memory, with the test as its peer; takes the options by name."""
    from memory_channel import Peer

    peers: list[Peer] = []

    def make(**options: Any) -> Peer:
        peers.append(Peer(**options))
        return peers[-1]

    yield make
    for peer in peers:
        peer.channel.lose(None)


@pytest.fixture
async def peer(make_peer: Callable[..., Peer]) -> Peer:
    """A server's websocket of default options, with the test as its client."""
    return make_peer()


@pytest.fixture
async def join() -> AsyncIterator[Callable[..., tuple[WebSocket, WebSocket]]]:
    """Makes a server's websocket and a client's that are connected; takes the options of both by name."""
    from memory_channel import MemoryChannel, joined

    channels: list[MemoryChannel] = []

    def make(**options: Any) -> tuple[WebSocket, WebSocket]:
        server, client, ends = joined(**options)
        channels.extend(ends)
        return server, client

    yield make
    for channel in channels:
        channel.lose(None)

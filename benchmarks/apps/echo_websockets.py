"""An echo on websockets."""

from __future__ import annotations

import asyncio

from echo_options import BROADCAST, DEFLATE, MAX_SIZE, PORT, run
from websockets.asyncio.server import ServerConnection, broadcast, serve

SOCKETS: set[ServerConnection] = set()


async def echo(connection: ServerConnection) -> None:
    """Serve one websocket."""
    SOCKETS.add(connection)
    async for message in connection:
        if BROADCAST:
            broadcast(SOCKETS, message)
        else:
            await connection.send(message)
    SOCKETS.discard(connection)


async def main() -> None:
    """Serve for ever."""
    compression = "deflate" if DEFLATE else None
    async with serve(echo, "127.0.0.1", PORT, compression=compression, max_size=MAX_SIZE):
        await asyncio.Event().wait()


run(main())

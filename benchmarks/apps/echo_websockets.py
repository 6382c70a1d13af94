"""An echo on websockets."""

from __future__ import annotations

import asyncio

from echo_options import DEFLATE, MAX_SIZE, PORT, run
from websockets.asyncio.server import ServerConnection, serve


async def echo(connection: ServerConnection) -> None:
    """Serve one websocket."""
    async for message in connection:
        await connection.send(message)


async def main() -> None:
    """Serve for ever."""
    compression = "deflate" if DEFLATE else None
    async with serve(echo, "127.0.0.1", PORT, compression=compression, max_size=MAX_SIZE):
        await asyncio.Event().wait()


run(main())

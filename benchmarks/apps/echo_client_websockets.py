"""A client on websockets."""

from __future__ import annotations

import time
from functools import partial

from echo_client_options import CONNECTIONS, IN_FLIGHT, MAX_SIZE, PAYLOAD, URL, run, talk
from websockets.asyncio.client import ClientConnection, connect


async def converse(ws: ClientConnection, end: float) -> int:
    """As the other clients do."""
    echoes = 0
    while time.monotonic() < end:
        for _ in range(IN_FLIGHT):
            await ws.send(PAYLOAD)
        for _ in range(IN_FLIGHT):
            message = await ws.recv()
        echoes += IN_FLIGHT
        if echoes == IN_FLIGHT and message != PAYLOAD:
            raise ConnectionError("another message came back")
    return echoes


async def main() -> None:
    """Connect and talk."""
    url = URL.replace("http", "ws", 1)
    sockets = [
        await connect(url, compression=None, max_size=MAX_SIZE, proxy=None) for _ in range(CONNECTIONS)
    ]
    await talk([partial(converse, ws) for ws in sockets])


run(main())

"""What the clients have in common: `python echo_client_x.py PORT uvloop|asyncio KIND SIZE CONNECTIONS IN_FLIGHT SECONDS`.

A client prints how many echoes it has got, and how many seconds of CPU time it took for them.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Protocol

sys.path.append(str(Path(__file__).resolve().parent.parent))

from websocket_client import payload_of

__all__ = [
    "CONNECTIONS",
    "IN_FLIGHT",
    "IS_TEXT",
    "MAX_SIZE",
    "PAYLOAD",
    "URL",
    "WebSocketLike",
    "converse",
    "run",
    "talk",
]

URL = f"http://127.0.0.1:{sys.argv[1]}/"
IS_TEXT = sys.argv[3] == "text"
SIZE, CONNECTIONS, IN_FLIGHT = map(int, sys.argv[4:7])
SECONDS = float(sys.argv[7])
PAYLOAD: Any = payload_of(SIZE).decode() if IS_TEXT else payload_of(SIZE)
MAX_SIZE = 4 * 1024 * 1024
# Seconds before the measuring begins.
WARMING = 0.2

Talk = Callable[[float], Awaitable[int]]


class WebSocketLike(Protocol):
    """What the clients with coroutines have in common."""

    send_str: Any
    send_bytes: Any
    receive: Any


async def converse(ws: WebSocketLike, end: float) -> int:
    """Send batches of messages, and receive their echoes, until a time has come; return how many those were."""
    send = ws.send_str if IS_TEXT else ws.send_bytes
    echoes = 0
    while time.monotonic() < end:
        for _ in range(IN_FLIGHT):
            await send(PAYLOAD)
        for _ in range(IN_FLIGHT):
            message = await ws.receive()
        echoes += IN_FLIGHT
        if echoes == IN_FLIGHT and message.data != PAYLOAD:
            raise ConnectionError("another message came back")
    return echoes


async def talk(talks: Sequence[Talk]) -> None:
    """Let all connections talk at once, print what it took, and end the process."""
    await _until(talks, WARMING)
    before = time.process_time()
    echoes = await _until(talks, SECONDS)
    print(echoes, time.process_time() - before, flush=True)
    # Not in order: the server does not answer close frames.
    os._exit(0)


async def _until(talks: Sequence[Talk], seconds: float) -> int:
    end = time.monotonic() + seconds
    return sum(await asyncio.gather(*(each(end) for each in talks)))


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run on the loop that the command line names."""
    if sys.argv[2] == "uvloop":
        import uvloop

        uvloop.run(main)
    else:
        asyncio.run(main)

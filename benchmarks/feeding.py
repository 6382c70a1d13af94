"""Feeding what reads: the event loops that there are, and bytes that come as transports bring them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

__all__ = ["LOOPS", "READS", "event_loops", "feed"]

LOOPS = ("asyncio", "uvloop")

READS = {"64 KiB": 65536, "256 KiB": 262144}
"""How much a transport reads at once: as much as a peer has sent, up to the 256 KiB that both event loops ask for."""


def event_loops() -> dict[str, asyncio.AbstractEventLoop]:
    """Make the event loops, without uvloop where it is not installed."""
    loops: dict[str, asyncio.AbstractEventLoop] = {"asyncio": asyncio.new_event_loop()}
    try:
        import uvloop
    except ImportError:
        return loops
    loops["uvloop"] = uvloop.new_event_loop()
    return loops


async def feed(take: Callable[[bytes], object], reads: Sequence[bytes]) -> None:
    """Give reads to a function, one in each turn of the event loop and by a callback.

    Whom a read wakes, runs before the next one, as with both event loops' transports.
    """
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    coming = iter(reads)

    def read() -> None:
        data = next(coming, None)
        if data is None:
            done.set_result(None)
        else:
            take(data)
            loop.call_soon(read)

    loop.call_soon(read)
    await done

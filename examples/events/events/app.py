"""The feed as an application: a ticker, its events, and a page that shows them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Final

from events.feed import Entry, Feed
from tidewire_sse import sse_response
from tidewire_web import AppKey, Application, FileResponse, Request, StreamResponse

__all__ = ["make_app"]

FEED: Final = AppKey("FEED", Feed)
INTERVAL: Final = AppKey[float]("INTERVAL")
SEND_TIMEOUT: Final = AppKey[float]("SEND_TIMEOUT")

_PAGE: Final = Path(__file__).with_name("page.html")
# Milliseconds after which a browser comes back that has lost its connection.
_RETRY: Final = 1000


def make_app(feed: Feed, *, interval: float = 1.0, send_timeout: float = 30.0) -> Application:
    """Make the application.

    Args:
        feed: the feed.
        interval: seconds between two ticks; 0 for none.
        send_timeout: seconds after which a client is cut off that takes nothing.
    """
    app = Application()
    app[FEED] = feed
    app[INTERVAL] = interval
    app[SEND_TIMEOUT] = send_timeout
    if interval:
        app.cleanup_ctx.append(ticking)
    app.on_shutdown.append(close_feed)
    app.router.add_get("/", page)
    # Who waits for the next entry is not to wait any more when the client has gone.
    app.router.add_get("/events", events, allow_head=False, handler_cancellation=True)
    return app


async def page(request: Request) -> FileResponse:
    """Show the ticker."""
    return FileResponse(_PAGE)


async def events(request: Request) -> StreamResponse:
    """Send what the client has not seen yet, and then what comes, no faster than it reads."""
    feed = request.app[FEED]
    async with sse_response(request, send_timeout=request.app[SEND_TIMEOUT]) as response:
        with suppress(TimeoutError):  # the client is cut off
            async with aclosing(feed.read(feed.place_of(response.last_event_id))) as entries:
                async for entry in entries:
                    if isinstance(entry, Entry):
                        kind, data = entry.kind, entry.data
                    else:
                        kind, data = "missed", str(entry.dropped)
                    await response.send(data, id=feed.event_id(entry.number), event=kind, retry=_RETRY)
    return response


async def ticking(app: Application) -> AsyncIterator[None]:
    """Keep the ticker going from the application's start to its end; a cleanup context."""
    task = asyncio.create_task(tick(app[FEED], app[INTERVAL]))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def tick(feed: Feed, interval: float) -> None:
    """Publish a price that goes its own ways."""
    price = 100.0
    while True:
        price = max(1.0, price + random.gauss(0, 0.5))
        feed.publish("tick", f"{price:.2f}")
        await asyncio.sleep(interval)


async def close_feed(app: Application) -> None:
    """Let the streams come to their end, since a server that stops waits for them."""
    app[FEED].close()

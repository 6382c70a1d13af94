"""A client at a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tidewire_web import Application, AppRunner

# Bytes that the client's reader takes before it has nothing more come.
_LIMIT = 1024 * 1024


@asynccontextmanager
async def connected(handler: Any) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client of an application with one handler."""
    app = Application()
    app.router.add_get("/", handler)
    runner = AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    assert runner.server is not None
    listener = await asyncio.get_running_loop().create_server(runner.server, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_LIMIT)
    try:
        yield reader, writer
    finally:
        writer.close()
        listener.close()
        await runner.cleanup()
        await asyncio.sleep(0)

"""Tests whose time is the event loop's own: it goes on when nothing else is left to do, and the server is in memory."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, ParamSpec

from service import Service

from tidewire_client import ClientSession
from tidewire_testing import FakeTimeLoop
from tidewire_testing.client import MemoryConnector

_P = ParamSpec("_P")

# Seconds of the loop's time after which a test is over: what waits for something that never comes fails at once.
_LONG: Final = 3600


def in_fake_time(test: Callable[_P, Coroutine[Any, Any, None]]) -> Callable[_P, None]:
    """Run a test on a `FakeTimeLoop`. It has no asynchronous fixtures, as those have a loop already."""

    async def bounded(*args: _P.args, **kwargs: _P.kwargs) -> None:
        async with asyncio.timeout(_LONG):
            await test(*args, **kwargs)

    @functools.wraps(test)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> None:
        with asyncio.Runner(loop_factory=FakeTimeLoop) as runner:
            runner.run(bounded(*args, **kwargs))

    return run


@asynccontextmanager
async def in_memory(**options: Any) -> AsyncIterator[tuple[Service, ClientSession]]:
    """A server that listens in memory, and a session that finds it there.

    Args:
        options: those of the session.
    """
    service = Service()
    service.port = 80
    servers = dict.fromkeys(("127.0.0.1:80", "localhost:80"), service.accept)
    try:
        async with ClientSession(connector=MemoryConnector(servers), **options) as session:
            yield service, session
    finally:
        await service.stop()

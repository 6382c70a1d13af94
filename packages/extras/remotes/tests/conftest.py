"""What the tests of this distribution share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tidewire_testing import WireClient, WireServers, import_beside
from tidewire_web import AppRunner

import_beside(__file__, "proxied_app")


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[WireClient]]]:
    """Runs an application without sockets; returns a client of it."""
    async with WireServers(AppRunner, shutdown_timeout=1.0) as servers:
        yield servers.start

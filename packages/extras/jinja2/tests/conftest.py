"""What the tests of this distribution share: an application, and what it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tidewire_testing import WireAnswer, WireServers
from tidewire_web import AppRunner


@pytest.fixture
async def get() -> AsyncIterator[Callable[..., Awaitable[WireAnswer]]]:
    """Sends a request to an application, which is started with the first; returns the answer."""
    async with WireServers(AppRunner, shutdown_timeout=1.0) as servers:
        yield servers.ask

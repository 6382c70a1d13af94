"""Test cases for `unittest`, with a server and a client."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from unittest import IsolatedAsyncioTestCase

from tidewire_testing.client import TestClient
from tidewire_testing.web import BaseTestServer, TestServer
from tidewire_web import Application

__all__ = ["AioHTTPTestCase", "loop_context", "setup_test_loop", "teardown_test_loop"]


class AioHTTPTestCase(IsolatedAsyncioTestCase):
    """A test case with an application that is served, and a client for it.

    Override `get_application()`; the tests are coroutine functions.

    Attributes:
        app: the application.
        server: the server.
        client: the client.
    """

    app: Application
    server: BaseTestServer[Any]
    client: TestClient[Any, Any]

    async def get_application(self) -> Application:
        """Make the application; override it.

        Raises:
            RuntimeError: it is not overridden.
        """
        raise RuntimeError(f"{type(self).__name__} does not say what its application is: get_application()")

    async def get_server(self, app: Application) -> BaseTestServer[Any]:
        """Make the server; it is not started yet."""
        return TestServer(app)

    async def get_client(self, server: BaseTestServer[Any]) -> TestClient[Any, Any]:
        """Make the client; it starts the server."""
        return TestClient(server)

    async def asyncSetUp(self) -> None:
        """Start the server."""
        await super().asyncSetUp()
        await self.setUpAsync()

    async def asyncTearDown(self) -> None:
        """Stop the server."""
        await self.tearDownAsync()
        await super().asyncTearDown()

    async def setUpAsync(self) -> None:  # noqa: N802 - the name that users know
        """Make application, server and client, and start the server; override it to do more."""
        self.app = await self.get_application()
        self.server = await self.get_server(self.app)
        self.client = await self.get_client(self.server)
        await self.client.start_server()

    async def tearDownAsync(self) -> None:  # noqa: N802 - the name that users know
        """Close the client and its server; override it to do more."""
        await self.client.close()


def setup_test_loop(
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop,
) -> asyncio.AbstractEventLoop:
    """Make an event loop for a test, and make it the current one."""
    loop = loop_factory()
    asyncio.set_event_loop(loop)
    return loop


def teardown_test_loop(loop: asyncio.AbstractEventLoop, fast: bool = False) -> None:
    """Close the event loop of a test.

    Args:
        loop: the event loop.
        fast: do not let what is due run once more.
    """
    if not loop.is_closed():
        if not fast:
            loop.call_soon(loop.stop)
            loop.run_forever()
            loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
    asyncio.set_event_loop(None)


@contextlib.contextmanager
def loop_context(
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop, fast: bool = False
) -> Iterator[asyncio.AbstractEventLoop]:
    """Have an event loop for a test in `with`; see `setup_test_loop()` and `teardown_test_loop()`."""
    loop = setup_test_loop(loop_factory)
    try:
        yield loop
    finally:
        teardown_test_loop(loop, fast)

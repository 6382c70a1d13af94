"""Tests of applications with unittest; needs tidewire-web and tidewire-client."""

from __future__ import annotations

from typing import Any
from unittest import IsolatedAsyncioTestCase

from tidewire_testing.client import TestClient
from tidewire_testing.web import BaseTestServer, TestServer
from tidewire_web import Application, Request

__all__ = ["TidewireTestCase"]


class TidewireTestCase(IsolatedAsyncioTestCase):
    """A test case with an application, its server and a client of it, made for each test.

    A subclass has `get_application()`, and tests that are coroutines:

        class HelloTest(TidewireTestCase):
            async def get_application(self):
                return make_app()

            async def test_hello(self):
                async with self.client.get("/") as response:
                    self.assertEqual(response.status, 200)

    Attributes:
        app: the application.
        server: its server.
        client: a client of that.
    """

    app: Application
    server: BaseTestServer[Request]
    client: TestClient[Any, Any]

    async def get_application(self) -> Application:
        """Make the application.

        Raises:
            RuntimeError: the subclass has neither this method nor the obsolete `get_app()`.
        """
        app: Application = self.get_app()
        return app

    def get_app(self) -> Any:
        """Make the application; obsolete, `get_application()` is what a subclass has.

        Raises:
            RuntimeError: the subclass has neither.
        """
        raise RuntimeError(f"{type(self).__name__} has no get_application()")

    async def get_server(self, app: Application) -> BaseTestServer[Request]:
        """Make the server."""
        return TestServer(app)

    async def get_client(self, server: BaseTestServer[Request]) -> TestClient[Any, Any]:
        """Make the client."""
        return TestClient(server)

    async def asyncSetUp(self) -> None:
        """Make everything, and call `setUpAsync()`."""
        await super().asyncSetUp()
        self.app = await self.get_application()
        self.server = await self.get_server(self.app)
        self.client = await self.get_client(self.server)
        self.addAsyncCleanup(self.client.close)
        await self.client.start_server()
        await self.setUpAsync()

    async def asyncTearDown(self) -> None:
        """Call `tearDownAsync()`; everything is closed then."""
        await self.tearDownAsync()
        await super().asyncTearDown()

    async def setUpAsync(self) -> None:  # noqa: N802 - unittest writes it so
        """Prepare a test, whose client is there; for subclasses."""

    async def tearDownAsync(self) -> None:  # noqa: N802
        """Clean up after a test, whose client is still there; for subclasses."""

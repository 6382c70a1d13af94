"""Test servers: of an application, and of a handler alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tidewire_testing.web._base_test_server import BaseTestServer
from tidewire_web import (
    Application,
    AppRunner,
    BaseRequest,
    BaseRunner,
    Request,
    Server,
    ServerRunner,
    StreamResponse,
)

__all__ = ["RawTestServer", "TestServer"]


class TestServer(BaseTestServer[Request]):
    """Runs an application for a test.

    Args:
        app: the application.
        options: see `BaseTestServer`.

    Raises:
        TypeError: it is no application.
    """

    request_class = Request

    def __init__(self, app: Application, **options: Any) -> None:
        if not isinstance(app, Application):
            raise TypeError(f"a TestServer takes an Application, not {app!r:.100}")
        super().__init__(**options)
        self._app = app

    @property
    def app(self) -> Application:
        """The application."""
        return self._app

    async def _make_runner(self, **options: Any) -> BaseRunner:
        return AppRunner(self._app, **options)


class RawTestServer(BaseTestServer[BaseRequest]):
    """Runs one handler for a test, without an application: it is called with every request.

    Args:
        handler: called with a `BaseRequest`; returns a response.
        options: see `BaseTestServer`.

    Raises:
        TypeError: it is no handler; for an application there is `TestServer`.
    """

    request_class = BaseRequest

    def __init__(
        self, handler: Callable[[BaseRequest], Awaitable[StreamResponse | None]], **options: Any
    ) -> None:
        given: object = handler
        if isinstance(given, Application) or not callable(given):
            raise TypeError(f"a RawTestServer takes a handler, not {given!r:.100}")
        super().__init__(**options)
        self._handler = handler

    @property
    def app(self) -> None:
        """None: there is no application."""
        return

    async def _make_runner(self, *, shutdown_timeout: float | None = 60.0, **options: Any) -> BaseRunner:
        return ServerRunner(Server(self._handler, **options), shutdown_timeout=shutdown_timeout)

"""Runners: an application, its server and the sites where it listens, from start to graceful end."""

from __future__ import annotations

from typing import Any

from tidewire_http_io import ServerOptions
from tidewire_web._app_request import Request
from tidewire_web._application import Application
from tidewire_web._server import Server
from tidewire_web._types import Site

__all__ = ["AppRunner"]


class AppRunner:
    """Runs an application: `setup()`, sites, `cleanup()`.

    Args:
        app: the application.
        options: how connections are treated.
        shutdown_timeout: seconds to wait for running handlers, once before they are cancelled and once after.

    Raises:
        TypeError: it is not an application.
    """

    def __init__(
        self, app: Application, *, options: ServerOptions | None = None, shutdown_timeout: float = 60.0
    ) -> None:
        if not isinstance(app, Application):
            raise TypeError(f"an AppRunner runs an Application, not {type(app).__name__}")
        self._app = app
        self._options = options
        self._shutdown_timeout = shutdown_timeout
        self._server: Server | None = None
        self._sites: list[Site] = []

    @property
    def app(self) -> Application:
        """The application."""
        return self._app

    @property
    def server(self) -> Server | None:
        """The server, None before `setup()` and after `cleanup()`."""
        return self._server

    @property
    def sites(self) -> set[Site]:
        """The sites that have been started."""
        return set(self._sites)

    @property
    def addresses(self) -> list[Any]:
        """The addresses where the sites listen, as `socket.getsockname()` gives them."""
        return [address for site in self._sites for address in site.addresses]

    async def setup(self) -> None:
        """Start the application up, so that sites can be started.

        Raises:
            RuntimeError: it has been set up already.
        """
        if self._server is not None:
            raise RuntimeError("this runner has been set up already")
        await self._app.startup()
        self._app.freeze()
        self._server = Server(
            self._app.handle,
            app=self._app,
            request_factory=Request,
            options=self._options,
            client_max_size=self._app.client_max_size,
        )

    async def shutdown(self) -> None:
        """Tell the application that the server listens no more."""
        await self._app.shutdown()

    async def cleanup(self) -> None:
        """Stop gracefully.

        In this order: stop to listen, close idle connections, `on_shutdown`, wait for running handlers, cancel those
        that are left and wait for them, close all connections, `on_cleanup`.
        """
        for site in list(self._sites):
            await site.stop()
        server = self._server
        if server is None:
            return
        self._server = None
        server.pre_shutdown()
        try:
            await self.shutdown()
        finally:
            try:
                await server.shutdown(self._shutdown_timeout)
            finally:
                await self._app.cleanup()

    def register(self, site: Site) -> None:
        """Take note of a site that has been started."""
        self._sites.append(site)

    def unregister(self, site: Site) -> None:
        """Take note of a site that has been stopped.

        Raises:
            RuntimeError: it is not one of this runner's.
        """
        if site not in self._sites:
            raise RuntimeError("this site is not running")
        self._sites.remove(site)

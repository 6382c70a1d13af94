"""The runner of an application."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, Final

from tidewire_web._app_request import Request
from tidewire_web._application import Application
from tidewire_web._base_runner import BaseRunner
from tidewire_web._server import Server

__all__ = ["AppRunner"]

# What users may say of a server; the rest of its arguments is the runner's. Found out once: it costs as much as the rest
# of a start without sites.
_OPTIONS: Final = frozenset(inspect.signature(Server).parameters) - {"handler", "app", "request_factory"}


class AppRunner(BaseRunner):
    """Runs an application: `setup()`, sites, `cleanup()`.

    Args:
        app: the application.
        handle_signals: as of `BaseRunner`.
        shutdown_timeout: as of `BaseRunner`.
        options: keyword arguments of `Server`, such as `keepalive_timeout` and `access_log`. Those that the application
            has in its `handler_args` go before them.

    Raises:
        TypeError: it is not an application.
    """

    def __init__(
        self,
        app: Application,
        *,
        handle_signals: bool = False,
        shutdown_timeout: float | None = 60.0,
        **options: Any,
    ) -> None:
        super().__init__(handle_signals=handle_signals, shutdown_timeout=shutdown_timeout)
        if not isinstance(app, Application):
            raise TypeError(f"an AppRunner runs an Application, not {type(app).__name__}")
        self._app = app
        self._options = options

    @property
    def app(self) -> Application:
        """The application."""
        return self._app

    async def shutdown(self) -> None:
        """Send the application's `on_shutdown`."""
        await self._app.shutdown()

    async def _make_server(self) -> Server:
        app = self._app
        options = self._server_options()
        try:
            await app.startup()
            app.freeze()
            # After start-up, so that requests see the context variables that it has set.
            return Server(app.handle, app=app, request_factory=Request, **options)
        except BaseException:
            await self._undo_startup()
            raise

    def _server_options(self) -> dict[str, Any]:
        """Give the server's keyword arguments.

        Raises:
            TypeError: there is no such argument. That is found out now, before anything is started.
        """
        app = self._app
        options = {
            "client_max_size": app.client_max_size,
            "client_max_fields": app.client_max_fields,
            **self._options,
            **app.handler_args,
        }
        unknown = sorted(options.keys() - _OPTIONS)
        if unknown:
            raise TypeError(f"a server has no such option: {', '.join(unknown)}")
        return options

    async def _undo_startup(self) -> None:
        """Clean up as far as start-up has come; it is the failure of that which will be raised."""
        try:
            await self._app.cleanup()
        except Exception as failure:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "The clean-up after a start-up that failed has failed too", "exception": failure}
            )

    async def _cleanup_server(self) -> None:
        await self._app.cleanup()

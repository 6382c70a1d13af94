"""The runner of a server without an application."""

from __future__ import annotations

from tidewire_web._base_runner import BaseRunner
from tidewire_web._server import Server

__all__ = ["ServerRunner"]


class ServerRunner(BaseRunner):
    """Runs a server without an application: `setup()`, sites, `cleanup()`.

    Args:
        web_server: the server.
        handle_signals: as of `BaseRunner`.
        shutdown_timeout: as of `BaseRunner`.
    """

    def __init__(
        self, web_server: Server, *, handle_signals: bool = False, shutdown_timeout: float | None = 60.0
    ) -> None:
        super().__init__(handle_signals=handle_signals, shutdown_timeout=shutdown_timeout)
        self._web_server = web_server

    async def shutdown(self) -> None:
        """Nothing: there is nobody to tell."""

    async def _make_server(self) -> Server:
        return self._web_server

    async def _cleanup_server(self) -> None:
        pass

"""What all runners do: start, know their sites, and stop gracefully."""

from __future__ import annotations

import abc
import asyncio
import contextvars
from collections.abc import Awaitable, Sequence
from typing import Any, Final, NoReturn

from tidewire_web._cleanup_ctx import CleanupError
from tidewire_web._graceful_exit import GracefulExit, StopSignals
from tidewire_web._server import Server
from tidewire_web._types import Site

__all__ = ["BaseRunner"]

# Rounds of the event loop, each of some microseconds. uvloop accepts one connection in each, and sites keep 128 by
# default; asyncio takes all at once, but needs one round more until a connection is its server's.
_ROUNDS_TO_ACCEPT: Final = 256
_ROUNDS_TO_TAKE_OVER: Final = 2
# From there to its handler; asyncio needs one.
_ROUNDS_TO_HANDLER: Final = 4
# From the end of a connection, with TLS in the worst case, to its socket's.
_ROUNDS_TO_CLOSE: Final = 3


class BaseRunner(abc.ABC):
    """Runs a server: `setup()`, sites, `cleanup()`.

    Args:
        handle_signals: whether SIGINT and SIGTERM raise `GracefulExit` out of the event loop, from `setup()` to the end
            of `cleanup()`.
        shutdown_timeout: seconds to wait for running handlers, once before they are cancelled and once after; None to
            wait for ever.
    """

    def __init__(self, *, handle_signals: bool = False, shutdown_timeout: float | None = 60.0) -> None:
        self._handle_signals = handle_signals
        self._shutdown_timeout = shutdown_timeout
        self._server: Server | None = None
        self._sites: list[Site] = []
        self._signals: StopSignals | None = None
        self._setting_up = False
        self._cleaning_up = False
        # Who set it up, and the context variables as that has left them.
        self._task: asyncio.Task[Any] | None = None
        self._context: contextvars.Context | None = None

    @property
    def server(self) -> Server | None:
        """The server, None before `setup()` and after `cleanup()`."""
        return self._server

    @property
    def sites(self) -> set[Any]:
        """The sites that listen."""
        return set(self._sites)

    @property
    def addresses(self) -> list[Any]:
        """The addresses where the sites listen, as `socket.getsockname()` gives them."""
        return [address for site in self._sites for address in site.addresses]

    async def setup(self) -> None:
        """Start up, so that sites can be started. If that fails, what it began is undone.

        Raises:
            RuntimeError: it has been set up already.
        """
        if self._server is not None or self._setting_up:
            raise RuntimeError("this runner has been set up already")
        self._setting_up = True
        if self._handle_signals:
            self._signals = StopSignals(asyncio.get_running_loop(), _exit_gracefully)
        try:
            self._server = await self._make_server()
        except BaseException:
            self._release_signals()
            raise
        finally:
            self._setting_up = False
        self._task = asyncio.current_task()
        self._context = contextvars.copy_context()

    @abc.abstractmethod
    async def shutdown(self) -> None:
        """Tell whom it concerns that the server listens no more, while handlers still run."""

    async def cleanup(self) -> None:
        """Stop gracefully, in these steps.

        1. Sites stop to listen.
        2. Idle connections are closed; the others will be after their current response.
        3. `shutdown()`, which sends `on_shutdown`.
        4. Running handlers are waited for, at most the shutdown timeout.
        5. Handlers that still run are cancelled and waited for, again at most the shutdown timeout, and all
           connections are closed.
        6. What was set up is cleaned up, which sends `on_cleanup` and leaves the clean-up contexts.

        A step that fails spares nobody the rest; what was raised is raised in the end. Where the caller is cancelled
        meanwhile, the rest is done without waiting for handlers.

        Raises:
            CleanupError: several steps failed; the exception of one alone is raised as it is.
        """
        server = self._server
        if server is None or self._cleaning_up:
            return
        self._cleaning_up = True
        try:
            if self._task is asyncio.current_task():
                await self._stop(server)
            else:
                # Another task than that which set it up, as with fixtures of tests: clean-up sees the context variables
                # that start-up has set. Task factories of the user's own are not asked, as few take a context.
                loop = asyncio.get_running_loop()
                await asyncio.Task(self._stop(server), loop=loop, context=self._context)
        finally:
            self._server = self._task = self._context = None
            self._cleaning_up = False
            self._release_signals()

    def register(self, site: Site) -> None:
        """Take note of a site that has been started.

        Raises:
            RuntimeError: the runner is not running, or knows it already.
        """
        if self._server is None or self._cleaning_up:
            raise RuntimeError("a runner that is not running has no sites")
        self.check_unregistered(site)
        self._sites.append(site)

    def check_unregistered(self, site: Site) -> None:
        """Make sure that a site has not been started.

        Raises:
            RuntimeError: it has.
        """
        if site in self._sites:
            raise RuntimeError(f"{site!r} has been started already")

    def unregister(self, site: Site) -> None:
        """Take note of a site that has been stopped.

        Raises:
            RuntimeError: it is not one of this runner's.
        """
        if site not in self._sites:
            raise RuntimeError(f"{site!r} has not been started by this runner")
        self._sites.remove(site)

    @abc.abstractmethod
    async def _make_server(self) -> Server:
        """Start up, and make the server; where that fails, undo it."""

    @abc.abstractmethod
    async def _cleanup_server(self) -> None:
        """Clean up what was started."""

    async def _stop(self, server: Server) -> None:
        """Take the steps of `cleanup()`."""
        steps = _Steps()
        sites = list(self._sites)
        if sites:
            # Clients that the system has connected are served: closing the listening sockets would reset them.
            await steps.take(_let_the_loop_accept(sites))
            for site in sites:
                await steps.take(site.stop())
            await steps.take(_let_the_loop_go_round(_ROUNDS_TO_HANDLER))
        server.pre_shutdown()
        await steps.take(self.shutdown())
        if steps.cancelled is None:
            await steps.take(server.shutdown(self._shutdown_timeout))
        if steps.cancelled is not None:
            await steps.take(server.shutdown(0))
        for site in sites:
            site.abort()
        if sites or server.connections:
            await steps.take(_let_the_loop_go_round(_ROUNDS_TO_CLOSE))
        await steps.take(self._cleanup_server())
        steps.raise_failures()

    def _release_signals(self) -> None:
        if self._signals is not None:
            self._signals.release()
            self._signals = None


class _Steps:
    """Steps that are all taken, whatever becomes of them."""

    def __init__(self) -> None:
        self.cancelled: asyncio.CancelledError | None = None
        self._failures: list[BaseException] = []

    async def take(self, step: Awaitable[object]) -> None:
        """Take a step; what it raises is kept."""
        try:
            await step
        except asyncio.CancelledError as cancelled:
            self.cancelled = cancelled
        except BaseException as failure:
            self._failures.append(failure)

    def raise_failures(self) -> None:
        """Raise what the steps have raised; a cancellation or what ends the program goes before ordinary failures."""
        ordinary = [failure for failure in self._failures if isinstance(failure, Exception)]
        urgent = [failure for failure in self._failures if not isinstance(failure, Exception)]
        if self.cancelled is not None:
            urgent.append(self.cancelled)
        failure: Exception | None = None
        if ordinary:
            failure = (
                ordinary[0] if len(ordinary) == 1 else CleanupError("a runner's cleanup() failed", ordinary)
            )
        try:
            if urgent:
                raise urgent[0] from failure
            if failure is not None:
                raise failure
        finally:
            # Each of them holds a traceback that holds this frame.
            self._failures.clear()
            self.cancelled = None
            del ordinary, urgent, failure


async def _let_the_loop_accept(sites: Sequence[Site]) -> None:
    """Wait until nobody waits to be accepted any more; but not for ever, as others may come faster than that."""
    quiet = 0
    for _ in range(_ROUNDS_TO_ACCEPT):
        quiet = 0 if any(site.has_waiting_clients() for site in sites) else quiet + 1
        if quiet > _ROUNDS_TO_TAKE_OVER:
            break
        await asyncio.sleep(0)


async def _let_the_loop_go_round(rounds: int) -> None:
    for _ in range(rounds):
        await asyncio.sleep(0)


def _exit_gracefully() -> NoReturn:
    raise GracefulExit

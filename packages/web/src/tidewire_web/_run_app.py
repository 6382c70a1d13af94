"""`run_app()`: a program that is a server."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from tidewire_web._access_log import AbstractAccessLogger, AccessLogger
from tidewire_web._application import Application
from tidewire_web._main_task import MainTask, new_event_loop
from tidewire_web._runner import AppRunner
from tidewire_web._sites import PORTS, BaseSite, SockSite, TCPSite
from tidewire_web._unix_site import UnixSite

__all__ = ["run_app"]

# The logger of requests where none is given.
_ACCESS_LOG: Final = logging.getLogger("tidewire.access")

# What is an application, or gives one.
AppSource = Application | Awaitable[Application] | Callable[[], Application | Awaitable[Application]]
Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]


def run_app(
    app: AppSource,
    *,
    host: str | Iterable[str] | None = None,
    port: int | None = None,
    path: Path | Iterable[Path] | None = None,
    sock: socket.socket | Iterable[socket.socket] | None = None,
    shutdown_timeout: float | None = 60.0,
    keepalive_timeout: float = 75.0,
    ssl_context: ssl.SSLContext | None = None,
    print: Callable[[str], object] | None = print,  # noqa: A002 - the parameter that users know
    backlog: int = 128,
    access_log_class: type[AbstractAccessLogger] = AccessLogger,
    access_log_format: str = AccessLogger.LOG_FORMAT,
    access_log: logging.Logger | None = _ACCESS_LOG,
    handle_signals: bool = True,
    reuse_address: bool | None = None,
    reuse_port: bool | None = None,
    handler_cancellation: bool = False,
    loop: asyncio.AbstractEventLoop | None = None,
    **options: Any,
) -> None:
    """Serve an application until SIGINT or SIGTERM, then stop gracefully.

    The application starts, runs and stops in one task, and so in one context; every request has a copy of it. It stops also where a handler or a task raises `GracefulExit`, and at KeyboardInterrupt. After the steps of
    `AppRunner.cleanup()`, tasks that are left over are cancelled and waited for, asynchronous generators are closed, and
    the event loop is. A second signal cuts the waiting short: handlers are cancelled, `on_cleanup` is sent, and the exit
    code is 1.

    Args:
        app: the application, an awaitable that gives it, such as a coroutine, or a function that gives either.
        host: one or several addresses or names to listen at; every interface where None.
        port: the TCP port, 8080 (8443 with TLS) where None; none is used where only `path` or `sock` is given.
        path: one or several Unix domain sockets to listen at.
        sock: one or several bound sockets to listen at.
        shutdown_timeout: seconds to wait for running handlers, once before they are cancelled and once after.
        keepalive_timeout: seconds that a connection may be idle between two requests.
        ssl_context: TLS for the connections; None for plain ones.
        print: called with what is to be told at the start; None to tell nothing.
        backlog: connections that the system keeps until they are accepted.
        access_log_class: what writes that log, a subclass of `AbstractAccessLogger`.
        access_log_format: what its records look like; see `AccessLogger`.
        access_log: the logger of requests; None for none. In the event loop's debug mode, the default one gets a level
            and a handler if it has none.
        handle_signals: whether SIGINT and SIGTERM stop the server.
        reuse_address: see `loop.create_server()`.
        reuse_port: see `loop.create_server()`.
        handler_cancellation: whether a handler is cancelled when its client goes away.
        loop: the event loop, which is closed at the end; a new one, of uvloop where that is installed, where None.
        options: further keyword arguments of `Server`, such as `max_line_size`. Those that the application has in its
            `handler_args` go before them and before the above.

    Raises:
        OSError: an address cannot be listened at.
        TypeError: it is not an application, or an option is unknown.
        ValueError: there is nothing to listen at, as what is given is empty; or there is no such port.
        RuntimeError: an event loop is running already in this thread.
        GracefulExit: a second signal came.
    """
    listening = _Listening(
        hosts=_hosts(host, port, path, sock),
        port=port,
        paths=_several(path, (str, bytes, os.PathLike)),
        socks=_several(sock, socket.socket),
        common={"ssl_context": ssl_context, "backlog": backlog},
        tcp={"reuse_address": reuse_address, "reuse_port": reuse_port},
    )
    _check(app, listening)
    loop = loop or new_event_loop()
    if access_log is _ACCESS_LOG and loop.get_debug():
        _show(access_log)
    options.update(
        shutdown_timeout=shutdown_timeout,
        keepalive_timeout=keepalive_timeout,
        access_log_class=access_log_class,
        access_log_format=access_log_format,
        access_log=access_log,
        handler_cancellation=handler_cancellation,
    )
    program = MainTask(loop, handle_signals=handle_signals)
    program.run(_serve(program, app, listening, options, print))


@dataclass(frozen=True, kw_only=True)
class _Listening:
    """Where a program listens, and how."""

    hosts: list[str | None]
    port: int | None
    paths: list[Path]
    socks: list[socket.socket]
    common: dict[str, Any]
    tcp: dict[str, Any]

    def __bool__(self) -> bool:
        return bool(self.hosts or self.paths or self.socks)

    def sites(self, runner: AppRunner) -> list[BaseSite]:
        """Make the sites."""
        sites: list[BaseSite] = [
            TCPSite(runner, host, self.port, **self.tcp, **self.common) for host in self.hosts
        ]
        sites += [UnixSite(runner, path, **self.common) for path in self.paths]
        sites += [SockSite(runner, sock, **self.common) for sock in self.socks]
        return sites


def _hosts(host: Any, port: int | None, path: Any, sock: Any) -> list[str | None]:
    """Tell where there is a TCP port: where a host or a port is given, or nothing else is."""
    if host is not None:
        return _several(host, str)
    return [None] if port is not None or (path is None and sock is None) else []


def _several(value: Any, single: type | tuple[type, ...]) -> list[Any]:
    """Give one or several values, or None, as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, single) else list(value)


def _check(app: AppSource, listening: _Listening) -> None:
    """Make sure that there can be a program, before anything is begun.

    Raises:
        ValueError: there is nothing to listen at, or no such port.
        RuntimeError: an event loop is running.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        error: Exception | None = None
    else:
        error = RuntimeError("run_app() runs an event loop; where one is running already, use AppRunner")
    if error is None and not listening:
        error = ValueError("there is nothing to listen at: host, path and sock are empty")
    port = listening.port
    if error is None and port is not None and port not in PORTS:
        error = ValueError(f"a port is 0 to 65535, not {port!r}")
    if error is not None:
        if inspect.iscoroutine(app):
            app.close()  # or Python would complain that nobody has awaited it
        raise error


def _show(access_log: logging.Logger) -> None:
    """Have the access log seen by whoever develops."""
    if access_log.level == logging.NOTSET:
        access_log.setLevel(logging.DEBUG)
    if not access_log.hasHandlers():
        access_log.addHandler(logging.StreamHandler())


async def _serve(
    program: MainTask,
    app: AppSource,
    listening: _Listening,
    options: dict[str, Any],
    tell: Callable[[str], object] | None,
) -> None:
    """Start up, serve until the program is stopped, and clean up: all of it in one context."""
    runner = AppRunner(await _application(app), **options)
    try:
        await runner.setup()
        sites = listening.sites(runner)
        for site in sites:
            await site.start()
        if tell is not None:
            names = ", ".join(sorted(site.name for site in sites))
            tell(f"======== Running on {names} ========\n(Press CTRL+C to quit)")
        await program.until_stopped()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if not program.stopping or task is None:
            raise
        # It was asked for, and is done with: clean-up is not to take itself for cancelled.
        task.uncancel()
    finally:
        await runner.cleanup()


async def _application(app: Any) -> Application:
    """Get the application from what gives it."""
    if not isinstance(app, Application) and callable(app):
        app = app()
    if inspect.isawaitable(app):
        app = await app
    application: Application = app  # the runner judges
    return application

"""`run_app()`: a program that is a server."""

from __future__ import annotations

import asyncio
import importlib
import signal
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from tidewire_http_io import ServerOptions
from tidewire_http_parser import Limits
from tidewire_web._application import Application
from tidewire_web._runner import AppRunner
from tidewire_web._sites import BaseSite, SockSite, TCPSite, UnixSite

__all__ = ["run_app"]


def run_app(
    app: Application | Awaitable[Application],
    *,
    host: str | Iterable[str] | None = None,
    port: int | None = None,
    path: str | Iterable[str] | None = None,
    sock: socket.socket | Iterable[socket.socket] | None = None,
    shutdown_timeout: float = 60.0,
    keepalive_timeout: float = 75.0,
    ssl_context: ssl.SSLContext | None = None,
    print: Callable[[str], object] | None = print,  # noqa: A002 - the parameter that users know
    backlog: int = 128,
    access_log: None = None,
    handle_signals: bool = True,
    reuse_address: bool | None = None,
    reuse_port: bool | None = None,
    max_line_size: int = 8190,
    max_field_size: int = 8190,
    max_headers: int = 128,
    loop: asyncio.AbstractEventLoop | None = None,
) -> None:
    """Serve an application until SIGINT or SIGTERM, then stop gracefully; a second signal stops at once.

    Args:
        app: the application, or an awaitable that gives it, such as a coroutine.
        host: one or several addresses or names to listen at; every interface where None.
        port: the TCP port, 8080 (8443 with TLS) where None; none is used where only `path` or `sock` is given.
        path: one or several Unix domain sockets to listen at.
        sock: one or several bound sockets to listen at.
        shutdown_timeout: seconds to wait for running handlers, once before they are cancelled and once after.
        keepalive_timeout: seconds that a connection may be idle between two requests.
        ssl_context: TLS for the connections; None for plain ones.
        print: called with what is to be told at the start; None to tell nothing.
        backlog: connections that the system keeps until they are accepted.
        access_log: the logger of requests; there is none yet.
        handle_signals: whether SIGINT and SIGTERM stop the server.
        reuse_address: see `loop.create_server()`.
        reuse_port: see `loop.create_server()`.
        max_line_size: bytes of a request line.
        max_field_size: bytes of a field line.
        max_headers: field lines of a request.
        loop: the event loop, which is closed at the end; a new one, of uvloop where that is installed, where None.

    Raises:
        OSError: an address cannot be listened at.
        SystemExit: a second signal came; with code 1.
    """
    options = ServerOptions(
        limits=Limits(line=max_line_size, field=max_field_size, fields=max_headers),
        keepalive_timeout=keepalive_timeout,
    )

    async def serve() -> None:
        stop = _stop_signal(asyncio.get_running_loop()) if handle_signals else asyncio.Event()
        application = app if isinstance(app, Application) else await app
        runner = AppRunner(application, options=options, shutdown_timeout=shutdown_timeout)
        await runner.setup()
        try:
            tcp: dict[str, Any] = {"reuse_address": reuse_address, "reuse_port": reuse_port}
            common: dict[str, Any] = {"ssl_context": ssl_context, "backlog": backlog}
            sites: list[BaseSite] = [UnixSite(runner, each, **common) for each in _several(path)]
            sites += [SockSite(runner, each, **common) for each in _several(sock)]
            if host is not None or port is not None or not sites:
                hosts: list[Any] = _several(host) or [None]
                sites += [TCPSite(runner, each, port, **tcp, **common) for each in hosts]
            for site in sites:
                await site.start()
            if print is not None:
                names = ", ".join(sorted(site.name for site in sites))
                print(f"======== Running on {names} ========\n(Press CTRL+C to quit)")
            await stop.wait()
        finally:
            await runner.cleanup()

    factory = _new_event_loop if loop is None else lambda: loop
    with asyncio.Runner(loop_factory=factory) as asyncio_runner:
        try:
            asyncio_runner.run(serve())
        except asyncio.CancelledError:
            raise SystemExit(1) from None


def _stop_signal(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    """An event that SIGINT and SIGTERM set; the second signal interrupts whatever is going on."""
    stop = asyncio.Event()
    serving = asyncio.current_task()

    def on_signal() -> None:
        if stop.is_set() and serving is not None:
            serving.cancel()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, on_signal)
        except (NotImplementedError, RuntimeError, ValueError):
            # Windows has no such handlers, and only the main thread gets signals: Ctrl-C still ends asyncio's run.
            break
    return stop


def _new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop of uvloop where it is installed, else of asyncio."""
    try:
        # By name: the wheel is compiled where uvloop, which is optional, is not there to be looked at.
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def _several(value: Any) -> list[Any]:
    """One or several values, or None, as a list."""
    if value is None:
        return []
    if isinstance(value, (str, bytes, socket.socket)):
        return [value]
    return list(value)

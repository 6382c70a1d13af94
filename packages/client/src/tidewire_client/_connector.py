"""What connectors have in common: a pool, and the way to a connection that is in it or has to be opened."""

from __future__ import annotations

import asyncio
import errno
import functools
import time
import warnings
from collections.abc import Awaitable, Generator, Sequence
from types import TracebackType
from typing import Any, ClassVar, Final, Self

from tidewire_client._connection import Connection, acquire
from tidewire_client._connection_errors import (
    ClientConnectionError,
    ClientConnectorError,
    ConnectionTimeoutError,
)
from tidewire_client._connection_key import ConnectionKey
from tidewire_client._phase_clock import PhaseClock
from tidewire_client._pool import Pool
from tidewire_client._seat import Seat
from tidewire_client._timeouts import ClientTimeout
from tidewire_client._transports import Transports
from tidewire_client._types import ConnectionTrace
from tidewire_http_io import ClientConnection, ResetReason, Sweep, is_readable

__all__ = ["BaseConnector"]

_KEEPALIVE: Final = 15.0


class KeepaliveDefault:
    """Says that an argument was not given, where None says something else."""

    def __repr__(self) -> str:
        return "15.0"


KEEPALIVE_DEFAULT: Final = KeepaliveDefault()


class _Closing:
    """The awaitable that `BaseConnector.close()` returns; nothing is lost where nobody awaits it."""

    __slots__ = ("_connector",)

    def __init__(self, connector: BaseConnector) -> None:
        self._connector = connector

    def __await__(self) -> Generator[Any, None, None]:
        return self._connector._wait_closed().__await__()


def is_quiet(connection: ClientConnection) -> bool:
    """Tell whether a connection's socket has nothing to read, neither bytes nor their end."""
    sock = connection.info("socket", None)
    if sock is None:
        return True
    descriptor = sock.fileno()
    return descriptor >= 0 and not is_readable(descriptor)


class BaseConnector:
    """Opens connections, and keeps those that can be used again.

    Args:
        keepalive_timeout: seconds for which an idle connection is kept, looked at once a second; None for ever.
        force_close: close each connection after its request.
        limit: how many connections there may be, idle ones included, which make room for others; 0 for any number.
        limit_per_host: how many there may be with the same key: host, port, TLS, proxy; 0 for any number.
        enable_cleanup_closed: ignored; deprecated.
        loop: ignored; deprecated.
        timeout_ceil_threshold: kept for those who ask for it; time-outs have their own.

    Raises:
        RuntimeError: there is no running event loop.
        ValueError: `keepalive_timeout` beside `force_close`, or a limit below 0.
    """

    allowed_protocol_schema_set: ClassVar[frozenset[str]] = frozenset({"", "http", "https", "ws", "wss"})

    _closed = True  # until the constructor is through

    def __init__(
        self,
        *,
        keepalive_timeout: float | KeepaliveDefault | None = KEEPALIVE_DEFAULT,
        force_close: bool = False,
        limit: int | None = 100,
        limit_per_host: int | None = 0,
        enable_cleanup_closed: bool = False,
        loop: asyncio.AbstractEventLoop | None = None,
        timeout_ceil_threshold: float = 5,
    ) -> None:
        if loop is not None:
            warnings.warn("the loop argument is ignored", DeprecationWarning, stacklevel=3)
        if enable_cleanup_closed:
            warnings.warn("enable_cleanup_closed is ignored", DeprecationWarning, stacklevel=3)
        if force_close and isinstance(keepalive_timeout, int | float):
            raise ValueError("keepalive_timeout cannot be set if force_close is True")
        for name, number in (("limit", limit), ("limit_per_host", limit_per_host)):
            if number is not None and number < 0:
                raise ValueError(f"{name} is 0, for any number, or more, not {number}")
        if isinstance(keepalive_timeout, KeepaliveDefault):
            keepalive_timeout = _KEEPALIVE
        keeps = (
            0.0 if force_close else float("inf") if keepalive_timeout is None else float(keepalive_timeout)
        )
        self._loop = asyncio.get_running_loop()
        self.timeout_ceil_threshold = timeout_ceil_threshold
        self._force_close = force_close
        self._limit = limit or 0
        self._limit_per_host = limit_per_host or 0
        self._pool = Pool(
            self._limit,
            self._limit_per_host,
            keeps,
            time.monotonic,
            is_quiet,
            ResetReason.CANCEL,
            functools.partial(_complain, self._loop),
        )
        self.sweep = Sweep(self._loop.call_later, self._loop.time, time.time)
        self._transports = Transports(self._loop, self.sweep, self._pool)
        self._closed = False

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"{len(self._transports)} connections"
        return f"<{type(self).__name__} {state}>"

    def __del__(self, _warn: Any = warnings.warn) -> None:
        if self._closed or not self._transports:
            return
        _ = self.close()
        _warn(f"Unclosed connector {self!r}", ResourceWarning, source=self)
        if not self._loop.is_closed():
            self._loop.call_exception_handler({"connector": self, "message": "Unclosed connector"})

    def __enter__(self) -> Self:
        warnings.warn("use `async with` in place of `with`", DeprecationWarning, stacklevel=2)
        return self

    def __exit__(self, *exc: object) -> None:
        _ = self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that the connections belong to."""
        return self._loop

    @property
    def closed(self) -> bool:
        """Whether no connection is given any more."""
        return self._closed

    @property
    def force_close(self) -> bool:
        """Whether each connection is closed after its request."""
        return self._force_close

    @property
    def limit(self) -> int:
        """How many connections there may be; 0 for any number."""
        return self._limit

    @property
    def limit_per_host(self) -> int:
        """How many there may be with the same key; 0 for any number."""
        return self._limit_per_host

    # The way to a connection.

    def acquire(self, key: ConnectionKey) -> Connection | None:
        """Give an idle connection that is good for a request; None where there is none, and `connect()` goes on."""
        return acquire(self._pool, key)

    async def connect(
        self, key: ConnectionKey, timeout: ClientTimeout, traces: Sequence[ConnectionTrace] = ()
    ) -> Connection:
        """Give a connection, an idle one or a new one; where there is no room, wait for it.

        Args:
            key: what the connection has to have.
            timeout: how long each part of it may take.
            traces: who is told of it.

        Raises:
            ClientConnectorError: it cannot be opened; its subclasses tell why.
            ClientHttpProxyError: the proxy opens no tunnel.
            ServerFingerprintMismatch: the server has another certificate.
            ConnectionTimeoutError: it took too long; `clock` says what.
            ClientConnectionError: the connector is closed.
        """
        self._check_open()
        with PhaseClock("connect", timeout.connect, timeout, self.sweep, self._loop):
            seat = self._pool.take(key) or self._pool.open(key)
            if seat is None:
                seat = await self._queue(key, timeout, traces)
            try:
                if seat.connection is None:
                    await self._create(key, seat, timeout, traces)
                else:
                    for trace in traces:
                        await trace.connection_reuseconn()
            except BaseException:
                seat.give_back()
                raise
        return Connection(seat)

    async def _queue(
        self, key: ConnectionKey, timeout: ClientTimeout, traces: Sequence[ConnectionTrace]
    ) -> Seat:
        """Wait for a seat."""
        future = self._loop.create_future()
        # In line before anything is awaited: room that comes in the meantime is given to those in line only.
        waiter = self._pool.wait(key, lambda: None if future.done() else future.set_result(None))
        try:
            with PhaseClock("pool", timeout.pool, timeout, self.sweep, self._loop):
                for trace in traces:
                    await trace.connection_queued_start()
                await future
                for trace in traces:
                    await trace.connection_queued_end()
        except BaseException:
            self._pool.withdraw(waiter)
            raise
        seat = self._pool.accept(waiter)
        if seat is None:
            raise ClientConnectionError("Connector is closed")
        return seat

    async def _create(
        self, key: ConnectionKey, seat: Seat, timeout: ClientTimeout, traces: Sequence[ConnectionTrace]
    ) -> None:
        """Open the connection of a seat."""
        for trace in traces:
            await trace.connection_create_start()
        self._check_open()
        clock = PhaseClock("sock_connect", timeout.sock_connect, timeout, self.sweep, self._loop)
        self._transports.begin(clock)
        try:
            with clock:
                connection = await self._open(key, seat, timeout, traces)
        except ConnectionTimeoutError:
            self._check_open()
            raise
        finally:
            self._transports.end(clock)
        if connection.lost or connection.peer_gone or self._closed:
            connection.drop()
            self._check_open()
            raise ClientConnectorError(key, OSError(errno.ECONNRESET, "the connection was closed at once"))
        self._transports.add(seat, connection)
        for trace in traces:
            await trace.connection_create_end()

    async def _open(
        self, key: ConnectionKey, seat: Seat, timeout: ClientTimeout, traces: Sequence[ConnectionTrace]
    ) -> ClientConnection:
        """Open a connection.

        Args:
            key: where it goes.
            seat: for `_protocol()`.
            timeout: how long its parts may take; the whole is looked after.
            traces: who is told of it.

        Returns:
            A connection that is ready for its first exchange.
        """
        raise NotImplementedError

    def _protocol(self, key: ConnectionKey, seat: Seat) -> ClientConnection:
        """Make the protocol for a new connection."""
        seat.stray = self._transports.unexpect
        connection = ClientConnection(self._loop, self.sweep, key.options, seat.released)
        self._transports.expect(connection)
        return connection

    def _check_open(self) -> None:
        if self._closed:
            raise ClientConnectionError("Connector is closed")

    # The end.

    def close(self, *, abort_ssl: bool = False) -> Awaitable[None]:
        """Close every connection, at once; those that wait for one get an error.

        Args:
            abort_ssl: do not say goodbye to servers behind TLS.

        Returns:
            An awaitable that is done when every transport is gone. Servers get a second to take part in that.
        """
        if not self._closed:
            self._closed = True
            if not self._loop.is_closed():
                self._pool.close()
                self._transports.close(abort_ssl)
        return _Closing(self)

    async def _wait_closed(self) -> None:
        """Wait until every transport is gone."""
        if not self._loop.is_closed():
            await self._transports.wait()


def _complain(loop: asyncio.AbstractEventLoop, error: Exception) -> None:
    loop.call_exception_handler({"message": "a callback of a connection has failed", "exception": error})

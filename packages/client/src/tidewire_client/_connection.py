# Compiled by mypyc.
"""A connection, for as long as one request has it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tidewire_client._connection_errors import ServerDisconnectedError
from tidewire_client._connection_key import ConnectionKey
from tidewire_client._pool import Pool
from tidewire_client._seat import Seat

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["Connection"]


class Connection:
    """A connection, from when a request gets it until its exchange is over, which ends this lease by itself.

    One that is dropped before that closes its transport.

    Attributes:
        reused: whether there were exchanges on it before, so that the server may have closed it in the meantime.
    """

    __slots__ = ("_generation", "_seat", "reused")

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._generation: i64 = seat.generation
        self.reused = seat.uses > 1

    def __repr__(self) -> str:
        return f"<Connection {'released' if self._is_over else 'open'} {self.key!r}>"

    def __del__(self) -> None:
        seat = self._seat
        if seat.generation == self._generation:
            seat.close()
            warnings.warn(f"Unclosed connection {self!r}", ResourceWarning, stacklevel=2)

    @property
    def key(self) -> ConnectionKey:
        """What the connection was made for."""
        return self._seat.bucket.key

    @property
    def closed(self) -> bool:
        """Whether the lease is over, or the connection being closed."""
        if self._is_over:
            return True
        connection = self._seat.connection
        return connection is None or connection.lost or connection.transport.is_closing()

    @property
    def protocol(self) -> Any:
        """The protocol that the event loop calls; None once the lease is over."""
        return None if self._is_over else self._seat.connection

    @property
    def transport(self) -> Any:
        """The event loop's transport; None once the lease is over."""
        protocol = self.protocol
        return None if protocol is None else protocol.transport

    def info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection, as asyncio names it: `peername`, `ssl_object`, ..."""
        transport = self.transport
        return default if transport is None else transport.get_extra_info(name, default)

    def open_exchange(self) -> Any:
        """Begin the one exchange of this lease.

        Returns:
            A `tidewire_http_io.ClientExchange`.

        Raises:
            ServerDisconnectedError: the connection was lost in the meantime; nothing was sent.
            tidewire_http_parser.LocalProtocolError: there is one already.
        """
        seat = self._seat
        connection = seat.connection
        if self._is_over or connection is None or connection.lost or connection.peer_gone:
            raise ServerDisconnectedError()
        exchange = connection.begin()
        seat.exchange = exchange
        return exchange

    def set_timeouts(self, sock_read: float, send_timeout: float = 60.0) -> None:
        """Set the time-outs of the exchange, in seconds; they are looked at once a second, and 0 is none.

        Args:
            sock_read: how long the response's next bytes may take.
            send_timeout: how long the server may take nothing of the request.
        """
        connection = self.protocol
        if connection is not None:
            connection.set_timeouts(sock_read, send_timeout)

    def release(self) -> None:
        """Give the connection back; where its exchange is not over, it is closed instead."""
        if not self._is_over:
            self._seat.give_back()

    def close(self) -> None:
        """Close the connection now."""
        if not self._is_over:
            self._seat.close()

    def add_callback(self, callback: Callable[[], None]) -> None:
        """Have a callback called when the lease is over; one that raises is the caller's mistake."""
        if self._is_over:
            callback()
        elif self._seat.callbacks is None:
            self._seat.callbacks = [callback]
        else:
            self._seat.callbacks.append(callback)

    @property
    def _is_over(self) -> bool:
        return self._seat.generation != self._generation


def acquire(pool: Pool, key: ConnectionKey) -> Connection | None:
    """Lease an idle connection; None where there is none that is good."""
    seat = pool.take(key)
    return None if seat is None else Connection(seat)

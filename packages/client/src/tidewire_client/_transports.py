"""The connections that a connector has opened, until their transports are gone."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterable
from typing import Any, Final

from tidewire_client._connection_key import ConnectionKey
from tidewire_client._pool import Pool
from tidewire_client._seat import Seat
from tidewire_client._task_clock import TaskClock
from tidewire_http_io import ClientConnection, Sweep

__all__: list[str] = []

# Seconds that servers get, when everything is closed, to answer the end of TLS and to take what was sent to them.
_CLOSING: Final = 1.0


class _IdleWatch:
    """Has a pool look for connections that were idle for too long, each time that the sweep looks."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.deadline = 1e-9  # always due

    def deadline_passed(self) -> None:
        self.deadline = 1e-9
        self._pool.expire()


class Transports:
    """Knows every connection from its opening until its transport is gone.

    It knows nothing of its connector: the event loop holds the connections, and with them all that they know of, and
    a connector that nobody uses any more has to be seen as garbage.

    Args:
        loop: the event loop.
        sweep: has the pool's idle connections looked at, as long as there are connections.
        pool: the pool.

    Attributes:
        idle_watch: what the sweep looks at.
        timer: ends the time for goodbyes.
        settle_tls: called with the key and the TLS object of a connection that is gone.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, sweep: Sweep, pool: Pool) -> None:
        self._loop = loop
        self._sweep = sweep
        self.idle_watch = _IdleWatch(pool)
        self._seats: set[Seat] = set()
        self._strays: set[ClientConnection] = set()
        self._dials: set[TaskClock] = set()
        self._waiters: list[asyncio.Future[None]] = []
        self.timer: asyncio.TimerHandle | None = None
        self.settle_tls: Callable[[ConnectionKey, Any], None] | None = None

    def __len__(self) -> int:
        return len(self._seats)

    def begin(self, dial: TaskClock) -> None:
        """Take note that a connection is being opened, within a time that can be cut short."""
        self._dials.add(dial)

    def end(self, dial: TaskClock) -> None:
        """Take note that this is over."""
        self._dials.discard(dial)
        self._tell()

    def expect(self, connection: ClientConnection) -> None:
        """Take note of a connection that may be made, and may be given up before anybody uses it."""
        self._strays.add(connection)

    def unexpect(self, connection: ClientConnection) -> None:
        """Take note that it was never made, is gone, or has become another."""
        if connection in self._strays:
            self._strays.discard(connection)
            self._tell()

    def give_up(self, connection: ClientConnection) -> None:
        """Take note of a connection whose opening has failed or was cancelled, perhaps right after it was made.

        Then the event loop has closed it: asyncio with TLS's goodbye, for which its socket would have to be kept, and
        uvloop without telling the connection of its end.
        """
        transport = connection.transport
        if transport is None:
            self.unexpect(connection)
            return
        is_told = transport.is_closing()
        connection.drop()
        if not is_told:
            connection.connection_lost(None)

    def add(self, seat: Seat, connection: ClientConnection) -> None:
        """Take note of a connection that is open now."""
        self._strays.discard(connection)
        seat.connection = connection
        seat.uses = 1
        seat.gone = self._forget
        if seat.bucket.key.is_ssl:
            seat.gone = functools.partial(self._forget_tls, connection.info("ssl_object", None))
        if not self._seats:
            self._sweep.watch(self.idle_watch)
        self._seats.add(seat)

    def close(self, abort_ssl: bool) -> None:
        """Close everything: what is idle or was asked to close with a goodbye, within a second, and the rest now."""
        for dial in list(self._dials):
            if not dial.expired:
                dial.deadline_passed()
        for seat in list(self._seats):
            seat.close()
        if abort_ssl:
            self._abort(seat for seat in self._seats if seat.connection.info("ssl_object", None) is not None)
        if self._seats:
            self.timer = self._loop.call_later(_CLOSING, self._abort, self._seats)
        for connection in list(self._strays):
            connection.drop()

    async def wait(self) -> None:
        """Wait until there is none any more."""
        while self._seats or self._dials or self._strays:
            waiter: asyncio.Future[None] = self._loop.create_future()
            self._waiters.append(waiter)
            await waiter

    def _abort(self, seats: Iterable[Seat]) -> None:
        for seat in list(seats):
            if seat.connection is not None:
                seat.connection.drop()

    def _forget_tls(self, made: Any, seat: Seat) -> None:
        if self.settle_tls is not None:
            self.settle_tls(seat.bucket.key, made)
        self._forget(seat)

    def _forget(self, seat: Seat) -> None:
        self._seats.discard(seat)
        if not self._seats:
            self._sweep.unwatch(self.idle_watch)
            if self.timer is not None:
                self.timer.cancel()
                self.timer = None
            self._tell()

    def _tell(self) -> None:
        if not (self._seats or self._dials or self._strays):
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

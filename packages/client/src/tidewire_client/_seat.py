# Compiled by mypyc.
"""A seat: one place among those that the limits of a pool allow, which is a connection or the right to open one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tidewire_client._connection_key import ConnectionKey
from tidewire_client._keep_alive import idle_time

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []


class SeatKeeper:
    """What seats need of their pool.

    Args:
        cancel_reason: with what the exchange of a seat that is closed is reset.
        complain: told of an error in a callback.
    """

    __slots__ = ("cancel_reason", "complain")

    def __init__(self, cancel_reason: object, complain: Callable[[Exception], None]) -> None:
        self.cancel_reason = cancel_reason
        self.complain = complain

    def put_back(self, seat: Seat) -> None:
        """Take a seat back whose connection is ready for another exchange."""
        raise NotImplementedError

    def discard(self, seat: Seat) -> None:
        """Take a seat back and close its connection, where it has one."""
        raise NotImplementedError

    def remove(self, seat: Seat) -> None:
        """Take a seat out, which makes room for another one; the connection is somebody else's matter."""
        raise NotImplementedError


class Bucket:
    """The seats with one key, and who waits for one.

    Args:
        key: what the connections have in common.

    Attributes:
        placed: seats that there are.
        top: the seat that became idle last, and below it the others that are idle.
        line: who waits, first come first served; None as long as nobody did.
    """

    __slots__ = ("key", "line", "placed", "top")

    def __init__(self, key: ConnectionKey) -> None:
        self.key = key
        self.placed: i64 = 0
        self.top: Seat | None = None
        self.line: OrderedDict[Waiter, None] | None = None

    @property
    def awaited(self) -> bool:
        """Whether somebody waits."""
        return self.line is not None and len(self.line) > 0


class Waiter:
    """Somebody who waits for a seat.

    Args:
        bucket: where.
        wake: called when there is one, or when there will be none, as the pool is closed.

    Attributes:
        seat: the seat that was granted.
    """

    __slots__ = ("bucket", "seat", "wake")

    def __init__(self, bucket: Bucket, wake: Callable[[], None]) -> None:
        self.bucket = bucket
        self.wake = wake
        self.seat: Seat | None = None


class Seat:
    """One place in a pool, and the connection in it.

    Args:
        pool: the pool.
        bucket: the bucket.

    Attributes:
        connection: the connection; None as long as there is none.
        exchange: the exchange on it.
        generation: counts the leases; one is over when this has gone on.
        uses: how many leases there were.
        placed: whether the limits still count it.
        idle: whether nobody has it.
        idle_since: since when, by the pool's clock.
        idle_until: until when it may be.
        keeps: seconds for which the server keeps it when it is idle, as far as it has said.
        callbacks: called when the current lease is over.
        gone: called once, with the seat, when the connection is lost.
        stray: called with a connection that was lost and is not in the seat.
        waiter: whom it was granted to, until that one has taken it.
    """

    __slots__ = (
        "above",
        "below",
        "bucket",
        "callbacks",
        "connection",
        "exchange",
        "generation",
        "gone",
        "idle",
        "idle_since",
        "idle_until",
        "keeps",
        "newer",
        "older",
        "placed",
        "pool",
        "stray",
        "uses",
        "waiter",
    )

    def __init__(self, pool: SeatKeeper, bucket: Bucket) -> None:
        self.pool = pool
        self.bucket = bucket
        self.connection: Any = None
        self.exchange: Any = None
        self.generation: i64 = 0
        self.uses: i64 = 0
        self.placed = True
        self.idle = False
        self.idle_since: float = 0.0
        self.idle_until: float = 0.0
        self.keeps: float = 1e9
        self.callbacks: list[Callable[[], None]] | None = None
        self.gone: Callable[[Seat], None] | None = None
        self.stray: Callable[[Any], None] | None = None
        self.waiter: Waiter | None = None
        self.above: Seat | None = None  # in the bucket, by how lately they became idle
        self.below: Seat | None = None
        self.newer: Seat | None = None  # likewise in the whole pool
        self.older: Seat | None = None

    def __repr__(self) -> str:
        state = "opening" if self.connection is None else "idle" if self.idle else "busy"
        return f"<Seat {state if self.placed else 'closed'} {self.bucket.key!r}>"

    def end_lease(self) -> None:
        """Take note that whoever had the seat has it no more."""
        self.generation += 1
        callbacks = self.callbacks
        if callbacks is not None:
            self.callbacks = None
            for callback in callbacks:
                try:
                    callback()
                except Exception as error:
                    self.pool.complain(error)

    def released(self, connection: Any) -> None:
        """Take note that the connection has come to the end of an exchange, or of itself.

        A `ClientConnection` calls this at the end of each exchange, and when it is lost; both in one call where the
        exchange has not come to its end.
        """
        if connection is not self.connection:
            # It was lost while it was being opened, and whoever does that sees it.
            if self.stray is not None:
                self.stray(connection)
            return
        exchange = self.exchange
        self.exchange = None
        if exchange is not None and self.placed and connection.reusable:
            if self.uses == 1:
                self.keeps = idle_time(exchange.response_head.fields)
            self.end_lease()
            self.pool.put_back(self)
            return
        lost = (
            exchange is None
            or exchange.reset_reason is not None
            or not exchange.finished  # its response was complete, and its request was not
            or exchange.response_head.offers_switch
        )
        if not self.idle:
            self.end_lease()
        self.pool.remove(self)
        if lost:
            gone = self.gone
            if gone is not None:
                self.gone = None
                self.connection = None
                gone(self)

    def give_back(self) -> None:
        """Put the seat back, with its connection where that is good for another exchange."""
        if self.exchange is not None:
            self.close()
            return
        self.end_lease()
        if self.placed and self.connection is not None and self.connection.reusable:
            self.pool.put_back(self)
        else:
            self.pool.discard(self)

    def close(self) -> None:
        """Close the connection, whatever is going on there."""
        self.end_lease()
        self.pool.remove(self)
        if self.connection is not None:
            if self.exchange is None:
                self.connection.close()
            else:
                # The exchange has to be told; what comes of that is a call of released().
                self.exchange.reset(self.pool.cancel_reason)
                self.connection.drop()

"""Connections as far as a pool sees them, and a pool of them with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yarl import URL

from tidewire_client._connection_key import ConnectionKey, connection_key
from tidewire_client._pool import Pool
from tidewire_client._seat import Seat, Waiter
from tidewire_http_io import ResetReason
from tidewire_testing import FakeClock

A, B, C = (connection_key(URL(f"http://{name}.example/")) for name in "abc")


@dataclass
class Head:
    """What the head of a response says."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    offers_switch: bool = False


@dataclass
class Talk:
    """An exchange."""

    response_head: Head = field(default_factory=Head)
    reset_reason: ResetReason | None = None
    finished: bool = True

    def reset(self, reason: ResetReason) -> None:
        self.reset_reason = self.reset_reason or reason


@dataclass(eq=False)
class Line:
    """A connection."""

    released: Callable[[Any], None]
    reusable: bool = True
    quiet: bool = True
    lost: bool = False
    peer_gone: bool = False
    closes: int = 0
    drops: int = 0

    def begin(self) -> Talk:
        return Talk()

    def close(self) -> None:
        self.reusable = False
        self.lost = True
        self.closes += 1

    def drop(self) -> None:
        self.reusable = False
        self.lost = True
        self.drops += 1

    def lose(self) -> None:
        """The transport is gone."""
        self.reusable = False
        self.lost = True
        self.released(self)


class Lines:
    """A pool whose connections are there at once.

    Attributes:
        gone: the seats whose connections were lost.
        asked: how many connections were looked at.
        complaints: errors of callbacks.
    """

    def __init__(self, limit: int = 0, limit_per_host: int = 0, keepalive: float = 15.0) -> None:
        self.clock = FakeClock(1000.0)
        self.gone: list[Seat] = []
        self.asked = 0
        self.complaints: list[Exception] = []
        self.woken: list[Waiter] = []
        self.pool = Pool(
            limit,
            limit_per_host,
            keepalive,
            self.clock.time,
            self._is_quiet,
            ResetReason.CANCEL,
            self.complaints.append,
        )

    def _is_quiet(self, line: Line) -> bool:
        self.asked += 1
        return line.quiet

    def wait(self, key: ConnectionKey) -> Waiter:
        """Stand in line."""
        waiter = self.pool.wait(key, lambda: self.woken.append(waiter))
        return waiter

    def get(self, key: ConnectionKey = A) -> Seat:
        """Get a seat with a connection, as a request does that finds room."""
        seat = self.pool.take(key) or self.pool.open(key)
        assert seat is not None
        return self.fill(seat)

    def fill(self, seat: Seat) -> Seat:
        """Open the connection of a seat, and begin an exchange."""
        if seat.connection is None:
            seat.connection = Line(seat.released)
            seat.uses = 1
            seat.gone = self.gone.append
        seat.exchange = seat.connection.begin()
        return seat

    def accept(self, waiter: Waiter) -> Seat:
        """Go on with the seat that was granted."""
        seat = self.pool.accept(waiter)
        assert seat is not None
        return self.fill(seat)

    def finish(self, seat: Seat, reusable: bool = True, *fields: tuple[str, str]) -> None:
        """End the exchange of a seat."""
        seat.exchange.response_head.fields += fields
        if not reusable:
            seat.connection.close()
        seat.connection.released(seat.connection)

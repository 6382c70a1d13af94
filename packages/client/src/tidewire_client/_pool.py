# Compiled by mypyc.
"""Who gets which connection: the decisions of a connector, none of which waits for anything.

Seats are idle, or somebody's; whoever finds no room waits in the line of the bucket. All of it is constant work per
request, however many connections, hosts and waiters there are.

What holds between any two calls: somebody waits in a bucket only if it has no idle seat; and somebody waits for room
under the pool's own limit only if no seat is idle at all, as the one that was idle longest would have made room.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tidewire_client._connection_key import ConnectionKey
from tidewire_client._seat import Bucket, Seat, SeatKeeper, Waiter

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# How often a connection may go to the next in its own line while other lines wait for room. Closing it for them each
# time would make every request open one; never doing so would let one busy host starve all others.
_PASSES: Final = 16
# Seconds that a connection may have been idle without a look at whether the server has closed it. The event loop would
# have told if it had run in the meantime, so this is about loops that were held up.
_UNWATCHED: Final = 0.001


class Pool(SeatKeeper):
    """The seats of a connector.

    Args:
        limit: how many there may be, idle ones counted; 0 for any number.
        limit_per_host: how many there may be with one key; 0 for any number.
        keepalive_timeout: seconds that a connection may be idle; 0 for none, infinite for ever.
        clock: seconds that never go back.
        is_quiet: tells whether nothing has come on a connection; asked before one is used that was idle for a while.
        cancel_reason: with what an exchange is reset.
        complain: told of an error in a callback.

    Attributes:
        placed: seats that there are.
        idle: how many of them are idle.
        closed: whether no seat is kept any more.
    """

    __slots__ = (
        "_buckets",
        "_clock",
        "_is_quiet",
        "_keepalive_timeout",
        "_limit",
        "_limit_per_host",
        "_newest",
        "_oldest",
        "_passes",
        "_starved",
        "closed",
        "idle",
        "placed",
    )

    def __init__(
        self,
        limit: i64,
        limit_per_host: i64,
        keepalive_timeout: float,
        clock: Callable[[], float],
        is_quiet: Callable[[Any], bool],
        cancel_reason: object,
        complain: Callable[[Exception], None],
    ) -> None:
        super().__init__(cancel_reason, complain)
        self._limit: i64 = limit
        self._limit_per_host: i64 = limit_per_host
        self._keepalive_timeout: float = keepalive_timeout
        self._clock = clock
        self._is_quiet = is_quiet
        self._buckets: dict[ConnectionKey, Bucket] = {}
        # Buckets in which somebody waits for room under the pool's limit, in turn.
        self._starved: OrderedDict[Bucket, None] = OrderedDict()
        self._passes: i64 = 0
        self._oldest: Seat | None = None
        self._newest: Seat | None = None
        self.placed: i64 = 0
        self.idle: i64 = 0
        self.closed = False

    def __repr__(self) -> str:
        return f"<Pool of {self.placed} seats, {self.idle} idle>"

    @property
    def waiting(self) -> int:
        """How many wait."""
        total = 0
        for bucket in self._buckets.values():
            if bucket.line is not None:
                total += len(bucket.line)
        return total

    # What a request asks for, in this order.

    def take(self, key: ConnectionKey) -> Seat | None:
        """Take a seat whose connection is ready for another exchange; None where there is none."""
        bucket = self._buckets.get(key)
        if bucket is None:
            return None
        while True:
            seat = bucket.top
            if seat is None:
                return None
            self._unlink(seat)
            if self._is_fresh(seat):
                seat.uses += 1
                return seat
            self.discard(seat)

    def open(self, key: ConnectionKey) -> Seat | None:
        """Take a seat without a connection, which the caller opens; None where there is no room."""
        bucket = self._bucket(key)
        if self._is_full(bucket) or not self._make_room():
            self._forget(bucket)
            return None
        return self._place(bucket)

    def wait(self, key: ConnectionKey, wake: Callable[[], None]) -> Waiter:
        """Stand in line for a seat, with or without a connection; only after the two others have given none.

        Args:
            key: what the connection has to have.
            wake: called once, when `Waiter.seat` has one, or when the pool was closed and it has none.
        """
        bucket = self._bucket(key)
        waiter = Waiter(bucket, wake)
        line = bucket.line
        if line is None:
            line = OrderedDict()
            bucket.line = line
        line[waiter] = None
        if not self._is_full(bucket):
            self._starved[bucket] = None
        return waiter

    def accept(self, waiter: Waiter) -> Seat | None:
        """Take the seat that a waiter was granted; None where the pool was closed."""
        seat = waiter.seat
        waiter.seat = None
        if seat is not None:
            seat.waiter = None
            seat.uses += 1 if seat.connection is not None else 0
        return seat

    def withdraw(self, waiter: Waiter) -> None:
        """Wait no more. A seat that was granted already goes to the next."""
        seat = waiter.seat
        if seat is not None:
            waiter.seat = None
            seat.waiter = None
            seat.give_back()
            return
        bucket = waiter.bucket
        line = bucket.line
        if line is not None and waiter in line:
            del line[waiter]
            if not line:
                self._starved.pop(bucket, None)
                self._forget(bucket)

    # What becomes of a seat.

    def put_back(self, seat: Seat) -> None:
        """See `SeatKeeper`."""
        bucket = seat.bucket
        if self.closed or self._keepalive_timeout <= 0.0:
            self.discard(seat)
        elif bucket.line is not None and bucket.awaited:
            starving = len(self._starved) > (1 if bucket in self._starved else 0)
            if not starving or self._passes < _PASSES:
                if starving:
                    self._passes += 1
                self._grant(bucket, seat)
                return
            if bucket in self._starved:
                self._starved.move_to_end(bucket)
            self.discard(seat)
        elif self._starved:
            self.discard(seat)
        else:
            now = self._clock()
            seat.idle_since = now
            seat.idle_until = now + min(self._keepalive_timeout, seat.keeps)
            self._link(seat)

    def discard(self, seat: Seat) -> None:
        """See `SeatKeeper`."""
        self.remove(seat)
        if seat.connection is not None:
            seat.connection.close()

    def remove(self, seat: Seat) -> None:
        """See `SeatKeeper`."""
        if not seat.placed:
            return
        if seat.idle:
            self._unlink(seat)
        bucket = seat.bucket
        waiter = seat.waiter
        seat.placed = False
        self.placed -= 1
        bucket.placed -= 1
        if waiter is not None:
            # The connection was lost before the one whom it was granted to has taken it. The place is still theirs.
            seat.waiter = None
            waiter.seat = self._place(bucket)
            waiter.seat.waiter = waiter
            return
        if bucket.awaited and not self._is_full(bucket):
            self._starved[bucket] = None
        self._serve()
        self._forget(bucket)

    def expire(self) -> None:
        """Close what was idle for too long; to be called from time to time."""
        now = self._clock()
        seat = self._oldest
        while seat is not None:
            newer = seat.newer
            if seat.idle_until <= now:
                self.discard(seat)
            seat = newer

    def close(self) -> None:
        """Close what is idle, and tell those who wait that there will be nothing."""
        self.closed = True
        while self._oldest is not None:
            self.discard(self._oldest)
        self._starved.clear()
        for bucket in list(self._buckets.values()):
            line = bucket.line
            bucket.line = None
            if line is not None:
                for waiter in line:
                    waiter.wake()
            self._forget(bucket)

    # Inside.

    def _bucket(self, key: ConnectionKey) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = Bucket(key)
            self._buckets[key] = bucket
        return bucket

    def _forget(self, bucket: Bucket) -> None:
        """Forget a bucket that nothing is in."""
        if bucket.placed == 0 and not bucket.awaited and self._buckets.get(bucket.key) is bucket:
            del self._buckets[bucket.key]

    def _is_full(self, bucket: Bucket) -> bool:
        return self._limit_per_host > 0 and bucket.placed >= self._limit_per_host

    def _make_room(self) -> bool:
        """Make room for one more seat under the pool's limit, and tell whether there is."""
        if self._limit <= 0 or self.placed < self._limit:
            return True
        oldest = self._oldest
        if oldest is None:
            return False
        self.discard(oldest)
        return self.placed < self._limit

    def _place(self, bucket: Bucket) -> Seat:
        self.placed += 1
        bucket.placed += 1
        return Seat(self, bucket)

    def _grant(self, bucket: Bucket, seat: Seat) -> None:
        """Give a seat to the first in the bucket's line."""
        line = bucket.line
        assert line is not None
        waiter: Waiter = line.popitem(last=False)[0]
        if not line:
            self._starved.pop(bucket, None)
        waiter.seat = seat
        seat.waiter = waiter
        waiter.wake()

    def _serve(self) -> None:
        """Let those who wait for room have what there is, one of each bucket in turn."""
        while self._starved and (self._limit <= 0 or self.placed < self._limit):
            bucket: Bucket = self._starved.popitem(last=False)[0]
            if self._is_full(bucket):
                continue  # it comes back when one of its seats goes
            self._passes = 0
            seat = self._place(bucket)
            if bucket.line is not None and len(bucket.line) > 1 and not self._is_full(bucket):
                self._starved[bucket] = None
            self._grant(bucket, seat)

    def _is_fresh(self, seat: Seat) -> bool:
        """Tell whether an idle connection is still good, as far as this side can know."""
        connection = seat.connection
        if connection is None or not connection.reusable:
            return False
        now = self._clock()
        if now >= seat.idle_until:
            return False
        return now - seat.idle_since < _UNWATCHED or self._is_quiet(connection)

    def _link(self, seat: Seat) -> None:
        bucket = seat.bucket
        top = bucket.top
        if top is not None:
            top.above = seat
            seat.below = top
        bucket.top = seat
        newest = self._newest
        if newest is None:
            self._oldest = seat
        else:
            newest.newer = seat
            seat.older = newest
        self._newest = seat
        seat.idle = True
        self.idle += 1

    def _unlink(self, seat: Seat) -> None:
        above = seat.above
        below = seat.below
        if above is None:
            seat.bucket.top = below
        else:
            above.below = below
            seat.above = None
        if below is not None:
            below.above = above
            seat.below = None
        newer = seat.newer
        older = seat.older
        if newer is None:
            self._newest = older
        else:
            newer.older = older
            seat.newer = None
        if older is None:
            self._oldest = newer
        else:
            older.newer = newer
            seat.older = None
        seat.idle = False
        self.idle -= 1

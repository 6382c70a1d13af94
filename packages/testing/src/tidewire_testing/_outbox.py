"""What a protocol wrote: how much of it has left, and what the water marks say about the rest."""

from __future__ import annotations

__all__: list[str] = []

_HIGH_WATER = 64 * 1024  # bytes; asyncio's own default


class Outbox:
    """The outgoing side of a `MemoryTransport`; it calls nobody and only says what is due.

    What has been sent is always the first part of what was written, as nothing is taken after a drop.

    Attributes:
        written: all that was written.
        writes: the same as single writes.
        discarded: writes that came too late.
        unsent: how many bytes have not left.
        low: the low-water mark, in bytes.
        high: the high-water mark, in bytes.
        holding: whether what is written stays here.
    """

    def __init__(self) -> None:
        """Begin empty, with asyncio's water marks."""
        self.written = bytearray()
        self.writes: list[bytes] = []
        self.discarded: list[bytes] = []
        self.unsent = 0
        self.high, self.low = water_marks()
        self.holding = False
        self._taken = 0
        self._sent = 0
        self._writer_paused = False

    @property
    def sent(self) -> bytes:
        """What has left."""
        return bytes(self.written[: self._sent])

    def add(self, piece: bytes) -> None:
        """Take one write, and send it unless writes are held."""
        self.writes.append(piece)
        self.written += piece
        if self.holding:
            self.unsent += len(piece)
        else:
            self._sent += len(piece)

    def take(self) -> bytes:
        """Return what was written since the last `take()`."""
        start, self._taken = self._taken, len(self.written)
        return bytes(self.written[start:])

    def release(self, size: int | None) -> None:
        """Send `size` bytes of what is held; None sends all, and ends the hold.

        Raises:
            ValueError: `size` is negative.
        """
        if size is None:
            self.holding = False
            size = self.unsent
        elif size < 0:
            raise ValueError(f"size must not be negative: {size}")
        size = min(size, self.unsent)
        self._sent += size
        self.unsent -= size

    def drop(self) -> None:
        """Forget what is unsent."""
        self.unsent = 0

    def set_limits(self, high: int | None, low: int | None) -> None:
        """Set the water marks in bytes; one left out follows from the other, both from the defaults.

        Raises:
            ValueError: not `high >= low >= 0`.
        """
        self.high, self.low = water_marks(high, low)

    def pause_writer(self) -> bool:
        """Count the writer as paused if too much is unsent; return whether it was not paused before."""
        newly = self.unsent > self.high and not self._writer_paused
        self._writer_paused = self._writer_paused or newly
        return newly

    def resume_writer(self) -> bool:
        """Count the writer as resumed if little enough is unsent; return whether it was paused before."""
        newly = self._writer_paused and self.unsent <= self.low
        self._writer_paused = self._writer_paused and not newly
        return newly


def water_marks(high: int | None = None, low: int | None = None) -> tuple[int, int]:
    """Return the water marks in bytes, high and low, with asyncio's rule for one left out: `low` is a quarter of `high`.

    Raises:
        ValueError: not `high >= low >= 0`.
    """
    if high is None:
        high = _HIGH_WATER if low is None else 4 * low
    if low is None:
        low = high // 4
    if not high >= low >= 0:
        raise ValueError(f"the water marks need high >= low >= 0, not high={high}, low={low}")
    return high, low

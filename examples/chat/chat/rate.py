"""How much one visitor may say."""

from __future__ import annotations

import time
from collections.abc import Callable


class TokenBucket:
    """Holds some tokens, which come back with time. Who says something takes one.

    Args:
        rate: tokens that come back in a second.
        burst: tokens that there are at most, and in the beginning.
        clock: gives the time in seconds.
    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._seen = clock()

    def take(self) -> bool:
        """Take a token; return whether there was one."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._seen) * self._rate)
        self._seen = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

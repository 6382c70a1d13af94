"""The clock of a wait for the server's next bytes, where it is too short for a look each second."""

from __future__ import annotations

import asyncio
from typing import Final

from tidewire_http_io import ClientExchange, ResetReason

__all__: list[str] = []

# The share of the time after which it is looked again whether it runs.
_PAUSE: Final = 0.25


class ReadClock:
    """Resets an exchange when nothing comes for too long while somebody waits for it.

    Args:
        loop: the event loop.
        seconds: how long is too long.
        exchange: the exchange, whose request is being sent, or is sent.

    Attributes:
        waits: whether somebody waits.
        unread: bytes of the body that are there, and were not read; as long as there are any, nobody waits.
    """

    __slots__ = ("_exchange", "_loop", "_seconds", "_since", "_timer", "unread", "waits")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, exchange: ClientExchange) -> None:
        self._loop = loop
        self._seconds = seconds
        self._exchange: ClientExchange | None = exchange
        self.waits = True
        self.unread = 0
        self._since = loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._look()

    def progress(self) -> None:
        """Take note that something has come, or that the wait begins."""
        self._since = self._loop.time()

    def stop(self) -> None:
        """Look no more."""
        self._exchange = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        exchange = self._exchange
        if exchange is None or exchange.body_complete or exchange.reset_reason is not None:
            return
        now = self._loop.time()
        if not self._is_servers_turn(exchange):
            # Nobody tells when that begins, and from then on it has all of its time.
            pause = self._seconds * _PAUSE
            self._since = now + pause
            self._timer = self._loop.call_later(pause, self._look)
            return
        left = self._since + self._seconds - now
        if left <= 0:
            self._exchange = None
            exchange.reset(ResetReason.TIMEOUT)
        else:
            self._timer = self._loop.call_later(left, self._look)

    def _is_servers_turn(self, exchange: ClientExchange) -> bool:
        """Tell whether it is the server that everybody waits for, and not the request that is still going out."""
        if not self.waits or self.unread > 0:
            return False
        return exchange.response_head is not None or (exchange.finished and exchange.is_writable)

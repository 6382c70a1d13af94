"""A middleware that sends no more requests than a server wants to have."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

from tidewire_client._client_request import ClientRequest
from tidewire_client._client_response import ClientResponse
from tidewire_client._middlewares import ClientHandlerType

__all__ = ["RateLimitMiddleware"]

_MOST_ORIGINS: Final = 10_000


class RateLimitMiddleware:
    """Lets so many requests pass in a time, first come first served; others wait, within their total time.

    After a pause as many may pass at once as would have passed in it, up to `burst`. Redirects and repetitions count.
    The turn of a request that is cancelled while it waits is lost.

    Args:
        rate: how many requests may pass.
        per: in how many seconds.
        burst: how many may pass at once; `rate`, at least 1, where None.
        per_origin: whether each origin has a limit of its own.

    Raises:
        ValueError: a number that is not above 0.
    """

    def __init__(
        self, rate: float, per: float = 1.0, *, burst: float | None = None, per_origin: bool = True
    ) -> None:
        burst = max(1.0, rate) if burst is None else burst
        if rate <= 0 or per <= 0 or burst < 1:
            raise ValueError("rate and per are above 0, burst is at least 1")
        self._interval = per / rate
        self._tolerance = (burst - 1) * self._interval
        self._per_origin = per_origin
        # By origin, when the next request is due that keeps to the rate; the one that was used last is the last.
        self._due: OrderedDict[str, float] = OrderedDict()

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send a request when it is its turn."""
        origin = str(request.url.origin()) if self._per_origin else ""
        wait = self.reserve(origin, asyncio.get_running_loop().time())
        if wait > 0:
            await asyncio.sleep(wait)
        return await handler(request)

    def reserve(self, origin: str, now: float) -> float:
        """Take a turn; return in how many seconds it is.

        Args:
            origin: whose limit it is.
            now: the time, by a clock that never goes back.
        """
        due = max(self._due.pop(origin, now), now)
        self._due[origin] = due + self._interval
        while len(self._due) > _MOST_ORIGINS:
            self._due.popitem(last=False)
        return max(0.0, due - self._tolerance - now)

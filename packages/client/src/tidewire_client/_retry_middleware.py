"""A middleware that sends requests again which have failed for a reason that may pass."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Collection
from typing import Final

from tidewire_client._client_request import ClientRequest
from tidewire_client._client_response import ClientResponse
from tidewire_client._connection_errors import ClientConnectionError
from tidewire_client._middlewares import ClientHandlerType
from tidewire_client._retry import IDEMPOTENT, LASTING
from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import parse_date

__all__ = ["RetryMiddleware"]

_STATUSES: Final = frozenset({429, 502, 503, 504})
_MOST_DIGITS: Final = 9


class RetryMiddleware:
    """Sends a request again where its connection failed, or where its response says that a later one may do better.

    Between two attempts there is a pause, a random one up to a bound that doubles each time, or as long as Retry-After
    says (RFC 9110, section 10.2.3). All of it happens within the request's total time. Only requests with idempotent
    methods (RFC 9110, section 9.2.2) and with bodies that can be written again are repeated.

    A budget keeps repetitions from being an attack on a server that is down: each costs 1 of it, and each request
    brings `budget_ratio` back.

    Args:
        attempts: how often a request is sent at most.
        statuses: the status codes after which it is sent again.
        methods: the methods of requests that may be sent again.
        backoff: seconds that the first pause has at most.
        max_backoff: seconds that a pause has at most; where Retry-After says more, the response is returned as it is.
        budget: how many repetitions there may be at once; None for any number.
        budget_ratio: what each request brings back of it.

    Raises:
        ValueError: fewer than one attempt.
    """

    def __init__(
        self,
        attempts: int = 3,
        *,
        statuses: Collection[int] = _STATUSES,
        methods: Collection[str] = IDEMPOTENT,
        backoff: float = 0.2,
        max_backoff: float = 30.0,
        budget: float | None = 10.0,
        budget_ratio: float = 0.1,
    ) -> None:
        if attempts < 1:
            raise ValueError(f"at least one attempt, not {attempts}")
        self._attempts = attempts
        self._statuses = frozenset(statuses)
        self._methods = frozenset(methods)
        self._backoff = backoff
        self._max_backoff = max_backoff
        self._budget = budget
        self._left = budget or 0.0
        self._budget_ratio = budget_ratio
        self._uniform: Callable[[float, float], float] = random.uniform

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send a request, and again where that may help."""
        if self._budget is not None:
            self._left = min(self._budget, self._left + self._budget_ratio)
        repeatable = request.method in self._methods
        for attempt in range(1, self._attempts):
            failure: ClientConnectionError | None = None
            response: ClientResponse | None = None
            try:
                response = await handler(request)
            except LASTING:
                raise
            except ClientConnectionError as error:
                failure = error
            if response is not None and response.status not in self._statuses:
                return response
            pause = self._pause(attempt, response) if repeatable and _can_repeat(request) else None
            if pause is None or not self._spend():
                if response is not None:
                    return response
                assert failure is not None
                try:
                    raise failure
                finally:
                    del failure  # it has this frame
            failure = None
            if response is not None:
                await response.wait_for_close()
            await asyncio.sleep(pause)
        return await handler(request)

    def _pause(self, attempt: int, response: ClientResponse | None) -> float | None:
        """Return how long to wait; None where that is too long."""
        wanted = None if response is None else retry_after(response.headers.get("Retry-After"), time.time())
        if wanted is not None:
            return wanted if wanted <= self._max_backoff else None
        return self._uniform(0.0, min(self._max_backoff, self._backoff * 2.0 ** min(attempt - 1, 30)))

    def _spend(self) -> bool:
        """Take one repetition from the budget; tell whether there was one."""
        if self._budget is None:
            return True
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


def _can_repeat(request: ClientRequest) -> bool:
    payload = request.payload
    return payload is None or payload.replayable


def retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds that Retry-After says; None where it says nothing that can be read.

    Args:
        value: its value.
        now: the time.
    """
    if value is None:
        return None
    value = value.strip(" \t")
    if value.isascii() and value.isdigit():
        return float(value) if len(value) <= _MOST_DIGITS else float("inf")
    try:
        return max(0.0, parse_date(value, int(now)) - now)
    except InvalidFieldValue:
        return None

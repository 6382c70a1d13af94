"""The Expect field of a request (RFC 9110, section 10.1.1)."""

from __future__ import annotations

from typing import Any

from tidewire_web._http_exceptions import HTTPExpectationFailed
from tidewire_web._types import ExpectingRequest

__all__: list[str] = []

_CONTINUE = "100-continue"


async def meet_expectation(request: ExpectingRequest) -> Any:
    """Send 100 (Continue) to a client that waits for it; what routes do that have no expect handler of their own.

    Nothing is sent where the body is there already, or 100 was sent before.

    Returns:
        None: the request's handler may go on.

    Raises:
        HTTPExpectationFailed: something else is expected.
    """
    expectation = request.head.expect
    if not expectation:
        return
    if expectation.lower() != _CONTINUE:
        raise HTTPExpectationFailed(text=f"Unknown Expect: {expectation}")
    exchange = request.exchange
    if exchange.awaits_continue:
        exchange.send_interim(100, [])

"""Waiting for the next message, in as few steps of the interpreter as there can be."""

from __future__ import annotations

import types
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidewire_websocket.asyncio._inbound import Inbound

__all__: list[str] = []


@types.coroutine
def arrival(inbound: Inbound) -> Generator[Any, None, Any]:
    """Wait for the next message or part; return CLOSED where none will come.

    Args:
        inbound: what has told by `claim()` that there is none yet.
    """
    while True:
        try:
            yield inbound.waiter
        except BaseException:
            inbound.waiter.end()
            raise
        message = inbound.arrived()
        if message is not None:
            return message

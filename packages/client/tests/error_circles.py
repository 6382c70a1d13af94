"""Errors that somebody has caught, and who else holds them."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Awaitable


async def check_in_no_circle(failing: Awaitable[object], *kinds: type[BaseException]) -> None:
    """See to it that an error is gone with its last reference, without the garbage collector.

    Args:
        failing: raises the error.
        kinds: what that may be.
    """
    gc.collect()
    gc.disable()
    try:
        found: weakref.ref[BaseException] | None = None
        try:
            await failing
        except kinds as error:
            found = weakref.ref(error)
        for _ in range(5):
            await asyncio.sleep(0)
        assert found is not None
        assert found() is None
    finally:
        gc.enable()

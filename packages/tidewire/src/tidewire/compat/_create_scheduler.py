"""`aiojobs.create_scheduler()`, which `Scheduler()` has replaced."""

from __future__ import annotations

import importlib
from typing import Any

from tidewire.compat._deprecations import warn_of

__all__: list[str] = []


async def create_scheduler(**options: Any) -> Any:
    """Make a scheduler; deprecated: call `Scheduler()`."""
    warn_of("create_scheduler() is deprecated, use Scheduler()")
    return importlib.import_module("tidewire_jobs").Scheduler(**options)

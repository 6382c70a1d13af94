"""Workers for gunicorn: None where there is no gunicorn, or no tidewire-gunicorn."""

from __future__ import annotations

import importlib
from typing import Any

__all__: list[str] = []


def _worker(name: str) -> Any:
    try:
        return getattr(importlib.import_module("tidewire_gunicorn"), name)
    except ImportError:
        return None


GunicornWebWorker: Any = _worker("GunicornWebWorker")
GunicornUVLoopWebWorker: Any = _worker("GunicornUVLoopWebWorker")

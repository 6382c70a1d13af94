"""What is fuzzed: each target is a module with `one_input(data)`, which raises on a finding, and `seeds()`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Final

__all__ = ["CORPUS", "NAMES", "load"]

CORPUS: Final = Path(__file__).resolve().parents[2] / "corpus"
# Each is a module of this package.
NAMES: Final = (
    "requests",
    "responses",
    "chunked_bodies",
    "serialiser",
    "cookies",
    "field_values",
    "multipart",
    "codings",
    "websockets",
)


def load(name: str) -> tuple[Callable[[bytes], None], Callable[[], list[bytes]]]:
    """Import a target.

    Args:
        name: one of `NAMES`.

    Returns:
        What takes one input, and what gives the inputs to start from.
    """
    assert name in NAMES
    module: ModuleType = importlib.import_module(f"{__name__}.{name}")
    return module.one_input, module.seeds

"""The facade shows what the private modules make public, and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import tidewire_http_parser


def test_the_facade_is_the_union_of_its_modules() -> None:
    union: set[str] = set()
    for found in pkgutil.iter_modules(tidewire_http_parser.__path__):
        if found.name.startswith("_"):
            module: Any = importlib.import_module(f"tidewire_http_parser.{found.name}")
            for public in module.__all__:
                assert public not in union
                assert getattr(tidewire_http_parser, public) is getattr(module, public)
            union.update(module.__all__)
    assert set(tidewire_http_parser.__all__) == union

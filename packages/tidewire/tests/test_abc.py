from __future__ import annotations

import inspect

from tidewire import abc


def test_what_is_abstract_cannot_be_made() -> None:
    kinds = [getattr(abc, name) for name in abc.__all__ if name.startswith("Abstract")]
    assert len(kinds) == 4
    assert all(inspect.isabstract(kind) for kind in kinds)

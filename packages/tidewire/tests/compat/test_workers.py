from __future__ import annotations

import importlib.util

from tidewire.compat import _workers


def test_there_are_none_without_the_distribution() -> None:
    there = importlib.util.find_spec("tidewire_gunicorn") is not None
    assert (_workers.GunicornWebWorker is not None) is there
    assert (_workers.GunicornUVLoopWebWorker is not None) is there

"""What errors keep when they go elsewhere: to another process, or into a copy."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Mapping
from typing import Any, Final

WAYS: Final[list[Callable[[Any], Any]]] = [
    lambda error: error,
    lambda error: pickle.loads(pickle.dumps(error)),
    copy.copy,
]


def check_kept(error: Exception, other: Exception, attributes: Mapping[str, Any]) -> None:
    """See to it that an error has arrived as it was.

    Args:
        error: the error.
        other: what arrived.
        attributes: what it has to know.
    """
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert len(other.args) == len(error.args)
    for name, value in attributes.items():
        assert getattr(other, name) == value

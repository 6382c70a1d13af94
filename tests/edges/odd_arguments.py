"""Arguments that are nearly what is asked for, and what a call makes of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

__all__ = ["Bytes", "Fields", "Number", "Text", "outcome", "refused"]


class Bytes(bytes):
    """Bytes of a class of their own."""


class Text(str):
    """A text of a class of its own."""

    __slots__ = ()


class Number(int):
    """An int of a class of its own."""


class Fields(list[Any]):
    """A list of a class of its own."""


def outcome(call: Callable[[Any], Any], argument: Any) -> Any:
    """What a call gives; the type of what it raises, which has neither cause nor context."""
    try:
        result = call(argument)
    except Exception as error:
        result = error
    if not isinstance(result, Exception):
        return result
    assert result.__cause__ is None
    assert result.__context__ is None
    return type(result)


def refused(call: Callable[..., Any], *values: Any) -> list[Any]:
    """Rows in which each value is an argument of the wrong type."""
    # Without addresses: runs on several cores compare the names of their tests.
    names = [re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:40] for value in values]
    return [
        pytest.param(call, value, TypeError, id=f"{call.__name__}-{name}")
        for value, name in zip(values, names, strict=True)
    ]

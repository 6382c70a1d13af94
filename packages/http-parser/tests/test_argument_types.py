"""The checks of the interpreted build answer as compiled code does."""

from __future__ import annotations

from collections import namedtuple
from enum import IntEnum
from typing import Any

import pytest
from multidict import istr

from tidewire_http_parser._argument_types import INT_OR_NONE, STR_OR_NONE, require, require_fields

Pair = namedtuple("Pair", "name value")  # noqa: PYI024


class Size(IntEnum):
    ONE = 1


class Fields(list[Any]):
    pass


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1, int), (True, int), (Size.ONE, int), (None, INT_OR_NONE), (istr("a"), str), (None, STR_OR_NONE)],
)
def test_accepted(value: Any, kind: Any) -> None:
    require(("x", str), (value, kind))


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1.0, int), (1, bool), (None, int), ("1", INT_OR_NONE), (b"a", STR_OR_NONE), (bytearray(), bytes)],
)
def test_refused(value: Any, kind: Any) -> None:
    with pytest.raises(TypeError, match="expected; got"):
        require(("x", str), (value, kind))


@pytest.mark.parametrize("fields", [[], [("a", "b")], [(istr("a"), istr("b"))], Fields(), [Pair("a", "b")]])
def test_fields_accepted(fields: Any) -> None:
    require_fields(fields)


@pytest.mark.parametrize(
    "fields",
    [
        None,
        (),
        {"a": "b"},
        "ab",
        iter([]),
        ["ab"],
        [["a", "b"]],
        [("a",)],
        [("a", "b", "c")],
        [(b"a", "b")],
        [("a", 1)],
    ],
)
def test_fields_refused(fields: Any) -> None:
    with pytest.raises(TypeError, match="expected; got"):
        require_fields(fields)

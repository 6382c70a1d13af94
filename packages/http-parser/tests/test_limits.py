"""Limits are ints that make sense."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from enum import IntEnum
from typing import Any

import pytest

from tidewire_http_parser import Limits, RequestParser, ResponseParser

NAMES = ("line", "field", "fields", "chunk_extensions")


class Size(IntEnum):
    BIG = 8190


def test_the_defaults() -> None:
    assert dataclasses.asdict(Limits()) == {
        "line": 8190,
        "field": 8190,
        "fields": 128,
        "chunk_extensions": 16384,
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [1, 2**31 - 1])
def test_the_range(name: str, value: int) -> None:
    limits = Limits(**{name: value})
    assert getattr(limits, name) == value
    RequestParser(limits).receive_data(b"x")
    ResponseParser(limits).receive_data(b"x")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [0, -1, 2**31, 2**63, 2**64 + 5])
def test_out_of_range(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"Limits.{name} is 1 to 2147483647"):
        Limits(**{name: value})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [True, 1.0, "1", None, Size.BIG])
def test_what_is_no_int(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=f"Limits.{name} is an int"):
        Limits(**{name: value})


def test_they_are_values() -> None:
    limits = Limits(line=10)
    assert limits == Limits(line=10) != Limits()
    assert hash(limits) == hash(Limits(line=10))
    assert copy.copy(limits) == limits == pickle.loads(pickle.dumps(limits))
    assert dataclasses.replace(limits, field=5) == Limits(line=10, field=5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        limits.line = 5  # type: ignore[misc]

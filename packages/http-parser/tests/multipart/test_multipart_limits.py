"""Limits are ints that make sense; their borders are in corpus/multipart/limits.md and in test_parser."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from tidewire_http_parser.multipart import MultipartLimits, MultipartParser

NAMES = [field.name for field in dataclasses.fields(MultipartLimits)]


def test_the_defaults() -> None:
    assert dataclasses.asdict(MultipartLimits()) == {
        "parts": 1000,
        "field": 8190,
        "fields": 128,
        "head": 16384,
        "preamble": 8190,
        "epilogue": 8190,
        "nesting": 3,
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [0, 1, 2**31 - 1])
def test_the_range(name: str, value: int) -> None:
    limits = MultipartLimits(**{name: value})
    assert getattr(limits, name) == value
    MultipartParser("b", limits).receive_data(b"x")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [-1, 2**31, 2**63, 2**64 + 5])
def test_out_of_range(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"MultipartLimits.{name} is 0 to 2147483647"):
        MultipartLimits(**{name: value})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_what_is_no_int(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=f"MultipartLimits.{name} is an int"):
        MultipartLimits(**{name: value})


def test_they_are_values() -> None:
    limits = MultipartLimits(parts=10)
    assert limits == MultipartLimits(parts=10) != MultipartLimits()
    assert hash(limits) == hash(MultipartLimits(parts=10))
    assert copy.copy(limits) == limits == pickle.loads(pickle.dumps(limits))
    assert dataclasses.replace(limits, nesting=0) == MultipartLimits(parts=10, nesting=0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        limits.parts = 5  # type: ignore[misc]

"""Leniencies are flags with names, none of them raised unless asked for; corpus/response/lenient.md has what they do."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tidewire_http_parser import Leniencies, RequestParser, ResponseParser

NAMES = [field.name for field in dataclasses.fields(Leniencies)]


def test_nothing_is_overlooked_unless_asked_for() -> None:
    assert not any(dataclasses.asdict(Leniencies()).values())
    assert Leniencies().bits == 0


def test_each_has_a_bit_of_its_own() -> None:
    bits = [Leniencies(**{name: True}).bits for name in NAMES]
    assert sorted(bits) == [1 << place for place in range(len(NAMES))]
    assert Leniencies(**dict.fromkeys(NAMES, True)).bits == sum(bits)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [1, 0, None, "yes"])
def test_what_is_no_bool(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=f"Leniencies.{name} is a bool"):
        Leniencies(**{name: value})


def test_they_are_for_responses_only() -> None:
    ResponseParser(None, Leniencies())
    with pytest.raises(TypeError):
        RequestParser(None, Leniencies())  # type: ignore[call-arg]

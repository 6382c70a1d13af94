"""Limits of forms."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_http_io.forms import FormLimits, FormTally, FormTooLarge


@pytest.mark.parametrize(("name", "value"), [("fields", 1.0), ("field", True), ("total", "1")])
def test_a_limit_is_an_int(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=name):
        FormLimits(**{name: value})


def test_a_limit_is_not_below_zero() -> None:
    with pytest.raises(ValueError, match="total"):
        FormLimits(total=-1)


def test_fields_are_counted() -> None:
    tally = FormTally(FormLimits(fields=2))
    tally.begin_field(1)
    tally.begin_field(1)
    with pytest.raises(FormTooLarge, match="too many fields in a form: the limit is 2") as caught:
        tally.begin_field(1)
    assert (caught.value.limit, caught.value.status) == (2, 413)


def test_bytes_of_a_field_are_counted_with_its_name() -> None:
    tally = FormTally(FormLimits(field=10))
    tally.begin_field(4)
    tally.charge(6)
    tally.begin_field(4)
    tally.charge(3)
    with pytest.raises(FormTooLarge, match="field"):
        tally.charge(4)


def test_bytes_of_all_fields_are_counted() -> None:
    tally = FormTally(FormLimits(total=10))
    tally.begin_field(4)
    tally.charge(3)
    with pytest.raises(FormTooLarge, match="form too large"):
        tally.begin_field(4)

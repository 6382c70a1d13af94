"""Conditional requests are decided in the order of RFC 9110, section 13.2.2."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser.field_values import (
    Conditions,
    ETag,
    evaluate_conditions,
    format_date,
    if_range_holds,
)

NOW = 1_800_000_000
MODIFIED = 784111777
THEN = "Sun, 06 Nov 1994 08:49:37 GMT"
BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT"
AFTER = "Sun, 06 Nov 1994 08:49:38 GMT"
TAG, WEAK = ETag("a"), ETag("a", True)


@pytest.mark.parametrize(
    ("value", "etag", "status"),
    [
        ('"a"', TAG, None),
        ('"b", "a"', TAG, None),
        ('"b"', TAG, 412),
        ('W/"a"', TAG, 412),
        ('"a"', WEAK, 412),
        ("*", TAG, None),
        ("*", None, None),
        ('"a"', None, 412),
        ('"*"', TAG, 412),
        ("", TAG, 412),
        ("nonsense", TAG, 412),
        ('"a", nonsense', TAG, None),
    ],
)
def test_if_match(value: str, etag: ETag | None, status: int | None) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert evaluate_conditions(method, Conditions(if_match=value), etag, MODIFIED, NOW) == status


@pytest.mark.parametrize(
    ("value", "etag", "matches"),
    [
        ('"a"', TAG, True),
        ('W/"a"', TAG, True),
        ('"a"', WEAK, True),
        ('"b", W/"a"', WEAK, True),
        ('"b"', TAG, False),
        ("*", TAG, True),
        ("*", None, True),
        ('"a"', None, False),
        ("", TAG, False),
        ("nonsense", TAG, False),
    ],
)
def test_if_none_match(value: str, etag: ETag | None, matches: bool) -> None:
    conditions = Conditions(if_none_match=value)
    for method in ("GET", "HEAD"):
        assert evaluate_conditions(method, conditions, etag, MODIFIED, NOW) == (304 if matches else None)
    for method in ("PUT", "POST", "get"):
        assert evaluate_conditions(method, conditions, etag, MODIFIED, NOW) == (412 if matches else None)


def test_any_is_what_exists() -> None:
    assert evaluate_conditions("PUT", Conditions(if_match="*"), None, None, NOW, exists=False) == 412
    assert evaluate_conditions("PUT", Conditions(if_none_match="*"), None, None, NOW, exists=False) is None


@pytest.mark.parametrize(
    ("value", "last_modified", "modified", "unmodified"),
    [
        (THEN, MODIFIED, 304, None),
        (AFTER, MODIFIED, 304, None),
        (BEFORE, MODIFIED, None, 412),
        (THEN, None, None, None),
        ("nonsense", MODIFIED, None, None),
        ("", MODIFIED, None, None),
        ("0", MODIFIED, None, None),
        ("Sunday, 06-Nov-94 08:49:37 GMT", MODIFIED, 304, None),
    ],
)
def test_dates(value: str, last_modified: int | None, modified: int | None, unmodified: int | None) -> None:
    for method in ("GET", "HEAD"):
        since = Conditions(if_modified_since=value)
        assert evaluate_conditions(method, since, TAG, last_modified, NOW) == modified
    assert evaluate_conditions("PUT", Conditions(if_modified_since=value), TAG, last_modified, NOW) is None
    for method in ("GET", "PUT"):
        until = Conditions(if_unmodified_since=value)
        assert evaluate_conditions(method, until, TAG, last_modified, NOW) == unmodified


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        # A tag goes before a date.
        (Conditions(if_match='"a"', if_unmodified_since=BEFORE), None),
        (Conditions(if_match='"b"', if_unmodified_since=AFTER), 412),
        (Conditions(if_none_match='"b"', if_modified_since=AFTER), None),
        (Conditions(if_none_match='"a"', if_modified_since=BEFORE), 304),
        # 412 goes before 304.
        (Conditions(if_match='"b"', if_none_match='"a"'), 412),
        (Conditions(if_match='"a"', if_none_match='"a"'), 304),
        (Conditions(if_unmodified_since=BEFORE, if_modified_since=AFTER), 412),
        (Conditions(if_unmodified_since=THEN, if_modified_since=THEN), 304),
        (Conditions(), None),
    ],
)
def test_which_condition_counts(conditions: Conditions, status: int | None) -> None:
    assert evaluate_conditions("GET", conditions, TAG, MODIFIED, NOW) == status


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT"])
def test_methods_without_conditions(method: str) -> None:
    conditions = Conditions(if_match='"b"', if_none_match="*")
    assert evaluate_conditions(method, conditions, TAG, MODIFIED, NOW) is None


@pytest.mark.parametrize(
    ("value", "etag", "last_modified", "holds"),
    [
        (None, None, None, True),
        ('"a"', TAG, None, True),
        ('"b"', TAG, MODIFIED, False),
        ('W/"a"', TAG, MODIFIED, False),
        ('W/"a"', WEAK, MODIFIED, False),
        ('"a"', None, MODIFIED, False),
        (THEN, TAG, MODIFIED, True),
        (THEN, None, None, False),
        (BEFORE, TAG, MODIFIED, False),
        (AFTER, TAG, MODIFIED, False),
        ("nonsense", TAG, MODIFIED, False),
        ("*", TAG, MODIFIED, False),
        ("", TAG, MODIFIED, False),
    ],
)
def test_if_range(value: str | None, etag: ETag | None, last_modified: int | None, holds: bool) -> None:
    assert if_range_holds(value, etag, last_modified, NOW) is holds


def test_a_date_of_this_second_is_no_strong_validator() -> None:
    assert not if_range_holds(format_date(NOW), None, NOW, NOW + 0.9)
    assert if_range_holds(format_date(NOW), None, NOW, NOW + 1)


@pytest.mark.parametrize(
    "arguments",
    [
        (b"GET", Conditions(), TAG, 0, NOW),
        ("GET", [None, None, None, None], TAG, 0, NOW),
        ("GET", Conditions(), '"a"', 0, NOW),
        ("GET", Conditions(), TAG, 0.5, NOW),
        ("GET", Conditions(), TAG, 0, None),
        ("GET", Conditions(), TAG, 0, NOW, 1),
        ("OPTIONS", Conditions(if_match=b"*"), TAG, 0, NOW),  # type: ignore[arg-type]
    ],
)
def test_other_types(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        evaluate_conditions(*arguments)


@pytest.mark.parametrize("arguments", [(b'"a"', TAG, 0, NOW), ('"a"', "a", 0, NOW), ('"a"', TAG, "0", NOW)])
def test_other_types_for_if_range(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        if_range_holds(*arguments)


def test_now_is_a_moment() -> None:
    with pytest.raises(ValueError, match="now"):
        evaluate_conditions("GET", Conditions(if_modified_since=THEN), TAG, 0, math.nan)


VALUES = (
    st.none() | st.text(st.characters(codec=None)) | st.sampled_from(['"a"', 'W/"a", "b"', "*", THEN, AFTER])
)


@given(st.builds(Conditions, VALUES, VALUES, VALUES, VALUES), st.none() | st.just(TAG), VALUES)
def test_nothing_is_raised_and_the_answers_are_few(
    conditions: Conditions, etag: ETag | None, if_range: str | None
) -> None:
    assert evaluate_conditions("GET", conditions, etag, MODIFIED, NOW) in (None, 304, 412)
    assert evaluate_conditions("PUT", conditions, etag, MODIFIED, NOW) in (None, 412)
    assert isinstance(if_range_holds(if_range, etag, MODIFIED, NOW), bool)

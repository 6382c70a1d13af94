"""Accept and its relatives: what is well-formed is read in the order of preference, what is not is dropped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser.field_values import (
    MediaRange,
    parse_accept,
    parse_accept_charset,
    parse_accept_encoding,
    parse_accept_language,
)

PREFERENCES = (parse_accept_charset, parse_accept_encoding, parse_accept_language)


def shown(found: MediaRange) -> str:
    parameters = "".join(f";{name}={text}" for name, text in found.parameters.items())
    return f"{found.type}/{found.subtype}{parameters} {found.quality}"


@pytest.mark.parametrize(
    ("value", "ranges"),
    [
        ("", []),
        (", ,", []),
        ("Text/HTML", ["text/html 1.0"]),
        (
            "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5",
            [
                "text/plain;format=flowed 1.0",
                "text/plain 0.7",
                "*/* 0.5",
                "text/plain;format=fixed 0.4",
                "text/* 0.3",
            ],
        ),
        ("*/*, a/*, a/b, c/d, a/b;e=f", ["a/b;e=f 1.0", "a/b 1.0", "c/d 1.0", "a/* 1.0", "*/* 1.0"]),
        ("a/b ; Q=0.123 , c/d", ["c/d 1.0", "a/b 0.123"]),
        ('a/b;C="d,e";q=0', ["a/b;c=d,e 0.0"]),
        ("a/b;q=0.5;c=d", ["a/b;c=d 0.5"]),
        ("a/b;;;q=1.000;", ["a/b 1.0"]),
        ("a/b;c=d;c=e", ["a/b;c=d 1.0"]),
        ("a/b;q=0.", ["a/b 0.0"]),
        (
            "text/html, image/gif, *; q=.2, */*; q=.2",
            ["text/html 1.0", "image/gif 1.0", "*/* 0.2", "*/* 0.2"],
        ),
    ],
)
def test_media_ranges(value: str, ranges: list[str]) -> None:
    assert [shown(found) for found in parse_accept(value)] == ranges


@pytest.mark.parametrize(
    "element",
    [
        "a",
        "a/",
        "/b",
        "*/b",
        "a/b/c",
        "a b/c",
        "a/b c",
        "a/b;c",
        "a/b;c=",
        'a/b;c="d',
        "a/b;=d",
        "a/b;q=2",
        "a/b;q=1.001",
        "a/b;q=0.1234",
        "a/b;q=-1",
        "a/b;q=+1",
        "a/b;q=1e0",
        "a/b;q=",
        "a/b;q=.",
        "a/b;q",
        'a/b;q="1"',
        "a/b;q =1",
        "a/b;q=0.\u0665",
        "a/b;q=\u0661",
        "a/b;q=00.5",
        "a/b;q=1" + "0" * 30,
        "é/b",
        "a/b\n",
    ],
)
def test_malformed_elements_are_dropped(element: str) -> None:
    assert parse_accept(element) == []
    assert [shown(found) for found in parse_accept(f"x/y;q=0.2,{element}")] == ["x/y 0.2"]


@pytest.mark.parametrize("element", ["a/b;c d", "a/b;q=2", 'a/b;c="x,y/z" d', "a"])
def test_what_is_behind_a_malformed_element_is_read(element: str) -> None:
    assert [shown(found) for found in parse_accept(f"{element}, x/y")] == ["x/y 1.0"]


def test_how_specific_ranges_are() -> None:
    ranges = parse_accept("*/*, a/*, a/b, a/b;c=d, a/b;c=d;e=f")
    assert [found.specificity for found in ranges] == [4, 3, 2, 1, 0]


@pytest.mark.parametrize("parse", PREFERENCES)
@pytest.mark.parametrize(
    ("value", "preferences"),
    [
        ("", []),
        ("gzip", [("gzip", 1.0)]),
        ("a;q=0.2, B , *;q=0, c;q=0.9", [("b", 1.0), ("c", 0.9), ("a", 0.2), ("*", 0.0)]),
        ("a;q=0.5,b;q=0.5", [("a", 0.5), ("b", 0.5)]),
        ("a;q=2,b;q=x,c d,e/f,g", [("g", 1.0)]),
        ("trailers, deflate;q=0.5;x=y", [("trailers", 1.0), ("deflate", 0.5)]),
    ],
)
def test_preferences(parse: Any, value: str, preferences: list[tuple[str, float]]) -> None:
    assert [tuple(found) for found in parse(value)] == preferences


@pytest.mark.slow
@given(st.text(alphabet='a/*,;q=.01" \\\té') | st.text())
def test_nothing_raises(value: str) -> None:
    for parse in (parse_accept, *PREFERENCES):
        qualities = [found.quality for found in parse(value)]
        assert qualities == sorted(qualities, reverse=True)
        assert all(0.0 <= quality <= 1.0 for quality in qualities)


@pytest.mark.slow
@given(st.lists(st.tuples(st.text(alphabet="abc", min_size=1), st.integers(0, 1000)), max_size=8))
def test_every_weight_is_read_and_the_order_is_kept_among_equals(sent: list[tuple[str, int]]) -> None:
    value = ",".join(f"{name};q={weight // 1000}.{weight % 1000:03}" for name, weight in sent)
    found = [(each.name, round(each.quality * 1000)) for each in parse_accept_encoding(value)]
    assert found == sorted(sent, key=lambda each: -each[1])


def test_the_number_of_elements_and_parameters_is_limited() -> None:
    assert len(parse_accept("a/b," * 2000)) == 1024
    assert len(parse_accept_encoding("a," * 2000)) == 1024
    assert len(parse_accept("a/b" + ";c=d" * 64)) == 1
    assert parse_accept("a/b" + ";c=d" * 65) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", [",", "a,", "a/b;", "a/b;q=", '"', '",', '"\\', 'a/b;c="d,', ";", "*/*,", "a"]
)
def test_a_megabyte_is_read(unit: str) -> None:
    value = unit * (1_000_000 // len(unit))
    for parse in (parse_accept, parse_accept_encoding):
        assert len(parse(value)) <= 1024


def test_other_types_are_refused() -> None:
    wrong: Any = b"a"
    for parse in (parse_accept, *PREFERENCES):
        with pytest.raises(TypeError):
            parse(wrong)

"""Lists: commas separate, but not in quoted strings; empty elements are none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import format_token_list, parse_list, parse_token_list

TOKENS = st.text(alphabet="abcXYZ019!#$%&'*+-.^_`|~", min_size=1)


@pytest.mark.parametrize(
    ("value", "elements"),
    [
        ("", []),
        (" \t", []),
        (",, ,", []),
        ("a", ["a"]),
        (" a\t,b ,, c,", ["a", "b", "c"]),
        ('a;b="c,d", e', ['a;b="c,d"', "e"]),
        (r'"a\",b", c', [r'"a\",b"', "c"]),
        ("a b,é", ["a b", "é"]),
    ],
)
def test_lists(value: str, elements: list[str]) -> None:
    assert parse_list(value) == elements


@pytest.mark.parametrize("value", ['"a', 'a, "b\\"', '"a\nb"'])
def test_quotes_have_to_be_closed(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_list(value)


@pytest.mark.parametrize(
    ("value", "tokens"),
    [("", []), ("keep-alive, Upgrade", ["keep-alive", "Upgrade"]), (",a ,\t, b,", ["a", "b"]), ("*", ["*"])],
)
def test_lists_of_tokens(value: str, tokens: list[str]) -> None:
    assert parse_token_list(value) == tokens


@pytest.mark.parametrize("value", ["a b", "a;q=1", "é", '"a"', "a, \0", "a/b", "\u212a"])
def test_elements_that_are_no_tokens(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_token_list(value)


@pytest.mark.slow
@given(st.lists(TOKENS))
def test_what_goes_out_comes_back(tokens: list[str]) -> None:
    value = format_token_list(tokens)
    assert parse_token_list(value) == tokens
    assert parse_list(value) == tokens


@pytest.mark.parametrize("token", ["", "a b", "a,b", "a\r\n", "é"])
def test_only_tokens_go_out(token: str) -> None:
    with pytest.raises(LocalProtocolError):
        format_token_list(["a", token])


@given(st.text(alphabet='a, \t"\\;é\n') | st.text())
def test_nothing_else_raises(value: str) -> None:
    for parse in (parse_list, parse_token_list):
        try:
            assert all(parse(value))
        except InvalidFieldValue:
            continue


def test_the_number_of_elements_is_limited() -> None:
    assert len(parse_list("a," * 1024)) == len(parse_token_list("a," * 1024)) == 1024
    for parse in (parse_list, parse_token_list):
        with pytest.raises(InvalidFieldValue):
            parse("a," * 1025)


@pytest.mark.slow
@pytest.mark.parametrize("unit", [",", " ", "a", "a,", '"', '"\\', '"a",', "\\"])
def test_a_megabyte_is_read_or_refused(unit: str) -> None:
    value = unit * (1_000_000 // len(unit))
    for parse in (parse_list, parse_token_list):
        try:
            assert len(parse(value)) <= 1024
        except InvalidFieldValue:
            continue


def test_other_types_are_refused() -> None:
    value: Any = b"a"
    with pytest.raises(TypeError):
        parse_list(value)
    with pytest.raises(TypeError):
        parse_token_list(value)
    with pytest.raises(TypeError):
        format_token_list(value)
    with pytest.raises(TypeError):
        format_token_list([value])

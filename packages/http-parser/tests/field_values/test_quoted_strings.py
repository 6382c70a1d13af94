"""Quoted strings, both ways."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import format_quoted_string, parse_quoted_string

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\t"))


@pytest.mark.parametrize(
    ("value", "text"),
    [('""', ""), ('"a b"', "a b"), (r'"a\"b\\c\d"', r'a"b\cd'), ('"é"', "é"), ('"a\tb"', "a\tb")],
)
def test_values(value: str, text: str) -> None:
    assert parse_quoted_string(value) == text


@pytest.mark.parametrize("value", ["", '"', "a", '"a', 'a"', '"a"b', '"a""b"', '"a\\"', '"a\nb"', '"a\\\0"'])
def test_what_is_no_quoted_string(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_quoted_string(value)


@given(TEXTS)
def test_what_goes_out_comes_back(text: str) -> None:
    assert parse_quoted_string(format_quoted_string(text)) == text


@pytest.mark.parametrize("text", ["\r\nX: y", "\n", "\0", "\x1b", "\x7f", "\ud800"])
def test_control_bytes_do_not_go_out(text: str) -> None:
    with pytest.raises(LocalProtocolError):
        format_quoted_string(text)


def test_other_types_are_refused() -> None:
    value: Any = b'"a"'
    with pytest.raises(TypeError):
        parse_quoted_string(value)
    with pytest.raises(TypeError):
        format_quoted_string(value)

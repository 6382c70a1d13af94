"""The building blocks read what they are for, tell where it ends, and look at each octet once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.field_values._syntax import (
    ascii_of,
    element_end,
    lowered,
    malformed,
    next_element,
    quoted,
    quoted_end,
    read_parameter,
    read_word,
    skip_space,
    skip_space_back,
    token_end,
    unescape,
    word,
)


@given(st.text())
def test_there_is_one_octet_for_each_character(text: str) -> None:
    data = ascii_of(text)
    assert len(data) == len(text)
    assert all(octet == ord(character) or octet == 0x3F for octet, character in zip(data, text, strict=True))


@pytest.mark.parametrize(
    ("data", "pos", "end"), [(b"", 0, 0), (b" \t x", 0, 3), (b"x ", 1, 2), (b"x", 0, 0), (b"\n", 0, 0)]
)
def test_white_space(data: bytes, pos: int, end: int) -> None:
    assert skip_space(data, pos, len(data)) == end


def test_white_space_backwards_stops_at_the_start() -> None:
    assert skip_space_back(b"a \t ", 4, 0) == 1
    assert skip_space_back(b"a \t ", 4, 3) == 3


def test_tokens_end_at_what_is_no_tchar() -> None:
    assert token_end(b"abc/d", 0, 5) == 3
    assert token_end(b"abc", 0, 2) == 2
    assert token_end(b"\xff", 0, 1) == 0


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b'""', 2),
        (b'"a" b', 3),
        (rb'"a\"b"c', 6),
        (rb'"\\"', 4),
        (b'"\xe9"', 3),
        (b'"a\tb"', 5),
        (b'"', -1),
        (b'"a', -1),
        (rb'"a\"', -1),
        (b'"a\\', -1),
        (b'"a\nb"', -1),
        (b'"a\\\nb"', -1),
        (b'"a\x7fb"', -1),
    ],
)
def test_where_quoted_strings_end(data: bytes, end: int) -> None:
    assert quoted_end(data, 0, len(data)) == end


@pytest.mark.parametrize(
    ("text", "strict", "lenient"),
    [
        ("abc", "abc", "abc"),
        (r"a\bc", "abc", r"a\bc"),
        (r"a\"c", 'a"c', 'a"c'),
        (r"a\\c", r"a\c", r"a\c"),
        (r"\\\\", r"\\", r"\\"),
        (r"\\\"", r"\"", r"\""),
        ("a\\", "a\\", "a\\"),
        (r"C:\dir\file", "C:dirfile", r"C:\dir\file"),
        (r"\é", "é", r"\é"),
    ],
)
def test_quoted_pairs(text: str, strict: str, lenient: str) -> None:
    assert unescape(text) == strict
    assert unescape(text, True) == lenient


@given(st.text(alphabet='ab\\"é'))
def test_quoted_texts_are_read_back_whole(text: str) -> None:
    value = quoted(text)
    data = ascii_of(value)
    assert read_word(value, data, 0, len(data)) == (text, len(data))
    assert unescape(value[1:-1], True) == text


@given(st.text(alphabet='ab\\"é'))
def test_quoted_pairs_are_undone_as_one_character_at_a_time_would(text: str) -> None:
    characters = iter(text)
    undone = [next(characters, "\\") if each == "\\" else each for each in characters]
    assert unescape(text) == "".join(undone)


@pytest.mark.parametrize("value", ["", "=", ";", "é", '"a'])
def test_what_is_neither_token_nor_quoted_string(value: str) -> None:
    assert read_word(value, ascii_of(value), 0, len(value))[1] == -1


@pytest.mark.parametrize(
    ("value", "parameter"),
    [
        ("a=b", ("a", "b", 3)),
        ("A = B;", ("a", "B", 5)),
        ('a="b;c",', ("a", "b;c", 7)),
    ],
)
def test_parameters(value: str, parameter: tuple[str, str, int]) -> None:
    assert read_parameter(value, ascii_of(value), 0, len(value)) == parameter


@pytest.mark.parametrize("value", ["", "a", "=b", "a=", "a b=c", "a=;", 'a="'])
def test_malformed_parameters(value: str) -> None:
    assert read_parameter(value, ascii_of(value), 0, len(value))[2] == -1


def test_elements_are_what_commas_separate() -> None:
    data = b' , ,a"b,\\",c",, d'
    start = next_element(data, 0, len(data))
    end = element_end(data, start, len(data))
    assert data[start:end] == b'a"b,\\",c"'
    assert data[next_element(data, end, len(data)) :] == b"d"


@pytest.mark.parametrize("data", [b'a"b,c', b'a"b\\', b'"'])
def test_a_quote_that_is_left_open_takes_the_rest(data: bytes) -> None:
    assert element_end(data, 0, len(data)) == len(data)


def test_lower_case() -> None:
    assert lowered("xAbC", b"xAbC", 1, 4) == "abc"
    assert lowered("abc", b"abc", 0, 2) == "ab"


def test_only_what_is_no_token_is_quoted() -> None:
    assert [word("a"), word(""), word("a b"), word("a/b")] == ["a", '""', '"a b"', '"a/b"']


@pytest.mark.parametrize("text", ["\r", "\n", "\0", "a\x1f", "\x7f", "\ud800"])
def test_control_bytes_do_not_go_out(text: str) -> None:
    with pytest.raises(LocalProtocolError):
        word(text)


def test_errors_hold_the_beginning_of_what_they_are_about() -> None:
    error = malformed("thing", "é" * 1000 + "\ud800")
    assert error.problem == "malformed thing"
    assert error.data == "é".encode() * 50
    assert malformed("thing", "\ud800").data == rb"\ud800"

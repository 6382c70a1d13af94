r"""The Cookie field: bad pairs are dropped, the others kept as they were sent; corpus/cookies has more of it."""

from __future__ import annotations

import http.cookies
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.field_values import (
    format_cookies,
    parse_cookies,
    quote_cookie_value,
    unquote_cookie_value,
)

ANY = st.text(st.characters(codec=None))
TRICKY = st.text('ab=; \t",\\1\x00\x7f\u00e9\u20ac\udc80\ud800')


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ("", []),
        ("a=b", [("a", "b")]),
        ("a=b; c=d", [("a", "b"), ("c", "d")]),
        ("a=b;c=d", [("a", "b"), ("c", "d")]),
        (" a = b ;\t c\t= d ;", [("a", "b"), ("c", "d")]),
        ("a=1; a=2", [("a", "1"), ("a", "2")]),
        ("a=b=c==", [("a", "b=c==")]),
        ("a", [("a", "")]),
        ("a=", [("a", "")]),
        ("=b", []),
        ("; ;;", []),
        ('a="b c"', [("a", '"b c"')]),
        ('a="b; c=d"', [("a", '"b'), ("c", 'd"')]),
        ("a=b c", [("a", "b c")]),
        ("a=\udcff\u20ac", [("a", "\udcff\u20ac")]),
        ("a=\u00a0", [("a", "\u00a0")]),
        ("a=\ud800; b=c", [("b", "c")]),
        ("a=\x00; b=c; \x7f=d; e=f\tg; h\ti=j", [("b", "c")]),
    ],
)
def test_pairs(value: str, pairs: list[tuple[str, str]]) -> None:
    assert parse_cookies(value) == pairs


def test_pairs_behind_the_limit_are_left() -> None:
    assert parse_cookies("a=1;;\x00=2; c=3; d=4", 2) == [("a", "1"), ("c", "3")]
    assert parse_cookies("a=1", 0) == []
    assert parse_cookies("a=1", -1) == []


@pytest.mark.parametrize("arguments", [(b"a=b",), (None,), ("a=b", "1"), ("a=b", None)])
def test_parse_arguments_of_other_types(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        parse_cookies(*arguments)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["a=b; ", ";", "=", "a", " ", "\t", '"', '\\"', "a=\x00;", "\u20ac=;", "\udc80", "; =", "a ;"]
)
def test_a_value_of_a_megabyte_gives_a_bounded_number_of_pairs(piece: str) -> None:
    value = piece * (1_000_000 // len(piece))
    pairs = parse_cookies(value)
    assert len(pairs) <= 1000
    assert sum(len(name) + len(text) for name, text in pairs) <= len(value)


@given(ANY | TRICKY)
def test_whatever_is_read_can_be_sent_and_read_again(value: str) -> None:
    pairs = parse_cookies(value)
    for name, text in pairs:
        assert name
        assert ";" not in name + text
        assert "=" not in name
    if pairs:
        assert parse_cookies(format_cookies(pairs)) == pairs


@given(st.lists(st.tuples(ANY | TRICKY, ANY | TRICKY), max_size=3))
@example([])
def test_what_is_sent_is_read_as_it_was_meant(pairs: list[tuple[str, str]]) -> None:
    try:
        value = format_cookies(pairs)
    except LocalProtocolError:
        return
    assert parse_cookies(value) == pairs


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ([("a", "b")], "a=b"),
        ([("a", ""), ("b", "c=d"), ("e{}[]()@/,", '"f g"')], 'a=; b=c=d; e{}[]()@/,="f g"'),
        ([("caf\u00e9", "\udcff")], "caf\u00e9=\udcff"),
    ],
)
def test_format(pairs: list[tuple[str, str]], value: str) -> None:
    assert format_cookies(pairs) == value


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("", "a")],
        [("a=b", "c")],
        [("a;b", "c")],
        [(" a", "c")],
        [("a\t", "c")],
        [("a\r\nb", "c")],
        [("a", "b;c")],
        [("a", "b ")],
        [("a", "\tb")],
        [("a", "b\tc")],
        [("a", "b\nc")],
        [("a", "b\x00")],
        [("a", "\x7f")],
        [("a", "\ud800")],
        [("ok", "ok"), ("a", "\ud800")],
    ],
)
def test_pairs_that_may_not_go_out(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(LocalProtocolError):
        format_cookies(pairs)


@pytest.mark.parametrize("pairs", [None, "a=b", [("a", 1)], [("a",)], {"a": "b"}])
def test_format_arguments_of_other_types(pairs: Any) -> None:
    with pytest.raises(TypeError):
        format_cookies(pairs)


@pytest.mark.parametrize(
    ("quoted", "value"),
    [
        ("a", "a"),
        ('"a"', "a"),
        ('""', ""),
        ('"', '"'),
        ("", ""),
        ('"a', '"a'),
        ('a"', 'a"'),
        (r'"a\"b\\c"', r"a\b".replace("\\", '"') + r"\c"),
        (r'"a\054b\073c"', "a,b;c"),
        (r'"\012"', "\n"),
        (r'"\377"', "\u00ff"),
        (r'"\400"', "400"),
        (r'"\08"', "08"),
        (r'"\12"', "12"),
        (r'"\a"', "a"),
        ('"a\\"', "a\\"),
        ('"\\\\"', "\\"),
        (r"\054", r"\054"),
        ('"\\\u0661\u0661\u0661"', "\u0661\u0661\u0661"),
    ],
)
def test_unquoting(quoted: str, value: str) -> None:
    assert unquote_cookie_value(quoted) == value


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("a", "a"),
        ("a-b_c.d!e:f", "a-b_c.d!e:f"),
        ("", '""'),
        ("a b", '"a b"'),
        ("a,b;c", r'"a\054b\073c"'),
        ('"\\', r'"\"\\"'),
        ("\u00ff\u0100", '"\\377\u0100"'),
        ("\n\x7f\u00e9\u20ac", '"\\012\\177\\351\u20ac"'),
    ],
)
def test_quoting(value: str, quoted: str) -> None:
    assert quote_cookie_value(value) == quoted


@given(st.text())
def test_quoting_is_what_the_standard_library_does(value: str) -> None:
    quoted = quote_cookie_value(value)
    encoded = http.cookies.SimpleCookie().value_encode(value)[1]
    assert quoted == encoded
    assert unquote_cookie_value(quoted) == value


@given(st.text('"\\0123478ab;\n\u0661') | ANY)
def test_unquoting_is_what_the_standard_library_does(quoted: str) -> None:
    if "\\\n" not in quoted:  # its pattern passes over the ends of lines
        assert unquote_cookie_value(quoted) == http.cookies.SimpleCookie().value_decode(quoted)[0]


@given(ANY | TRICKY)
def test_quoted_values_can_be_sent(value: str) -> None:
    quoted = quote_cookie_value(value)
    if "\ud800" not in value:
        assert unquote_cookie_value(quoted) == value
    try:
        field = format_cookies([("a", quoted)])
    except LocalProtocolError:
        assert any("\ud800" <= character <= "\udfff" for character in value)
        return
    assert parse_cookies(field) == [("a", quoted)]


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["\\", '\\"', "\\054", '"', "a"])
def test_a_quoted_value_of_a_megabyte(piece: str) -> None:
    inner = piece * (1_000_000 // len(piece))
    assert len(unquote_cookie_value(f'"{inner}"')) <= len(inner)


@pytest.mark.parametrize("function", [quote_cookie_value, unquote_cookie_value])
def test_quoting_arguments_of_other_types(function: Any) -> None:
    for value in (None, b"a", 1):
        with pytest.raises(TypeError):
            function(value)

"""application/x-www-form-urlencoded."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_io.forms import FormLimits, FormTooLarge, InvalidText, format_urlencoded, parse_urlencoded
from tidewire_http_parser import LocalProtocolError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (b"", []),
        (b"&&&", []),
        (b"a=1&b=2", [("a", "1"), ("b", "2")]),
        (b"a", [("a", "")]),
        (b"=", [("", "")]),
        (b"=x&&y=", [("", "x"), ("y", "")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a+b=c%20d%2B", [("a b", "c d+")]),
        (b"%c3%A4=%E2%82%AC", [("ä", "€")]),
        (b"a=%&b=%4&c=%zz&d=%%41", [("a", "%"), ("b", "%4"), ("c", "%zz"), ("d", "%A")]),
        (b"a=%FF", [("a", "\ufffd")]),
        (b"a=\xc3\xa4", [("a", "ä")]),
        (b"a;b=c", [("a;b", "c")]),
    ],
)
def test_fields_are_read_as_browsers_write_them(data: bytes, fields: list[tuple[str, str]]) -> None:
    assert parse_urlencoded(data) == fields


@pytest.mark.slow
@given(fields=st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_was_written_is_read_here_and_elsewhere(fields: list[tuple[str, str]]) -> None:
    data = format_urlencoded(fields)
    assert parse_urlencoded(data) == fields
    assert (
        parse_qsl(data.decode("ascii"), keep_blank_values=True) == [f for f in fields if data != b"="]
        or fields
    )
    assert parse_urlencoded(urlencode(fields).encode("ascii")) == fields


@pytest.mark.slow
@given(data=st.binary(max_size=60))
def test_any_bytes_are_read(data: bytes) -> None:
    expected = parse_qsl(data.decode("latin-1"), keep_blank_values=True, encoding="latin-1", errors="replace")
    assert parse_urlencoded(data, charset="latin-1") == expected


def test_other_charsets() -> None:
    assert parse_urlencoded(b"a=%E9", charset="ISO-8859-1") == [("a", "é")]
    assert format_urlencoded([("a", "é")], charset="iso-8859-1") == b"a=%E9"
    assert format_urlencoded([("a", "€")], charset="iso-8859-1") == b"a=%26%238364%3B"


def test_browsers_leave_little_as_it_is() -> None:
    assert format_urlencoded([("*-._ ~'", "\r\n\0&=+%")]) == b"*-._+%7E%27=%0D%0A%00%26%3D%2B%25"


@pytest.mark.parametrize(
    ("data", "limits", "fits"),
    [
        (b"&".join([b"a"] * 1000), {}, True),
        (b"&".join([b"a"] * 1001), {}, False),
        (b"&" * 5000 + b"a", {}, True),
        (b"abc=defg", {"field": 7}, True),
        (b"abc=defgh", {"field": 7}, False),
        (b"abcdefgh", {"field": 7}, False),
        (b"a=%41%41&b=cd", {"total": 6}, True),
        (b"a=%41%41&b=cd", {"total": 5}, False),
        (b"a=1", {"fields": 0}, False),
    ],
)
def test_limits(data: bytes, limits: dict[str, int], fits: bool) -> None:
    if fits:
        parse_urlencoded(data, limits=FormLimits(**limits))
        return
    with pytest.raises(FormTooLarge) as caught:
        parse_urlencoded(data, limits=FormLimits(**limits))
    assert caught.value.status == 413


@pytest.mark.parametrize(
    "charset", ["no-such", "base64", "idna", "punycode", "utf-7", "x" * 1000, "a\0b", "ä", ""]
)
def test_what_is_no_charset_is_refused(charset: str) -> None:
    with pytest.raises(InvalidText):
        parse_urlencoded(b"a=1", charset=charset)
    with pytest.raises(LocalProtocolError):
        format_urlencoded([("a", "1")], charset=charset)


def test_bytes_that_are_no_text_are_refused_where_that_is_wanted() -> None:
    with pytest.raises(InvalidText) as caught:
        parse_urlencoded(b"a=%FF", errors="strict")
    assert isinstance(caught.value.__cause__, UnicodeDecodeError)


def test_half_a_surrogate_pair_does_not_go_out() -> None:
    with pytest.raises(LocalProtocolError) as caught:
        format_urlencoded([("a", "\ud800")])
    assert isinstance(caught.value.__cause__, UnicodeEncodeError)


@pytest.mark.parametrize("data", ["a=1", bytearray(b"a=1"), None])
def test_only_bytes_are_read(data: Any) -> None:
    with pytest.raises(TypeError):
        parse_urlencoded(data)


@pytest.mark.parametrize("fields", [[("a", 1)], [(b"a", "1")]])
def test_only_text_is_written(fields: Any) -> None:
    with pytest.raises(TypeError):
        format_urlencoded(fields)

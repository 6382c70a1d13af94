"""Set-Cookie as a user agent reads it; corpus/cookies shows what becomes of each kind of field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser.field_values import (
    SetCookie,
    format_cookies,
    parse_cookies,
    parse_set_cookie,
    parse_set_cookies,
)


def test_a_cookie_with_everything() -> None:
    value = (
        "sid=31d4; path=/a; DOMAIN=.Example.COM; expires=Wed, 09-Jun-21 10:18:14 GMT; max-age=10; SECURE; "
        "httponly=; sameSITE=lax; partitioned; priority=high"
    )
    assert parse_set_cookie(value) == SetCookie(
        name="sid",
        value="31d4",
        expires=1623233894,
        max_age=10,
        domain="example.com",
        path="/a",
        secure=True,
        http_only=True,
        same_site="Lax",
        partitioned=True,
    )


@pytest.mark.parametrize(
    ("value", "size"),
    [("a=" + "x" * 4095, 4096), ("x" * 4096 + "=", 4096), ("a=\u20ac" + "x" * 4092, 4096)],
)
def test_the_largest_pair(value: str, size: int) -> None:
    cookie = parse_set_cookie(value)
    assert cookie is not None
    assert len((cookie.name + cookie.value).encode()) == size
    assert parse_set_cookie(value.replace("=", "x=", 1)) is None


@pytest.mark.parametrize(
    ("attribute", "path"),
    [
        ("Path=/" + "x" * 1023, "/" + "x" * 1023),
        ("Path=/" + "x" * 1024, None),
        ("Path=/\u20ac" + "x" * 1020, "/\u20ac" + "x" * 1020),
        ("Path=/\u20ac" + "x" * 1021, None),
        ("Path=/b; Path=/" + "x" * 1024, "/b"),
        ("a;" * 31 + "Path=/b", "/b"),
        ("a;" * 32 + "Path=/b", None),
        (" ;" * 32 + "Path=/b", "/b"),
    ],
)
def test_limits_of_attributes(attribute: str, path: str | None) -> None:
    assert parse_set_cookie(f"a=b;{attribute}") == SetCookie(name="a", value="b", path=path)


@pytest.mark.parametrize(
    ("text", "max_age"),
    [
        ("1", 1),
        ("0", 0),
        ("-0", 0),
        ("-1", -1),
        ("007", 7),
        ("2147483648", 2**31),
        ("4294967296", 2**32),
        ("999999999999999999", 10**18 - 1),
        ("1000000000000000000", 10**18 - 1),
        ("9223372036854775808", 10**18 - 1),
        ("18446744073709551616", 10**18 - 1),
        ("18446744073709551621", 10**18 - 1),
        ("-18446744073709551621", 1 - 10**18),
        ("9" * 1024, 10**18 - 1),
        ("0" * 1023 + "1", 1),
        ("", None),
        ("-", None),
        ("--1", None),
        ("+1", None),
        ("1.5", None),
        ("1 2", None),
        ("0x1", None),
        ("1_0", None),
        ("\u0661", None),
        ("\u00b2", None),
        ('"1"', None),
    ],
)
def test_max_age(text: str, max_age: int | None) -> None:
    assert parse_set_cookie(f"a=b; Max-Age={text}") == SetCookie(name="a", value="b", max_age=max_age)
    last = 5 if max_age is None else max_age
    assert parse_set_cookie(f"a=b; Max-Age=5; Max-Age={text}") == SetCookie(name="a", value="b", max_age=last)


@pytest.mark.parametrize("value", [f"a=b{chr(code)}" for code in (*range(9), *range(10, 0x20), 0x7F)])
def test_control_characters_anywhere(value: str) -> None:
    assert parse_set_cookie(value) is None
    assert parse_set_cookie(f"a=b; x={value}") is None


def test_surrogates() -> None:
    assert parse_set_cookie("a=\ud800") is None
    assert parse_set_cookie("a=b; x=\ud800") is None
    assert parse_set_cookie("a=\udc80") == SetCookie(name="a", value="\udc80")


def test_the_cookies_of_a_response() -> None:
    values = ["a=1", "ignored", "a=2", "=3", "b=4"]
    assert [cookie.value for cookie in parse_set_cookies(values)] == ["1", "2", "4"]
    assert [cookie.value for cookie in parse_set_cookies(values, 2)] == ["1", "2"]
    assert parse_set_cookies(values, 0) == []
    assert parse_set_cookies([]) == []
    assert len(parse_set_cookies(["a=b"] * 51)) == 50


@pytest.mark.parametrize("value", [None, b"a=b", 1])
def test_other_types(value: Any) -> None:
    with pytest.raises(TypeError):
        parse_set_cookie(value)
    with pytest.raises(TypeError):
        parse_set_cookies(value)
    with pytest.raises(TypeError):
        parse_set_cookies([value])


PIECES = st.sampled_from(
    [
        *("a", "=", ";", " ", "\t", '"', "/", "Path=", "Domain=.", "Max-Age=-", "9" * 20, "SameSite=lAX"),
        *("Expires=", "1 Jan 70 0:0:0", "Secure", "__Host-", "Partitioned", "x" * 1020),
        *("\x00", "\u00e9", "\udc80", "\ud800"),
    ]
)


@given(st.text(st.characters(codec=None)) | st.lists(PIECES, max_size=20).map("".join))
def test_what_is_read_can_be_sent_back(value: str) -> None:
    cookie = parse_set_cookie(value)
    if cookie is not None:
        assert cookie == SetCookie(**vars(cookie))
        assert len((cookie.name + cookie.value).encode("utf-8", "surrogateescape")) <= 4096
        pair = (cookie.name, cookie.value)
        assert parse_cookies(format_cookies([pair])) == [pair]


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        ";",
        "=",
        " ",
        "; Path=/a",
        ";a=b",
        ";Expires=0 ",
        "\t",
        "\u20ac",
        ";Max-Age=9",
        "9",
        ";=",
        "\x00",
        "a b ",
    ],
)
@pytest.mark.parametrize("start", ["", "a=b", "a=b;Expires=", "a=b;Max-Age="])
def test_a_field_of_a_megabyte(start: str, piece: str) -> None:
    cookie = parse_set_cookie(start + piece * (1_000_000 // len(piece)))
    if cookie is not None:
        assert len(cookie.name) + len(cookie.value) <= 4096
        assert len(cookie.path or "") <= 1024

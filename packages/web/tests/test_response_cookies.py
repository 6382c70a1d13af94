"""The cookies of a response, as objects and as fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import SetCookie, parse_set_cookie, unquote_cookie_value
from tidewire_web import Response, ResponseCookies


def lines(response: Response) -> list[str]:
    headers: CIMultiDict[str] = CIMultiDict()
    response.cookies.write(headers)
    return headers.getall("Set-Cookie", [])


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({}, "n=v; Path=/"),
        ({"path": None}, "n=v"),
        ({"path": "/a"}, "n=v; Path=/a"),
        ({"domain": "example.com"}, "n=v; Domain=example.com; Path=/"),
        ({"max_age": 60}, "n=v; Max-Age=60; Path=/"),
        ({"max_age": "60"}, "n=v; Max-Age=60; Path=/"),
        ({"expires": 0}, "n=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"),
        ({"expires": 1.9}, "n=v; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Path=/"),
        ({"expires": "Thu, 01-Jan-70 00:00:00 GMT"}, "n=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"),
        ({"expires": datetime(1970, 1, 1)}, "n=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"),  # noqa: DTZ001
        ({"expires": datetime(1970, 1, 1, tzinfo=UTC)}, "n=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"),
        (
            {"expires": datetime(1970, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))},
            "n=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/",
        ),
        ({"secure": True, "httponly": True}, "n=v; HttpOnly; Path=/; Secure"),
        ({"secure": False, "httponly": False}, "n=v; Path=/"),
        ({"samesite": "lax"}, "n=v; Path=/; SameSite=Lax"),
        ({"partitioned": True, "secure": True}, "n=v; Partitioned; Path=/; Secure"),
        ({"version": "1"}, "n=v; Path=/"),
    ],
)
def test_every_parameter(arguments: dict[str, Any], line: str) -> None:
    response = Response()
    response.set_cookie("n", "v", **arguments)
    assert lines(response) == [line]


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        ("plain", "plain"),
        ("", ""),
        ("YWJj/+==", "YWJj/+=="),
        ("a@b:c(d)[e]{f}", "a@b:c(d)[e]{f}"),
        ("a b", '"a b"'),
        ("a;b", r'"a\073b"'),
        ('"quoted"', r'"\"quoted\""'),
        ("a\\b", r'"a\\b"'),
        ("ä", r'"\344"'),
        ("€", '"€"'),
        ('{"a": 1}', r'"{\"a\": 1}"'),
    ],
)
def test_a_value_goes_out_as_it_is_where_it_may(value: str, wire: str) -> None:
    response = Response()
    response.set_cookie("n", value)
    assert lines(response) == [f"n={wire}; Path=/"]
    assert response.cookies["n"].value == wire
    assert unquote_cookie_value(wire) == value


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_any_text_comes_back(value: str) -> None:
    response = Response()
    response.set_cookie("n", value)
    parsed = parse_set_cookie(lines(response)[0])
    assert parsed is not None
    assert unquote_cookie_value(parsed.value) == value


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (LocalProtocolError, lambda r: r.set_cookie("a b", "v")),
        (LocalProtocolError, lambda r: r.set_cookie("", "v")),
        (LocalProtocolError, lambda r: r.set_cookie("a", "v", path="x;y")),
        (LocalProtocolError, lambda r: r.set_cookie("a", "v", domain="a\r\nb")),
        (LocalProtocolError, lambda r: r.set_cookie("a", "v", samesite="sometimes")),
        (LocalProtocolError, lambda r: r.set_cookie("a", "v" * 4096)),
        (LocalProtocolError, lambda r: r.set_cookie("__Host-a", "v")),
        (LocalProtocolError, lambda r: r.set_cookie("__Secure-a", "v")),
        (InvalidFieldValue, lambda r: r.set_cookie("a", "v", expires="whenever")),
        (ValueError, lambda r: r.set_cookie("a", "v", max_age="soon")),
        (TypeError, lambda r: r.set_cookie("a", 5)),
        (TypeError, lambda r: r.set_cookie("a", None)),
        (TypeError, lambda r: r.set_cookie(5, "v")),
    ],
)
def test_what_is_wrong_is_told_at_once(error: type[Exception], call: Callable[[Any], None]) -> None:
    response = Response()
    with pytest.raises(error):
        call(response)
    assert lines(response) == []


def test_deleting() -> None:
    response = Response()
    response.del_cookie("n", domain="example.com", path="/a", secure=True, httponly=True, samesite="strict")
    [line] = lines(response)
    assert line == (
        "n=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/a; "
        "SameSite=Strict; Secure"
    )
    response.del_cookie("__Host-p", secure=True, partitioned=True)
    assert "Partitioned" in lines(response)[1]


def test_a_cookie_takes_the_place_of_the_same_one_and_of_no_other() -> None:
    response = Response()
    response.set_cookie("n", "1", max_age=5)
    response.set_cookie("n", "2", path="/a")
    response.set_cookie("n", "3", domain="example.com")
    response.set_cookie("n", "4")
    response.set_cookie("n", "5", domain=".EXAMPLE.com")
    assert sorted(lines(response)) == [
        "n=2; Path=/a",
        "n=4; Path=/",
        "n=5; Domain=.EXAMPLE.com; Path=/",
    ]
    response.del_cookie("n", path="/a")
    response.set_cookie("n", "6", path="/a")
    assert "n=6; Path=/a" in lines(response)
    assert len(lines(response)) == 3


def test_as_a_mapping() -> None:
    response = Response()
    cookies = response.cookies
    assert cookies is response.cookies
    assert cookies == {}
    response.set_cookie("a", "1")
    response.set_cookie("a", "2", path="/p")
    response.set_cookie("b", "3")
    assert list(cookies) == ["a", "b"]
    assert len(cookies) == 2
    assert cookies["a"] == SetCookie(name="a", value="2", path="/p")
    assert [cookie.path for cookie in cookies.getall("a")] == ["/", "/p"]
    assert cookies.get("c") is None
    with pytest.raises(KeyError):
        cookies.getall("c")
    del cookies["a"]
    assert "a" not in cookies
    with pytest.raises(KeyError):
        del cookies["a"]
    assert "b=3" in repr(cookies)


def test_setting_by_name() -> None:
    cookies = ResponseCookies()
    cookies.add(SetCookie(name="a", value="1", path="/p"))
    cookies["a"] = "x y"
    assert cookies.getall("a") == [SetCookie(name="a", value='"x y"')]
    cookies["a"] = SetCookie(name="a", value="2", path="/")
    assert cookies["a"].value == "2"
    with pytest.raises(ValueError, match="named 'b'"):
        cookies["a"] = SetCookie(name="b", value="2")
    with pytest.raises(LocalProtocolError):
        cookies["a"] = SetCookie(name="a", value="a b")
    assert cookies["a"].value == "2"


def test_writing_again_writes_what_has_changed() -> None:
    response = Response(headers={"Set-Cookie": "mine=1"})
    response.set_cookie("a", "1")
    headers = response.headers
    for _ in range(2):
        response.cookies.write(headers)
        assert headers.getall("Set-Cookie") == ["mine=1", "a=1; Path=/"]
    response.set_cookie("a", "2")
    headers.add("Set-Cookie", "late=1")
    response.cookies.write(headers)
    assert headers.getall("Set-Cookie") == ["mine=1", "late=1", "a=2; Path=/"]
    del response.cookies["a"]
    response.cookies.write(headers)
    assert headers.getall("Set-Cookie") == ["mine=1", "late=1"]

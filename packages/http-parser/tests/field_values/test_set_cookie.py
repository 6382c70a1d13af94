"""What goes out as Set-Cookie is what RFC 6265bis, section 4.1, lets a server send."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.field_values import (
    SetCookie,
    format_set_cookie,
    parse_set_cookie,
    quote_cookie_value,
)
from tidewire_http_parser.field_values._set_cookie import set_cookie_of

FULL = SetCookie(
    name="sid",
    value="31d4d96e",
    expires=784111777,
    max_age=3600,
    domain="example.com",
    path="/a",
    secure=True,
    http_only=True,
    same_site="Lax",
    partitioned=True,
)


def test_every_attribute() -> None:
    assert format_set_cookie(FULL) == (
        "sid=31d4d96e; Domain=example.com; Expires=Sun, 06 Nov 1994 08:49:37 GMT; HttpOnly; Max-Age=3600; "
        "Partitioned; Path=/a; SameSite=Lax; Secure"
    )


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({}, "a=b"),
        ({"value": ""}, "a="),
        ({"value": '"b"'}, 'a="b"'),
        ({"value": '""'}, 'a=""'),
        ({"value": '"b c, d"'}, 'a="b c, d"'),
        ({"value": r'"\"\\\054"'}, r'a="\"\\\054"'),
        ({"value": '"\u20ac\udcff"'}, 'a="\u20ac\udcff"'),
        ({"value": "b=c&d:e/f{}[]()@<>?"}, "a=b=c&d:e/f{}[]()@<>?"),
        ({"max_age": 0}, "a=b; Max-Age=0"),
        ({"max_age": -1}, "a=b; Max-Age=-1"),
        ({"max_age": True}, "a=b; Max-Age=1"),
        ({"expires": 0}, "a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        ({"domain": ".Example.com"}, "a=b; Domain=.Example.com"),
        ({"domain": "127.0.0.1"}, "a=b; Domain=127.0.0.1"),
        ({"path": "/"}, "a=b; Path=/"),
        ({"path": "/a b,c=d"}, "a=b; Path=/a b,c=d"),
        ({"same_site": "strict"}, "a=b; SameSite=Strict"),
        ({"same_site": "NONE"}, "a=b; SameSite=None"),
        ({"name": "__Secure-a", "secure": True}, "__Secure-a=b; Secure"),
        ({"name": "__Host-a", "secure": True, "path": "/"}, "__Host-a=b; Path=/; Secure"),
        ({"name": "__Hosta"}, "__Hosta=b"),
        ({"value": "x" * 4095}, "a=" + "x" * 4095),
        ({"path": "/" + "x" * 1023}, "a=b; Path=/" + "x" * 1023),
    ],
)
def test_format(fields: dict[str, Any], value: str) -> None:
    assert format_set_cookie(SetCookie(**{"name": "a", "value": "b", **fields})) == value


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "a b"},
        {"name": "a=b"},
        {"name": "a;b"},
        {"name": "a:b"},
        {"name": "caf\u00e9"},
        {"name": "a\r\nSet-Cookie: b"},
        {"value": "b c"},
        {"value": "b;c"},
        {"value": "b,c"},
        {"value": "b\\c"},
        {"value": 'b"c'},
        {"value": '"'},
        {"value": '"b'},
        {"value": '"b"c"'},
        {"value": '"b\\"'},
        {"value": '"b\\\\"c"'},
        {"value": '"b;c"'},
        {"value": '"b\tc"'},
        {"value": '"b\r\nc"'},
        {"value": '"\ud800"'},
        {"value": "\u20ac"},
        {"value": "b\x00"},
        {"value": "x" * 4096},
        {"value": '"' + "\u20ac" * 1365 + '"'},
        {"domain": ""},
        {"domain": "."},
        {"domain": "..a"},
        {"domain": "a..b"},
        {"domain": "a;b"},
        {"domain": "a/b"},
        {"domain": "caf\u00e9"},
        {"domain": "x" * 1025},
        {"path": ""},
        {"path": "a"},
        {"path": "/a;b"},
        {"path": "/a "},
        {"path": "/\n"},
        {"path": "/caf\u00e9"},
        {"path": "/" + "x" * 1024},
        {"expires": -11644473601},
        {"expires": 253402300800},
        {"expires": 2**70},
        {"max_age": 10**18},
        {"max_age": -(10**18)},
        {"same_site": ""},
        {"same_site": "lax; secure"},
        {"name": "__Secure-a"},
        {"name": "__secure-a"},
        {"name": "__Host-a"},
        {"name": "__Host-a", "secure": True},
        {"name": "__Host-a", "path": "/"},
        {"name": "__Host-a", "secure": True, "path": "/a"},
        {"name": "__HOST-a", "secure": True, "path": "/", "domain": "a"},
    ],
)
def test_cookies_that_may_not_go_out(fields: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        format_set_cookie(SetCookie(**{"name": "a", "value": "b", **fields}))


@pytest.mark.parametrize(
    "fields",
    [
        {"name": b"a"},
        {"value": 1},
        {"expires": "0"},
        {"max_age": 1.5},
        {"domain": b"a"},
        {"path": 1},
        {"same_site": True},
    ],
)
def test_other_types(fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        format_set_cookie(SetCookie(**{"name": "a", "value": "b", **fields}))


def test_what_is_no_cookie_is_not_formatted() -> None:
    other: Any = "a=b"
    with pytest.raises(TypeError):
        format_set_cookie(other)


def test_a_cookie_is_a_value() -> None:
    assert pickle.loads(pickle.dumps(FULL)) == FULL
    assert copy.copy(FULL) == FULL
    assert len({FULL, dataclasses.replace(FULL), dataclasses.replace(FULL, path="/")}) == 2
    frozen: Any = FULL
    with pytest.raises(dataclasses.FrozenInstanceError):
        frozen.value = "x"


def test_a_cookie_of_a_few_fields_is_as_one_that_was_constructed() -> None:
    cookie = set_cookie_of({"name": "a", "value": "b", "path": "/"})
    same = SetCookie(name="a", value="b", path="/")
    assert cookie == same
    assert hash(cookie) == hash(same)
    assert repr(cookie) == repr(same)
    assert dataclasses.asdict(cookie) == dataclasses.asdict(same)
    assert pickle.loads(pickle.dumps(cookie)) == same
    assert dataclasses.replace(cookie, path=None) == SetCookie(name="a", value="b")


NAMES = st.text("ab!~{_-", min_size=1, max_size=5)
COOKIES = st.builds(
    SetCookie,
    name=NAMES | NAMES.map("__Host-".__add__),
    value=st.text("ab=&%!") | st.text().map(quote_cookie_value),
    expires=st.none() | st.integers(-11644473600, 253402300799),
    max_age=st.none() | st.integers(1 - 10**18, 10**18 - 1),
    domain=st.none() | st.sampled_from(["a", "b.example"]),
    path=st.none() | st.text("ab/%,").map("/".__add__),
    secure=st.booleans(),
    http_only=st.booleans(),
    same_site=st.none() | st.sampled_from(["Strict", "Lax", "None"]),
    partitioned=st.booleans(),
)


@given(COOKIES)
def test_what_is_sent_is_read_as_it_was_meant(cookie: SetCookie) -> None:
    try:
        value = format_set_cookie(cookie)
    except LocalProtocolError:
        return
    assert parse_set_cookie(value) == cookie

from __future__ import annotations

from http.cookies import Morsel

import pytest

from tidewire_client._cookie_store import StoredCookie
from tidewire_client._morsels import date_of, expiry_of, morsel, morsel_of, morsel_of_field
from tidewire_http_parser.field_values import parse_set_cookie


def test_names_that_servers_use_are_kept() -> None:
    made = morsel("a[1]", "x", '"x"')
    assert (made.key, made.value, made.coded_value) == ("a[1]", "x", '"x"')


def test_a_field_has_its_attributes() -> None:
    cookie = parse_set_cookie(
        "a=1; Path=/x; Domain=example.com; Max-Age=5; Secure; Partitioned; SameSite=none"
    )
    assert cookie is not None
    made = morsel_of_field(cookie)
    assert made["path"] == "/x"
    assert made["domain"] == "example.com"
    assert made["max-age"] == "5"
    assert made["secure"] is True
    assert made["httponly"] == ""
    assert made["samesite"] == "None"
    assert dict(made)["partitioned"] is True


def test_a_kept_cookie_has_its_attributes() -> None:
    cookie = StoredCookie("a", "1", "1")
    cookie.domain, cookie.path, cookie.partitioned = "example.com", "/x", True
    made = morsel_of(cookie)
    assert (made["domain"], made["path"], dict(made)["partitioned"]) == ("example.com", "/x", True)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, None),
        ({"max-age": "5"}, 105.0),
        ({"max-age": 5}, 105.0),
        ({"max-age": "-1"}, 99.0),
        ({"max-age": "x", "expires": "Thu, 01 Jan 1970 00:00:07 GMT"}, 7.0),
        ({"max-age": "5", "expires": "Thu, 01 Jan 1970 00:00:07 GMT"}, 105.0),
        ({"max-age": "9" * 30}, None),
        ({"expires": "no date"}, None),
    ],
)
def test_a_morsel_ends(attributes: dict[str, str], expected: float | None) -> None:
    made: Morsel[str] = morsel("a", "1", "1")
    made.update(attributes)
    assert expiry_of(made, 100.0) == expected


def test_a_moment_that_is_no_date_is_empty() -> None:
    assert date_of(0) == "Thu, 01 Jan 1970 00:00:00 GMT"
    assert date_of(1e18) == ""

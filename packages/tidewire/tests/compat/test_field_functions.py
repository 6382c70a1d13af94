from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from tidewire.compat import _field_functions as functions


def test_media_types_are_taken_apart() -> None:
    found = functions.parse_mimetype("application/rss+xml; charset=utf-8")
    assert found[:3] == ("application", "rss", "xml")
    assert found.parameters["charset"] == "utf-8"
    assert functions.parse_mimetype("*")[:2] == ("*", "*")


def test_strings_are_quoted() -> None:
    assert functions.quoted_string('a"b') == 'a\\"b'
    assert functions.content_disposition_header("attachment", params={"filename": "a"}) == (
        'attachment; filename="a"'
    )
    assert functions.content_disposition_header("inline") == "inline"


@pytest.mark.parametrize(
    ("name", "expected"), [("/a/b.txt", "b.txt"), ("<stdin>", "x"), (3, "x"), (None, "x")]
)
def test_files_have_names(name: object, expected: str) -> None:
    assert functions.guess_filename(SimpleNamespace(name=name), "x") == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("[::1]", True), (b"10.0.0.1", True), ("a.test", False), (None, False)],
)
def test_addresses_are_told_from_names(host: str | bytes | None, expected: bool) -> None:
    assert functions.is_ip_address(host) is expected


def test_dates_are_read_and_written() -> None:
    assert functions.parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == datetime(
        1994, 11, 6, 8, 49, 37, tzinfo=UTC
    )
    assert functions.parse_http_date("soon") is None
    assert functions.parse_http_date(None) is None
    assert functions.parse_http_date(functions.rfc822_formatted_time()) is not None


def test_some_responses_have_no_body() -> None:
    assert functions.must_be_empty_body("HEAD", 200)
    assert functions.must_be_empty_body("GET", 304)
    assert functions.must_be_empty_body("CONNECT", 200)
    assert not functions.must_be_empty_body("GET", 200)

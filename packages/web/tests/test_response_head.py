"""The head of a response and what its fields say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus
from typing import Any

import pytest

from tidewire_http_parser import LocalProtocolError
from tidewire_web import ETag, Response, StreamResponse


def test_status_and_reason() -> None:
    response = StreamResponse(status=HTTPStatus.NOT_FOUND)
    assert (response.status, type(response.status), response.reason) == (404, int, "Not Found")
    assert StreamResponse(status=299).reason == ""
    assert StreamResponse(status=299, reason="Odd\tone ü").reason == "Odd\tone ü"
    response.set_status(HTTPStatus.CREATED)
    assert (response.status, response.reason) == (201, "Created")
    response.set_status(200, "Fine")
    assert response.reason == "Fine"


@pytest.mark.parametrize("kind", [Response, StreamResponse])
@pytest.mark.parametrize("reason", ["a\rb", "a\nb", "a\0b", "a\x7f"])
def test_a_reason_is_one_line(kind: Any, reason: str) -> None:
    with pytest.raises(ValueError, match="control characters"):
        kind(reason=reason)
    with pytest.raises(ValueError, match="control characters"):
        kind().set_status(200, reason)


def test_a_reason_is_text() -> None:
    reason: Any = b"x"
    with pytest.raises(TypeError):
        Response(reason=reason)


def test_content_type() -> None:
    response = StreamResponse()
    assert (response.content_type, response.charset) == ("application/octet-stream", None)
    assert "Content-Type" not in response.headers
    response.content_type = "text/html"
    assert response.headers["Content-Type"] == "text/html"
    response.charset = "UTF-8"
    assert (response.headers["Content-Type"], response.charset) == ("text/html; charset=utf-8", "utf-8")
    response.content_type = "Text/CSS"
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    response.content_type = "text/plain; charset=latin-1"
    assert response.charset == "latin-1"
    response.charset = None
    assert response.headers["Content-Type"] == "text/plain"
    with pytest.raises(LocalProtocolError):
        response.content_type = "nonsense"


@pytest.mark.parametrize("headers", [None, {"Content-Type": "application/octet-stream"}])
def test_octets_have_no_charset(headers: dict[str, str] | None) -> None:
    with pytest.raises(RuntimeError, match="set content_type first"):
        StreamResponse(headers=headers).charset = "utf-8"


def test_content_length() -> None:
    response = StreamResponse()
    assert response.content_length is None
    response.content_length = 5
    assert (response.content_length, response.headers["Content-Length"]) == (5, "5")
    response.content_length = None
    response.content_length = None
    assert "Content-Length" not in response.headers
    with pytest.raises(ValueError, match="-1"):
        response.content_length = -1
    response.enable_chunked_encoding()
    with pytest.raises(RuntimeError, match="chunks"):
        response.content_length = 5
    response.content_length = None


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (1.2, "Thu, 01 Jan 1970 00:00:02 GMT"),
        (datetime(1970, 1, 1, 0, 0, 1, 1, tzinfo=UTC), "Thu, 01 Jan 1970 00:00:02 GMT"),
        (datetime(1970, 1, 1, 0, 0, 1), "Thu, 01 Jan 1970 00:00:01 GMT"),  # noqa: DTZ001
        (datetime(1970, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ],
)
def test_last_modified(value: Any, field: str) -> None:
    response = Response()
    response.last_modified = value
    assert response.headers["Last-Modified"] == field
    assert response.last_modified is not None
    assert response.last_modified.tzinfo is UTC
    assert f"{response.last_modified:%d %b %Y %H:%M:%S}" in field
    response.last_modified = None
    assert response.last_modified is None
    assert "Last-Modified" not in response.headers


def test_last_modified_of_other_kinds() -> None:
    response = Response(headers={"Last-Modified": "yesterday"})
    assert response.last_modified is None
    value: Any = []
    with pytest.raises(TypeError):
        response.last_modified = value


@pytest.mark.parametrize(
    ("value", "field", "tag"),
    [
        ("abc", '"abc"', ETag("abc")),
        (ETag("abc"), '"abc"', ETag("abc")),
        (ETag("abc", is_weak=True), 'W/"abc"', ETag("abc", is_weak=True)),
        ("*", '"*"', ETag("*")),
        ("", '""', ETag("")),
    ],
)
def test_etag(value: ETag | str, field: str, tag: ETag) -> None:
    response = Response()
    assert response.etag is None
    response.etag = value
    assert (response.headers["ETag"], response.etag) == (field, tag)
    response.etag = None
    assert "ETag" not in response.headers


@pytest.mark.parametrize("value", ['a"b', "a b", "a\nb", "a\x7f"])
def test_an_etag_that_may_not_go_out(value: str) -> None:
    with pytest.raises(ValueError, match="not the value of an entity tag"):
        Response().etag = value


def test_etags_of_other_kinds() -> None:
    value: Any = 5
    with pytest.raises(TypeError):
        Response().etag = value
    assert Response(headers={"ETag": "*"}).etag == ETag("*")
    assert Response(headers={"ETag": "bare"}).etag is None

"""JSON responses."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_web import json_bytes_response, json_response


@pytest.mark.parametrize(("data", "text"), [({"a": [1]}, '{"a": [1]}'), (None, "null"), ("ä", '"\\u00e4"')])
def test_data(data: Any, text: str) -> None:
    response = json_response(data)
    assert (response.status, response.text) == (200, text)
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"


def test_encoded_already() -> None:
    assert json_response(text="[1]").text == "[1]"
    assert json_response(body=b"[1]").headers["Content-Type"] == "application/json"
    assert json_response().body is None


def test_options() -> None:
    response = json_response(
        1,
        status=201,
        reason="Yes",
        headers={"X-A": "1"},
        content_type="application/x",
        dumps=lambda data: "2",
    )
    assert (response.status, response.reason, response.headers["X-A"], response.text) == (
        201,
        "Yes",
        "1",
        "2",
    )
    assert response.content_type == "application/x"


@pytest.mark.parametrize("more", [{"text": "x"}, {"body": b"x"}])
def test_only_one(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="only one"):
        json_response(None, **more)
    with pytest.raises(ValueError, match="not for use together"):
        json_response(text="x", body=b"x")


def test_as_bytes() -> None:
    response = json_bytes_response({"a": 1}, dumps=lambda data: repr(data).encode())
    assert response.body == b"{'a': 1}"
    assert response.headers["Content-Type"] == "application/json"
    assert json_bytes_response(None, dumps=lambda data: b"null").body == b"null"
    assert json_bytes_response(body=b"[1]", dumps=lambda data: b"").body == b"[1]"
    response = json_bytes_response(
        1,
        dumps=lambda data: b"1",
        status=201,
        reason="Yes",
        headers={"X-A": "1"},
        content_type="application/x",
    )
    assert (response.status, response.reason, response.headers["X-A"]) == (201, "Yes", "1")
    assert response.content_type == "application/x"
    with pytest.raises(ValueError, match="only one"):
        json_bytes_response(1, body=b"1", dumps=lambda data: b"1")

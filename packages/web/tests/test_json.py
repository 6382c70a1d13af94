"""JSON responses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tidewire_web import json_bytes_response, json_response


@pytest.mark.parametrize(("data", "text"), [({"a": [1]}, '{"a": [1]}'), (None, "null"), ("ä", '"\\u00e4"')])
def test_data(data: Any, text: str) -> None:
    response = json_response(data)
    assert (response.status, response.text) == (200, text)
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"


CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    "data",
    [
        {"a": 1, 2: [True, None, 1.5, float("inf")], None: {}, 1.5: "\u2028\ud83d\ude00"},
        [[1, "x"], (2, {"b": []})],
        "text",
        12345678901234567890,
        {(1, 2): 3},
        {"a": object()},
        CIRCLE,
        {"a": {1, 2}},
    ],
    ids=lambda data: type(data).__name__,
)
def test_without_another_encoder_it_is_the_standard_library_s(data: Any) -> None:
    outcomes = []
    for encode in (json.dumps, lambda data: json_response(data).text):
        try:
            outcomes.append(encode(data))
        except (TypeError, ValueError) as error:
            outcomes.append(repr(error))
    assert outcomes[0] == outcomes[1]


def test_what_is_nested_too_deeply() -> None:
    data: list[Any] = []
    for _ in range(200_000):
        data = [data]
    with pytest.raises(RecursionError):
        json_response(data)
    assert json_response([[]]).text == "[[]]"


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

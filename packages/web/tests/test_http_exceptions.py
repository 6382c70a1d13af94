"""Responses that are raised."""

from __future__ import annotations

import pytest

import tidewire_web as web

SIMPLE: list[tuple[type[web.HTTPException], int, type[web.HTTPException]]] = [
    (web.HTTPBadRequest, 400, web.HTTPClientError),
    (web.HTTPNotFound, 404, web.HTTPClientError),
    (web.HTTPInternalServerError, 500, web.HTTPServerError),
]


@pytest.mark.parametrize(("kind", "status", "family"), SIMPLE)
def test_simple_ones(kind: type[web.HTTPException], status: int, family: type[web.HTTPException]) -> None:
    error = kind()
    assert (error.status, error.status_code) == (status, status)
    assert error.text == f"{status}: {error.reason}"
    assert str(error) == error.reason
    assert error.content_type == "text/plain"
    assert isinstance(error, family)
    assert isinstance(error, web.Response)
    assert isinstance(error, Exception)


def test_options() -> None:
    error = web.HTTPNotFound(headers={"X-A": "1"}, reason="Gone", text="<p>", content_type="text/html")
    assert (error.reason, error.text, error.headers["X-A"]) == ("Gone", "<p>", "1")
    assert error.headers["Content-Type"] == "text/html; charset=utf-8"
    assert str(error) == "Gone"


def test_method_not_allowed() -> None:
    error = web.HTTPMethodNotAllowed("PUT", ["POST", "GET", "GET"], headers={"X-A": "1"})
    assert (error.status, error.method, error.allowed_methods) == (405, "PUT", {"GET", "POST"})
    assert (error.headers["Allow"], error.headers["X-A"]) == ("GET,POST", "1")
    assert error.text == "405: Method Not Allowed"


def test_too_large() -> None:
    error = web.HTTPRequestEntityTooLarge(10, 11)
    assert (error.status, error.max_size, error.actual_size) == (413, 10, 11)
    assert "10" in error.text
    assert "11" in error.text


def test_one_of_ones_own() -> None:
    class Teapot(web.HTTPClientError):
        status_code = 418

    with pytest.raises(web.HTTPException) as caught:
        raise Teapot
    assert caught.value.status == 418


def test_each_is_its_own_response() -> None:
    one, two = web.HTTPNotFound(), web.HTTPNotFound()
    one.headers["X-A"] = "1"
    assert "X-A" not in two.headers
    assert one != two

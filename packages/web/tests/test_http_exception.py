"""What all responses that are raised have in common."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import Client, request
from yarl import URL

from tidewire_http_parser import REASONS
from tidewire_web import (
    HTTPClientError,
    HTTPError,
    HTTPException,
    HTTPFound,
    HTTPMethodNotAllowed,
    HTTPMove,
    HTTPNoContent,
    HTTPNotFound,
    HTTPRedirection,
    HTTPServerError,
    HTTPSuccessful,
    Request,
    Response,
    ResponseKey,
)

Serve = Callable[..., Awaitable[Client]]
KEY = ResponseKey("key", int)


def test_an_exception_is_a_response() -> None:
    error = HTTPNotFound()
    assert isinstance(error, Response)
    assert isinstance(error, Exception)
    assert (error.status, error.status_code, error.reason, str(error)) == (404, 404, "Not Found", "Not Found")
    assert (error.text, error.headers["Content-Type"]) == ("404: Not Found", "text/plain; charset=utf-8")
    error[KEY] = 1
    assert error[KEY] == 1
    assert error
    error.set_status(410)
    assert (error.status, error.reason) == (410, "Gone")


def test_options() -> None:
    error = HTTPNotFound(headers={"X-A": "1"}, reason="Lost", text="<p>", content_type="text/html")
    assert (error.reason, error.text, error.headers["X-A"]) == ("Lost", "<p>", "1")
    assert error.headers["Content-Type"] == "text/html; charset=utf-8"
    assert str(error) == "Lost"
    assert HTTPNotFound(reason="Lost").text == "404: Lost"
    assert HTTPNotFound(headers={"X-A": "1"}).text == "404: Not Found"
    with pytest.raises(ValueError, match="control characters"):
        HTTPNotFound(reason="a\nb")


def test_families() -> None:
    assert HTTPError.__bases__ == (HTTPException,)
    assert HTTPClientError.__bases__ == HTTPServerError.__bases__ == (HTTPError,)
    assert HTTPSuccessful.__bases__ == HTTPRedirection.__bases__ == (HTTPException,)
    assert HTTPMove.__bases__ == (HTTPRedirection,)


def test_one_of_ones_own() -> None:
    class Teapot(HTTPClientError):
        status_code = 418

    class Odd(HTTPServerError):
        status_code = 599

    with pytest.raises(HTTPException) as caught:
        raise Teapot
    assert (caught.value.status, caught.value.text) == (418, f"418: {REASONS[418]}")
    assert (Odd().reason, Odd().text, str(Odd(reason="x"))) == ("", "599: ", "x")


def test_each_is_its_own_response() -> None:
    one, two = HTTPNotFound(), HTTPNotFound()
    one.headers["X-A"] = "1"
    assert "X-A" not in two.headers
    assert one != two


@pytest.mark.parametrize(
    ("location", "field"),
    [
        ("/a b", "/a%20b"),
        ("/grün?x=ü#f", "/gr%C3%BCn?x=%C3%BC#f"),
        (URL("http://example.com/x"), "http://example.com/x"),
        ("relative", "relative"),
        ("/a\r\nX-B: c", "/aX-B:%20c"),
    ],
)
def test_locations(location: str | URL, field: str) -> None:
    error = HTTPFound(location, headers={"Location": "/other", "X-A": "1"})
    assert error.location is location
    assert error.headers.getall("Location") == [field]
    assert error.headers["X-A"] == "1"


@pytest.mark.parametrize("location", ["", URL()])
def test_a_redirection_needs_a_location(location: str | URL) -> None:
    with pytest.raises(ValueError, match="location"):
        HTTPFound(location)


@pytest.mark.parametrize("duplicate", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
@pytest.mark.parametrize(
    "error",
    [
        HTTPNotFound(),
        HTTPNotFound(headers={"X-A": "1"}, text="x"),
        HTTPNoContent(),
        HTTPFound("/x"),
        HTTPMethodNotAllowed("PUT", ["GET"]),
    ],
)
def test_exceptions_survive_copy_and_pickle(duplicate: Callable[[Any], Any], error: HTTPException) -> None:
    again = duplicate(error)
    assert type(again) is type(error)
    assert (again.status, again.reason, again.body, str(again)) == (
        error.status,
        error.reason,
        error.body,
        str(error),
    )
    assert again.headers == error.headers
    assert again.args == error.args
    again.headers["X-New"] = "1"
    assert "X-New" not in error.headers
    assert vars(again).keys() >= vars(error).keys()


async def test_a_copy_answers_another_request(serve: Serve) -> None:
    kept = HTTPNotFound(text="kept")

    async def handler(request: Request) -> Response:
        raise copy.copy(kept)

    connection = (await serve(handler)).connect()
    for _ in range(2):
        assert (await connection.ask(request())).text == "kept"


async def test_on_the_wire(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        if request.path == "/found":
            raise HTTPFound("/new")
        if request.path == "/empty":
            raise HTTPNoContent(headers={"X-A": "1"})
        raise HTTPNotFound

    connection = (await serve(handler)).connect()
    answer = await connection.ask(request("/found"))
    assert (answer.status, answer.text, answer.fields["Location"]) == (302, "302: Found", "/new")
    answer = await connection.ask(request("/empty"))
    assert (answer.status, answer.body, answer.fields["X-A"]) == (204, b"", "1")
    assert "Content-Type" not in answer.fields
    answer = await connection.ask(request("/other"))
    assert (answer.status, answer.text) == (404, "404: Not Found")
    assert answer.fields["Content-Type"] == "text/plain; charset=utf-8"

"""Routes and their handlers."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from web_client import Client

from tidewire_web import (
    AbstractRoute,
    Application,
    HTTPNotFound,
    PlainResource,
    Request,
    ResourceRoute,
    Response,
    SystemRoute,
)

Serve = Callable[..., Awaitable[Client]]


async def handler(request: Request, text: str = "") -> Response:
    return Response(text=text)


class Answering:
    async def __call__(self, request: Request) -> Response:
        return Response(text="object")

    async def method(self, request: Request) -> Response:
        return Response(text="method")


def plain(request: Request) -> Awaitable[Response]:
    return handler(request, "plain")


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (functools.partial(handler, text="partial"), "partial"),
        (Answering(), "object"),
        (Answering().method, "method"),
        (plain, "plain"),
        (functools.partial(plain), "plain"),
        (lambda request: handler(request, "lambda"), "lambda"),
    ],
)
async def test_handlers_give_something_to_await(serve: Serve, what: Any, text: str) -> None:
    app = Application()
    route = app.router.add_get("/", what)
    assert route.handler is what
    assert (await (await serve(app)).get("/")).text == text


def generator(request: Request) -> Iterator[None]:
    yield None


async def async_generator(request: Request) -> AsyncIterator[None]:
    yield None


@pytest.mark.parametrize("what", [None, 1, "handler", generator, async_generator])
def test_what_cannot_be_a_handler(what: Any) -> None:
    with pytest.raises(TypeError, match="coroutine function"):
        PlainResource("/").add_route("GET", what)


@pytest.mark.parametrize("what", [1, plain, generator])
def test_an_expect_handler_is_a_coroutine_function(what: Any) -> None:
    with pytest.raises(TypeError, match="expect handler"):
        PlainResource("/").add_route("GET", handler, expect_handler=what)


def test_a_route_of_a_resource() -> None:
    resource = PlainResource("/a", name="n")
    route = ResourceRoute("get", handler, resource)
    assert isinstance(route, AbstractRoute)
    assert (route.method, route.handler, route.resource, route.name) == ("GET", handler, resource, "n")
    assert (str(route.url_for()), route.get_info()) == ("/a", {"path": "/a"})
    assert repr(route).startswith("<ResourceRoute [GET] <PlainResource 'n' /a> -> <function handler")


async def test_expect_handlers_are_called_by_their_route() -> None:
    async def expected(request: Any) -> str:
        return f"expected of {request}"

    route = ResourceRoute("GET", handler, PlainResource("/a"), expect_handler=expected)
    assert await route.handle_expect_header("me") == "expected of me"


async def test_the_route_of_requests_without_one() -> None:
    refusal = HTTPNotFound()
    route = SystemRoute(refusal)
    assert (route.method, route.name, route.resource) == ("*", None, None)
    assert (route.status, route.reason, route.get_info()) == (404, "Not Found", {"http_exception": refusal})
    assert repr(route) == "<SystemRoute 404: Not Found>"
    with pytest.raises(RuntimeError):
        route.url_for()
    with pytest.raises(HTTPNotFound) as raised:
        await route.handler(None)
    assert raised.value is refusal

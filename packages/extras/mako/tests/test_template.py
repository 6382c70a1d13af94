"""The decorator of handlers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tidewire_mako import APP_KEY, setup, template
from tidewire_testing import WireAnswer
from tidewire_web import (
    Application,
    HTTPSeeOther,
    Request,
    Response,
    RouteTableDef,
    StreamResponse,
    View,
    middleware,
)

Get = Callable[..., Awaitable[WireAnswer]]
PAGE = "${name} ${surname}"
ANDREW = {"name": "Andrew", "surname": "Svetlov"}


def make_app(handler: Any) -> Application:
    app = Application()
    setup(app).put_string("page", PAGE)
    app.router.add_route("*", "/", handler)
    return app


@template("page")
async def function(request: Request) -> dict[str, str]:
    """What it does."""
    assert isinstance(request, Request)
    return ANDREW


@template("page")
def plain(request: Request) -> dict[str, str]:
    return ANDREW


class Handlers:
    @template("page")
    async def method(self, request: Request) -> dict[str, str]:
        assert isinstance(request, Request)
        return ANDREW

    @staticmethod
    @template("page")
    async def static(request: Request) -> dict[str, str]:
        return ANDREW


class Page(View):
    @template("page")
    async def get(self) -> dict[str, str]:
        assert isinstance(self.request, Request)
        return ANDREW


@pytest.mark.parametrize("handler", [function, plain, Handlers().method, Handlers.static, Page])
async def test_handlers_of_all_kinds_return_a_context(handler: Any, get: Get) -> None:
    response = await get(make_app(handler))
    assert (response.status, response.body) == (200, b"Andrew Svetlov")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


async def test_the_snippet_of_the_documents(get: Get) -> None:
    routes = RouteTableDef()

    @routes.get("/path")
    @template("page")
    async def handler(request: Request) -> dict[str, str]:
        return {"name": "Andrew", "surname": "Svetlov"}

    app = Application()
    setup(app).put_string("page", PAGE)
    app.add_routes(routes)
    assert (await get(app, "/path")).body == b"Andrew Svetlov"


async def test_responses_are_sent_as_they_are(get: Get) -> None:
    @template("page")
    async def respond(request: Request) -> Response:
        return Response(text="as it is", status=201)

    @template("page")
    async def stream(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"streamed")
        return response

    @template("page")
    async def redirect(request: Request) -> dict[str, str]:
        raise HTTPSeeOther("/other")

    first = await get(make_app(respond))
    assert (first.status, first.body) == (201, b"as it is")
    assert (await get(make_app(stream))).body == b"streamed"
    assert (await get(make_app(redirect))).headers["Location"] == "/other"


async def test_none_is_an_empty_context(get: Get) -> None:
    @template("empty")
    async def nothing(request: Request) -> None:
        return None

    app = make_app(nothing)
    app[APP_KEY].put_string("empty", "nothing")
    assert (await get(app)).body == b"nothing"


async def test_charset_and_status_are_as_asked_for(get: Get) -> None:
    @template("page", status=201, encoding="utf-16-le")
    async def handler(request: Request) -> dict[str, str]:
        return ANDREW

    response = await get(make_app(handler))
    assert (response.status, response.body.decode("utf-16-le")) == (201, "Andrew Svetlov")


async def test_a_context_that_is_none_is_an_error(get: Get) -> None:
    wrong: Any = ["no mapping"]

    @template("page")
    async def handler(request: Request) -> dict[str, str]:
        result: dict[str, str] = wrong
        return result

    response = await get(make_app(handler))
    assert (response.status, response.reason) == (500, "The context of a template is a mapping, not list")


async def test_middlewares_see_a_response(get: Get) -> None:
    @middleware
    async def adding(request: Request, handler: Any) -> StreamResponse:
        response: StreamResponse = await handler(request)
        response.headers["X-Seen"] = type(response).__name__
        return response

    app = make_app(function)
    app.middlewares.append(adding)
    assert (await get(app)).headers["X-Seen"] == "Response"


def test_a_decorated_handler_is_still_known_by_its_name() -> None:
    assert (function.__name__, function.__doc__) == ("function", "What it does.")


def test_a_view_is_not_decorated_as_a_whole() -> None:
    wrong: Any = Page
    with pytest.raises(TypeError, match="methods"):
        template("page")(wrong)

"""Routes that are written down before there is an application."""

from __future__ import annotations

from typing import Any

import pytest

import tidewire_web as web


async def handler(request: web.Request) -> web.Response:
    return web.Response()


METHODS = ["head", "options", "post", "put", "patch", "delete"]


@pytest.mark.parametrize("method", METHODS)
def test_definitions(method: str) -> None:
    definition = getattr(web, method)("/a", handler)
    assert definition == web.RouteDef(method.upper(), "/a", handler)
    assert definition == web.route(method.upper(), "/a", handler)
    router = web.UrlDispatcher()
    (route,) = definition.register(router)
    assert (route.method, route.resource.canonical, route.handler) == (method.upper(), "/a", handler)


def test_get_answers_head_too_unless_told_otherwise() -> None:
    router = web.UrlDispatcher()
    (route,) = web.get("/a", handler).register(router)
    web.get("/b", handler, allow_head=False).register(router)
    assert route.method == "GET"
    assert [(each.method, each.resource.canonical) for each in router.routes()] == [
        ("GET", "/a"),
        ("HEAD", "/a"),
        ("GET", "/b"),
    ]


def test_any_method() -> None:
    (route,) = web.route("*", "/a", handler).register(web.UrlDispatcher())
    assert route.method == "*"


def test_a_table_is_filled_by_decorators() -> None:
    table = web.RouteTableDef()
    decorated = table.get("/get", allow_head=False)(handler)
    assert decorated is handler
    table.route("BREW", "/brew")(handler)
    for method in METHODS:
        getattr(table, method)(f"/{method}")(handler)
    assert len(table) == 8
    assert repr(table) == "<RouteTableDef count=8>"
    first = table[0]
    assert isinstance(first, web.RouteDef)
    assert (first.method, first.path, first.kwargs) == ("GET", "/get", {"allow_head": False})
    assert first in table
    assert table[:2] == [table[0], table[1]]
    assert list(table)[1] == web.RouteDef("BREW", "/brew", handler)


def test_a_table_can_be_used_several_times() -> None:
    table = web.RouteTableDef()
    table.get("/")(handler)
    for _ in range(2):
        app = web.Application()
        (route,) = app.add_routes(table)
        assert route.method == "GET"


async def test_further_arguments_reach_the_router() -> None:
    async def expected(request: Any) -> str:
        return f"expected of {request}"

    table = web.RouteTableDef()
    table.get("/{x}", name="n", expect_handler=expected, allow_head=False)(handler)
    table.post("/p", name="p")(handler)
    app = web.Application()
    one, two = app.add_routes([*table, web.put("/q", handler, name="q")])[:2]
    assert (one.name, two.name) == ("n", "p")
    assert await one.handle_expect_header("me") == "expected of me"
    assert sorted(app.router) == ["n", "p", "q"]


def test_views() -> None:
    table = web.RouteTableDef()

    @table.view("/v", name="v")
    class Own(web.View):
        async def get(self) -> web.Response:
            return web.Response()

    assert table[0] == web.view("/v", Own, name="v") == web.RouteDef("*", "/v", Own, {"name": "v"})
    router = web.UrlDispatcher()
    (route,) = router.add_routes(table)
    assert (route.method, route.handler, router["v"].canonical) == ("*", Own, "/v")


def test_a_definition_of_ones_own() -> None:
    class Both(web.AbstractRouteDef):
        def register(self, router: Any) -> list[Any]:
            return [router.add_route(method, "/own", handler) for method in ("A", "B")]

    assert [route.method for route in web.Application().add_routes([Both()])] == ["A", "B"]


def test_an_abstract_definition_cannot_be_made() -> None:
    abstract: Any = web.AbstractRouteDef
    with pytest.raises(TypeError):
        abstract()

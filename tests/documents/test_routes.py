"""Routes: tables, prefixes, Unicode, criteria and resources of one's own, decorators of handlers."""

from __future__ import annotations

import functools
import string
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from yarl import URL

import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]


@pytest.mark.promise(1)
@pytest.mark.snippet("faq: route table")
async def test_a_route_table_needs_no_application(serve: Serve) -> None:
    routes = web.RouteTableDef()

    @routes.get("/get")
    async def handle_get(request: web.Request) -> web.Response:
        return web.Response(text="got")

    @routes.post("/post")
    async def handle_post(request: web.Request) -> web.Response:
        return web.Response(text=await request.text())

    assert [(route.method, route.path) for route in routes if isinstance(route, web.RouteDef)] == [
        ("GET", "/get"),
        ("POST", "/post"),
    ]
    for _ in range(2):
        # Decoupled from applications: two of them can have the same table.
        app = web.Application()
        app.router.add_routes(routes)
        client = await serve(app)
        assert (await client.get("/get")).text == "got"
        assert (await client.post("/post", b"posted")).text == "posted"
        assert (await client.get("/post")).status == 405


@pytest.mark.promise(3)
@pytest.mark.snippet("faq: prefix", "old: prefix")
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE", "PURGE"])
async def test_a_route_for_a_prefix_and_any_method(serve: Serve, method: str) -> None:
    async def sink_handler(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.method} {request.match_info['tail']}")

    app = web.Application()
    app.router.add_route("*", "/path/to/{tail:.+}", sink_handler)
    client = await serve(app)
    assert (await client.get("/path/to/some/where", method=method)).text == f"{method} some/where"
    assert (await client.get("/path/to/", method=method)).status == 404
    assert (await client.get("/path", method=method)).status == 404


# -- Unicode ----------------------------------------------------------------------------------------


@pytest.mark.promise(15)
@pytest.mark.parametrize("target", ["/caf%C3%A9/%E2%82%AC", "/caf%c3%a9/%e2%82%ac", "/%63af%C3%A9/%E2%82%AC"])
@pytest.mark.parametrize("path", ["/café/{what}", "/caf%C3%A9/{what}"])
async def test_paths_are_requoted_when_they_are_added_and_when_they_are_resolved(
    serve: Serve, path: str, target: str
) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.path} {request.match_info['what']}")

    app = web.Application()
    resource = app.router.add_get(path, handler).resource
    assert resource is not None
    client = await serve(app)
    assert (await client.get(target)).text == "/café/€ €"
    assert resource.url_for(what="€") == URL("/café/€")
    assert resource.canonical == "/caf%C3%A9/{what}"


@pytest.mark.promise(15)
async def test_custom_patterns_are_for_the_percent_encoded_path(serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=request.match_info["name"])

    app = web.Application()
    app.router.add_get("/encoded/{name:%D0%BF(%D1%80|x)}", handler)
    app.router.add_get("/ascii/{name:[a-z]+}", handler)
    client = await serve(app)
    assert (await client.get("/encoded/%D0%BF%D1%80")).text == "пр"
    assert (await client.get("/encoded/%d0%bf%d1%80")).text == "пр"
    assert (await client.get("/ascii/abc")).text == "abc"
    assert (await client.get("/ascii/%D0%BF")).status == 404


# -- criteria of one's own ----------------------------------------------------------------------------


@pytest.mark.promise(19)
@pytest.mark.snippet("advanced: accept chooser")
async def test_routing_by_accept(serve: Serve) -> None:
    class AcceptChooser:
        def __init__(self) -> None:
            self._accepts: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {}

        async def do_route(self, request: web.Request) -> web.StreamResponse:
            for accept in request.headers.getall("ACCEPT", []):
                acceptor = self._accepts.get(accept)
                if acceptor is not None:
                    return await acceptor(request)
            raise web.HTTPNotAcceptable()

        def reg_acceptor(
            self, accept: str, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> None:
            self._accepts[accept] = handler

    async def handle_json(request: web.Request) -> web.StreamResponse:
        return web.json_response({"kind": "json"})

    async def handle_xml(request: web.Request) -> web.StreamResponse:
        return web.Response(text="<kind>xml</kind>", content_type="application/xml")

    app = web.Application()
    chooser = AcceptChooser()
    app.add_routes([web.get("/", chooser.do_route)])
    chooser.reg_acceptor("application/json", handle_json)
    chooser.reg_acceptor("application/xml", handle_xml)

    client = await serve(app)
    assert (await client.get("/", "Accept: application/json")).json == {"kind": "json"}
    assert (await client.get("/", "Accept: text/plain", "Accept: application/xml")).text == "<kind>xml</kind>"
    assert (await client.get("/", "Accept: text/plain")).status == 406
    assert (await client.get("/")).status == 406


class OnlyEven(web.AbstractResource):
    """A resource that answers paths which end with an even number: what no pattern says."""

    def __init__(self, prefix: str, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
        super().__init__(name="even")
        self._prefix = prefix
        self._route = web.ResourceRoute("GET", handler, self)

    @property
    def canonical(self) -> str:
        return self._prefix

    def url_for(self, **kwargs: str) -> URL:
        return URL(f"{self._prefix}/{kwargs['number']}")

    async def resolve(self, request: Any) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        number = request.rel_url.raw_path.removeprefix(f"{self._prefix}/")
        if not number.isdecimal() or int(number) % 2:
            return None, set()
        if request.method != "GET":
            return None, {"GET"}
        return web.UrlMappingMatchInfo({"number": number}, self._route), {"GET"}

    def add_prefix(self, prefix: str) -> None:
        self._prefix = prefix + self._prefix

    def get_info(self) -> dict[str, Any]:
        return {"prefix": self._prefix}

    def raw_match(self, path: str) -> bool:
        return False

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        yield self._route


@pytest.mark.promise(28)
async def test_a_resource_of_ones_own_is_registered(serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=request.match_info["number"])

    app = web.Application()
    app.router.register_resource(OnlyEven("/even", handler))
    assert str(app.router["even"].url_for(number="8")) == "/even/8"
    client = await serve(app)
    assert (await client.get("/even/42")).text == "42"
    assert (await client.get("/even/43")).status == 404
    answer = await client.get("/even/42", method="POST")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")


# -- decorators of handlers -----------------------------------------------------------------------------


@pytest.mark.promise(21)
async def test_a_decorator_below_that_of_the_route_makes_the_response(serve: Serve) -> None:
    routes = web.RouteTableDef()

    def template(text: str) -> Callable[[Any], Callable[[web.Request], Awaitable[web.Response]]]:
        def decorate(handler: Any) -> Callable[[web.Request], Awaitable[web.Response]]:
            @functools.wraps(handler)
            async def render(request: web.Request) -> web.Response:
                return web.Response(text=string.Template(text).substitute(await handler(request)))

            return render

        return decorate

    @routes.get("/path")
    @template("$name $surname")
    async def handler(request: web.Request) -> dict[str, str]:
        return {"name": "Andrew", "surname": "Svetlov"}

    @template("$name $surname")
    @routes.get("/wrong")
    async def wrong(request: web.Request) -> Any:
        return {"name": "Andrew", "surname": "Svetlov"}

    app = web.Application()
    app.add_routes(routes)
    client = await serve(app)
    assert (await client.get("/path")).text == "Andrew Svetlov"
    # The other way round the route has the handler as it was, and a dictionary is no response.
    assert (await client.get("/wrong")).status == 500

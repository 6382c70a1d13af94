"""Applications: state, signals, and how requests find their handlers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import pytest
from web_client import Client, request

from tidewire_web import (
    AppKey,
    Application,
    HTTPClientError,
    PlainResource,
    Request,
    Response,
    RouteTableDef,
    UrlMappingMatchInfo,
    get,
)

Serve = Callable[..., Awaitable[Client]]

NAME = AppKey("name", str)


async def ok(request: Request) -> Response:
    return Response(text=request.path)


# -- state ----------------------------------------------------------------------------------------


def test_state_is_a_mapping() -> None:
    app = Application()
    app[NAME] = "x"
    app["plain"] = 1
    assert (app[NAME], app["plain"], len(app), list(app)) == ("x", 1, 2, [NAME, "plain"])
    assert NAME in app
    assert app.get("absent", 3) == 3
    del app["plain"]
    assert "plain" not in app
    with pytest.raises(KeyError):
        app["plain"]


def test_an_application_is_compared_by_identity_and_true() -> None:
    app = Application()
    assert app == app
    assert app != Application()
    assert app
    assert {app: 1}[app] == 1
    assert repr(app).startswith("<Application 0x")


def test_options() -> None:
    assert Application().client_max_size == 1024**2
    assert Application(client_max_size=5).client_max_size == 5
    assert Application().logger.name == "tidewire.web"
    assert Application(logger=logging.getLogger("x")).logger.name == "x"


def test_a_frozen_application_does_not_change() -> None:
    app = Application()
    app["a"] = 1
    before = app.frozen
    app.freeze()
    assert (before, app.frozen) == (False, True)
    assert app.router.frozen
    with pytest.raises(RuntimeError):
        app["a"] = 2
    with pytest.raises(RuntimeError):
        del app["a"]
    with pytest.raises(RuntimeError):
        app.router.add_get("/", ok)
    for signal in (app.on_startup, app.on_shutdown, app.on_cleanup):
        with pytest.raises(RuntimeError):
            signal.append(Application.cleanup)


async def test_signals_are_sent_with_the_application() -> None:
    app = Application()
    seen: list[str] = []
    for name in ("on_startup", "on_shutdown", "on_cleanup"):

        async def receiver(application: Application, name: str = name) -> None:
            assert application is app
            seen.append(name)

        getattr(app, name).append(receiver)
    await app.startup()
    app["set later"] = 1
    await app.shutdown()
    await app.cleanup()
    assert seen == ["on_startup", "on_shutdown", "on_cleanup"]


# -- requests -------------------------------------------------------------------------------------


async def test_requests_find_their_handler(serve: Serve) -> None:
    routes = RouteTableDef()

    @routes.get("/hello/{name}")
    async def hello(request: Request) -> Response:
        return Response(text=f"Hello, {request.match_info['name']}!")

    app = Application()
    app.add_routes(routes)
    app.router.add_get("/", ok)
    client = await serve(app)
    assert (await client.get("/hello/J%C3%BCrgen?x")).text == "Hello, Jürgen!"
    assert (await client.get("/?x")).text == "/"
    assert (await client.get("http://elsewhere/hello/you")).text == "Hello, you!"
    assert (await client.get("http://elsewhere")).text == "/"


async def test_nothing_at_a_path_is_404(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    app = Application()
    app.router.add_get("/", ok)
    connection = (await serve(app)).connect()
    for target in ("/nothing", "/nothing/at/all", "//"):
        answer = await connection.ask(request(target))
        assert (answer.status, answer.text) == (404, "404: Not Found")
    assert caplog.records == []


async def test_another_method_at_a_path_is_405_with_allow(serve: Serve) -> None:
    app = Application()
    app.router.add_get("/a", ok)
    app.router.add_post("/{x}", ok)
    answer = await (await serve(app)).get("/a", method="DELETE")
    assert (answer.status, answer.fields["Allow"]) == (405, "GET,HEAD,POST")
    assert answer.text == "405: Method Not Allowed"


async def test_head_is_answered_where_get_is(serve: Serve) -> None:
    app = Application()
    app.router.add_get("/a", ok)
    connection = (await serve(app)).connect()
    for _ in range(2):
        answer = await connection.ask(request("/a", method="HEAD"), "HEAD")
        assert (answer.status, answer.body, answer.fields["Content-Length"]) == (200, b"", "2")


@pytest.mark.parametrize(("method", "target"), [("OPTIONS", "*"), ("CONNECT", "example:443")])
async def test_targets_without_a_path_are_404(serve: Serve, method: str, target: str) -> None:
    app = Application()
    app.router.add_route("*", "/{x:.*}", ok)
    answer = await (await serve(app)).get(target, method=method)
    assert answer.status == 404


# -- routing by more than method and path -----------------------------------------------------------


async def test_routing_by_criteria_of_ones_own(serve: Serve) -> None:
    """The snippet of the documents."""

    class HTTPNotAcceptable(HTTPClientError):
        """406."""

        status_code = 406

    class AcceptChooser:
        def __init__(self) -> None:
            self._accepts: dict[str, Callable[[Request], Awaitable[Response]]] = {}

        async def do_route(self, request: Request) -> Response:
            for accept in request.headers.getall("ACCEPT", []):
                acceptor = self._accepts.get(accept)
                if acceptor is not None:
                    return await acceptor(request)
            raise HTTPNotAcceptable

        def reg_acceptor(self, accept: str, handler: Callable[[Request], Awaitable[Response]]) -> None:
            self._accepts[accept] = handler

    async def handle_json(request: Request) -> Response:
        return Response(text="json")

    async def handle_xml(request: Request) -> Response:
        return Response(text="xml")

    app = Application()
    chooser = AcceptChooser()
    app.add_routes([get("/", chooser.do_route)])
    chooser.reg_acceptor("application/json", handle_json)
    chooser.reg_acceptor("application/xml", handle_xml)
    client = await serve(app)
    assert (await client.get("/", "Accept: application/json")).text == "json"
    assert (await client.get("/", "Accept: text/html", "Accept: application/xml")).text == "xml"
    assert (await client.get("/", "Accept: text/html")).status == 406
    assert (await client.get("/")).status == 406


async def test_a_route_for_everything_below_a_prefix(serve: Serve) -> None:
    """The snippet of the documents."""

    async def sink_handler(request: Request) -> Response:
        return Response(text=f"{request.method} {request.match_info['tail']}")

    app = Application()
    app.router.add_route("*", "/path/to/{tail:.+}", sink_handler)
    client = await serve(app)
    assert (await client.get("/path/to/a/b%2Fc")).text == "GET a/b/c"
    assert (await client.get("/path/to/x", method="BREW")).text == "BREW x"
    assert (await client.get("/path/to/")).status == 404


class Loud(PlainResource):
    """Answers only those who ask with an exclamation mark in the query."""

    async def resolve(self, request: Request) -> tuple[UrlMappingMatchInfo | None, set[str]]:
        if "!" not in request.query_string:
            return None, set()
        return await super().resolve(request)


async def test_a_resource_of_ones_own(serve: Serve) -> None:
    async def loud(request: Request) -> Response:
        return Response(text=f"{request.match_info.route!r:.14} {request.match.route.method}")

    app = Application()
    resource = Loud("/a")
    resource.add_route("POST", loud)
    resource.add_route("GET", loud)
    app.router.register_resource(resource)
    app.router.add_get("/b", ok)
    client = await serve(app)
    assert (await client.get("/a?!")).text == "<ResourceRoute GET"
    assert (await client.get("/a")).status == 404
    assert (await client.get("http://elsewhere/b")).text == "/b"
    answer = await client.get("/a?!", method="PUT")
    assert (answer.status, answer.fields["Allow"]) == (405, "GET,POST")
    answer = await client.get("/a?!", "Expect: something", method="POST", body=b"x")
    assert answer.status == 417

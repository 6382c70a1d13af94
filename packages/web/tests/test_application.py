"""Applications: state, signals, and how requests find their handlers."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from typing import Any, assert_type

import pytest
from web_client import Client, request

from tidewire_web import (
    AppKey,
    Application,
    AppRunner,
    ChainMapProxy,
    CleanupError,
    HTTPClientError,
    HTTPException,
    MatchedSubAppResource,
    NotAppKeyWarning,
    PlainResource,
    Request,
    Response,
    RouteTableDef,
    StreamResponse,
    UrlMappingMatchInfo,
    get,
)

Serve = Callable[..., Awaitable[Client]]

NAME = AppKey("name", str)


async def ok(request: Request) -> Response:
    return Response(text=request.path)


async def ignore(request: Request, response: StreamResponse) -> None:
    """A receiver that does nothing."""


def mark(name: str) -> Any:
    """A middleware that tells in a field which way a request has come, also of those without a route."""

    async def marks(request: Request, handler: Any) -> StreamResponse:
        request["way"] = f"{request['way']} {name}" if "way" in request else name
        try:
            response: StreamResponse = await handler(request)
        except HTTPException as refusal:
            response = refusal
        response.headers["X-Way"] = request["way"]
        if isinstance(response, HTTPException):
            raise response
        return response

    return marks


# -- state ----------------------------------------------------------------------------------------


def test_state_is_a_mapping() -> None:
    app = Application()
    app[NAME] = "x"
    app["plain"] = 1
    assert (app[NAME], app["plain"], len(app), list(app)) == ("x", 1, 2, [NAME, "plain"])
    assert NAME in app
    assert app.get(NAME) == "x"
    assert app.get("absent", 3) == 3
    assert app.setdefault(NAME, "y") == "x"
    del app["plain"]
    assert "plain" not in app
    with pytest.raises(KeyError):
        app["plain"]


def test_type_checkers_know_what_a_typed_key_gives() -> None:
    app = Application()
    app[NAME] = "x"
    assert_type(app[NAME], str)
    assert_type(app.get(NAME), str | None)
    assert_type(app.get(NAME, 5), str | int)
    proxy = ChainMapProxy([app])
    assert_type(proxy[NAME], str)
    assert_type(proxy.get(NAME), str | None)
    with pytest.raises(KeyError):
        app[AppKey("name", str)]


def test_plain_keys_are_warned_of_and_typed_ones_are_not() -> None:
    app = Application()
    with pytest.warns(NotAppKeyWarning, match="AppKey would be better than 'plain'") as warned:
        app["plain"] = 1
    assert warned[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        app[NAME] = "x"
        assert app["plain"] == 1


def test_an_application_is_compared_by_identity_and_true() -> None:
    app = Application()
    assert app == app
    assert app != Application()
    assert app
    assert {app: 1}[app] == 1
    assert repr(app).startswith("<Application 0x")


def test_options() -> None:
    app = Application()
    assert (app.client_max_size, app.client_max_fields, app.handler_args) == (1024**2, 1000, {})
    assert (app.logger.name, list(app.middlewares), list(app.cleanup_ctx)) == ("tidewire.web", [], [])
    arguments = {"keepalive_timeout": 5, "timeout_ceil_threshold": 1}
    app = Application(
        client_max_size=5, client_max_fields=6, handler_args=arguments, logger=logging.getLogger("x")
    )
    assert (app.client_max_size, app.client_max_fields, app.handler_args) == (5, 6, arguments)
    assert app.logger.name == "x"


@pytest.mark.parametrize("name", ["client_max_size", "client_max_fields"])
@pytest.mark.parametrize(
    ("limit", "error"),
    [(None, TypeError), ("5", TypeError), (-1, ValueError), (float("nan"), ValueError)],
)
def test_limits_that_would_fail_or_let_everything_through_are_refused(
    name: str, limit: Any, error: type[Exception]
) -> None:
    options: dict[str, Any] = {name: limit}
    with pytest.raises(error, match=rf"{name}.* 0 for any number"):
        Application(**options)


def test_what_is_accepted_for_the_sake_of_old_code_warns_and_does_nothing() -> None:
    loop: Any = object()
    with pytest.warns(DeprecationWarning, match="loop") as warned:
        app = Application(loop=loop)
    assert warned[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="loop"):
        assert app.loop is None
    for debug in (True, False, None):
        with pytest.warns(DeprecationWarning, match="debug"):
            Application(debug=debug)
    with pytest.warns(DeprecationWarning, match="Mine"):
        type("Mine", (Application,), {})


def test_an_application_is_a_function_that_makes_it() -> None:
    app = Application()
    assert app() is app


def test_a_frozen_application_does_not_change() -> None:
    app, sub = Application(), Application()
    app.add_subapp("/sub", sub)
    app["a"] = 1
    before = (app.frozen, app.pre_frozen, sub.frozen, sub.pre_frozen)
    app.freeze()
    app.freeze()
    assert before == (False, False, False, True)
    assert (app.frozen, app.pre_frozen, sub.frozen, sub.pre_frozen) == (True, True, True, True)
    assert app.router.frozen
    for each in (app, sub):
        with pytest.raises(RuntimeError):
            each["a"] = 2
    with pytest.raises(RuntimeError):
        del app["a"]
    for add in (
        lambda: app.router.add_get("/", ok),
        lambda: app.middlewares.append(mark("x")),
        lambda: app.add_subapp("/x", Application()),
        lambda: app.add_domain("example", Application()),
        lambda: app.on_response_prepare.append(ignore),
        lambda: app.on_startup.append(Application.cleanup),
        lambda: app.on_shutdown.append(Application.cleanup),
        lambda: app.on_cleanup.append(Application.cleanup),
    ):
        with pytest.raises(RuntimeError):
            add()


# -- start and end ----------------------------------------------------------------------------------


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


async def test_signals_of_nested_applications_are_sent_with_those_around_them() -> None:
    app, sub, inner = Application(), Application(), Application()
    names = {app: "app", sub: "sub", inner: "inner"}
    seen: list[str] = []

    def tells(what: str) -> Any:
        async def receiver(application: Application) -> None:
            seen.append(f"{names[application]} {what}")

        return receiver

    async def context(application: Application) -> AsyncIterator[None]:
        seen.append(f"{names[application]} context up")
        yield
        seen.append(f"{names[application]} context down")

    for each in (inner, sub, app):
        for name in ("startup", "shutdown", "cleanup"):
            getattr(each, f"on_{name}").append(tells(name))
        each.cleanup_ctx.append(context)
    sub.add_domain("example.org", inner)
    app.add_subapp("/sub", sub)
    app.on_startup.append(tells("second startup"))
    await app.startup()
    await app.shutdown()
    await app.cleanup()
    assert seen == [
        *("app context up", "app startup"),
        *("sub context up", "sub startup", "inner context up", "inner startup", "app second startup"),
        *("app shutdown", "sub shutdown", "inner shutdown"),
        *("app context down", "app cleanup"),
        *("sub context down", "sub cleanup", "inner context down", "inner cleanup"),
    ]


async def test_signals_are_decorators(serve: Serve) -> None:
    app = Application()

    @app.on_startup
    async def start(application: Application) -> None:
        application[NAME] = "started"

    @app.on_response_prepare
    async def prepare(request: Request, response: StreamResponse) -> None:
        response.headers["X-Name"] = request.app[NAME]

    app.router.add_get("/", ok)
    assert (await (await serve(app)).get()).fields["X-Name"] == "started"


@pytest.mark.parametrize("stage", ["shutdown", "cleanup"])
async def test_all_receivers_have_their_turn_at_the_end(stage: str) -> None:
    app, sub = Application(), Application()
    seen: list[str] = []

    def fails(name: str, error: Exception) -> Any:
        async def receiver(application: Application) -> None:
            seen.append(name)
            raise error

        return receiver

    getattr(app, f"on_{stage}").append(fails("first", ZeroDivisionError()))
    getattr(sub, f"on_{stage}").append(fails("sub", LookupError()))
    app.add_subapp("/sub", sub)
    getattr(app, f"on_{stage}").append(fails("last", ValueError()))
    await app.startup()
    app.freeze()
    with pytest.raises(CleanupError, match=f"receivers of on_{stage} failed") as failure:
        await getattr(app, stage)()
    assert seen == ["first", "sub", "last"]
    assert [type(each) for each in failure.value.exceptions] == [ZeroDivisionError, LookupError, ValueError]


async def test_on_cleanup_is_sent_where_start_up_has_failed() -> None:
    """As the documents say, that signal knows nothing of start-up."""
    app = Application()
    seen: list[str] = []

    async def create_pg(app: Application) -> None:
        raise ZeroDivisionError

    async def create_redis(app: Application) -> None:
        seen.append("create_redis")

    async def dispose(app: Application) -> None:
        seen.append("dispose")

    app.on_startup.extend([create_pg, create_redis])
    app.on_cleanup.extend([dispose, dispose])
    with pytest.raises(ZeroDivisionError):
        await app.startup()
    await app.cleanup()
    assert seen == ["dispose", "dispose"]


async def test_start_up_may_still_change_the_application(serve: Serve) -> None:
    async def late(app: Application) -> None:
        app.router.add_get("/late", ok)
        app.middlewares.append(mark("late"))
        app[NAME] = "late"

    app = Application()
    app.on_startup.append(late)
    client = await serve(app)
    assert (await client.get("/late")).fields["X-Way"] == "late"
    assert app[NAME] == "late"


def test_an_application_is_started_by_one_event_loop_only() -> None:
    app, sub = Application(), Application()
    app.add_subapp("/sub", sub)
    with asyncio.Runner() as one, asyncio.Runner() as two:
        one.run(app.startup())
        one.run(app.startup())
        for each in (app, sub):
            with pytest.raises(RuntimeError, match="one event loop"):
                two.run(each.startup())
        with pytest.warns(DeprecationWarning, match="loop"):
            assert sub.loop is one.get_loop()


async def test_context_variables(serve: Serve) -> None:
    """The snippet of the documents."""
    var = ContextVar("VAR", default="default")
    seen: list[str] = []

    async def coro() -> str:
        return var.get()

    async def handler(request: Request) -> Response:
        before = var.get()
        var.set("handler")
        return Response(text=f"{before} {await coro()}")

    async def on_startup(app: Application) -> None:
        seen.append(f"on_startup {var.get()}")
        var.set("on_startup")

    async def on_cleanup(app: Application) -> None:
        seen.append(f"on_cleanup {var.get()}")
        var.set("on_cleanup")

    async def through(request: Request, handler: Any) -> StreamResponse:
        var.set(f"{var.get()} middleware")
        response: StreamResponse = await handler(request)
        return response

    var.set("init")
    app = Application(middlewares=[through])
    app.router.add_get("/", handler)
    app.on_startup.append(on_startup)
    app.on_cleanup.append(on_cleanup)
    runner = AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    client = Client(runner.server)
    for _ in range(2):
        assert (await client.get()).text == "on_startup middleware handler"
    await asyncio.create_task(runner.cleanup())
    assert seen == ["on_startup init", "on_cleanup on_startup"]


# -- nested applications ------------------------------------------------------------------------------


async def test_nested_applications_to_any_depth(serve: Serve) -> None:
    apps = [Application(middlewares=[mark(str(level))]) for level in range(5)]
    for each in apps:
        each.router.add_get("/x/{y}", ok)
    for level in range(4, 0, -1):
        apps[level - 1].add_subapp(f"/p{level}/", apps[level])
    client = await serve(apps[0])
    answer = await client.get("/p1/p2/p3/p4/x/1")
    assert (answer.text, answer.fields["X-Way"]) == ("/p1/p2/p3/p4/x/1", "0 1 2 3 4")
    assert (await client.get("/p1/x/1")).fields["X-Way"] == "0 1"
    answer = await client.get("/p1/p2/nowhere")
    assert (answer.status, answer.fields["X-Way"]) == (404, "0 1 2")
    answer = await client.get("/p1/x/1", method="PUT")
    assert (answer.status, answer.fields["X-Way"], answer.fields["Allow"]) == (405, "0 1", "GET,HEAD")


async def test_middlewares_of_nested_applications_alone(serve: Serve) -> None:
    app, sub = Application(), Application(middlewares=[mark("sub")])
    app.router.add_get("/a", ok)
    sub.router.add_get("/a", ok)
    app.add_subapp("/sub", sub)
    client = await serve(app)
    assert "X-Way" not in (await client.get("/a")).fields
    assert "X-Way" not in (await client.get("/nowhere")).fields
    assert (await client.get("/sub/a")).fields["X-Way"] == "sub"
    assert (await client.get("/sub/nowhere")).fields["X-Way"] == "sub"


DOMAINS = {
    "api.example.com": "api",
    "API.example.com:8080": "api",
    "api.example.com.": "api",
    "x.example.org": "any",
    "x.y.example.org:1": "any",
    "port.example.com:8081": "port",
    "port.example.com:8082": "app",
    "port.example.com": "app",
    "example": "app",
}


@pytest.mark.parametrize(("host", "expected"), DOMAINS.items())
async def test_nested_applications_by_host(serve: Serve, host: str, expected: str) -> None:
    def named(name: str) -> Application:
        async def handler(request: Request) -> Response:
            assert request.match_info.apps[-1][NAME] == name
            return Response(text=request.app[NAME])

        app = Application(middlewares=[mark(name)])
        app[NAME] = name
        app.router.add_get("/", handler)
        return app

    app, api = named("app"), named("api")
    assert isinstance(app.add_domain("api.example.com", api), MatchedSubAppResource)
    app.add_domain("*.example.org", named("any"))
    app.add_domain("port.example.com:8081", named("port"))
    client = await serve(app)
    answer = await client.ask(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert answer.text == expected
    assert answer.fields["X-Way"] == ("app" if expected == "app" else f"app {expected}")
    answer = await client.ask(f"GET /nowhere HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert (answer.status, answer.fields["X-Way"].split()[-1]) == (404, expected)


async def test_an_application_for_several_hosts_starts_once(serve: Serve) -> None:
    app, sub = Application(), Application()
    started: list[Application] = []

    @sub.on_startup
    async def start(application: Application) -> None:
        started.append(application)

    sub.router.add_get("/", ok)
    for host in ("a.example", "b.example"):
        app.add_domain(host, sub)
    inner = Application()
    inner.add_subapp("/below", app)
    client = await serve(inner)
    assert started == [sub]
    for host in ("a.example", "b.example"):
        answer = await client.ask(f"GET /below/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert (answer.status, answer.text) == (200, "/below/")


async def test_a_nested_application_alone(serve: Serve) -> None:
    """With its own middlewares and receivers, though with the prefix that it has got."""
    app, sub = Application(middlewares=[mark("app")]), Application(middlewares=[mark("sub")])
    sub.router.add_get("/a", ok)
    app.add_subapp("/sub", sub)
    around = await serve(app)
    assert (await around.get("/sub/a")).fields["X-Way"] == "app sub"
    alone = await serve(sub)
    assert (await alone.get("/sub/a")).fields["X-Way"] == "sub"
    assert (await around.get("/sub/a")).fields["X-Way"] == "app sub"


def test_what_cannot_be_nested() -> None:
    app, sub, frozen, other = (Application() for _ in range(4))
    frozen.freeze()
    anything: Any = None
    for add in (app.add_subapp, app.add_domain):
        with pytest.raises(TypeError, match="str"):
            add(anything, Application())
        with pytest.raises(TypeError, match="Application"):
            add("/example" if add == app.add_subapp else "example", anything)
    for prefix in ("", "/", "//", "sub", "/{x}"):
        with pytest.raises(ValueError, match="prefix"):
            app.add_subapp(prefix, sub)
    for domain in ("", "http://example", "-a.example", "a:b", "a/b"):
        with pytest.raises(ValueError, match=r"host|domain|port"):
            app.add_domain(domain, sub)
    assert not app.router.resources()
    assert not sub.pre_frozen
    app.add_subapp("/sub/", sub)
    for each, nested, message in [
        (app, frozen, "frozen"),
        (app, app, "nested in itself"),
        (app, sub, "below a prefix already"),
        (other, sub, "nested already"),
        (sub, other, "inner ones first"),
    ]:
        with pytest.raises(RuntimeError, match=message):
            each.add_subapp("/other", nested)
    assert len(app.router.resources()) == 1


def test_the_state_of_a_nested_application_changes_until_the_outer_one_runs() -> None:
    """The snippet of the documents."""
    db_key = AppKey("db_key", int)
    mainapp, subapp = Application(), Application()
    mainapp[db_key] = 5
    mainapp.add_subapp("/prefix", subapp)
    subapp[db_key] = mainapp[db_key]
    assert subapp[db_key] == 5
    with pytest.raises(RuntimeError):
        subapp.router.add_get("/", ok)


def test_urls_of_nested_applications() -> None:
    """The snippet of the documents."""
    app, admin = Application(), Application()
    admin_key = AppKey("admin_key", Application)
    admin.add_routes([get("/resource", ok, name="name")])
    app.add_subapp("/admin/", admin)
    app[admin_key] = admin
    assert str(app[admin_key].router["name"].url_for()) == "/admin/resource"


# -- on_response_prepare ------------------------------------------------------------------------------


async def test_receivers_of_on_response_prepare_change_the_fields(serve: Serve) -> None:
    """The snippet of the documents, with nested applications."""
    app, sub, other = Application(), Application(), Application()

    def adds(value: str) -> Any:
        async def on_prepare(request: Request, response: StreamResponse) -> None:
            assert "Content-Type" in response.headers
            before = response.headers.get("My-Header")
            response.headers["My-Header"] = f"{before} {value}" if before else value

        return on_prepare

    sub.on_response_prepare.append(adds("sub"))
    for each in (app, sub, other):
        each.router.add_get("/a", ok)
    app.add_subapp("/sub", sub)
    app.add_domain("other.example", other)
    app.on_response_prepare.append(adds("app"))
    client = await serve(app)
    assert (await client.get("/a")).fields["My-Header"] == "app"
    assert (await client.get("/sub/a")).fields["My-Header"] == "app sub"
    assert (await client.get("/sub/nowhere")).fields["My-Header"] == "app sub"
    assert (await client.get("/nowhere")).fields["My-Header"] == "app"
    answer = await client.ask(b"GET /a HTTP/1.1\r\nHost: other.example\r\n\r\n")
    assert answer.fields["My-Header"] == "app"


async def test_nothing_is_done_for_requests_where_there_is_nothing_to_do(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        assert "prepare_receivers" not in vars(request)
        assert "_match_info" not in vars(request)
        return Response()

    app, sub = Application(), Application()
    app.router.add_get("/", handler)
    sub.router.add_get("/", handler)
    app.add_subapp("/sub", sub)
    client = await serve(app)
    assert (await client.get("/")).status == (await client.get("/sub/")).status == 200


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


@pytest.mark.parametrize(
    ("method", "target", "status"), [("OPTIONS", "*", 204), ("CONNECT", "example:443", 501)]
)
async def test_targets_without_a_path_are_about_the_server(
    serve: Serve, method: str, target: str, status: int
) -> None:
    app = Application()
    app.router.add_route("*", "/{x:.*}", ok)
    answer = await (await serve(app)).get(target, method=method)
    assert answer.status == status


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

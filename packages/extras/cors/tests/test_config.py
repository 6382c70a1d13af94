"""Requests from other origins: raw ones, and those of a browser."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tidewire_cors import (
    CORS_CONFIG,
    CorsConfig,
    CorsOptions,
    CorsViewMixin,
    ResourceOptions,
    custom_cors,
    setup,
)
from tidewire_testing import WireAnswer, WireClient
from tidewire_web import (
    Application,
    AppRunner,
    HTTPForbidden,
    HTTPFound,
    HTTPUnauthorized,
    Request,
    Response,
    StreamResponse,
    TCPSite,
    View,
    middleware,
)

Serve = Callable[..., Awaitable[WireClient]]

A, B = "https://a.example", "https://b.example"
OPTIONS = ResourceOptions(
    allow_credentials=True, expose_headers=["X-Own"], allow_headers=["X-Sent"], max_age=60
)
PREFLIGHT_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network"


async def ok(request: Request) -> Response:
    return Response(text=request.method, headers={"X-Own": "1"})


def fields_of(answer: WireAnswer) -> dict[str, str]:
    return {
        name.removeprefix("Access-Control-"): value
        for name, value in answer.headers.items()
        if name.startswith("Access-Control-")
    }


async def preflight(client: WireClient, path: str, method: str, *lines: str, origin: str = A) -> WireAnswer:
    asked = (f"Origin: {origin}", f"Access-Control-Request-Method: {method}", *lines)
    return await client.ask(path, *asked, method="OPTIONS")


def app_of(**defaults: Any) -> tuple[Application, CorsConfig]:
    app = Application()
    return app, setup(app, defaults=defaults.get("defaults", {A: OPTIONS}))


SEEN = {"Allow-Origin": A, "Allow-Credentials": "true", "Expose-Headers": "X-OWN"}


# -- responses ------------------------------------------------------------------------------------


async def test_a_response_may_be_seen_by_pages_of_the_origin(serve: Serve) -> None:
    app, cors = app_of()
    cors.add(app.router.add_get("/", ok))
    app.router.add_get("/other", ok)
    client = await serve(app)
    answer = await client.ask("/", f"Origin: {A}")
    assert (answer.status, answer.text, fields_of(answer)) == (200, "GET", SEEN)
    assert answer.headers.get_all("Vary") == ["Origin"]
    # Others are answered, and their browsers do not show it; what is not added is as it was.
    for path, lines, vary in (
        ("/", (f"Origin: {B}",), "Origin"),
        ("/", (), "Origin"),
        ("/", ("Origin: null",), "Origin"),
        ("/", (f"Origin: {A}", f"Origin: {A}"), "Origin"),
        ("/other", (f"Origin: {A}",), None),
    ):
        answer = await client.ask(path, *lines)
        assert (answer.status, fields_of(answer), answer.headers["Vary"]) == (200, {}, vary)


async def test_errors_redirections_failures_and_streams_have_the_fields_too(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        match request.match_info["what"]:
            case "302":
                raise HTTPFound("/")
            case "403":
                raise HTTPForbidden(headers={"Vary": "Cookie"})
            case "500":
                raise ValueError("x")
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        return response

    app, cors = app_of()
    cors.add(app)
    app.router.add_get("/{what}", handler)
    logger = logging.getLogger("of-this-test")
    logger.disabled = True
    client = await serve(app, logger=logger)
    for path in ("/302", "/403", "/500", "/200", "/not/404"):
        answer = await client.ask(path, f"Origin: {A}")
        assert (str(answer.status), fields_of(answer)) == (path[-3:], SEEN)
        assert answer.headers["Vary"] == ("Cookie, Origin" if path == "/403" else "Origin")
    answer = await client.ask("/200", f"Origin: {A}", method="POST")
    assert (answer.status, fields_of(answer)) == (405, SEEN)


@pytest.mark.parametrize(
    "origin", ["", "*", "a\tb", "https://", "https://a b", "https://a.example, null", "\xe4"]
)
async def test_what_is_no_origin_is_not_one_of_all_others(serve: Serve, origin: str) -> None:
    app, cors = app_of(defaults={"*": OPTIONS})
    cors.add(app.router.add_get("/", ok))
    client = await serve(app)
    answer = await client.ask("/", f"Origin: {origin}")
    assert (answer.status, fields_of(answer), answer.headers["Vary"]) == (200, {}, "Origin")
    assert (await preflight(client, "/", "GET", origin=origin)).status == 403
    # Pages of files, and those in frames without rights, have this one.
    assert (await preflight(client, "/", "GET", origin="null")).status == 200


async def test_what_a_handler_has_set_is_left_alone(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        return Response(headers={"Access-Control-Allow-Origin": "*"})

    app, cors = app_of()
    cors.add(app.router.add_get("/", handler))
    answer = await (await serve(app)).ask("/", f"Origin: {A}")
    assert fields_of(answer) == {"Allow-Origin": "*"}


async def test_fields_are_exposed_that_the_response_has(serve: Serve) -> None:
    app, cors = app_of(defaults={"*": {"expose_headers": "*"}})
    cors.add(app.router.add_get("/", ok))
    answer = await (await serve(app)).ask("/", f"Origin: {B}")
    assert fields_of(answer)["Allow-Origin"] == B
    assert "X-Own" in fields_of(answer)["Expose-Headers"].split(",")
    assert "Content-Type" not in fields_of(answer)["Expose-Headers"].split(",")


# -- preflight requests ---------------------------------------------------------------------------


async def test_a_preflight_is_answered_without_a_route_for_it(serve: Serve) -> None:
    app, cors = app_of()
    cors.add(app.router.add_put("/", ok))
    client = await serve(app)
    answer = await preflight(client, "/", "PUT", "Access-Control-Request-Headers: x-sent")
    assert (answer.status, answer.body, answer.headers["Vary"]) == (200, b"", PREFLIGHT_VARY)
    assert fields_of(answer) == {
        "Allow-Origin": A,
        "Allow-Credentials": "true",
        "Max-Age": "60",
        "Allow-Methods": "PUT",
        "Allow-Headers": "x-sent",
    }


@pytest.mark.parametrize(
    ("method", "lines", "origin", "text"),
    [
        ("PUT", (), B, "the origin is not allowed"),
        ("PUT", ("Access-Control-Request-Headers: x-other",), A, "the field x-other is not allowed"),
        ("PUT", ("Access-Control-Request-Headers: ,",), A, "malformed"),
        ("PUT", (f"Origin: {A}",), A, "Origin is malformed"),
        ("PUT", ("Access-Control-Request-Method: GET",), A, "Access-Control-Request-Method is malformed"),
        ("PUT", ("Access-Control-Request-Private-Network: true",), A, "less private"),
    ],
)
async def test_a_preflight_is_refused_and_says_why(
    serve: Serve, method: str, lines: tuple[str, ...], origin: str, text: str
) -> None:
    app, cors = app_of()
    cors.add(app.router.add_put("/", ok))
    answer = await preflight(await serve(app), "/", method, *lines, origin=origin)
    assert (answer.status, fields_of(answer), answer.headers["Vary"]) == (403, {}, PREFLIGHT_VARY)
    assert text in answer.text


async def test_a_preflight_for_what_is_not_there_is_refused_or_not_ours(serve: Serve) -> None:
    app, cors = app_of()
    app.router.add_get("/no", ok)
    cors.add(app.router.add_put("/", ok))
    client = await serve(app)
    assert (await preflight(client, "/", "DELETE")).status == 405
    assert (await preflight(client, "/no", "GET")).status == 405
    assert (await preflight(client, "/none", "PUT")).status == 404
    assert (await preflight(client, "/", "P T")).status == 405

    app, cors = app_of()
    cors.add(app)
    app.router.add_put("/", ok)
    client = await serve(app)
    answer = await preflight(client, "/", "DELETE")
    assert (answer.status, fields_of(answer)) == (403, {})
    assert "no route for the method DELETE" in answer.text
    assert (await preflight(client, "/none", "PUT")).status == 404


async def test_a_private_network_may_be_opened(serve: Serve) -> None:
    app, cors = app_of(defaults={A: {"allow_private_network": True}})
    cors.add(app.router.add_put("/", ok))
    answer = await preflight(await serve(app), "/", "PUT", "Access-Control-Request-Private-Network: true")
    assert fields_of(answer) == {"Allow-Origin": A, "Allow-Methods": "PUT", "Allow-Private-Network": "true"}


async def test_handlers_for_options_and_for_any_method_have_all_other_requests(serve: Serve) -> None:
    app, cors = app_of()
    cors.add(app.router.add_put("/options", ok))
    cors.add(app.router.add_options("/options", ok))
    cors.add(app.router.add_route("*", "/any", ok))
    app.router.add_route("*", "/own", ok)
    client = await serve(app)
    for path in ("/options", "/any"):
        answer = await client.ask(path, f"Origin: {A}", method="OPTIONS")
        assert (answer.text, fields_of(answer)) == ("OPTIONS", SEEN)
        answer = await preflight(client, path, "PUT")
        assert (answer.body, fields_of(answer)["Allow-Methods"]) == (b"", "PUT")
    # What is not added answers preflight requests itself.
    assert (await preflight(client, "/own", "PUT")).text == "OPTIONS"


async def test_middlewares_that_refuse_do_not_see_preflights(serve: Serve) -> None:
    @middleware
    async def guard(request: Request, handler: Any) -> StreamResponse:
        raise HTTPUnauthorized

    app, cors = app_of()
    app.middlewares.append(guard)
    cors.add(app.router.add_put("/", ok))
    client = await serve(app)
    assert (await preflight(client, "/", "PUT")).status == 200
    answer = await client.ask("/", f"Origin: {A}", method="PUT")
    assert (answer.status, fields_of(answer)) == (401, SEEN)


# -- what can be added ----------------------------------------------------------------------------


async def test_a_resource_stands_for_its_routes_and_a_route_goes_before_it(serve: Serve) -> None:
    app, cors = app_of(defaults={"*": ResourceOptions()})
    resource = cors.add(app.router.add_resource("/{name}"), {A: {"max_age": 1}})
    resource.add_route("GET", ok)
    cors.add(resource.add_route("PUT", ok), {A: {"max_age": 2}})
    client = await serve(app)
    ages = [fields_of(await preflight(client, "/x", method, origin=origin)).get("Max-Age")
            for method, origin in (("GET", A), ("PUT", A), ("PUT", B))]  # fmt: skip
    assert ages == ["1", "2", None]


async def test_files_are_added_with_their_resource(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    app, cors = app_of()
    cors.add(app.router.add_static("/files", tmp_path))
    client = await serve(app)
    connection = client.connect()
    connection.send("/files/a.txt", f"Origin: {A}")
    await connection.until(connection.transport.is_closing, seconds=20)  # a thread reads the file
    assert b"Access-Control-Allow-Origin: https://a.example\r\n" in connection.transport.written
    assert (await preflight(client, "/files/a.txt", "GET")).status == 200


async def test_views_bring_their_own(serve: Serve) -> None:
    class Page(View, CorsViewMixin):
        cors_config: ClassVar[CorsOptions | None] = {A: ResourceOptions(max_age=1)}

        async def get(self) -> Response:
            return Response(text="got")

        @custom_cors({A: ResourceOptions(max_age=2)})
        async def put(self) -> Response:
            return Response(text="put")

    app, cors = app_of(defaults={B: ResourceOptions(max_age=3)})
    with pytest.warns(DeprecationWarning, match="webview"):
        cors.add(app.router.add_view("/", Page), webview=True)
    client = await serve(app)
    ages = [fields_of(await preflight(client, "/", method, origin=origin))["Max-Age"]
            for method, origin in (("GET", A), ("PUT", A), ("PUT", B))]  # fmt: skip
    assert ages == ["1", "2", "3"]
    assert (await preflight(client, "/", "DELETE")).status == 403
    assert fields_of(await client.ask("/", f"Origin: {A}", method="PUT")) == {"Allow-Origin": A}


@pytest.mark.parametrize("domain", [False, True])
async def test_nested_applications_are_added_whole(serve: Serve, domain: bool) -> None:
    inner = Application()
    inner.router.add_put("/x", ok)
    app, cors = app_of(defaults={})
    if domain:
        app.add_domain("example", inner)
    else:
        app.add_subapp("/in", inner)
    cors.add(inner, {A: {"max_age": 1}})
    cors.add(app, {"*": {"max_age": 2}})
    app.router.add_get("/y", ok)
    client = await serve(app)
    path = "/x" if domain else "/in/x"
    assert fields_of(await preflight(client, path, "PUT"))["Max-Age"] == "1"
    assert fields_of(await preflight(client, path, "PUT", origin=B))["Max-Age"] == "2"
    assert fields_of(await client.ask(path, f"Origin: {A}", method="PUT"))["Allow-Origin"] == A
    if not domain:
        assert fields_of(await preflight(client, "/y", "GET"))["Max-Age"] == "2"


async def test_a_nested_application_may_be_set_up_alone(serve: Serve) -> None:
    inner, cors = app_of()
    cors.add(inner)
    inner.router.add_put("/x", ok)
    app = Application()
    app.add_subapp("/in", inner)
    app.router.add_put("/x", ok)
    client = await serve(app)
    assert (await preflight(client, "/in/x", "PUT")).status == 200
    assert (await client.ask("/in/x", f"Origin: {A}", method="PUT")).headers["Vary"] == "Origin"
    assert (await preflight(client, "/x", "PUT")).status == 405


def test_wrong_use_is_refused() -> None:
    app, cors = app_of()
    assert (app[CORS_CONFIG], repr(cors)) == (cors, "<CorsConfig of 0 routes, resources and applications>")
    route = cors.add(app.router.add_get("/", ok))
    with pytest.raises(ValueError, match="added already"):
        cors.add(route)
    for wrong in (ok, "/", None):
        with pytest.raises(ValueError, match="a route, a resource or an application"):
            cors.add(wrong)  # type: ignore[type-var]
    with pytest.raises(ValueError, match="an origin"):
        cors.add(app, {"x": ResourceOptions()})
    with pytest.raises(ValueError, match="already"):
        setup(app)
    frozen = Application()
    frozen.pre_freeze()
    with pytest.raises(RuntimeError):
        setup(frozen)


# -- a browser ------------------------------------------------------------------------------------

PAGE = """<!doctype html><script>
const api = "http://127.0.0.1:PORT";
async function attempt(path, options = {}, base = api) {
  try {
    const response = await fetch(base + path, options);
    return `${response.status} ${response.headers.get("X-Own")} ${(await response.text()).trim()}`;
  } catch (error) { return "blocked"; }
}
(async () => {
  const own = {method: "PUT", credentials: "include", headers: {"X-Sent": "1"}};
  const seen = {
    simple: await attempt("/shared"),
    put: await attempt("/shared", own),
    options: await attempt("/shared", {method: "OPTIONS"}),
    deleted: await attempt("/shared", {method: "DELETE"}),
    field: await attempt("/shared", {headers: {"X-Unknown": "1"}}),
    missing: await attempt("/none"),
    forbidden: await attempt("/forbidden", {method: "PUT", headers: {"X-Sent": "1"}}),
    failing: await attempt("/failing"),
    unnamed: await attempt("/unnamed"),
    other: await attempt("/shared", {}, "http://127.0.0.1:OTHER"),
  };
  await fetch("/seen", {method: "POST", body: JSON.stringify(seen)});
})();
</script>"""
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@pytest.fixture
async def listen() -> AsyncIterator[Callable[[Application], Awaitable[int]]]:
    """Runs applications on ports of the loopback, which it returns."""
    runners: list[AppRunner] = []

    async def start(app: Application) -> int:
        logger = logging.getLogger("of-these-tests")
        logger.disabled = True
        runners.append(AppRunner(app, shutdown_timeout=1.0, logger=logger))
        await runners[-1].setup()
        await TCPSite(runners[-1], "127.0.0.1", 0).start()
        found: int = runners[-1].addresses[0][1]
        return found

    yield start
    for runner in runners:
        await runner.cleanup()


def shared_app(origin: str) -> Application:
    async def forbidden(request: Request) -> Response:
        raise HTTPForbidden(text="forbidden", headers={"X-Own": "1"})

    async def failing(request: Request) -> Response:
        raise ValueError("x")

    app, cors = app_of(defaults={origin: OPTIONS})
    cors.add(app.router.add_route("*", "/shared", ok), {origin: ResourceOptions(
        allow_credentials=True, expose_headers="*", allow_headers=["X-Sent"], allow_methods=["GET", "PUT", "OPTIONS"]
    )})  # fmt: skip
    cors.add(app)
    app.router.add_put("/forbidden", forbidden)
    app.router.add_get("/failing", failing)
    # Cookies are sent, and the page may not see this one field.
    cors.add(app.router.add_get("/unnamed", ok), {origin: ResourceOptions(allow_credentials=True)})
    return app


@pytest.mark.slow
@pytest.mark.peer("chromium")
async def test_a_browser_shows_pages_what_they_may_see(listen: Any, tmp_path: Path) -> None:
    seen: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
    ports: list[int] = []

    async def page(request: Request) -> Response:
        return Response(
            text=PAGE.replace("PORT", str(ports[0])).replace("OTHER", str(ports[1])), content_type="text/html"
        )

    async def take(request: Request) -> Response:
        seen.set_result(json.loads(await request.text()))
        return Response()

    pages = Application()
    pages.router.add_get("/", page)
    pages.router.add_post("/seen", take)
    port = await listen(pages)
    ports.append(await listen(shared_app(f"http://127.0.0.1:{port}")))
    ports.append(await listen(shared_app("http://127.0.0.1:1")))
    process = await asyncio.create_subprocess_exec(
        "chromium", *FLAGS, f"--user-data-dir={tmp_path}", f"http://127.0.0.1:{port}/",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(50):
            found = await seen
    finally:
        process.terminate()
        await process.wait()
    assert found == {
        "simple": "200 1 GET",
        "put": "200 1 PUT",
        "options": "200 1 OPTIONS",
        "deleted": "blocked",
        "field": "blocked",
        "missing": "404 null 404: Not Found",
        "forbidden": "403 1 forbidden",
        "failing": found["failing"],
        "unnamed": "200 null GET",
        "other": "blocked",
    }
    assert found["failing"].startswith("500 null")

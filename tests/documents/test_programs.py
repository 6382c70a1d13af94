"""Programs: `run_app()`, runners and sites, context variables, logs, and what is known of proxies."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import pytest

import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="Hello")


# -- what run_app takes ------------------------------------------------------------------------------------


@pytest.mark.promise(14, 18)
@pytest.mark.snippet("advanced: run_app of a coroutine")
@pytest.mark.parametrize("how", ["application", "coroutine", "function"])
def test_run_app_takes_an_application_or_what_makes_one(program: Any, how: str) -> None:
    run = program("/")
    initialised: list[object] = []

    async def pre_init() -> None:
        initialised.append(asyncio.get_running_loop())

    async def app_factory() -> web.Application:
        await pre_init()
        app = web.Application()
        app.router.add_get("/", hello)
        return app

    if how == "application":
        app = web.Application()
        app.router.add_get("/", hello)
        run.run_app(app)
    elif how == "coroutine":
        run.run_app(app_factory())
    else:
        run.run_app(app_factory)
    assert run.answers[0].text == "Hello"
    assert len(initialised) == (how != "application")
    assert run.banner.startswith("======== Running on http://127.0.0.1:")


@pytest.mark.promise(32)
@pytest.mark.snippet("advanced: timeout_ceil_threshold")
def test_the_threshold_of_timeouts_is_an_argument_of_handlers(program: Any) -> None:
    run = program("/")
    app = web.Application(handler_args={"timeout_ceil_threshold": 1})
    app.router.add_get("/", hello)
    run.run_app(app)
    assert run.answers[0].text == "Hello"
    with pytest.raises(TypeError):
        program().run_app(web.Application(handler_args={"timeout_ceiling": 1}))


# -- context variables -------------------------------------------------------------------------------------


@pytest.mark.promise(23)
@pytest.mark.snippet("advanced: context variables")
def test_context_variables(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    VAR = ContextVar("VAR", default="default")  # noqa: N806 - the document's name

    async def coro() -> str:
        return VAR.get()

    async def handler(request: web.Request) -> web.Response:
        var = VAR.get()
        VAR.set("handler")
        ret = await coro()
        return web.Response(text="\n".join([var, ret]))

    async def on_startup(app: web.Application) -> None:
        print("on_startup", VAR.get())
        VAR.set("on_startup")

    async def on_cleanup(app: web.Application) -> None:
        print("on_cleanup", VAR.get())
        VAR.set("on_cleanup")

    async def init() -> web.Application:
        print("init", VAR.get())
        VAR.set("init")
        app = web.Application()

        app.router.add_get("/", handler)

        app.on_startup.append(on_startup)
        app.on_cleanup.append(on_cleanup)
        return app

    run = program("/", "/")
    run.run_app(init())
    print("done", VAR.get())

    # What a handler sets is invisible to the next request, and to clean-up.
    assert [answer.text for answer in run.answers] == ["on_startup\nhandler"] * 2
    assert capsys.readouterr().out.splitlines() == [
        "init default",
        "on_startup init",
        "on_cleanup on_startup",
        "done default",
    ]


@pytest.mark.promise(23)
async def test_requests_of_one_connection_have_a_context_each(serve: Serve) -> None:
    var: ContextVar[str] = ContextVar("var", default="default")

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        seen = var.get()
        var.set("middleware")
        response = await handler(request)
        response.headers["X-Seen"] = seen
        return response

    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=var.get())

    async def startup(app: web.Application) -> None:
        var.set("startup")

    async def shutdown(app: web.Application) -> None:
        ends.append(var.get())

    ends: list[str] = []
    app = web.Application(middlewares=[middleware])
    app.router.add_get("/", handler)
    app.on_startup.append(startup)
    app.on_shutdown.append(shutdown)
    client = await serve(app)
    connection = await client.connect()
    for _ in range(3):
        connection.ask("/")
        answer = await connection.answer()
        assert (answer.headers["X-Seen"], answer.text) == ("startup", "middleware")
    await client.stop()
    assert ends == ["startup"]


# -- runners and sites ---------------------------------------------------------------------------------------


@pytest.mark.promise(29)
@pytest.mark.snippet("advanced: runner", "advanced: runner's cleanup")
async def test_a_runner_with_a_site(connect: Callable[[int], Any]) -> None:
    app = web.Application()
    app.router.add_get("/", hello)

    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "localhost", 0)
    await site.start()
    port = runner.addresses[0][1]
    assert (await connect(port).get("/")).text == "Hello"

    await runner.cleanup()
    with pytest.raises(ConnectionRefusedError):
        await connect(port).get("/")


@pytest.mark.promise(29)
async def test_several_sites_of_a_runner_and_several_runners(connect: Callable[[int], Any]) -> None:
    runners = []
    for text in ("one", "other"):

        async def handler(request: web.Request, text: str = text) -> web.Response:
            return web.Response(text=text)

        app = web.Application()
        app.router.add_get("/", handler)
        runners.append(web.AppRunner(app))
        await runners[-1].setup()
        for _ in range(2):
            await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
    ports = [[address[1] for address in runner.addresses] for runner in runners]
    assert len({*ports[0], *ports[1]}) == 4
    for index, text in enumerate(("one", "other")):
        for port in ports[index]:
            assert (await connect(port).get("/")).text == text
    await runners[0].cleanup()
    assert (await connect(ports[1][0]).get("/")).text == "other"
    await runners[1].cleanup()


# -- logs ------------------------------------------------------------------------------------------------------


@pytest.mark.promise(36)
def test_requests_are_logged_by_a_logger_for_access(program: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = web.Application()
    app.router.add_get("/", hello)
    access_log = logging.getLogger("tidewire.access")
    caplog.set_level(logging.INFO, access_log.name)
    program("/", "/nothing").run_app(app, access_log=access_log)
    lines = [record.getMessage() for record in caplog.records if record.name == access_log.name]
    for line, request_line, status in zip(lines, ["GET /", "GET /nothing"], [200, 404], strict=True):
        assert re.fullmatch(rf'127\.0\.0\.1 \[.*\] "{request_line} HTTP/1\.1" {status} \d+ "-" "-"', line), (
            line
        )


@pytest.mark.promise(36)
def test_in_debug_mode_the_access_log_is_seen_by_itself(
    program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    access_log = logging.getLogger("tidewire.access")
    monkeypatch.setattr(access_log, "handlers", [])
    monkeypatch.setattr(access_log, "propagate", False)
    monkeypatch.setattr(access_log, "level", logging.NOTSET)
    loop = asyncio.new_event_loop()
    loop.set_debug(True)
    program().run_app(web.Application(), access_log=access_log, loop=loop)
    assert access_log.level == logging.DEBUG
    assert [type(handler) for handler in access_log.handlers] == [logging.StreamHandler]


# -- behind a proxy -------------------------------------------------------------------------------------------


SPOOFED = (
    "Forwarded: for=192.0.2.60;proto=https;host=example.com",
    "X-Forwarded-For: 192.0.2.60",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: example.com",
)


async def about(request: web.Request) -> web.Response:
    return web.Response(text=f"{request.scheme} {request.host} {request.remote}")


@pytest.mark.promise(35)
async def test_forwarded_fields_are_not_believed(serve: Serve) -> None:
    app = web.Application()
    app.router.add_get("/", about)
    client = await serve(app)
    assert (await client.get("/", *SPOOFED)).text == "http example.org 127.0.0.1"


@pytest.mark.promise(35)
async def test_a_middleware_says_what_a_proxy_has_told(serve: Serve) -> None:
    @web.middleware
    async def behind_proxy(request: web.Request, handler: Handler) -> web.StreamResponse:
        clone = request.clone(
            scheme=request.headers["X-Forwarded-Proto"],
            host=request.headers["X-Forwarded-Host"],
            remote=request.headers["X-Forwarded-For"],
            client_max_size=4,
        )
        return await handler(clone)

    async def read(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    app = web.Application(middlewares=[behind_proxy])
    app.router.add_get("/", about)
    app.router.add_post("/", read)
    client = await serve(app)
    assert (await client.get("/", *SPOOFED)).text == "https example.com 192.0.2.60"
    assert (await client.post("/", b"1234", *SPOOFED)).body == b"1234"
    assert (await client.post("/", b"12345", *SPOOFED)).status == 413


@pytest.mark.promise(35)
@pytest.mark.parametrize(("trusted", "remote"), [("127.0.0.1", "192.0.2.60"), ("10.0.0.0/8", "127.0.0.1")])
async def test_proxies_that_are_trusted_are_believed(serve: Serve, trusted: str, remote: str) -> None:
    app = web.Application()
    app.router.add_get("/", about)
    client = await serve(app, trusted_proxies=[trusted])
    assert (await client.get("/", *SPOOFED)).text.endswith(remote)

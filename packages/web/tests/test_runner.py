"""An application from start to graceful end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from typing import Any

import pytest
from web_client import Client, Connection, request

from tidewire_web import AppKey, Application, AppRunner, Request, Response, TCPSite


def noted_application(events: list[str]) -> Application:
    app = Application()
    for name in ("on_startup", "on_shutdown", "on_cleanup"):

        async def receiver(app: Application, name: str = name) -> None:
            events.append(name)

        getattr(app, name).append(receiver)
    return app


async def test_the_order_of_events() -> None:
    events: list[str] = []
    idle: list[Connection] = []
    entered, go = asyncio.Event(), asyncio.Event()

    async def handler(request: Request) -> Response:
        entered.set()
        await go.wait()
        events.append("handler")
        return Response(text="finished")

    async def shutdown(app: Application) -> None:
        assert idle[0].transport.is_closing()
        go.set()

    app = noted_application(events)
    app.on_shutdown.append(shutdown)
    app.router.add_get("/", handler)
    runner = AppRunner(app)
    assert runner.app is app
    await runner.setup()
    assert app.frozen
    assert runner.server is not None
    client = Client(runner.server)
    busy = client.connect()
    idle.append(client.connect())
    busy.send(request())
    await entered.wait()
    await runner.cleanup()
    assert events == ["on_startup", "on_shutdown", "handler", "on_cleanup"]
    assert [answer.text for answer in busy.look()] == ["finished"]


async def test_startup_may_change_the_application() -> None:
    async def startup(app: Application) -> None:
        app[key] = 1

    key = AppKey("late", int)
    app = Application()
    app.on_startup.append(startup)
    runner = AppRunner(app)
    await runner.setup()
    assert app[key] == 1
    await runner.cleanup()


async def test_it_is_set_up_once() -> None:
    runner = AppRunner(Application())
    await runner.setup()
    with pytest.raises(RuntimeError):
        await runner.setup()
    await runner.cleanup()


async def test_cleaning_up_what_was_not_set_up_does_nothing() -> None:
    events: list[str] = []
    runner = AppRunner(noted_application(events))
    await runner.cleanup()
    assert events == []


def test_it_runs_an_application() -> None:
    nothing: Any = object()
    with pytest.raises(TypeError):
        AppRunner(nothing)


async def test_a_startup_that_fails_is_undone_and_raised_as_it_was() -> None:
    events: list[str] = []

    async def context(app: Application) -> AsyncIterator[None]:
        events.append("set up")
        yield
        events.append("undone")

    async def fail(app: Application) -> None:
        raise ZeroDivisionError("startup")

    app = Application()
    app.cleanup_ctx.append(context)
    app.on_startup.append(fail)
    runner = AppRunner(app, handle_signals=True)
    with pytest.raises(ZeroDivisionError, match="startup") as caught:
        await runner.setup()
    assert caught.traceback[-1].name == "fail"
    assert events == ["set up", "undone"]
    assert runner.server is None
    await runner.cleanup()
    assert events == ["set up", "undone"]


async def test_an_undoing_that_fails_does_not_hide_why_it_was_undone() -> None:
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))

    async def fail(app: Application) -> None:
        raise ZeroDivisionError("startup")

    async def fail_again(app: Application) -> None:
        raise KeyError("cleanup")

    app = Application()
    app.on_startup.append(fail)
    app.on_cleanup.append(fail_again)
    with pytest.raises(ZeroDivisionError, match="startup"):
        await AppRunner(app).setup()
    assert [type(context["exception"]) for context in told] == [KeyError]


async def test_a_startup_that_is_cancelled_is_undone() -> None:
    events: list[str] = []

    async def hang(app: Application) -> None:
        await asyncio.Event().wait()

    app = noted_application(events)
    app.on_startup.append(hang)
    setting_up = asyncio.create_task(AppRunner(app).setup())
    await asyncio.sleep(0)
    setting_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await setting_up
    assert events == ["on_startup", "on_cleanup"]


VARIABLE = ContextVar("VARIABLE", default="nothing")


async def test_context_variables_of_startup_are_there_for_handlers_and_clean_up() -> None:
    seen: list[str] = []

    async def startup(app: Application) -> None:
        VARIABLE.set("startup")

    async def handler(request: Request) -> Response:
        seen.append(VARIABLE.get())
        VARIABLE.set("handler")
        await asyncio.sleep(0)
        return Response(text=VARIABLE.get())

    async def shutdown(app: Application) -> None:
        seen.append(VARIABLE.get())
        VARIABLE.set("shutdown")

    async def cleanup(app: Application) -> None:
        seen.append(VARIABLE.get())

    app = Application()
    app.router.add_get("/", handler)
    app.on_startup.append(startup)
    app.on_shutdown.append(shutdown)
    app.on_cleanup.append(cleanup)
    runner = AppRunner(app)
    # As fixtures of tests do it: one task begins, and another one ends it.
    await asyncio.create_task(runner.setup())
    assert runner.server is not None
    connection = Client(runner.server).connect()
    assert [(await connection.ask(request())).text for _ in range(2)] == ["handler"] * 2
    await asyncio.create_task(runner.cleanup())
    assert seen == ["startup", "startup", "startup", "shutdown"]
    assert VARIABLE.get() == "nothing"


@pytest.mark.parametrize("name", ["no_such_option", "handler", "request_factory"])
async def test_an_unknown_option_is_refused_before_anything_starts(name: str) -> None:
    events: list[str] = []
    runner = AppRunner(noted_application(events), **dict[str, Any]({name: 1}))
    with pytest.raises(TypeError, match=name):
        await runner.setup()
    assert events == []
    assert runner.server is None


async def test_options_reach_the_server_and_those_of_the_application_win() -> None:
    async def handler(request: Request) -> Response:
        return Response()

    app = Application(handler_args={"max_line_size": 100})
    app.router.add_get("/{x}", handler)
    runner = AppRunner(app, max_line_size=20)
    await runner.setup()
    assert runner.server is not None
    client = Client(runner.server)
    assert (await client.get("/" + "x" * 50)).status == 200
    assert (await client.get("/" + "x" * 100)).status == 414
    await runner.cleanup()


def test_an_application_is_run_by_one_event_loop_only() -> None:
    app = Application()

    async def run() -> None:
        runner = AppRunner(app)
        await runner.setup()
        await runner.cleanup()

    asyncio.run(run())
    with pytest.raises(RuntimeError):
        asyncio.run(run())


async def test_handlers_that_do_not_end_are_cancelled() -> None:
    ended: list[str] = []

    async def handler(request: Request) -> Response:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("handler")
        return Response()

    app = noted_application(ended)
    app.router.add_get("/", handler)
    runner = AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    assert runner.server is not None
    connection = Client(runner.server).connect()
    connection.send(request())
    await asyncio.sleep(0)
    await runner.cleanup()
    assert ended == ["on_startup", "on_shutdown", "handler", "on_cleanup"]
    assert connection.transport.was_reset


async def test_sites_are_known_and_stopped() -> None:
    runner = AppRunner(Application())
    await runner.setup()
    sites = [TCPSite(runner, "127.0.0.1", 0) for _ in range(2)]
    for site in sites:
        await site.start()
    assert runner.sites == set(sites)
    assert sorted(runner.addresses) == sorted(site.addresses[0] for site in sites)
    await sites[0].stop()
    assert runner.sites == {sites[1]}
    with pytest.raises(RuntimeError):
        await sites[0].stop()
    await runner.cleanup()
    assert runner.sites == set()
    assert runner.addresses == []


@pytest.mark.parametrize("number", [1, 5])
async def test_a_request_that_comes_while_stopping_is_not_begun(number: int) -> None:
    seen: list[str] = []
    go = asyncio.Event()

    async def handler(request: Request) -> Response:
        seen.append(request.path)
        await go.wait()
        return Response()

    def new(client: Client) -> Callable[[], None]:
        connection = client.connect()
        connection.send(request("/first"))
        return lambda: connection.transport.feed(request("/second") * number)

    async def shutdown(app: Application) -> None:
        send_more()
        go.set()

    app = Application()
    app.on_shutdown.append(shutdown)
    app.router.add_get("/{x}", handler)
    runner = AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    send_more = new(Client(runner.server))
    await runner.cleanup()
    assert seen == ["/first"]


async def test_a_failing_shutdown_spares_nobody_the_rest() -> None:
    events: list[str] = []
    entered = asyncio.Event()

    async def handler(request: Request) -> Response:
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            events.append("handler")
        return Response()

    async def fail(app: Application) -> None:
        raise RuntimeError("shutdown")

    app = noted_application(events)
    app.on_shutdown.append(fail)
    app.router.add_get("/", handler)
    runner = AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    assert runner.server is not None
    connection = Client(runner.server).connect()
    connection.send(request())
    await entered.wait()
    with pytest.raises(RuntimeError, match="shutdown"):
        await runner.cleanup()
    assert events == ["on_startup", "on_shutdown", "handler", "on_cleanup"]


@pytest.mark.parametrize("option", ["", "Connection: close"])
async def test_an_answer_on_its_way_is_not_lost(option: str) -> None:
    async def handler(request: Request) -> Response:
        return Response(body=bytes(300000))

    app = Application()
    app.router.add_get("/", handler)
    runner = AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    connection = Client(runner.server).connect()
    connection.transport.hold_writes()
    connection.send(request("/", *([option] if option else [])))
    stopping = asyncio.create_task(runner.cleanup())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not stopping.done()
    connection.transport.release_writes()
    await stopping
    assert [len(answer.body) for answer in connection.look()] == [300000]
    assert not connection.transport.was_reset


async def test_a_peer_that_does_not_read_is_not_waited_for_longer_than_the_timeout() -> None:
    async def handler(request: Request) -> Response:
        return Response(body=bytes(300000))

    app = Application()
    app.router.add_get("/", handler)
    runner = AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    assert runner.server is not None
    connection = Client(runner.server).connect()
    connection.transport.hold_writes()
    connection.send(request("/"))
    await runner.cleanup()
    assert connection.transport.was_reset

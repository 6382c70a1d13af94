"""An application's scheduler, and the documented recipes, with clients that go at the wrong time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tidewire_jobs import (
    AIOJOBS_SCHEDULER,
    Scheduler,
    atomic,
    get_scheduler,
    get_scheduler_from_app,
    get_scheduler_from_request,
    setup,
    shield,
    spawn,
)
from tidewire_testing import WireClient
from tidewire_web import Application, AppRunner, HTTPFound, Request, Response, StreamResponse, View

Serve = Callable[..., Awaitable[WireClient]]
Handler = Callable[[Request], Awaitable[StreamResponse]]


class Store:
    """A slow database."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.begun: list[str] = []
        self.written: list[str] = []

    async def write(self, what: str) -> None:
        self.begun.append(what)
        await self.go.wait()
        self.written.append(what)


def app_of(handler: Any, **options: Any) -> Application:
    app = Application(client_max_size=0)
    setup(app, **options)
    app.router.add_route("*", "/", handler)
    return app


async def go_away(serve: Serve, app: Application, store: Store, *, sent: bytes | None = None) -> None:
    """Let a client go when the handler has begun to write."""
    client = await serve(app, handler_cancellation=True)
    connection = client.connect()
    if sent is None:
        connection.send("/", method="POST", body=b"x")
    else:
        connection.transport.feed(sent)
    await connection.until(lambda: store.begun)
    connection.transport.lose(ConnectionResetError())
    for _ in range(5):
        await asyncio.sleep(0)


async def finish(app: Application, store: Store) -> None:
    store.go.set()
    scheduler = get_scheduler_from_app(app)
    assert scheduler is not None
    await scheduler.wait_and_close()


async def test_without_protection_a_write_is_cancelled(serve: Serve) -> None:
    # What the recipes are measured against.
    store = Store()

    async def handler(request: Request) -> Response:
        await store.write("a")
        return Response()

    app = app_of(handler)
    await go_away(serve, app, store)
    await finish(app, store)
    assert store.written == []


async def test_of_two_shields_in_a_row_the_second_is_not_come_to(serve: Serve) -> None:
    store = Store()

    async def handler(request: Request) -> Response:
        await shield(request, store.write("redis"))
        await shield(request, store.write("postgres"))
        return Response(text="OK")

    app = app_of(handler)
    await go_away(serve, app, store)
    await finish(app, store)
    assert store.written == ["redis"]


@pytest.mark.parametrize(
    "sent",
    [None, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"],
    ids=["whole", "in the middle of its body"],
)
async def test_one_shield_around_both_keeps_them_together(serve: Serve, sent: bytes | None) -> None:
    store = Store()

    async def write_data(request: Request) -> None:
        await store.write("redis")
        await store.write("postgres")

    async def handler(request: Request) -> Response:
        await shield(request, write_data(request))
        return Response(text="OK")

    app = app_of(handler)
    await go_away(serve, app, store, sent=sent)
    await finish(app, store)
    assert store.written == ["redis", "postgres"]


async def test_a_spawned_job_goes_on_without_the_client(serve: Serve) -> None:
    store = Store()

    async def handler(request: Request) -> Response:
        await spawn(request, store.write("a"))
        return Response(text="soon")

    app = app_of(handler)
    client = await serve(app, handler_cancellation=True)
    assert (await client.ask()).text == "soon"
    assert store.written == []
    await finish(app, store)
    assert store.written == ["a"]


async def test_an_atomic_handler_goes_on_without_the_client(serve: Serve) -> None:
    store = Store()

    @atomic
    async def handler(request: Request) -> Response:
        await store.write("a")
        await store.write("b")
        return Response()

    app = app_of(handler)
    await go_away(serve, app, store)
    await finish(app, store)
    assert store.written == ["a", "b"]


async def test_an_atomic_handler_whose_client_goes_while_a_response_is_written(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store()
    ends: list[str] = []

    @atomic
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"begun")
        try:
            await store.write("a")
            await response.write(b"the rest")
        except ConnectionResetError:
            ends.append("the client had gone")
        await store.write("b")
        return response

    app = app_of(handler)
    await go_away(serve, app, store)
    await finish(app, store)
    assert (store.written, ends) == (["a", "b"], ["the client had gone"])
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_an_atomic_handler_gives_its_response_and_its_exceptions(serve: Serve) -> None:
    @atomic
    async def handler(request: Request) -> Response:
        """Answers."""
        if request.query_string == "found":
            raise HTTPFound("/elsewhere")
        if request.query_string:
            raise ValueError("x")
        return Response(text="yes")

    client = await serve(app_of(handler), logger=logging.getLogger("of-this-test"))
    logging.getLogger("of-this-test").disabled = True
    assert (await client.ask()).text == "yes"
    assert (await client.ask("/?found")).headers["Location"] == "/elsewhere"
    assert (await client.ask("/?fail")).status == 500
    assert (handler.__name__, handler.__doc__) == ("handler", "Answers.")


@pytest.mark.parametrize(("failure", "count"), [(ValueError("x"), 1), (HTTPFound("/"), 0)])
async def test_what_an_atomic_handler_raises_when_the_client_has_gone_is_told_unless_it_is_a_response(
    serve: Serve, failure: Exception, count: int
) -> None:
    store = Store()
    told: list[dict[str, Any]] = []

    @atomic
    async def handler(request: Request) -> Response:
        await store.write("a")
        raise failure

    app = app_of(handler, exception_handler=lambda _, context: told.append(context))
    await go_away(serve, app, store)
    await finish(app, store)
    assert [context["exception"] for context in told] == [failure] * count


async def test_methods_of_views_and_of_other_classes_may_be_atomic(serve: Serve) -> None:
    class Page(View):
        @atomic
        async def get(self) -> Response:
            return Response(text=self.request.path)

    class Handlers:
        @atomic
        async def page(self, request: Request) -> Response:
            return Response(text=f"{request.path}!")

    app = Application()
    setup(app)
    app.router.add_view("/view", Page)
    app.router.add_get("/method", Handlers().page)
    client = await serve(app)
    assert (await client.ask("/view")).text == "/view"
    assert (await client.ask("/method")).text == "/method!"


async def test_an_atomic_function_without_a_request_is_refused() -> None:
    @atomic
    async def handler(request: Any) -> Response:
        return Response()

    with pytest.raises(TypeError, match="is called with a request"):
        await handler(1)


async def test_jobs_are_waited_for_at_clean_up_and_then_cancelled() -> None:
    store = Store()
    app = Application()
    setup(app, wait_timeout=0.01)
    runner = AppRunner(app)
    await runner.setup()
    scheduler = app[AIOJOBS_SCHEDULER]

    async def short() -> str:
        await asyncio.sleep(0)
        return "done"

    job = await scheduler.spawn(short())
    hanging = await scheduler.spawn(store.write("never"))
    await runner.cleanup()
    assert await job.wait() == "done"
    assert (hanging.closed, store.begun, store.written, scheduler.closed) == (True, ["never"], [], True)


async def test_nested_applications_have_the_scheduler_of_the_one_around_them(serve: Serve) -> None:
    seen: list[Scheduler | None] = []

    async def handler(request: Request) -> Response:
        seen.extend((get_scheduler(request), get_scheduler_from_request(request)))
        return Response()

    inner = Application()
    inner.router.add_get("/", handler)
    app = Application()
    setup(app, limit=7)
    app.add_subapp("/in", inner)
    client = await serve(app)
    await client.ask("/in/")
    assert seen == [app[AIOJOBS_SCHEDULER]] * 2
    assert (app[AIOJOBS_SCHEDULER].limit, get_scheduler_from_app(inner)) == (7, None)


async def test_without_a_scheduler_nothing_is_taken(serve: Serve) -> None:
    seen: list[str] = []

    async def job() -> None:
        """Do nothing, also no warning that it was never awaited."""

    async def handler(request: Request) -> Response:
        assert get_scheduler_from_request(request) is None
        for attempt in (
            lambda: spawn(request, job()),
            lambda: _shielded(request, job()),
            lambda: _got(request),
        ):
            try:
                await attempt()
            except RuntimeError as error:
                seen.append(str(error))
        return Response()

    app = Application()
    app.router.add_get("/", handler)
    assert (await (await serve(app)).ask()).status == 200
    assert len(seen) == 3
    assert all("setup(app)" in text for text in seen)


async def _shielded(request: Request, job: Any) -> None:
    await shield(request, job)


async def _got(request: Request) -> None:
    get_scheduler(request)

"""Signals, cleanup contexts, background tasks and processes."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]
plain_names = pytest.mark.filterwarnings("ignore::tidewire_web.NotAppKeyWarning")


class AsyncEngine:
    """A database's engine, as far as the snippets use one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.disposed = False

    async def dispose(self) -> None:
        assert not self.disposed
        self.disposed = True


async def create_async_engine(url: str) -> AsyncEngine:
    return AsyncEngine(url)


# -- on_response_prepare -----------------------------------------------------------------------------------


@pytest.mark.promise(25)
@pytest.mark.snippet("advanced: on_response_prepare")
@pytest.mark.parametrize("kind", ["text", "stream", "error", "nothing"])
async def test_every_response_passes_the_signal_before_its_head_goes_out(serve: Serve, kind: str) -> None:
    seen: list[set[str]] = []

    async def on_prepare(request: web.Request, response: web.StreamResponse) -> None:
        seen.append(set(response.headers))
        response.headers["My-Header"] = "value"

    async def handler(request: web.Request) -> web.StreamResponse:
        if kind == "error":
            raise web.HTTPGone
        if kind == "text":
            return web.Response(text="text")
        response = web.StreamResponse()
        await response.prepare(request)
        response.headers["Too-Late"] = "value"
        await response.write(b"text")
        return response

    app = web.Application()
    app.on_response_prepare.append(on_prepare)
    app.router.add_get("/", handler)
    answer = await (await serve(app)).get("/" if kind != "nothing" else "/nothing")
    assert answer.headers.getall("My-Header") == ["value"]
    assert "Too-Late" not in answer.headers
    # The default ones had been computed.
    assert {"Content-Type", "Date", "Server"} <= seen[0]
    assert len(seen) == 1


# -- on_startup and on_cleanup -----------------------------------------------------------------------------


@pytest.mark.promise(25)
@pytest.mark.snippet("advanced: create and dispose")
async def test_an_engine_is_created_and_disposed(serve: Serve) -> None:
    pg_engine = web.AppKey("pg_engine", AsyncEngine)

    async def create_pg(app: web.Application) -> None:
        app[pg_engine] = await create_async_engine("postgresql+asyncpg://postgre:@localhost:5432/postgre")

    async def dispose_pg(app: web.Application) -> None:
        await app[pg_engine].dispose()

    app = web.Application()
    app.on_startup.append(create_pg)
    app.on_cleanup.append(dispose_pg)
    client = await serve(app)
    engine = app[pg_engine]
    assert not engine.disposed
    await client.stop()
    assert engine.disposed


@pytest.mark.promise(25)
@pytest.mark.parametrize("signal", ["on_startup", "on_shutdown", "on_cleanup", "on_response_prepare"])
async def test_receivers_run_one_after_the_other_in_their_order(serve: Serve, signal: str) -> None:
    calls: list[str] = []

    def receiver(name: str) -> Any:
        async def receive(*_arguments: object) -> str:
            calls.append(f"{name} begins")
            await asyncio.sleep(0)
            calls.append(f"{name} ends")
            return "a value that nobody looks at"

        return receive

    app = web.Application()
    for name in ("first", "second"):
        getattr(app, signal).append(receiver(name))
    client = await serve(app)
    await client.get("/")
    await client.stop()
    assert calls == ["first begins", "first ends", "second begins", "second ends"]


@pytest.mark.promise(25)
async def test_receivers_are_asynchronous(serve: Serve) -> None:
    app = web.Application()
    app.on_startup.append(lambda app: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError):
        await serve(app)


# -- cleanup_ctx ---------------------------------------------------------------------------------------------


@plain_names
@pytest.mark.promise(26)
@pytest.mark.snippet("advanced: cleanup_ctx")
async def test_a_cleanup_context(serve: Serve) -> None:
    engine: list[AsyncEngine] = []

    async def pg_engine(app: Any) -> AsyncIterator[None]:
        # The document keeps it under the function itself.
        app[pg_engine] = await create_async_engine("postgresql+asyncpg://postgre:@localhost:5432/postgre")
        engine.append(app[pg_engine])
        yield
        await app[pg_engine].dispose()

    app = web.Application()
    app.cleanup_ctx.append(pg_engine)
    client = await serve(app)
    assert not engine[0].disposed
    await client.stop()
    assert engine[0].disposed


class Failed(Exception):
    """What a resource raises that cannot be had."""


@pytest.mark.promise(25, 26)
async def test_signals_know_nothing_of_pairs(serve: Serve) -> None:
    """The pitfall which the document tells of: what was not created is disposed all the same."""
    calls: list[str] = []

    def receiver(name: str, error: Exception | None = None) -> Any:
        async def receive(app: web.Application) -> None:
            calls.append(name)
            if error is not None:
                raise error

        return receive

    app = web.Application()
    app.on_startup.extend([receiver("create_pg", Failed()), receiver("create_redis")])
    app.on_cleanup.extend([receiver("dispose_pg"), receiver("dispose_redis")])
    with pytest.raises(Failed):
        await serve(app)
    assert calls == ["create_pg", "dispose_pg", "dispose_redis"]


@pytest.mark.promise(26)
async def test_what_was_set_up_is_undone_in_reverse_and_nothing_else_is(serve: Serve) -> None:
    calls: list[str] = []

    def context(name: str, *, fails: bool = False) -> Any:
        async def generate(app: web.Application) -> AsyncIterator[None]:
            calls.append(f"create {name}")
            if fails:
                raise Failed
            yield
            calls.append(f"dispose {name}")

        return generate

    app = web.Application()
    app.cleanup_ctx.extend([context("pg"), context("redis"), context("mq", fails=True), context("last")])
    with pytest.raises(Failed):
        await serve(app)
    assert calls == ["create pg", "create redis", "create mq", "dispose redis", "dispose pg"]


@pytest.mark.promise(26)
@pytest.mark.parametrize("yields", [0, 2])
async def test_a_generator_yields_once(serve: Serve, yields: int) -> None:
    async def generate(app: web.Application) -> AsyncIterator[None]:
        for _ in range(yields):
            yield

    app = web.Application()
    app.cleanup_ctx.append(generate)
    with pytest.raises(RuntimeError, match="has to yield once"):
        await (await serve(app)).stop()


# -- background tasks and processes ----------------------------------------------------------------------------


@pytest.mark.promise(33)
async def test_a_listener_runs_along_with_the_handlers(serve: Serve) -> None:
    """The background task of the document, with a queue for Redis and a list for the websockets."""
    published: asyncio.Queue[str] = asyncio.Queue()
    redis_listener = web.AppKey("redis_listener", asyncio.Task[None])
    received: list[str] = []
    came = asyncio.Event()

    async def listen_to_redis(app: web.Application) -> None:
        while True:
            received.append(await published.get())
            came.set()

    async def background_tasks(app: web.Application) -> AsyncIterator[None]:
        app[redis_listener] = asyncio.create_task(listen_to_redis(app))
        yield
        app[redis_listener].cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await app[redis_listener]

    async def publish(request: web.Request) -> web.Response:
        published.put_nowait(request.query["message"])
        await came.wait()
        return web.Response(text="".join(received))

    app = web.Application()
    app.router.add_get("/", publish)
    app.cleanup_ctx.append(background_tasks)
    client = await serve(app)
    assert (await client.get("/?message=news")).text == "news"
    await client.stop()
    assert app[redis_listener].cancelled()


@pytest.mark.promise(33)
@pytest.mark.snippet("advanced: task alongside")
async def test_a_task_lives_as_long_as_the_application(serve: Serve) -> None:
    calls: list[str] = []

    async def other_long_task() -> None:
        calls.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            calls.append("ended")

    async def run_other_task(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(other_long_task())

        yield

        task.cancel()
        with suppress(asyncio.CancelledError):
            await task  # Ensure any exceptions etc. are raised.

    app = web.Application()
    app.cleanup_ctx.append(run_other_task)
    client = await serve(app)
    await client.get("/")
    assert calls == ["begun"]
    await client.stop()
    assert calls == ["begun", "ended"]


@pytest.mark.promise(33)
@pytest.mark.snippet("advanced: process alongside")
@pytest.mark.parametrize("ends_itself", [False, True])
async def test_a_process_lives_as_long_as_the_application(serve: Serve, ends_itself: bool) -> None:
    program = "pass" if ends_itself else "import time; time.sleep(60)"
    processes: list[asyncio.subprocess.Process] = []

    async def run_process(_app: web.Application) -> AsyncIterator[None]:
        proc = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", program)
        processes.append(proc)

        yield

        if proc.returncode is None:
            proc.terminate()
        await proc.wait()

    app = web.Application()
    app.cleanup_ctx.append(run_process)
    client = await serve(app)
    if ends_itself:
        await processes[0].wait()
    else:
        assert processes[0].returncode is None
    await client.stop()
    assert processes[0].returncode == (0 if ends_itself else -15)

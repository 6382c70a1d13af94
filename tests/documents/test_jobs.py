"""Protection from cancellation by tidewire-jobs: the document's recipes, with clients that go while data is written."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import tidewire_web as web
from tidewire_jobs import atomic, setup, shield, spawn

Serve = Callable[..., Awaitable[Any]]
# No test waits that long, unless something is wrong.
PATIENCE = 30


class Databases:
    """Redis and PostgreSQL, as far as the snippets use them: both are slow."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.written: list[str] = []

    async def write(self, where: str) -> None:
        self.begun.set()
        await self.go_on.wait()
        self.written.append(where)

    async def write_to_redis(self, request: web.Request) -> None:
        await self.write("redis")

    async def write_to_postgres(self, request: web.Request) -> None:
        await self.write("postgres")

    async def write_data(self, request: web.Request) -> None:
        await self.write_to_redis(request)
        await self.write_to_postgres(request)


class Visit:
    """A client that goes while data is written, and a server that notices."""

    def __init__(self) -> None:
        self.db = Databases()
        self.handler_ended = asyncio.Event()

    @web.middleware
    async def watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        try:
            response: web.StreamResponse = await handler(request)
            return response
        finally:
            self.handler_ended.set()

    async def run(self, serve: Serve, handler: Any, *, stays: bool = False) -> list[str]:
        """Let a client ask and go; returns what is written when the application has ended."""
        app = web.Application(middlewares=[self.watch])
        setup(app)
        app.router.add_post("/", handler)
        served = await serve(app, handler_cancellation=True)
        connection = await served.connect()
        connection.ask("/", method="POST", body=b"data")
        async with asyncio.timeout(PATIENCE):
            await self.db.begun.wait()
            if stays:
                self.db.go_on.set()
                assert (await connection.answer()).status == 200
            else:
                connection.abort()
                await self.handler_ended.wait()
                # Nobody is cancelled any more when the data can be written at last.
                assert self.db.written == []
                self.db.go_on.set()
            await served.stop()
        return self.db.written


@pytest.mark.promise(16, 17)
async def test_without_protection_nothing_is_written(serve: Serve) -> None:
    visit = Visit()

    async def handler(request: web.Request) -> web.Response:
        await visit.db.write_data(request)
        return web.Response(text="OK")

    assert await visit.run(serve, handler) == []


@pytest.mark.promise(17)
@pytest.mark.snippet("advanced: aiojobs shield, not safe")
@pytest.mark.parametrize("stays", [False, True])
async def test_two_shields_in_a_row_are_not_safe(serve: Serve, stays: bool) -> None:
    visit = Visit()

    async def handler(request: web.Request) -> web.Response:
        await shield(request, visit.db.write_to_redis(request))
        await shield(request, visit.db.write_to_postgres(request))
        return web.Response(text="OK")

    assert await visit.run(serve, handler, stays=stays) == (["redis", "postgres"] if stays else ["redis"])


@pytest.mark.promise(17)
@pytest.mark.snippet("advanced: aiojobs shield")
@pytest.mark.parametrize("stays", [False, True])
async def test_one_shield_around_both_is_safe(serve: Serve, stays: bool) -> None:
    visit = Visit()

    async def write_data(request: web.Request) -> None:
        await visit.db.write_to_redis(request)
        await visit.db.write_to_postgres(request)

    async def handler(request: web.Request) -> web.Response:
        await shield(request, write_data(request))
        return web.Response(text="OK")

    assert await visit.run(serve, handler, stays=stays) == ["redis", "postgres"]


@pytest.mark.promise(17)
@pytest.mark.snippet("advanced: aiojobs spawn")
async def test_a_spawned_job_goes_on_when_the_request_is_answered(serve: Serve) -> None:
    db = Databases()

    async def write_data() -> None:
        await db.write("data")

    async def handler(request: web.Request) -> web.Response:
        await spawn(request, write_data())
        return web.Response()

    app = web.Application()
    setup(app)
    app.router.add_get("/", handler)
    served = await serve(app, handler_cancellation=True)
    assert (await served.get("/")).status == 200
    assert db.written == []
    stopping = asyncio.create_task(served.stop())
    async with asyncio.timeout(PATIENCE):
        await db.begun.wait()
        assert not stopping.done()
        db.go_on.set()
        await stopping
    assert db.written == ["data"]


@pytest.mark.promise(17)
@pytest.mark.snippet("advanced: aiojobs atomic")
@pytest.mark.parametrize("stays", [False, True])
async def test_an_atomic_handler_is_never_interrupted(serve: Serve, stays: bool) -> None:
    visit = Visit()

    @atomic
    async def handler(request: web.Request) -> web.Response:
        await visit.db.write("data")
        return web.Response()

    assert await visit.run(serve, handler, stays=stays) == ["data"]

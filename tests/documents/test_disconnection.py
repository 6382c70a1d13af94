"""Clients that go away: what handlers get to know of it, and what protects them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]


class Handled:
    """What becomes of a handler."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    def end(self, how: object) -> None:
        self.ended.set_result(how)


@pytest.mark.promise(16)
@pytest.mark.snippet("advanced: peer disconnection")
@pytest.mark.parametrize("abort", [True, False])
async def test_reading_from_a_client_that_has_gone_raises_oserror(serve: Serve, abort: bool) -> None:
    handled = Handled()

    async def handler(request: web.Request) -> web.Response:
        handled.begun.set()
        try:
            await request.text()
        except OSError as error:
            # disconnected
            handled.end(error)
            raise
        return web.Response(text="never sent")

    app = web.Application()
    app.router.add_post("/", handler)
    connection = await (await serve(app)).connect()
    connection.ask("/", "Content-Length: 100", method="POST")
    connection.writer.write(b"the beginning")
    await handled.begun.wait()
    if abort:
        connection.abort()
    else:
        await connection.close()
    assert isinstance(await handled.ended, OSError)


@pytest.mark.promise(16)
async def test_writing_to_a_client_that_has_gone_raises_oserror(serve: Serve) -> None:
    handled = Handled()

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"the beginning")
        handled.begun.set()
        try:
            while True:
                await response.write(bytes(65536))
        except OSError as error:
            handled.end(error)
            raise

    app = web.Application()
    app.router.add_get("/", handler)
    connection = await (await serve(app)).connect()
    connection.ask("/")
    await handled.begun.wait()
    connection.abort()
    assert isinstance(await handled.ended, ConnectionResetError)


@pytest.mark.promise(16, 38)
@pytest.mark.parametrize("cancellation", [False, True])
async def test_a_handler_is_cancelled_only_where_that_is_asked_for(serve: Serve, cancellation: bool) -> None:
    handled = Handled()
    gone = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        request.add_disconnect_callback(gone.set)
        handled.begun.set()
        try:
            await gone.wait()
            for _ in range(10):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            handled.end("cancelled")
            raise
        handled.end("not cancelled")
        return web.Response(text="never read")

    app = web.Application()
    app.router.add_get("/", handler)
    connection = await (await serve(app, handler_cancellation=cancellation)).connect()
    connection.ask("/")
    await handled.begun.wait()
    connection.abort()
    assert await handled.ended == ("cancelled" if cancellation else "not cancelled")


@pytest.mark.promise(16)
@pytest.mark.parametrize("cancellation", [False, True])
def test_run_app_takes_handler_cancellation(program: Any, cancellation: bool) -> None:
    begun, over = asyncio.Event(), asyncio.Event()
    ended: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        begun.set()
        try:
            await request.wait_disconnected()
            for _ in range(10):
                await asyncio.sleep(0)
            ended.append("not cancelled")
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        finally:
            over.set()
        return web.Response(text="never read")

    async def go_away(client: Any) -> None:
        connection = await client.connect()
        connection.ask("/")
        await begun.wait()
        connection.abort()
        await over.wait()

    app = web.Application()
    app.router.add_get("/", handler)
    program(then=go_away).run_app(app, handler_cancellation=cancellation)
    assert ended == ["cancelled" if cancellation else "not cancelled"]


# -- protection --------------------------------------------------------------------------------------------


@pytest.mark.promise(17)
@pytest.mark.snippet("advanced: create_task")
async def test_a_task_fetches_data_meanwhile(serve: Serve) -> None:
    steps: list[str] = []
    fetched = asyncio.Event()

    async def get_some_data() -> str:
        steps.append("fetching")
        await fetched.wait()
        return "data"

    async def handler(request: web.Request) -> web.Response:
        t = asyncio.create_task(get_some_data())
        await asyncio.sleep(0)
        steps.append("other things, while data is being fetched")
        fetched.set()
        data = await t
        return web.Response(text=data)

    app = web.Application()
    app.router.add_get("/", handler)
    assert (await (await serve(app)).get("/")).text == "data"
    assert steps == ["fetching", "other things, while data is being fetched"]


@pytest.mark.promise(17)
@pytest.mark.parametrize("shielded", [False, True])
async def test_a_shielded_task_is_finished_although_its_handler_is_cancelled(
    serve: Serve, shielded: bool
) -> None:
    """What the document says of two writes, one after the other, and of the two in one task."""
    handled = Handled()
    may_write = asyncio.Event()
    written: list[str] = []
    tasks: list[asyncio.Task[None]] = []

    async def write_to_redis() -> None:
        await may_write.wait()
        written.append("redis")

    async def write_to_postgres() -> None:
        written.append("postgres")

    async def write_data() -> None:
        await write_to_redis()
        await write_to_postgres()

    async def handler(request: web.Request) -> web.Response:
        handled.begun.set()
        try:
            if shielded:
                tasks.append(asyncio.create_task(write_data()))
                await asyncio.shield(tasks[0])
            else:
                tasks.append(asyncio.create_task(write_to_redis()))
                await asyncio.shield(tasks[0])
                await write_to_postgres()
        except asyncio.CancelledError:
            handled.end("cancelled")
            raise
        return web.Response(text="OK")

    app = web.Application()
    app.router.add_post("/", handler)
    connection = await (await serve(app, handler_cancellation=True)).connect()
    connection.ask("/", method="POST")
    await handled.begun.wait()
    connection.abort()
    assert await handled.ended == "cancelled"
    may_write.set()
    await tasks[0]
    assert written == (["redis", "postgres"] if shielded else ["redis"])

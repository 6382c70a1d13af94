"""The seven steps of a graceful shutdown, in their order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]


class Steps:
    """What happened, in its order; an application of which the handlers wait."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.begun: dict[str, asyncio.Event] = {name: asyncio.Event() for name in ("pending", "stubborn")}
        self.stopping = asyncio.Event()
        self.at_shutdown: Callable[[], Awaitable[object]] | None = None
        self.app = web.Application()
        self.app.router.add_get("/pending", self.pending)
        self.app.router.add_get("/stubborn", self.stubborn)
        self.app.router.add_get("/", self.idle)
        self.app.on_shutdown.append(self.on_shutdown)
        self.app.on_cleanup.append(self.on_cleanup)
        self.app.cleanup_ctx.append(self.context)

    async def idle(self, request: web.Request) -> web.Response:
        return web.Response()

    async def pending(self, request: web.Request) -> web.Response:
        self.begun["pending"].set()
        await self.stopping.wait()
        await asyncio.sleep(0)
        self.taken.append("handler complete")
        return web.Response(text="complete")

    async def stubborn(self, request: web.Request) -> web.Response:
        self.begun["stubborn"].set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            self.taken.append("handler cancelled")
            raise
        return web.Response()

    async def on_shutdown(self, app: web.Application) -> None:
        if self.at_shutdown is not None:
            await self.at_shutdown()
        self.taken.append("on_shutdown")
        self.stopping.set()

    async def on_cleanup(self, app: web.Application) -> None:
        self.taken.append("on_cleanup")

    async def context(self, app: web.Application) -> AsyncIterator[None]:
        yield
        self.taken.append("context left")


@pytest.mark.slow
@pytest.mark.promise(30)
async def test_the_steps_of_a_runner(serve: Serve) -> None:
    steps = Steps()
    client = await serve(steps.app, shutdown_timeout=0.2)
    idle, pending, stubborn = [await client.connect() for _ in range(3)]
    idle.ask("/")
    await idle.answer()
    pending.ask("/pending")
    stubborn.ask("/stubborn")
    for event in steps.begun.values():
        await event.wait()

    async def look() -> None:
        # 1. Sites do not listen any more.
        with pytest.raises(ConnectionRefusedError):
            await client.connect()
        # 2. Idle connections are closed.
        assert await idle.at_end()

    # 3. on_shutdown; it comes after the first two.
    steps.at_shutdown = look
    await client.stop()
    # 4. Pending handlers complete, 5. others are cancelled, 6. and then it is cleaned up.
    assert steps.taken == [
        "on_shutdown",
        "handler complete",
        "handler cancelled",
        "context left",
        "on_cleanup",
    ]
    answer = await pending.answer()
    assert (answer.text, answer.headers["Connection"]) == ("complete", "close")
    # 5. Remaining connections are closed.
    assert await pending.at_end()
    with contextlib.suppress(ConnectionResetError):
        assert await stubborn.at_end()


@pytest.mark.promise(30)
def test_the_steps_of_run_app(program: Any) -> None:
    steps = Steps()
    left_over: list[asyncio.Task[None]] = []

    async def go_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            steps.taken.append("task cancelled")
            await asyncio.sleep(0)
            steps.taken.append("task waited for")

    async def interrupt(client: Any) -> None:
        left_over.append(asyncio.get_running_loop().create_task(go_on()))
        connection = await client.connect()
        connection.ask("/pending")
        await steps.begun["pending"].wait()
        run.interrupt()
        assert (await connection.answer()).text == "complete"
        assert await connection.at_end()

    run = program(then=interrupt)
    run.run_app(steps.app, shutdown_timeout=5.0)
    assert steps.taken == [
        "on_shutdown",
        "handler complete",
        "context left",
        "on_cleanup",
        # 7. What is left of the program's tasks is cancelled and waited for.
        "task cancelled",
        "task waited for",
    ]


@pytest.mark.promise(30)
async def test_a_request_that_comes_in_the_meantime_is_the_last_of_its_connection(serve: Serve) -> None:
    steps = Steps()
    client = await serve(steps.app)
    connection = await client.connect()
    connection.ask("/pending")
    connection.ask("/")
    await steps.begun["pending"].wait()
    await client.stop()
    assert (await connection.answer()).headers["Connection"] == "close"
    assert await connection.at_end()

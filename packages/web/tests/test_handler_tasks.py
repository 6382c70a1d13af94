"""The tasks in which handlers run: cancelled when their clients go, where that is wanted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest
from web_client import Client, Connection, request

from tidewire_web import (
    Application,
    AppRunner,
    BaseRequest,
    Request,
    Response,
    RouteTableDef,
    StreamResponse,
    View,
    get,
)

MakeServer = Callable[..., Client]


def errors(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno >= logging.WARNING]


async def rounds(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


class Waiting:
    """A handler that waits, and tells what became of it."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.ends: list[str] = []

    async def __call__(self, request: BaseRequest) -> Response:
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.ends.append("cancelled")
            raise
        self.ends.append("finished")
        return Response()

    async def end_of(self, connection: Connection, data: bytes) -> str:
        """What becomes of it when a client goes."""
        self.ends.clear()
        self.go.clear()
        connection.send(data)
        await rounds()
        connection.transport.lose(None)
        await rounds()
        self.go.set()
        await rounds()
        (end,) = self.ends
        return end


@pytest.mark.parametrize("option", [True, False, None])
async def test_handlers_are_cancelled_where_the_server_is_asked_to(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture, option: bool | None
) -> None:
    handler = Waiting()
    client = make_server(handler, **({} if option is None else {"handler_cancellation": option}))
    assert await handler.end_of(client.connect(), request()) == ("cancelled" if option else "finished")
    assert errors(caplog) == []


async def test_routes_may_say_otherwise() -> None:
    handler = Waiting()

    class Cancelled(View):
        async def get(self) -> Response:
            return await handler(self.request)

    table = RouteTableDef()

    @table.get("/decorated", handler_cancellation=True)
    async def decorated(request: Request) -> Response:
        return await handler(request)

    nested = Application()
    nested.router.add_get("/yes", handler, handler_cancellation=True)
    nested.router.add_get("/{rest}", handler)
    app = Application()
    app.router.add_get("/yes", handler, handler_cancellation=True)
    app.router.add_get("/no", handler, handler_cancellation=False)
    app.router.add_get("/default", handler)
    app.router.add_view("/view", Cancelled, handler_cancellation=True)
    app.router.add_resource("/resource").add_route("GET", handler, handler_cancellation=True)
    app.add_routes([get("/defined", handler, handler_cancellation=True), *table])
    app.add_subapp("/nested", nested)
    yes = {"/yes", "/view", "/resource", "/defined", "/decorated", "/nested/yes"}
    runner = AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    for default in (False, True):
        # An application runs once: its server's default is changed instead.
        runner.server._tasks.handler_cancellation = default
        for path in (*sorted(yes), "/no", "/default", "/nested/other"):
            cancelled = path in yes or (default and path != "/no")
            end = await handler.end_of(Client(runner.server).connect(), request(path))
            assert (path, end) == (path, "cancelled" if cancelled else "finished")
    await runner.cleanup()


async def test_without_such_routes_nobody_asks_to_be_told(make_server: MakeServer) -> None:
    waiting: list[BaseRequest] = []
    go = asyncio.Event()

    async def handler(request: BaseRequest) -> Response:
        waiting.append(request)
        await go.wait()
        return Response()

    for cancelling in (False, True):
        connection = make_server(handler, handler_cancellation=cancelling).connect()
        connection.send(request())
        await rounds()
        assert (waiting[-1]._disconnection is not None) is cancelling
    go.set()
    await rounds()


async def test_a_client_that_goes_behind_the_response_cancels_nothing(make_server: MakeServer) -> None:
    done = asyncio.Event()
    go = asyncio.Event()

    async def handler(request: BaseRequest) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await response.write_eof(b"all")
        await go.wait()
        done.set()
        return response

    connection = make_server(handler, handler_cancellation=True).connect()
    await connection.ask(request())
    connection.transport.lose(None)
    await rounds()
    go.set()
    await asyncio.wait_for(done.wait(), 1)
    await rounds()


async def test_a_handler_that_is_cancelled_may_answer_all_the_same(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: BaseRequest) -> Response:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return Response(text="nobody reads it")
        raise AssertionError

    connection = make_server(handler, handler_cancellation=True).connect()
    connection.send(request())
    await rounds()
    connection.transport.lose(None)
    await rounds()
    assert errors(caplog) == []


async def test_a_peer_that_has_gone_before_its_handler_waits_cancels_it(make_server: MakeServer) -> None:
    ended = asyncio.Event()
    connections: list[Connection] = []

    async def handler(request: BaseRequest) -> Response:
        connections[0].transport.get_protocol().connection_lost(None)
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    connections.append(make_server(handler, handler_cancellation=True).connect())
    connections[0].send(request())
    await asyncio.wait_for(ended.wait(), 1)
    await rounds()

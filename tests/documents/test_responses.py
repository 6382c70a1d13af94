"""Responses: work after they were sent, one for each request, and the Expect field before them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Counter:
    """A database that counts."""

    def __init__(self) -> None:
        self.pongs = 0
        self.may_count = asyncio.Event()
        self.counted = asyncio.Event()

    async def inc_pong(self) -> None:
        await self.may_count.wait()
        self.pongs += 1
        self.counted.set()


@pytest.mark.promise(12)
@pytest.mark.snippet("faq: work after the response")
async def test_work_goes_on_when_the_response_is_sent(serve: Serve) -> None:
    db_key = web.AppKey("db_key", Counter)

    async def ping_handler(request: web.Request) -> web.Response:
        """Send PONG and increase DB counter."""

        # explicitly send the response
        resp = web.json_response({"message": "PONG"})
        await resp.prepare(request)
        await resp.write_eof()

        # increase the pong count
        await request.app[db_key].inc_pong()

        return resp

    app = web.Application()
    app[db_key] = db = Counter()
    app.router.add_get("/", ping_handler)
    client = await serve(app)
    connection = await client.connect()
    connection.ask("/")
    connection.ask("/")
    assert (await connection.answer()).json == {"message": "PONG"}
    # The client has its answer, and the handler has not done its work.
    assert db.pongs == 0
    db.may_count.set()
    await db.counted.wait()
    # Returned once more, it is not sent once more: what follows is the answer to the next request.
    assert (await connection.answer()).json == {"message": "PONG"}


@pytest.mark.promise(13)
@pytest.mark.snippet("faq: misbehaved middleware")
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize("same_connection", [True, False])
async def test_a_response_answers_one_request(
    serve: Serve, caplog: pytest.LogCaptureFixture, same_connection: bool
) -> None:
    """The snippet makes aiohttp hang; here it is told what is wrong."""

    def misbehaved_middleware() -> Any:
        # don't do this!
        cached = web.Response(status=200, text="Hi, I am cached!")

        @web.middleware
        async def middleware(request: web.Request, handler: Any) -> web.Response:
            # ignoring response for the sake of this example
            _res = handler(request)
            return cached

        return middleware

    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="never seen")

    app = web.Application(middlewares=[misbehaved_middleware()])
    app.router.add_get("/", handler)
    client = await serve(app)
    connection = await client.connect()
    connection.ask("/")
    assert (await connection.answer()).text == "Hi, I am cached!"
    if not same_connection:
        connection = await client.connect()
    connection.ask("/")
    assert (await connection.answer()).status == 500
    assert "answers another request already" in caplog.text


@pytest.mark.promise(13)
async def test_a_new_response_for_each_request_is_what_a_middleware_makes(serve: Serve) -> None:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.Response(text="Hi, I am new!")

    async def handler(request: web.Request) -> web.Response:
        raise AssertionError

    app = web.Application(middlewares=[middleware])
    app.router.add_get("/", handler)
    connection = await (await serve(app)).connect()
    for _ in range(3):
        connection.ask("/")
        assert (await connection.answer()).text == "Hi, I am new!"


@pytest.mark.promise(13)
async def test_exceptions_are_responses(serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        raise web.HTTPFound("/elsewhere", headers={"X-Kept": "1"})

    app = web.Application()
    app.router.add_get("/", handler)
    answer = await (await serve(app)).get("/")
    assert answer.status == 302
    assert (answer.headers["Location"], answer.headers["X-Kept"]) == ("/elsewhere", "1")


# -- Expect -------------------------------------------------------------------------------------------------


async def echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


@pytest.mark.promise(27)
async def test_100_is_sent_by_default(serve: Serve) -> None:
    app = web.Application()
    app.router.add_post("/", echo)
    connection = await (await serve(app)).connect()
    connection.ask("/", "Expect: 100-continue", "Content-Length: 4", method="POST")
    assert await connection.interim() == 100
    connection.writer.write(b"body")
    assert (await connection.answer()).body == b"body"


@pytest.mark.promise(27)
async def test_an_unknown_expectation_is_417(serve: Serve) -> None:
    app = web.Application()
    app.router.add_post("/", echo)
    assert (await (await serve(app)).post("/", b"body", "Expect: a miracle")).status == 417


async def check_auth(request: web.Request) -> None:
    """The snippet's handler, but for the one line that writes to the transport."""
    if request.version != (1, 1):
        return

    expect = request.headers.get("EXPECT")
    if expect != "100-continue":
        raise web.HTTPExpectationFailed(text=f"Unknown Expect: {expect}")

    if request.headers.get("AUTHORIZATION") is None:
        raise web.HTTPForbidden()

    await web.send_interim(request, 100)


@pytest.mark.promise(27)
@pytest.mark.snippet("advanced: expect handler")
async def test_a_route_has_an_expect_handler_of_its_own(serve: Serve) -> None:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(body=b"Hello, " + (await request.read() or b"world"))

    app = web.Application()
    app.add_routes([web.get("/", hello, expect_handler=check_auth)])
    app.add_routes([web.post("/", hello, expect_handler=check_auth)])
    client = await serve(app)
    answer = await client.get("/", "Expect: 100-continue", "Authorization: x")
    assert (answer.body, answer.interims) == (b"Hello, world", [100])
    answer = await client.get("/", "Expect: 100-continue")
    assert (answer.status, answer.interims) == (403, [])
    answer = await client.get("/", "Expect: a miracle")
    assert (answer.status, answer.text) == (417, "Unknown Expect: a miracle")
    assert (await client.get("/")).body == b"Hello, world"

    connection = await client.connect()
    lines = ("Expect: 100-continue", "Authorization: x", "Content-Length: 4")
    connection.ask("/", *lines, method="POST")
    assert await connection.interim() == 100
    connection.writer.write(b"body")
    assert (await connection.answer()).body == b"Hello, body"
    # The body was awaited and has come: the connection goes on.
    connection.ask("/")
    assert (await connection.answer()).body == b"Hello, world"


@pytest.mark.promise(27)
@pytest.mark.snippet("advanced: expect handler")
async def test_an_expect_handler_writes_to_the_transport(serve: Serve) -> None:
    async def write_continue(request: Any) -> None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    app = web.Application()
    app.add_routes([web.get("/", echo, expect_handler=write_continue)])
    answer = await (await serve(app)).get("/", "Expect: 100-continue")
    assert (answer.status, answer.interims) == (200, [100])


@pytest.mark.promise(27)
async def test_what_an_expect_handler_returns_or_raises(serve: Serve) -> None:
    calls: list[str] = []

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        calls.append("middleware")
        return await handler(request)

    async def handler(request: web.Request) -> web.Response:
        calls.append("handler")
        return web.Response(text="handled")

    async def expect(request: web.Request) -> web.StreamResponse | None:
        calls.append("expect")
        if request.query_string == "raise":
            raise web.HTTPUnauthorized
        return web.Response(text="answered") if request.query_string == "return" else None

    app = web.Application(middlewares=[middleware])
    app.router.add_get("/", handler, expect_handler=expect)
    client = await serve(app)
    for query, status, expected in (
        ("raise", 401, ["expect"]),
        ("return", 200, ["expect"]),
        ("none", 200, ["expect", "middleware", "handler"]),
    ):
        calls.clear()
        answer = await client.get(f"/?{query}", "Expect: 100-continue")
        assert (answer.status, calls) == (status, expected)
    calls.clear()
    await client.get("/")
    assert calls == ["middleware", "handler"]

"""Middlewares: their order, what they see and change, the body they read, and error pages."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="Hello")


# -- what they are ----------------------------------------------------------------------------------------


@pytest.mark.promise(24)
@pytest.mark.snippet("advanced: wink")
async def test_a_middleware_changes_a_response(serve: Serve) -> None:
    @web.middleware
    async def middleware(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        resp = await handler(request)
        assert isinstance(resp, web.Response)  # for type checkers; the document's annotations are wider
        assert resp.text is not None
        resp.text = resp.text + " wink"
        return resp

    app = web.Application(middlewares=[middleware])
    app.router.add_get("/", hello)
    answer = await (await serve(app)).get("/")
    assert (answer.text, answer.headers["Content-Length"]) == ("Hello wink", "10")


@pytest.mark.promise(24, 38)
@pytest.mark.snippet("advanced: middleware factory")
async def test_a_middleware_factory_takes_arguments(serve: Serve) -> None:
    middleware = web.middleware

    def middleware_factory(text: str) -> Any:
        @middleware
        async def sample_middleware(request: web.Request, handler: Any) -> web.Response:
            resp: web.Response = await handler(request)
            resp.text = (resp.text or "") + text
            return resp

        return sample_middleware

    app = web.Application(middlewares=[middleware_factory(" wink"), middleware_factory(" nod")])
    app.router.add_get("/", hello)
    assert (await (await serve(app)).get("/")).text == "Hello nod wink"


@pytest.mark.promise(24)
@pytest.mark.snippet("advanced: order of middlewares", "advanced: middlewares of an application")
def test_the_order_of_middlewares(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    async def test(request: web.Request) -> web.Response:
        print("Handler function called")
        return web.Response(text="Hello")

    @web.middleware
    async def middleware1(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        print("Middleware 1 called")
        response = await handler(request)
        print("Middleware 1 finished")
        return response

    @web.middleware
    async def middleware2(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        print("Middleware 2 called")
        response = await handler(request)
        print("Middleware 2 finished")
        return response

    run = program("/")
    app = web.Application(middlewares=[middleware1, middleware2])
    app.router.add_get("/", test)
    run.run_app(app)
    assert run.answers[0].text == "Hello"
    assert capsys.readouterr().out.splitlines() == [
        "Middleware 1 called",
        "Middleware 2 called",
        "Handler function called",
        "Middleware 2 finished",
        "Middleware 1 finished",
    ]


@pytest.mark.promise(24)
async def test_a_middleware_may_leave_the_handler_out(serve: Serve) -> None:
    @web.middleware
    async def permissions(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "Authorization" not in request.headers:
            raise web.HTTPForbidden(text="403 page")
        return await handler(request)

    app = web.Application(middlewares=[permissions])
    app.router.add_get("/", hello)
    client = await serve(app)
    answer = await client.get("/")
    assert (answer.status, answer.text) == (403, "403 page")
    assert (await client.get("/", "Authorization: x")).text == "Hello"


@pytest.mark.promise(24)
async def test_other_exceptions_become_500_behind_the_middlewares(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Exception as error:
            seen.append(type(error).__name__)
            raise

    async def fail(request: web.Request) -> web.Response:
        raise KeyError("a mistake")

    app = web.Application(middlewares=[watch, watch])
    app.router.add_get("/", fail)
    answer = await (await serve(app)).get("/")
    assert (answer.status, seen) == (500, ["KeyError"] * 2)
    assert "a mistake" not in answer.text
    assert [record.levelno for record in caplog.records if record.name == "tidewire.server"] == [
        logging.ERROR
    ]


# -- the body ----------------------------------------------------------------------------------------------


@pytest.mark.promise(24)
@pytest.mark.snippet("advanced: body is cached")
@pytest.mark.parametrize("body", [b"abc", b"x" * 300_000])
async def test_what_reads_the_whole_body_keeps_it(
    serve: Serve, capsys: pytest.CaptureFixture[str], body: bytes
) -> None:
    async def logging_middleware(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        # This consumes the body's stream.
        body = await request.text()
        print(f"Request body: {body}")
        return await handler(request)

    async def handler(request: web.Request) -> web.Response:
        # The same value that was read in the middleware.
        body = await request.text()
        return web.Response(text=f"Received: {body}")

    app = web.Application(middlewares=[logging_middleware])
    app.router.add_post("/", handler)
    answer = await (await serve(app)).post("/", body)
    assert answer.text == f"Received: {body.decode()}"
    assert capsys.readouterr().out == f"Request body: {body.decode()}\n"


@pytest.mark.promise(24)
@pytest.mark.parametrize("reader", ["read", "text", "json", "post"])
async def test_each_of_the_readers_can_be_called_again(serve: Serve, reader: str) -> None:
    async def handler(request: web.Request) -> web.Response:
        first, second = await getattr(request, reader)(), await getattr(request, reader)()
        assert first == second
        return web.Response(text=repr(first))

    app = web.Application()
    app.router.add_post("/", handler)
    body = b"a=1" if reader == "post" else b"[1]"
    line = "Content-Type: application/x-www-form-urlencoded"
    answer = await (await serve(app)).post("/", body, *([line] if reader == "post" else []))
    assert answer.status == 200
    assert "1" in answer.text


@pytest.mark.promise(24)
@pytest.mark.snippet("advanced: stream is consumed")
@pytest.mark.parametrize("body", [b"abc", b"x" * 300_000])
async def test_the_stream_is_read_once(serve: Serve, capsys: pytest.CaptureFixture[str], body: bytes) -> None:
    async def stream_middleware(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        data = await request.content.read()
        print(f"Stream data: {data!r}")
        return await handler(request)

    async def handler(request: web.Request) -> web.Response:
        # Empty, as the stream was consumed.
        data = await request.content.read()
        return web.Response(text=f"Received: {data!r}")

    app = web.Application(middlewares=[stream_middleware])
    app.router.add_post("/", handler)
    answer = await (await serve(app)).post("/", body)
    assert answer.text == "Received: b''"
    assert capsys.readouterr().out == f"Stream data: {body!r}\n"


@pytest.mark.promise(6, 24)
@pytest.mark.snippet("advanced: stream is shared")
async def test_what_was_streamed_is_shared_by_the_request(serve: Serve) -> None:
    async def stream_parsing_middleware(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        raw_data = await request.content.read()
        request["raw_body"] = raw_data
        return await handler(request)

    async def handler(request: web.Request) -> web.Response:
        raw_data = request.get("raw_body", b"")
        return web.Response(body=raw_data)

    app = web.Application(middlewares=[stream_parsing_middleware])
    app.router.add_post("/", handler)
    body = bytes(range(256)) * 1000
    assert (await (await serve(app)).post("/", body)).body == body


# -- error pages --------------------------------------------------------------------------------------------


@pytest.mark.promise(24, 34)
@pytest.mark.snippet("advanced: errors as JSON")
async def test_errors_as_json(serve: Serve) -> None:
    @web.middleware
    async def error_middleware(request: web.Request, handler: Any) -> web.StreamResponse:
        try:
            response: Any = await handler(request)
            if response.status != 404:
                return response  # type: ignore[no-any-return]
            message = response.message
        except web.HTTPException as ex:
            if ex.status != 404:
                raise
            message = ex.reason
        return web.json_response({"error": message})

    async def forbidden(request: web.Request) -> web.Response:
        raise web.HTTPForbidden

    app = web.Application(middlewares=[error_middleware])
    app.router.add_get("/", hello)
    app.router.add_get("/forbidden", forbidden)
    client = await serve(app)
    assert (await client.get("/")).text == "Hello"
    assert (await client.get("/forbidden")).status == 403
    answer = await client.get("/nothing/here")
    assert answer.json == {"error": "Not Found"}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.promise(34)
async def test_pages_for_404_and_500(serve: Serve) -> None:
    @web.middleware
    async def error_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return web.Response(status=404, text="<h1>not there</h1>", content_type="text/html")
        except web.HTTPException:
            raise
        except Exception:
            return web.Response(status=500, text="<h1>sorry</h1>", content_type="text/html")

    async def fail(request: web.Request) -> web.Response:
        raise RuntimeError("a mistake")

    app = web.Application(middlewares=[error_pages])
    app.router.add_get("/fail", fail)
    client = await serve(app)
    for path, status, text in (("/x", 404, "<h1>not there</h1>"), ("/fail", 500, "<h1>sorry</h1>")):
        answer = await client.get(path)
        assert (answer.status, answer.text) == (status, text)
    assert (await client.get("/fail", method="POST")).status == 405


# -- compression ---------------------------------------------------------------------------------------------


@pytest.mark.promise(10)
async def test_nothing_is_compressed_unless_a_middleware_does(serve: Serve) -> None:
    async def text(request: web.Request) -> web.Response:
        return web.Response(text="text " * 10_000)

    @web.middleware
    async def compress(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        response.enable_compression()
        return response

    bare, compressing = web.Application(), web.Application(middlewares=[compress])
    for app in (bare, compressing):
        app.router.add_get("/", text)
    line = "Accept-Encoding: gzip"
    answer = await (await serve(bare)).get("/", line)
    assert "Content-Encoding" not in answer.headers
    assert answer.body == b"text " * 10_000
    client = await serve(compressing)
    answer = await client.get("/", line)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == b"text " * 10_000
    assert "Content-Encoding" not in (await client.get("/")).headers

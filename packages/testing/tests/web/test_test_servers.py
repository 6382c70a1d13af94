from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tidewire_testing.web import RawTestServer, TestServer
from tidewire_web import Application, BaseRequest, Request, Response


async def test_an_application_is_started_up_and_cleaned_up() -> None:
    events: list[str] = []
    app = Application()

    async def start(_app: Application) -> None:
        events.append("start")

    async def stop(_app: Application) -> None:
        events.append("stop")

    app.on_startup.append(start)
    app.on_cleanup.append(stop)
    async with TestServer(app) as server:
        assert server.app is app
        assert server.request_class is Request
        assert events == ["start"]
    assert events == ["start", "stop"]


async def test_a_raw_server_answers_over_a_socket() -> None:
    async def handler(request: BaseRequest) -> Response:
        return Response(text=f"{request.method} {request.path}")

    async with RawTestServer(handler) as server:
        assert server.app is None
        assert server.request_class is BaseRequest
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"GET /x")
        writer.close()
        await writer.wait_closed()


def test_what_is_no_application_or_no_handler_is_found_out_at_once() -> None:
    nothing: Any = None
    kind: Any = Application
    with pytest.raises(TypeError, match="takes an Application, not <class"):
        TestServer(kind)
    for handler in (nothing, kind()):
        with pytest.raises(TypeError, match="takes a handler"):
            RawTestServer(handler)


@pytest.mark.parametrize("kind", ["app", "raw"])
async def test_the_servers_options_reach_the_server(kind: str) -> None:
    async def handler(_request: BaseRequest) -> Response:
        return Response()

    server: TestServer | RawTestServer
    if kind == "app":
        server = TestServer(Application(), memory=True, max_line_size=4242)
    else:
        server = RawTestServer(handler, memory=True)
    await server.start_server(max_field_size=1234)
    assert server.handler is not None
    assert server.handler.max_field_size == 1234
    await server.close()

"""Requests know their application and what the router found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from web_client import Client, request

from tidewire_web import AppKey, Application, Request, Response

Serve = Callable[..., Awaitable[Client]]
COUNT = AppKey("count", list[int])


async def test_the_application(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        assert request.app is app
        request.app[COUNT].append(1)
        return Response(text=str(len(request.app[COUNT])))

    app = Application()
    app[COUNT] = []
    app.router.add_get("/", handler)
    connection = (await serve(app)).connect()
    assert [(await connection.ask(request())).text for _ in range(3)] == ["1", "2", "3"]


async def test_each_request_has_what_the_router_found_for_it(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        return Response(text=f"{request.match_info['x']} {request.match_info.route!r}")

    app = Application()
    app.router.add_get("/{x}", handler)
    connection = (await serve(app)).connect()
    for value in ("1", "2"):
        assert (await connection.ask(request(f"/{value}"))).text.startswith(
            f"{value} <ResourceRoute [GET] <DynamicResource /{{x}}>"
        )

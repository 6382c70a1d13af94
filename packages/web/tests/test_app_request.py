"""Requests know their application and what the router found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from nested_apps import NAME, named
from web_client import Client, request

from tidewire_web import AppKey, Application, HTTPException, Request, Response, Server, StreamResponse

Serve = Callable[..., Awaitable[Client]]
Handler = Callable[[Request], Awaitable[StreamResponse]]
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


def noting(seen: list[str], *, looks: bool) -> Any:
    """A middleware that notes the current application, on the way in and on the way out.

    Args:
        seen: takes the names.
        looks: whether it looks at the match info, too.
    """

    async def note(request: Request, handler: Handler) -> StreamResponse:
        seen.append(request.app[NAME])
        if looks:
            assert request.match_info.current_app is request.app
        try:
            return await handler(request)
        finally:
            seen.append(request.app[NAME])

    return note


# Which of three applications, one within the other, have middlewares.
@pytest.mark.parametrize("levels", ["012", "0", "1", "2", "02", "01", "12", ""])
@pytest.mark.parametrize("looks", [False, True])
@pytest.mark.parametrize("by_host", [False, True])
async def test_the_application_changes_on_the_way_through_nested_ones(
    serve: Serve, levels: str, looks: bool, by_host: bool
) -> None:
    seen: list[str] = []

    async def handler(request: Request) -> Response:
        seen.append(f"handler {request.app[NAME]}")
        if looks:
            assert [app[NAME] for app in request.match_info.apps] == ["0", "1", "2"]
        request["handled"] = True
        return Response()

    async def prepare(request: Request, response: StreamResponse) -> None:
        seen.append(f"prepare {request.app[NAME]}")

    apps = [named(str(level)) for level in range(3)]
    for level in levels:
        apps[int(level)].middlewares.append(noting(seen, looks=looks))
        apps[int(level)].middlewares.append(noting(seen, looks=looks))
    apps[2].router.add_get("/a", handler)
    apps[0].on_response_prepare.append(prepare)
    if by_host:
        apps[1].add_domain("example", apps[2])
        apps[0].add_domain("example", apps[1])
    else:
        apps[1].add_subapp("/2", apps[2])
        apps[0].add_subapp("/1", apps[1])
    client = await serve(apps[0])
    way = [level for level in levels for _ in range(2)]
    assert (await client.get("/a" if by_host else "/1/2/a")).status == 200
    assert seen == [*way, "handler 2", *reversed(way), "prepare 2"]
    seen.clear()
    assert (await client.get("/b" if by_host else "/1/2/b")).status == 404
    assert seen == [*way, *reversed(way), "prepare 2"]


async def test_match_info_that_is_made_on_the_way_knows_where_it_is(serve: Serve) -> None:
    async def outer(request: Request, handler: Handler) -> StreamResponse:
        response = await handler(request)
        assert request.match_info.current_app is request.app is app
        return response

    async def inner(request: Request, handler: Handler) -> StreamResponse:
        assert request.app is sub
        assert request.match_info.current_app is sub
        request.match_info.current_app = app
        assert request.app is app
        request.match_info.current_app = sub
        return await handler(request)

    app, sub = named("app"), named("sub", "/a")
    app.middlewares.append(outer)
    sub.middlewares.append(inner)
    app.add_subapp("/sub", sub)
    assert (await (await serve(app)).get("/sub/a")).status == 200


async def test_the_match_info_of_a_request_does_not_change(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        with pytest.raises(RuntimeError):
            request.match_info.add_app(app)
        return Response()

    app = Application()
    app.router.add_get("/", handler)
    client = await serve(app)
    assert (await client.get()).status == 200
    app = Application()
    sub = Application()
    sub.router.add_get("/", handler)
    app.add_domain("example", sub)
    assert (await (await serve(app)).get()).status == 200


async def test_keys_are_looked_for_in_the_applications_around(serve: Serve) -> None:
    """The snippet of the documents."""
    first, second, third = (AppKey(name, str) for name in ("first", "second", "third"))
    seen: list[Any] = []

    async def outer(request: Request, handler: Handler) -> StreamResponse:
        seen.append((request.config_dict[second], request.config_dict.get(third)))
        return await handler(request)

    async def handler(request: Request) -> Response:
        config = request.config_dict
        return Response(text=f"{config[first]} {config[second]} {config[third]} {config[NAME]}")

    app, sub = named("app"), named("sub")
    app.middlewares.append(outer)
    app[first], app[second], sub[second], sub[third] = "app 1", "app 2", "sub 2", "sub 3"
    sub.router.add_get("/", handler)
    app.add_subapp("/sub", sub)
    assert (await (await serve(app)).get("/sub/")).text == "app 1 sub 2 sub 3 sub"
    assert seen == [("app 2", None)]


async def test_a_clone_knows_as_much(serve: Serve) -> None:
    async def clones(request: Request, handler: Handler) -> StreamResponse:
        clone = request.clone(rel_url="/elsewhere")
        assert clone.app is request.app
        assert clone.match is request.match
        return await handler(clone)

    async def handler(request: Request) -> Response:
        return Response(text=f"{request.path} {request.app[NAME]} {request.match_info['x']}")

    async def prepare(request: Request, response: StreamResponse) -> None:
        response.headers["X-Prepared"] = request.path

    app, sub = named("app"), named("sub")
    app.middlewares.append(clones)
    sub.router.add_get("/{x}", handler)
    app.add_subapp("/sub", sub)
    app.on_response_prepare.append(prepare)
    answer = await (await serve(app)).get("/sub/1")
    assert (answer.text, answer.fields["X-Prepared"]) == ("/elsewhere sub 1", "/sub/1")


async def test_requests_without_a_route_have_a_match_info_too(serve: Serve) -> None:
    seen: list[Any] = []

    async def looks(request: Request, handler: Handler) -> StreamResponse:
        info = request.match_info
        seen.append((info.http_exception and info.http_exception.status, dict(info), request.app[NAME]))
        with pytest.raises(HTTPException) as raised:
            await handler(request)
        assert raised.value is info.http_exception
        raise raised.value

    app = named("app", "/a")
    app.middlewares.append(looks)
    client = await serve(app)
    assert (await client.get("/a", method="PUT")).status == 405
    assert (await client.get("/b")).status == 404
    assert seen == [(405, {}, "app"), (404, {}, "app")]


async def test_a_server_without_an_application_has_none_to_tell() -> None:
    async def handler(request: Any) -> Response:
        with pytest.raises(RuntimeError, match="without an application"):
            assert request.app
        return Response(text=str(request.match_info.apps))

    server = Server(handler, request_factory=Request)
    assert (await Client(server).get()).text == "()"

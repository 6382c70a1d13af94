"""What the router found, as handlers see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from web_client import Client

from tidewire_web import Application, Request, Response, Route, UrlMappingMatchInfo

Serve = Callable[..., Awaitable[Client]]


async def handler(request: Request) -> Response:
    info = request.match_info
    assert info is request.match_info
    assert info.handler is handler
    return Response(text="|".join(f"{name}={value}" for name, value in info.items()))


async def test_values_are_decoded_whole(serve: Serve) -> None:
    app = Application()
    app.router.add_get("/{a}/{b:.*}", handler)
    client = await serve(app)
    assert (await client.get("/x/y/z?q")).text == "a=x|b=y/z"
    assert (await client.get("/1%2F2%2f3/%C3%A4%20%25")).text == "a=1/2/3|b=ä %"
    assert (await client.get("/%252F/")).text == "a=%2F|b="


async def test_a_fixed_path_has_no_values_and_shares_none(serve: Serve) -> None:
    async def writes(request: Request) -> Response:
        assert request.match_info == {}
        request.match_info["x"] = "y"
        return Response()

    app = Application()
    app.router.add_get("/", writes)
    client = await serve(app)
    for _ in range(2):
        assert (await client.get("/")).status == 200


def test_a_mapping_with_a_route() -> None:
    route = Route("GET", "/{a}", handler)
    info = UrlMappingMatchInfo({"a": "1"}, route)
    assert (info, info.route, info.handler) == ({"a": "1"}, route, handler)
    assert repr(info).startswith("<MatchInfo {'a': '1'}: <Route [GET] /{a} ->")


def test_nothing_was_found() -> None:
    info = UrlMappingMatchInfo({}, None)
    assert (info.route, info.handler) == (None, None)

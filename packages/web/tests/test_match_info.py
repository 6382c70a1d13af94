"""What the router found, as handlers see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from web_client import Client

from tidewire_web import (
    Application,
    HTTPMethodNotAllowed,
    HTTPNotFound,
    MatchInfoError,
    Request,
    Response,
    UrlDispatcher,
    UrlMappingMatchInfo,
)
from tidewire_web._match_info import info_of
from tidewire_web._match_tree import Match

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
    route = UrlDispatcher().add_get("/{a}", handler)
    info = UrlMappingMatchInfo({"a": "1"}, route)
    assert (info, info.route, info.handler) == ({"a": "1"}, route, handler)
    assert info.expect_handler == route.handle_expect_header
    assert info.http_exception is None
    assert info.get_info()["formatter"] == "/{a}"
    assert repr(info).startswith("<MatchInfo {'a': '1'}: <ResourceRoute [GET] <DynamicResource /{a}> ->")


def test_nobody_has_looked() -> None:
    info = UrlMappingMatchInfo({}, None)
    assert (info.route, info.handler, info.expect_handler, info.get_info()) == (None, None, None, {})


def test_applications_are_added_from_the_innermost_on() -> None:
    info = UrlMappingMatchInfo({}, None)
    with pytest.raises(RuntimeError):
        info.current_app  # noqa: B018
    info.add_app("inner")
    info.add_app("outer")
    assert (info.apps, info.current_app) == (("outer", "inner"), "inner")
    info.current_app = "outer"
    assert info.current_app == "outer"
    with pytest.raises(RuntimeError):
        info.current_app = "another"
    info.freeze()
    with pytest.raises(RuntimeError):
        info.add_app("outermost")
    assert info.apps == ("outer", "inner")


async def test_a_refusal_is_raised_by_its_handler() -> None:
    refusal = HTTPNotFound()
    info = MatchInfoError(refusal)
    assert (dict(info), info.http_exception) == ({}, refusal)
    assert repr(info) == "<MatchInfoError 404: Not Found>"
    assert info.get_info() == {"http_exception": refusal}
    assert info.handler is not None
    with pytest.raises(HTTPNotFound):
        await info.handler(None)


def test_what_the_matcher_found_becomes_what_handlers_see() -> None:
    route = UrlDispatcher().add_get("/{a}", handler)
    found = info_of(Match(route, {"a": "%2Fx%252F"}, [], ("outer", "inner")), "GET")
    assert (found, found.route, found.apps, found.current_app) == (
        {"a": "/x%2F"},
        route,
        ("outer", "inner"),
        "inner",
    )
    missing = info_of(Match(None, {}, [], ("sub",)), "GET")
    assert isinstance(missing.http_exception, HTTPNotFound)
    assert missing.apps == ("sub",)
    refused = info_of(Match(None, {}, ["PUT", "GET"]), "BREW")
    assert isinstance(refused.http_exception, HTTPMethodNotAllowed)
    assert refused.http_exception.method == "BREW"
    assert refused.http_exception.headers["Allow"] == "GET,PUT"

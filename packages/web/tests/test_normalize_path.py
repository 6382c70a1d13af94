"""A middleware that redirects to the path which was meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import Client
from yarl import URL

from tidewire_web import (
    Application,
    HTTPFound,
    HTTPMethodNotAllowed,
    Request,
    Response,
    StreamResponse,
    normalize_path_middleware,
)

Serve = Callable[..., Awaitable[Client]]


async def ok(request: Request) -> Response:
    return Response(text=request.path)


def app_of(*paths: str, by_host: bool = False, **options: Any) -> Application:
    """An application with the middleware and some paths, at which it may have to look at requests themselves."""
    app = Application(middlewares=[normalize_path_middleware(**options)])
    for path in paths:
        app.router.add_get(path, ok)
    if by_host:
        app.add_domain("elsewhere.example", Application())
    return app


APPENDING = {
    "/a": ("", "/a"),
    "/a/": ("/a", ""),
    "//a": ("/a", ""),
    "/a?b=c//d&e": ("", "/a?b=c//d&e"),
    "/b/?x": ("", "/b/?x"),
    "/b": ("/b/", ""),
    "/b?x=%2F": ("/b/?x=%2F", ""),
    "//b": ("/b/", ""),
    "/b//": ("/b/", ""),
    "/%62": ("/%62/", ""),
    "/c//d": ("/c/d", ""),
    "//c///d?y": ("/c/d?y", ""),
    "/c/d/": (None, ""),
    "/e//f": ("", "/e//f"),
    "/e//f/": (None, ""),
    "/nothing": (None, ""),
    "/": (None, ""),
    "//": (None, ""),
}


@pytest.mark.parametrize(("target", "expected"), APPENDING.items())
@pytest.mark.parametrize("by_host", [False, True])
async def test_slashes_are_appended_and_merged(
    serve: Serve, target: str, expected: tuple[str | None, str], by_host: bool
) -> None:
    app = app_of("/a", "/b/", "/c/d", "/e//f", by_host=by_host)
    answer = await (await serve(app)).get(target)
    location = expected[0]
    if location is None or target == "/a/":
        assert (answer.status, answer.fields.get("Location")) == (404, None)
    elif location:
        assert (answer.status, answer.fields["Location"]) == (308, location)
    else:
        assert (answer.status, answer.text) == (200, expected[1].partition("?")[0])


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/a/", "/a"),
        ("/a/?b", "/a?b"),
        ("//a//", "/a"),
        ("//a", "/a"),
        ("/a", ""),
        ("/b/", ""),
        ("/b", None),
        ("/b//", "/b/"),
        ("//", None),
    ],
)
async def test_slashes_are_removed_and_merged(serve: Serve, target: str, location: str | None) -> None:
    client = await serve(app_of("/a", "/b/", append_slash=False, remove_slash=True))
    answer = await client.get(target)
    assert (answer.status, answer.fields.get("Location")) == {
        None: (404, None),
        "": (200, None),
    }.get(location, (308, location))


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, {"/b": "/b/", "//b/": "/b/", "//b": "/b/"}),
        ({"merge_slashes": False}, {"/b": "/b/", "//b/": None, "//b": "/b/", "/x//y": "/x//y/"}),
        ({"append_slash": False}, {"/b": None, "//b/": "/b/", "//b": None}),
        ({"append_slash": False, "merge_slashes": False}, {"/b": None, "//b/": None}),
        (
            {"append_slash": False, "remove_slash": True, "merge_slashes": False},
            {"/c/": "/c", "//c/": "/c", "//c": None},
        ),
    ],
)
async def test_options(serve: Serve, options: dict[str, bool], found: dict[str, str | None]) -> None:
    client = await serve(app_of("/b/", "/c", "/x//y/", **options))
    for target, location in found.items():
        answer = await client.get(target)
        assert (answer.status, answer.fields.get("Location")) == (308 if location else 404, location), target


def test_a_slash_is_either_appended_or_removed() -> None:
    with pytest.raises(ValueError, match="either"):
        normalize_path_middleware(append_slash=True, remove_slash=True)


async def test_another_redirect(serve: Serve) -> None:
    answer = await (await serve(app_of("/b/", redirect_class=HTTPFound))).get("/b")
    assert (answer.status, answer.fields["Location"]) == (302, "/b/")


@pytest.mark.parametrize(
    "target",
    [
        "//example.com",
        "///example.com",
        "//example.com//",
        "/\\example.com",
        "\\\\example.com",
        "//\\example.com/",
        "/\\/example.com",
        "//example.com/%2e%2e",
        "//user@example.com",
        "http://example.com//other.example",
        "http://example.com/\\other.example",
    ],
)
@pytest.mark.parametrize(
    "options", [{}, {"merge_slashes": False}, {"append_slash": False, "remove_slash": True}]
)
@pytest.mark.parametrize("by_host", [False, True])
async def test_a_redirect_never_leads_to_another_host(
    serve: Serve, target: str, options: dict[str, bool], by_host: bool
) -> None:
    """CVE-2021-21330."""
    path = "/{tail:.+[^/]}" if options.get("remove_slash") else "/{tail:.+}/"
    client = await serve(app_of(path, by_host=by_host, **options))
    connection = client.connect()
    answer = await connection.ask(f"GET {target} HTTP/1.1\r\nHost: example\r\n\r\n".encode())
    location = answer.fields.get("Location", "/x")
    assert location[0] == "/"
    assert location[1] not in "/\\"


async def test_only_requests_without_a_route_are_redirected(serve: Serve) -> None:
    app = app_of("/a", "/a/")
    app.router.add_post("/b/", ok)
    client = await serve(app)
    assert (await client.get("/a")).status == (await client.get("/a/")).status == 200
    answer = await client.get("/a", method="POST")
    assert (answer.status, answer.fields["Allow"]) == (405, "GET,HEAD")
    assert (await client.get("/b", method="POST")).fields["Location"] == "/b/"
    assert (await client.get("/b")).status == 404


@pytest.mark.parametrize(
    ("method", "target", "status"), [("OPTIONS", "*", 204), ("CONNECT", "example:443", 501)]
)
async def test_targets_without_a_path_are_left_alone(
    serve: Serve, method: str, target: str, status: int
) -> None:
    answer = await (await serve(app_of("/{tail:.*}/"))).get(target, method=method)
    assert answer.status == status


async def test_in_a_nested_application(serve: Serve) -> None:
    app, sub = Application(), app_of("/b/")
    app.router.add_get("/sub/c/", ok)
    app.add_subapp("/sub", sub)
    client = await serve(app)
    assert (await client.get("/sub/b")).fields["Location"] == "/sub/b/"
    assert (await client.get("/sub//b")).fields["Location"] == "/sub/b/"
    assert (await client.get("/sub/c")).status == 404


async def test_around_a_nested_application_that_a_host_chooses(serve: Serve) -> None:
    app, sub = app_of(), Application()
    sub.router.add_get("/b/", ok)
    app.add_domain("example", sub)
    client = await serve(app)
    assert (await client.get("/b")).fields["Location"] == "/b/"
    answer = await client.ask(b"GET /b HTTP/1.1\r\nHost: other.example\r\n\r\n")
    assert answer.status == 404


@pytest.mark.parametrize("by_host", [False, True])
async def test_behind_a_middleware_that_has_read_the_body(serve: Serve, by_host: bool) -> None:
    async def reads(request: Request, handler: Any) -> StreamResponse:
        assert await request.read() == b"body"
        response: StreamResponse = await handler(request)
        return response

    app = app_of(by_host=by_host)
    app.router.add_post("/b/", ok)
    app.middlewares.insert(0, reads)
    answer = await (await serve(app)).get("/b", method="POST", body=b"body")
    # A request whose body was read cannot be asked of others, and is answered as it would be without the middleware.
    assert answer.status == (404 if by_host else 308)


async def test_the_handler_is_called_where_nothing_fits() -> None:
    normalize = normalize_path_middleware()
    app = Application()
    app.freeze()

    async def handler(request: Any) -> Any:
        raise HTTPMethodNotAllowed("GET", ["PUT"])

    class Asked:
        match = app.router.match("GET", "/a")
        method = "GET"

        def __init__(self) -> None:
            self.app = app
            self.rel_url = URL("/a")

    with pytest.raises(HTTPMethodNotAllowed):
        await normalize(Asked(), handler)

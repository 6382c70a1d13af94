"""What the head of a request says, and the connection that it came by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from request_bodies import post
from web_client import Client, request
from yarl import URL

from tidewire_web import Request, Response

Serve = Callable[..., Awaitable[Client]]
Look = Callable[..., Awaitable[Any]]


# -- the request line -----------------------------------------------------------------------------


async def test_the_request_line(look: Look) -> None:
    seen = await look(
        request("/a%20b/%C3%A4%2Fc?x=1&y=%C3%A4&x=2&z#f"),
        lambda r: (r.method, r.version, r.raw_path, r.path, r.path_qs, r.query_string, list(r.query.items())),
    )
    assert seen == (
        "GET",
        (1, 1),
        "/a%20b/%C3%A4%2Fc?x=1&y=%C3%A4&x=2&z#f",
        "/a b/ä/c",
        "/a%20b/%C3%A4%2Fc?x=1&y=%C3%A4&x=2&z",
        "x=1&y=ä&x=2&z",
        [("x", "1"), ("y", "ä"), ("x", "2"), ("z", "")],
    )


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", "/"),
        ("//a//b", "//a//b"),
        ("http://other/a?b", "/a"),
        ("http://other", "/"),
        ("http://other?x", "/"),
        ("/%zz%", "/%zz%"),
        ("/a:b@c", "/a:b@c"),
    ],
)
async def test_paths(look: Look, target: str, path: str) -> None:
    assert await look(request(target), lambda r: r.path) == path


async def test_the_asterisk(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        return Response()

    assert (await (await serve(handler)).get("*", method="OPTIONS")).status == 204


@pytest.mark.parametrize(
    "target", ["http://[zz]/", "http://[::1]a/", "//[", "/%", "/?%", "/%ff?%ff", "///?#?#"]
)
async def test_odd_targets_are_not_the_servers_fault(
    serve: Serve, caplog: pytest.LogCaptureFixture, target: str
) -> None:
    async def handler(request: Request) -> Response:
        return Response(text=f"{request.path} {request.path_qs} {request.query} {request.url} {request!r}")

    answer = await (await serve(handler)).get(target)
    assert answer.status in (200, 400)
    assert caplog.records == []


async def test_the_url(look: Look) -> None:
    assert await look(request("/a?b=c"), lambda r: r.url) == URL("http://example/a?b=c")
    seen = await look(request("/a"), lambda r: (r.url, r.scheme, r.secure), ssl_object=object())
    assert seen == (URL("https://example/a"), "https", True)
    assert await look(request("http://other/a?b"), lambda r: str(r.url)) == "http://other/a?b"


@pytest.mark.parametrize("target", ["/../x", "/a/./b/../c", "//other/x", "/%2e%2e/x", "/"])
async def test_the_url_has_the_path_that_the_router_looks_at(look: Look, target: str) -> None:
    seen = await look(request(target), lambda r: (str(r.url), r.url.raw_path, r.url.host))
    assert seen == (f"http://example{target}", target, "example")


@pytest.mark.parametrize(
    "host", ["example:99999", "example:0", "[::1]:1", "ex%41mple", "a..b", "1.2.3.4:", "x:"]
)
async def test_odd_hosts_are_not_the_servers_fault(
    serve: Serve, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    async def handler(request: Request) -> Response:
        return Response(text=str(request.url))

    data = request().replace(b"Host: example", f"Host: {host}".encode())
    answer = await (await serve(handler)).ask(data)
    assert answer.status in (200, 400)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_the_connection(look: Look) -> None:
    seen = await look(request(), lambda r: (r.remote, r.host, r.scheme, r.get_extra_info("nothing", 3)))
    assert seen == ("192.0.2.1", "example", "http", 3)
    old = b"GET / HTTP/1.0\r\n\r\n"
    assert await look(old, lambda r: (r.host, str(r.url))) == ("192.0.2.80:8080", "http://192.0.2.80:8080/")
    assert await look(old, lambda r: r.host, sockname=("::1", 80, 0, 0)) == "[::1]:80"
    assert await look(old, lambda r: (r.host, r.remote), sockname="/run/x", peername="") == ("", "")
    assert await look(request(), lambda r: r.remote, peername=None) is None


async def test_keep_alive(look: Look) -> None:
    assert await look(request(), lambda r: r.keep_alive) is True
    assert await look(request("/", "Connection: close"), lambda r: r.keep_alive) is False
    assert await look(b"GET / HTTP/1.0\r\n\r\n", lambda r: r.keep_alive) is False


# -- the fields -----------------------------------------------------------------------------------


async def test_the_fields(look: Look) -> None:
    headers = await look(request("/", "X-A: 1", "x-a:  2 ", "X-Grün: ä"[:2] + "B: ä"), lambda r: r.headers)
    assert headers.getall("X-A") == ["1", "2"]
    assert headers["x-b"] == "ä"
    assert headers["HOST"] == "example"
    with pytest.raises(TypeError):
        headers["X-A"] = "3"


@pytest.mark.parametrize(
    ("value", "content_type", "charset"),
    [
        (None, "application/octet-stream", None),
        ("text/html", "text/html", None),
        ("TEXT/html; Charset=UTF-8", "text/html", "UTF-8"),
        ('text/html; a=b; charset="x y"', "text/html", "x y"),
        ("nonsense", "application/octet-stream", None),
    ],
)
async def test_the_media_type(look: Look, value: str | None, content_type: str, charset: str | None) -> None:
    lines = [] if value is None else [f"Content-Type: {value}"]
    assert await look(request("/", *lines), lambda r: (r.content_type, r.charset)) == (content_type, charset)


async def test_the_length(look: Look) -> None:
    def see(r: Request) -> tuple[int | None, bool, bool]:
        return r.content_length, r.body_exists, r.can_read_body

    assert await look(request(), see) == (None, False, False)
    assert await look(post(b"abc"), see) == (3, True, True)
    assert await look(request("/", "Content-Length: 0", method="POST"), see) == (0, False, False)
    chunked = request("/", "Transfer-Encoding: chunked", method="POST") + b"0\r\n\r\n"
    assert await look(chunked, see) == (None, True, True)


async def test_several_fields_of_one_name_are_raw_headers_too(look: Look) -> None:
    seen = await look(request("/", "x-Own: a", "X-OWN: \xe4"), lambda r: (r.raw_headers, r.raw_headers))
    assert seen[0] == ((b"Host", b"example"), (b"x-Own", b"a"), (b"X-OWN", "\xe4".encode()))
    assert seen[0] == seen[1]


async def test_bytes_that_are_no_text_come_back_in_raw_headers(look: Look) -> None:
    data = request("/", "X-A: ?").replace(b"?", b"\xff")
    assert (await look(data, lambda r: r.raw_headers))[1] == (b"X-A", b"\xff")


# -- cookies --------------------------------------------------------------------------------------


async def test_cookies(look: Look) -> None:
    lines = ['Cookie: a=1; b="x y"; c="a\\054\\"b"; =z; d', "Cookie: a=2; e=f=g"]
    cookies = await look(request("/", *lines), lambda r: r.cookies)
    assert dict(cookies) == {"a": "2", "b": "x y", "c": 'a,"b', "d": "", "e": "f=g"}
    with pytest.raises(TypeError):
        cookies["a"] = "3"


async def test_without_cookies(look: Look) -> None:
    assert await look(request(), lambda r: (dict(r.cookies), r.cookies is r.cookies)) == ({}, True)


# -- Forwarded ------------------------------------------------------------------------------------


async def test_forwarded(look: Look) -> None:
    lines = ['Forwarded: For="[2001:db8::1]:4711";proto=https, by=_x', "Forwarded: host=a.example"]
    seen = await look(request("/", *lines), lambda r: r.forwarded)
    assert [dict(element) for element in seen] == [
        {"for": "[2001:db8::1]:4711", "proto": "https"},
        {"by": "_x"},
        {"host": "a.example"},
    ]
    with pytest.raises(TypeError):
        seen[0]["for"] = "me"


async def test_forwarded_that_is_malformed_is_read_up_to_its_fault(look: Look) -> None:
    seen = await look(request("/", 'Forwarded: for=a;by="b, for=c'), lambda r: r.forwarded)
    assert [dict(element) for element in seen] == [{"for": "a"}, {"for": "c"}]


async def test_without_forwarded(look: Look) -> None:
    assert await look(request(), lambda r: r.forwarded) == ()


async def test_forwarded_is_not_believed(look: Look) -> None:
    lines = ["Forwarded: for=192.0.2.9;proto=https;host=other", "X-Forwarded-Proto: https"]
    seen = await look(request("/", *lines), lambda r: (r.scheme, r.host, r.remote))
    assert seen == ("http", "example", "192.0.2.1")

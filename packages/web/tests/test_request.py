"""What handlers are called with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import Client, request
from yarl import URL

from tidewire_http_io import StreamReset
from tidewire_web import HTTPRequestEntityTooLarge, Request, Response

Serve = Callable[..., Awaitable[Client]]
Look = Callable[..., Awaitable[Any]]


@pytest.fixture
def look(serve: Serve) -> Look:
    """Sends bytes and returns what a function makes of the request, which it may await."""

    async def send(data: bytes, see: Callable[[Request], Any], *, rest: bytes = b"", **extra: Any) -> Any:
        seen: list[Any] = []

        async def handler(request: Request) -> Response:
            found = see(request)
            seen.append(await found if asyncio.iscoroutine(found) else found)
            return Response()

        size = extra.pop("client_max_size", 1024**2)
        connection = (await serve(handler, client_max_size=size)).connect(**extra)
        connection.send(data, data.partition(b" ")[0].decode())
        for position in range(len(rest)):
            await asyncio.sleep(0)
            connection.transport.feed(rest[position : position + 1])
        await connection.until(lambda: connection.look() or connection.transport.lost)
        return seen[0] if seen else connection.answers[0]

    return send


def post(body: bytes, *lines: str) -> bytes:
    return request("/", *lines, method="POST", body=body)


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

    assert (await (await serve(handler)).get("*", method="OPTIONS")).status == 404


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
    assert await look(request("http://other/a?b"), lambda r: str(r.url)) == "http://example/a?b"


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


# -- the body -------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [0, 1, 5])
async def test_reading_the_body(look: Look, late: int) -> None:
    async def see(r: Request) -> tuple[bytes, bytes, bool]:
        first = await r.read()
        return first, await r.read(), r.can_read_body

    data = post(b"hello")
    seen = await look(data[: len(data) - late], see, rest=data[len(data) - late :])
    assert seen == (b"hello", b"hello", False)


async def test_reading_where_there_is_no_body(look: Look) -> None:
    assert await look(request(), lambda r: r.read()) == b""
    assert await look(request(), lambda r: r.text()) == ""


async def test_reading_a_chunked_body(look: Look) -> None:
    data = request("/", "Transfer-Encoding: chunked", method="POST")
    assert await look(data, lambda r: r.read(), rest=b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") == b"abcde"


async def test_the_body_as_a_stream(look: Look) -> None:
    async def see(r: Request) -> list[bytes]:
        assert r.content is r.content
        pieces = [await r.content.read(2), await r.content.readexactly(2)]
        pieces += [piece async for piece in r.content.iter_any()]
        assert r.content.at_eof()
        assert not r.can_read_body
        return pieces

    assert await look(post(b"abcdef"), see) == [b"ab", b"cd", b"ef"]


async def test_what_the_stream_has_given_away_read_does_not_give(look: Look) -> None:
    async def see(r: Request) -> bytes:
        await r.content.read(2)
        return await r.read()

    assert await look(post(b"abcdef"), see) == b"cdef"


async def test_text_and_json(look: Look) -> None:
    assert await look(post("grün".encode()), lambda r: r.text()) == "grün"
    latin = post("grün".encode("latin-1"), "Content-Type: text/plain; charset=latin-1")
    assert await look(latin, lambda r: r.text()) == "grün"
    assert await look(post(b'{"a": [1, 2]}'), lambda r: r.json()) == {"a": [1, 2]}
    assert await look(post(b"abc"), lambda r: r.json(loads=str.upper)) == "ABC"


async def test_what_is_no_text_and_no_json(look: Look) -> None:
    async def see(r: Request) -> str:
        try:
            await r.json()
        except Exception as error:
            return type(error).__name__
        return "nothing"

    assert await look(post(b"{"), see) == "JSONDecodeError"
    assert await look(post(b"\xff"), see) == "UnicodeDecodeError"
    assert await look(post(b"x", "Content-Type: a/b; charset=no-such"), see) == "LookupError"
    # Decoders of quadratic time.
    for charset in ("punycode", "PunyCode", "idna"):
        assert await look(post(b"x", f"Content-Type: a/b; charset={charset}"), see) == "LookupError"


async def test_a_form(look: Look) -> None:
    async def see(r: Request) -> list[tuple[str, str]]:
        form = await r.post()
        assert await r.post() is form
        return list(form.items())

    form = "Content-Type: application/x-www-form-urlencoded"
    assert await look(post(b"a=1&b=%C3%A4+x&a=2&c=&d\r\n", form), see) == [
        ("a", "1"), ("b", "ä x"), ("a", "2"), ("c", ""), ("d", ""),
    ]  # fmt: skip
    assert await look(post(b"a=%E4", f"{form}; charset=latin-1"), see) == [("a", "ä")]
    assert await look(post(b"a=1", "Content-Type: text/plain"), see) == []
    assert await look(request(), see) == []


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_that_is_too_large(look: Look, declared: bool) -> None:
    async def see(r: Request) -> tuple[int, int]:
        with pytest.raises(HTTPRequestEntityTooLarge) as caught:
            await r.read()
        return caught.value.max_size, caught.value.actual_size

    data = post(b"12345678901")
    if not declared:
        data = request("/", "Transfer-Encoding: chunked", method="POST") + b"b\r\n12345678901\r\n0\r\n\r\n"
    assert await look(data, see, client_max_size=10) == (10, 11)
    assert await look(post(b"1234567890"), lambda r: r.read(), client_max_size=10) == b"1234567890"
    assert await look(post(b"x" * 100), lambda r: r.read(), client_max_size=0) == b"x" * 100


async def test_a_body_that_turns_out_to_be_too_large(look: Look) -> None:
    data = request("/", "Transfer-Encoding: chunked", method="POST")
    answer = await look(data, lambda r: r.read(), rest=b"6\r\n123456\r\n6\r\n123456\r\n", client_max_size=10)
    assert answer.status == 413


async def test_a_body_that_breaks_off(serve: Serve) -> None:
    caught: list[BaseException] = []

    async def handler(request: Request) -> Response:
        for _ in range(2):
            try:
                await request.read()
            except StreamReset as error:
                caught.append(error)
        return Response()

    connection = (await serve(handler)).connect()
    connection.send(post(b"abc")[:-1], "POST")
    await asyncio.sleep(0)
    connection.transport.lose(None)
    await connection.until(lambda: len(caught) == 2)


async def test_reading_after_the_answer(serve: Serve) -> None:
    """What comes after the answer is thrown away: it must not look like a body that is complete."""
    caught: list[object] = []

    async def handler(request: Request) -> Response:
        response = Response(text="early")
        await response.send(request)
        await asyncio.sleep(0)
        try:
            caught.append(await request.read())
        except StreamReset as error:
            caught.append(type(error))
        return response

    connection = (await serve(handler)).connect()
    connection.send(post(b"abcdef")[:-3], "POST")
    await asyncio.sleep(0)
    connection.transport.feed(b"def")
    await connection.until(lambda: caught)
    assert caught == [StreamReset]


# -- the mapping ----------------------------------------------------------------------------------


async def test_a_request_is_a_mapping_compared_by_identity(look: Look) -> None:
    def see(r: Request) -> None:
        assert len(r) == 0
        assert list(r) == []
        assert r
        with pytest.raises(KeyError):
            r["a"]
        with pytest.raises(KeyError):
            r.pop("a")
        with pytest.raises(KeyError):
            del r["a"]
        r["a"] = 1
        assert (dict(r), len(r), r["a"], "a" in r, "b" in r) == ({"a": 1}, 1, 1, True, False)
        del r["a"]
        assert r == r
        assert r != {}
        assert {r: 1}[r] == 1
        assert repr(r) == "<Request GET '/x?y'>"

    await look(request("/x?y"), see)

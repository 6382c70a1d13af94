"""The proxy between a real client and real upstreams."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from multidict import CIMultiDict
from yarl import URL

from reverse_proxy.app import make_app
from reverse_proxy.config import Config, Route, parse_route
from tidewire_client import ClientPayloadError
from tidewire_testing.client import TestClient
from tidewire_testing.pytest_plugin import TidewireClient, TidewireRawServer
from tidewire_web import BaseRequest, Response, StreamResponse, json_response, send_interim

Handler = Callable[[BaseRequest], Awaitable[StreamResponse]]
Client = TestClient[Any, Any]
Proxy = Callable[..., Awaitable[Client]]


@pytest.fixture
def proxy(tidewire_client: TidewireClient, tidewire_raw_server: TidewireRawServer) -> Proxy:
    """Starts upstreams with the given handlers, and a proxy that leads to them; gives a client of the proxy."""

    async def start(*handlers: Handler, prefix: str = "/", **settings: Any) -> Client:
        upstreams = [(await tidewire_raw_server(handler)).make_url("/").origin() for handler in handlers]
        config = Config(routes=[Route(prefix, upstreams)], **settings)
        return await tidewire_client(make_app(config))

    return start


async def tell(request: BaseRequest) -> Response:
    """Tell what the upstream was sent."""
    fields = [[name, value] for name, value in request.headers.items()]
    return json_response({"method": request.method, "target": request.raw_path, "fields": fields})


async def echo(request: BaseRequest) -> StreamResponse:
    response = StreamResponse(headers={"Content-Type": request.headers.get("Content-Type", "")})
    await response.prepare(request)
    async for piece in request.content.iter_any():
        await response.write(piece)
    return response


async def asked(client: Client, target: str = "/", **options: Any) -> tuple[str, CIMultiDict[str]]:
    async with client.get(target, **options) as response:
        assert response.status == 200
        told = await response.json()
    return told["target"], CIMultiDict(told["fields"])


@asynccontextmanager
async def conversation(client: Client) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect to the proxy, for what no client would send."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    try:
        async with asyncio.timeout(20):
            yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


# Fields.


async def test_the_target_goes_as_it_was_sent(proxy: Proxy) -> None:
    client = await proxy(tell)
    target, _ = await asked(client, str(URL("/a%2Fb//c%20d?x=%26&y", encoded=True)))
    assert target == "/a%2Fb//c%20d?x=%26&y"


async def test_the_target_may_be_a_whole_url(proxy: Proxy) -> None:
    client = await proxy(tell)
    async with conversation(client) as (reader, writer):
        writer.write(
            b"GET http://shop.example/a?b HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"
        )
        answer = await reader.read()
    assert b'"target": "/a?b"' in answer
    assert b'["X-Forwarded-Host", "shop.example"]' in answer


async def test_what_is_about_one_connection_ends_here(proxy: Proxy) -> None:
    client = await proxy(tell)
    headers = {
        "Connection": "keep-alive, X-Mine",
        "Keep-Alive": "timeout=5",
        "Proxy-Authorization": "Basic eDp5",
        "TE": "trailers, deflate",
        "X-Mine": "1",
        "X-Theirs": "2",
    }
    _, fields = await asked(client, headers=headers)
    assert not {"Keep-Alive", "Proxy-Authorization", "X-Mine"} & fields.keys()
    assert (fields["X-Theirs"], fields["TE"], fields["Connection"]) == ("2", "trailers", "TE")


async def test_nothing_is_added_that_nobody_said(proxy: Proxy) -> None:
    client = await proxy(tell)
    _, fields = await asked(client, skip_auto_headers=["Accept", "Accept-Encoding", "User-Agent"])
    assert {name.lower() for name in fields} == {
        "forwarded", "host", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    }  # fmt: skip


async def test_it_says_where_a_request_comes_from(proxy: Proxy) -> None:
    client = await proxy(tell)
    _, fields = await asked(
        client, headers={"Host": "shop.example", "X-Forwarded-For": "1.2.3.4", "Forwarded": "for=x"}
    )
    assert fields.getall("X-Forwarded-For") == ["127.0.0.1"]
    assert (fields["X-Forwarded-Host"], fields["X-Forwarded-Proto"]) == ("shop.example", "http")
    assert fields.getall("Forwarded") == ["for=127.0.0.1;host=shop.example;proto=http"]
    assert fields["Via"] == "1.1 tidewire"
    assert fields["Host"].startswith("127.0.0.1:")


async def test_proxies_before_it_are_believed_where_that_is_wanted(proxy: Proxy) -> None:
    client = await proxy(tell, trust_forwarded=True, preserve_host=True)
    headers = {
        "Forwarded": "for=1.2.3.4",
        "Host": "shop.example",
        "Via": "2 edge",
        "X-Forwarded-For": "1.2.3.4",
        "X-Forwarded-Host": "outside.example",
        "X-Forwarded-Proto": "https",
    }
    _, fields = await asked(client, headers=headers)
    assert fields["X-Forwarded-For"] == "1.2.3.4, 127.0.0.1"
    assert (fields["X-Forwarded-Host"], fields["X-Forwarded-Proto"]) == ("outside.example", "https")
    assert fields["Forwarded"] == "for=1.2.3.4, for=127.0.0.1;host=shop.example;proto=http"
    assert (fields["Via"], fields["Host"]) == ("2 edge, 1.1 tidewire", "shop.example")


async def test_a_request_that_goes_in_a_circle_is_stopped(proxy: Proxy) -> None:
    client = await proxy(tell)
    async with client.get("/", headers={"Via": "1.1 other, 1.1 tidewire (again)"}) as response:
        assert response.status == 508


async def test_the_response_is_what_the_upstream_sent(proxy: Proxy) -> None:
    body = gzip.compress(b"hello")

    async def answer(request: BaseRequest) -> Response:
        headers = [
            ("Content-Encoding", "gzip"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("Keep-Alive", "9"),
        ]
        return Response(status=404, reason="Nowhere", body=body, headers=headers)

    client = await proxy(answer)
    async with client.get("/", auto_decompress=False) as response:
        assert (response.status, response.reason) == (404, "Nowhere")
        assert await response.read() == body
        assert response.headers.getall("Set-Cookie") == ["a=1", "b=2"]
        assert response.headers["Content-Length"] == str(len(body))
        assert response.headers["Via"] == "1.1 tidewire"
        assert "Keep-Alive" not in response.headers


async def test_redirects_lead_to_the_proxy(proxy: Proxy) -> None:
    async def redirect(request: BaseRequest) -> Response:
        return Response(status=302, headers={"Location": f"http://{request.host}/there?x"})

    client = await proxy(redirect)
    async with client.get("/", allow_redirects=False) as response:
        assert response.headers["Location"] == "/there?x"


async def test_what_may_not_go_out_does_not(proxy: Proxy) -> None:
    async def answer(request: BaseRequest) -> Response:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 1\r\n\r\nx")
        request.transport.close()
        return Response()

    client = await proxy(answer)
    async with client.get("/") as response:
        assert response.status == 502


async def test_a_body_without_a_type_stays_without_one(proxy: Proxy) -> None:
    async def answer(request: BaseRequest) -> Response:
        response = Response(body=b"x")
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
        request.transport.close()
        return response

    client = await proxy(answer)
    async with client.get("/") as response:
        assert (await response.read(), "Content-Type" in response.headers) == (b"x", False)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304), ("GET", 204)])
async def test_responses_without_a_body(proxy: Proxy, method: str, status: int) -> None:
    async def answer(request: BaseRequest) -> Response:
        return Response(status=status, headers={"ETag": '"1"'}, body=b"12345" if status == 200 else None)

    client = await proxy(answer)
    async with client.request(method, "/") as response:
        assert (response.status, response.headers["ETag"], await response.read()) == (status, '"1"', b"")
        assert response.headers.get("Content-Length") == ("5" if method == "HEAD" else None)


async def test_trailers(proxy: Proxy) -> None:
    async def answer(request: BaseRequest) -> StreamResponse:
        response = StreamResponse()
        response.trailers["Checksum"] = "later"
        await response.prepare(request)
        await response.write(b"body")
        response.trailers["Checksum"] = "42"
        return response

    client = await proxy(answer)
    async with client.get("/") as response:
        assert await response.content.read() == b"body"
        assert (response.headers["Trailer"], response.trailers["Checksum"]) == ("Checksum", "42")


# Bodies.


async def test_bodies_go_through_piece_by_piece(proxy: Proxy) -> None:
    client = await proxy(echo)
    came = asyncio.Queue[bytes]()

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d" % number
            # The next one is sent when this one has come back: nobody has waited for the whole.
            assert await asyncio.wait_for(came.get(), 20) == b"%d" % number

    async with client.post("/", data=pieces()) as response:
        async for piece in response.content.iter_any():
            came.put_nowait(piece)


async def test_large_bodies_both_ways(proxy: Proxy) -> None:
    client = await proxy(echo)
    body = bytes(range(256)) * 4096 * 8
    async with client.post("/", data=body) as response:
        assert await response.read() == body


async def test_an_upstream_is_slowed_down_by_a_client_that_does_not_read(proxy: Proxy) -> None:
    sent = 0
    stuck = asyncio.Event()

    async def endless(request: BaseRequest) -> StreamResponse:
        nonlocal sent
        response = StreamResponse()
        await response.prepare(request)
        while True:
            try:
                async with asyncio.timeout(0.2):
                    await response.write(b"x" * 65536)
            except TimeoutError:
                stuck.set()
                return response
            sent += 65536

    client = await proxy(endless)
    async with client.get("/"):
        await asyncio.wait_for(stuck.wait(), 20)
    assert sent < 50_000_000  # what buffers hold on the way, the system's too


async def test_the_length_of_a_body_is_passed_on(proxy: Proxy) -> None:
    async def lengths(request: BaseRequest) -> Response:
        return json_response([request.content_length, len(await request.read())])

    client = await proxy(lengths)
    async with client.put("/", data=b"x" * 1000) as response:
        assert await response.json() == [1000, 1000]


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_may_be_too_large(proxy: Proxy, chunked: bool) -> None:
    client = await proxy(echo, max_body=1000)
    async with client.post("/", data=b"x" * 1001, chunked=chunked or None) as response:
        assert response.status == 413


async def test_a_client_that_leaves_takes_its_request_back(proxy: Proxy) -> None:
    begun, gone = asyncio.Event(), asyncio.Event()

    async def wait(request: BaseRequest) -> Response:
        begun.set()
        try:
            await request.wait_disconnected()
        finally:
            gone.set()
        return Response()

    client = await proxy(wait)
    task = asyncio.ensure_future(client.get("/"))
    async with asyncio.timeout(20):
        await begun.wait()
        task.cancel()
        await gone.wait()


@pytest.mark.parametrize("wanted", [True, False])
async def test_the_upstream_decides_whether_it_wants_the_body(proxy: Proxy, wanted: bool) -> None:
    async def answer(request: BaseRequest) -> Response:
        if not wanted:
            return Response(status=403)
        await send_interim(request, 100)
        return Response(body=await request.read())

    client = await proxy(answer)
    async with conversation(client) as (reader, writer):
        writer.write(b"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        line = await reader.readline()
        if wanted:
            assert line == b"HTTP/1.1 100 Continue\r\n"
            writer.write(b"body")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"\r\nHTTP/1.1 200 ")
            assert await reader.readexactly(4) == b"body"
        else:
            assert line == b"HTTP/1.1 403 Forbidden\r\n"


async def test_other_expectations_are_not_met(proxy: Proxy) -> None:
    client = await proxy(echo)
    async with client.post("/", data=b"x", headers={"Expect": "more"}) as response:
        assert response.status == 417


# Upstreams.


async def test_upstreams_take_turns(proxy: Proxy) -> None:
    def named(name: str) -> Handler:
        async def answer(request: BaseRequest) -> Response:
            return Response(text=name)

        return answer

    client = await proxy(named("a"), named("b"), named("c"))
    assert [await (await client.get("/")).text() for _ in range(5)] == ["a", "b", "c", "a", "b"]


async def test_an_upstream_that_is_down_is_left_out(
    tidewire_client: TidewireClient, tidewire_raw_server: TidewireRawServer, unused_port: Callable[[], int]
) -> None:
    up = (await tidewire_raw_server(echo)).make_url("/").origin()
    down = URL(f"http://127.0.0.1:{unused_port()}")
    client = await tidewire_client(make_app(Config(routes=[Route("/", [down, up])])))
    for _ in range(3):
        async with client.post("/", data=b"once") as response:
            assert (response.status, await response.read()) == (200, b"once")


async def test_an_upstream_that_takes_no_connection_is_left_out(
    tidewire_client: TidewireClient, tidewire_raw_server: TidewireRawServer
) -> None:
    up = (await tidewire_raw_server(echo)).make_url("/").origin()
    # It accepts, but says nothing of TLS.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        down = URL(f"https://127.0.0.1:{silent.getsockname()[1]}")
        client = await tidewire_client(make_app(Config(routes=[Route("/", [down, up])], connect_timeout=0.1)))
        async with client.post("/", data=b"once") as response:
            assert (response.status, await response.read()) == (200, b"once")
        alone = await tidewire_client(make_app(Config(routes=[Route("/", [down])], connect_timeout=0.1)))
        async with alone.get("/") as response:
            assert response.status == 504


async def test_connections_to_upstreams_are_kept(proxy: Proxy) -> None:
    peers = set()

    async def answer(request: BaseRequest) -> Response:
        peers.add(request.get_extra_info("peername"))
        return Response()

    client = await proxy(answer)
    for _ in range(5):
        async with client.get("/") as response:
            assert response.status == 200
    assert len(peers) == 1


async def test_errors_of_upstreams(
    proxy: Proxy, tidewire_client: TidewireClient, unused_port: Callable[[], int]
) -> None:
    async def hang_up(request: BaseRequest) -> Response:
        assert request.transport is not None
        request.transport.abort()
        return Response()

    async def sleep(request: BaseRequest) -> Response:
        await request.wait_disconnected()
        return Response()

    async with (await proxy(hang_up)).get("/") as response:
        assert response.status == 502
    async with (await proxy(sleep, read_timeout=0.05)).get("/") as response:
        assert response.status == 504
    nowhere = Config(routes=[Route("/", [URL(f"http://127.0.0.1:{unused_port()}")])])
    async with (await tidewire_client(make_app(nowhere))).get("/") as response:
        assert response.status == 502


async def test_too_many_requests_at_once(proxy: Proxy) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(request: BaseRequest) -> Response:
        begun.set()
        await go_on.wait()
        return Response()

    client = await proxy(wait, max_connections=1, queue_timeout=0.05)
    first = asyncio.ensure_future(client.get("/"))
    await begun.wait()
    async with client.get("/") as response:
        assert (response.status, response.headers["Retry-After"]) == (503, "1")
    go_on.set()
    assert (await first).status == 200


async def test_a_body_that_breaks_off_is_not_taken_for_complete(proxy: Proxy) -> None:
    async def break_off(request: BaseRequest) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return response

    client = await proxy(break_off)
    async with client.get("/") as response:
        assert await response.content.readexactly(4) == b"half"
        with pytest.raises(ClientPayloadError):
            await response.read()


# Routes.


def test_the_longest_prefix_counts() -> None:
    routes = [parse_route(f"{prefix}=http://a") for prefix in ("/", "/api", "/api/v2/")]
    config = Config(routes=routes)

    def prefix(path: str) -> str | None:
        route = config.route_for(path)
        return None if route is None else route.prefix

    assert [prefix(path) for path in ("/", "/apis", "/api", "/api/v1", "/api/v2", "/api/v2/x")] == [
        "", "", "/api", "/api", "/api/v2", "/api/v2",
    ]  # fmt: skip
    assert Config(routes=routes[1:]).route_for("/") is None


@pytest.mark.parametrize("text", ["/", "api=http://a", "/=ftp://a", "/=http://a/path", "/=http://a,b"])
def test_what_is_no_route_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"prefix|upstream|route is"):
        parse_route(text)


@pytest.mark.parametrize(
    "path", ["/public/../private", "/public/%2E%2e/private", "/public/.", "/public/..;/x"]
)
async def test_dots_do_not_lead_out_of_a_prefix(proxy: Proxy, path: str) -> None:
    client = await proxy(tell, prefix="/public")
    async with conversation(client) as (reader, writer):
        # Clients take the dots out before they ask.
        writer.write(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode())
        assert await reader.readline() == b"HTTP/1.1 400 Bad Request\r\n"
    async with client.get("/elsewhere") as response:
        assert response.status == 404

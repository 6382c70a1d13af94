from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path
from typing import Any

import pytest

from tidewire_client import ClientResponse, ClientSession, DummyCookieJar, ServerDisconnectedError
from tidewire_testing import CertificateAuthority, assert_no_leaks
from tidewire_testing.client import ResponseManager, ServerUnderTest, TestClient
from tidewire_testing.web import RawTestServer, TestServer
from tidewire_web import Application, BaseRequest, HTTPFound, Request, Response, WebSocketResponse

BOTH = pytest.mark.parametrize("memory", [False, True], ids=["tcp", "memory"])


async def describe(request: Request) -> Response:
    body = (await request.read()).decode()
    return Response(text=f"{request.method} {request.path_qs} {body}", headers={"X-Method": request.method})


async def count(request: Request) -> Response:
    number = int(request.cookies.get("count", "0")) + 1
    response = Response(text=str(number))
    response.set_cookie("count", str(number))
    return response


async def redirect(_request: Request) -> Response:
    raise HTTPFound("/x?from=redirect")


def application() -> Application:
    app = Application()
    app.router.add_get("/count", count)
    app.router.add_get("/redirect", redirect)
    app.router.add_route("*", "/x", describe)
    return app


@BOTH
async def test_a_client_starts_its_server_and_stops_it(memory: bool) -> None:
    async with assert_no_leaks():
        server = TestServer(application(), memory=memory)
        async with TestClient(server) as client:
            assert client.server is server
            assert client.app is server.app
            assert (client.host, client.port) == (server.host, server.port)
            assert isinstance(client.session, ClientSession)
            async with client.get("/x") as response:
                assert await response.text() == "GET /x "
        assert server.closed
        assert client.session.closed
        await client.close()


@BOTH
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options", "head"])
async def test_each_method_has_its_own(memory: bool, method: str) -> None:
    async with TestClient(TestServer(application(), memory=memory)) as client:
        send: Any = getattr(client, method)
        async with send("/x?a=b", params={"c": "d"}) as response:
            assert response.headers["X-Method"] == method.upper()
            if method != "head":
                assert await response.text() == f"{method.upper()} /x?a=b&c=d "
        response = await client.request(method, "/x")
        assert isinstance(response, ClientResponse)
        assert response.headers["X-Method"] == method.upper()


@BOTH
async def test_cookies_of_the_server_are_kept_although_its_host_is_an_address(memory: bool) -> None:
    async with TestClient(TestServer(application(), memory=memory)) as client:
        for number in ("1", "2", "3"):
            async with client.get("/count") as response:
                assert await response.text() == number


@BOTH
async def test_another_jar_takes_the_place_of_the_clients_own(memory: bool) -> None:
    async with TestClient(TestServer(application(), memory=memory), cookie_jar=DummyCookieJar()) as client:
        for _ in range(2):
            async with client.get("/count") as response:
                assert await response.text() == "1"


@BOTH
async def test_redirects_are_followed(memory: bool) -> None:
    async with TestClient(TestServer(application(), memory=memory)) as client:
        response = await client.get("/redirect")
        assert await response.text() == "GET /x?from=redirect "
        assert len(response.history) == 1


@BOTH
async def test_options_are_the_sessions(memory: bool) -> None:
    async def headers(request: BaseRequest) -> Response:
        return Response(text=request.headers["X-Token"])

    async with TestClient(RawTestServer(headers, memory=memory), headers={"X-Token": "secret"}) as client:
        assert client.app is None
        async with client.get("/") as response:
            assert await response.text() == "secret"


@BOTH
async def test_a_request_is_not_sent_a_second_time(memory: bool) -> None:
    requests = 0

    async def vanish(request: BaseRequest) -> Response:
        nonlocal requests
        requests += 1
        if requests > 1:
            request.transport.abort()
        return Response()

    async with TestClient(RawTestServer(vanish, memory=memory)) as client:
        await (await client.get("/")).read()
        with pytest.raises((ServerDisconnectedError, ConnectionResetError, OSError)):
            await client.get("/")
        assert requests == 2


@BOTH
async def test_a_handler_whose_client_goes_is_cancelled(memory: bool) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def wait(_request: BaseRequest) -> Response:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return Response()

    async with TestClient(RawTestServer(wait, memory=memory)) as client:
        request = asyncio.create_task(client.get("/"))
        await started.wait()
        request.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await request
        await asyncio.wait_for(cancelled.wait(), 5)


@BOTH
async def test_responses_are_closed_with_the_client(memory: bool) -> None:
    async def endless(request: BaseRequest) -> Response:
        response = Response()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(b"x")
        await request.wait_disconnected()
        return response

    async with assert_no_leaks(), TestClient(RawTestServer(endless, memory=memory)) as client:
        response = await client.get("/")
        assert not response.closed
    assert response.closed


@pytest.fixture
def contexts(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate; return the contexts of a server that has it, and of a client that trusts it."""
    authority = CertificateAuthority(tmp_path)
    return authority.issue().server_context(), authority.client_context()


@BOTH
async def test_websockets_are_opened_and_closed_with_the_client(memory: bool) -> None:
    async def shout(request: BaseRequest) -> WebSocketResponse:
        socket = WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data.upper())
        return socket

    async with assert_no_leaks(), TestClient(RawTestServer(shout, memory=memory)) as client:
        async with client.ws_connect("/") as entered:
            await entered.send_str("hello")
            assert await entered.receive_str() == "HELLO"
        left = await client.ws_connect("/")
        await left.send_str("x" * 200_000)
        assert await left.receive_str() == "X" * 200_000
    assert left.closed


async def test_with_tls_urls_are_https(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    context, trusting = contexts

    async def scheme(request: BaseRequest) -> Response:
        return Response(text=request.scheme)

    server = RawTestServer(scheme)
    await server.start_server(ssl=context)
    async with TestClient(server) as client:
        assert client.make_url("/").scheme == "https"
        async with client.get("/", ssl=trusting) as response:
            assert await response.text() == "https"


async def test_what_is_no_server_is_refused() -> None:
    wrong: Any = application()
    with pytest.raises(TypeError, match="test server, not Application"):
        TestClient(wrong)


async def test_only_async_with_is_there() -> None:
    client = TestClient(TestServer(application()))
    with pytest.raises(TypeError, match="async with"), client:
        pass
    await client.close()


async def test_where_the_server_does_not_start_the_session_is_closed() -> None:
    app = application()

    async def fail(_app: Application) -> None:
        raise ZeroDivisionError

    app.on_startup.append(fail)
    client = TestClient(TestServer(app))
    with pytest.raises(ZeroDivisionError):
        async with client:
            pass
    assert client.session.closed


def test_the_types_of_the_interface_can_be_named() -> None:
    assert isinstance(TestServer(application()), ServerUnderTest)
    assert hasattr(ResponseManager, "__aenter__")

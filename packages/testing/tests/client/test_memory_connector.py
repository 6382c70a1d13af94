from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from tidewire_client import ClientConnectionError, ClientConnectorError, ClientPayloadError, ClientSession
from tidewire_testing.client import MemoryConnector, PretendedTLS
from tidewire_testing.web import TestServer
from tidewire_web import Application, FileResponse, Request, Response, StreamResponse

SOURCE = Path(__file__).read_bytes()


def application() -> Application:
    app = Application(client_max_size=0)
    app.router.add_get("/", who)
    app.router.add_post("/echo", echo)
    app.router.add_get("/stream", stream)
    app.router.add_get("/broken", broken)
    app.router.add_get("/file", send_file)
    return app


async def who(request: Request) -> Response:
    return Response(text=f"{request.scheme} {request.host} {request.remote}")


async def echo(request: Request) -> Response:
    return Response(body=await request.read())


async def stream(request: Request) -> StreamResponse:
    response = StreamResponse()
    await response.prepare(request)
    for number in range(100):
        await response.write(b"%d " % number * 1000)
    return response


async def broken(request: Request) -> StreamResponse:
    response = StreamResponse()
    response.content_length = 100
    await response.prepare(request)
    await response.write(b"half")
    await asyncio.sleep(0)  # what is written goes out when the callback ends that the handler was started in
    raise ZeroDivisionError


async def send_file(_request: Request) -> FileResponse:
    return FileResponse(Path(__file__))


async def test_requests_go_to_the_server_of_their_host_and_port() -> None:
    one = TestServer(application(), memory=True, host="one.example")
    two = TestServer(application(), memory=True, host="two.example", port=8080)
    servers = {"one.example:80": one.new_protocol, "two.example:8080": two.new_protocol}
    async with one, two, ClientSession(connector=MemoryConnector(servers)) as session:
        for url, host in (
            ("http://one.example/", "one.example"),
            ("http://two.example:8080/", "two.example:8080"),
        ):
            async with session.get(url) as response:
                assert await response.text() == f"http {host} 127.0.0.1"
        with pytest.raises(ClientConnectorError, match="nobody listens"):
            await session.get("http://two.example/")


async def test_tls_is_pretended() -> None:
    server = TestServer(application(), memory=True, scheme="https", host="api.example")
    connector = MemoryConnector({"api.example:443": server.new_protocol})
    async with server, ClientSession(connector=connector) as session:
        response = await session.get("https://api.example/")
        assert await response.text() == "https api.example 127.0.0.1"
    tls = PretendedTLS()
    assert (tls.version(), tls.cipher()[0], tls.getpeercert(), tls.getpeercert(True)) == (
        "TLSv1.3",
        "NULL",
        {},
        None,
    )
    agreed: object = getattr(tls, "selected_alpn_protocol")()  # noqa: B009 - mypy knows what it returns
    assert agreed is None


async def test_a_server_that_does_not_run_refuses() -> None:
    server = TestServer(application(), memory=True)
    async with ClientSession(connector=MemoryConnector({"a.example:80": server.new_protocol})) as session:
        with pytest.raises(ClientConnectorError):
            await session.get("http://a.example/")


async def test_there_are_no_tunnels() -> None:
    async with ClientSession(connector=MemoryConnector({})) as session:
        with pytest.raises(ClientConnectionError, match="tunnels"):
            await session.get("https://a.example/", proxy="http://proxy.example")


async def test_connections_are_kept_and_used_again() -> None:
    server = TestServer(application(), memory=True)
    async with server, ClientSession(connector=MemoryConnector({"a:80": server.new_protocol})) as session:
        for _ in range(3):
            async with session.get("http://a/") as response:
                await response.read()
        assert server.handler is not None
        assert (len(server.handler.connections), server.handler.requests_count) == (1, 3)


async def test_large_bodies_go_both_ways() -> None:
    data = bytes(range(256)) * 8192
    server = TestServer(application(), memory=True)
    async with server, ClientSession(connector=MemoryConnector({"a:80": server.new_protocol})) as session:
        for body in (data, io.BytesIO(data)):
            async with session.post("http://a/echo", data=body) as response:
                assert await response.read() == data
        async with session.get("http://a/stream") as response:
            assert len(await response.read()) == sum(len(b"%d " % number) * 1000 for number in range(100))
        async with session.get("http://a/file") as response:
            assert await response.read() == SOURCE


async def test_a_response_that_breaks_off_does_so_in_memory_too() -> None:
    server = TestServer(application(), memory=True)
    async with server, ClientSession(connector=MemoryConnector({"a:80": server.new_protocol})) as session:
        response = await session.get("http://a/broken")
        with pytest.raises(ClientPayloadError):
            await response.read()


async def test_many_requests_at_once_share_the_limit_of_connections() -> None:
    server = TestServer(application(), memory=True)
    connector = MemoryConnector({"a:80": server.new_protocol}, limit=3)

    async def ask(session: ClientSession) -> int:
        async with session.get("http://a/") as response:
            return response.status

    async with server, ClientSession(connector=connector) as session:
        assert await asyncio.gather(*(ask(session) for _ in range(20))) == [200] * 20
        assert server.handler is not None
        assert len(server.handler.connections) <= 3

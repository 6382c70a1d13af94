"""The runner of a server without an application."""

from __future__ import annotations

import asyncio

import pytest
from web_client import Client, request

from tidewire_web import BaseRequest, Response, Server, ServerRunner, TCPSite


async def handler(request: BaseRequest) -> Response:
    return Response(text="low level")


async def test_it_runs_the_server_that_it_is_given() -> None:
    server = Server(handler)
    runner = ServerRunner(server)
    assert runner.server is None
    await runner.setup()
    assert runner.server is server
    assert (await Client(server).get()).text == "low level"
    await runner.cleanup()
    assert runner.server is None


async def test_its_sites_listen() -> None:
    runner = ServerRunner(Server(handler))
    await runner.setup()
    site = TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(request("/", "Connection: close"))
    assert (await reader.read()).endswith(b"low level")
    writer.close()
    await writer.wait_closed()
    await runner.cleanup()
    assert runner.sites == set()


async def test_handlers_are_cancelled_after_the_timeout() -> None:
    async def forever(request: BaseRequest) -> Response:
        entered.set()
        await asyncio.Event().wait()
        return Response()

    entered = asyncio.Event()
    runner = ServerRunner(Server(forever), shutdown_timeout=0)
    await runner.setup()
    assert runner.server is not None
    connection = Client(runner.server).connect()
    connection.send(request())
    await entered.wait()
    await runner.cleanup()
    assert connection.transport.was_reset


async def test_options_of_the_server_are_the_servers() -> None:
    options = {"keepalive_timeout": 5}
    with pytest.raises(TypeError):
        ServerRunner(Server(handler), **options)  # type: ignore[arg-type]

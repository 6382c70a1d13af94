"""What the tests of this distribution share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from tidewire_testing import assert_no_leaks, import_beside

import_beside(
    __file__,
    "socket_client",
    "web_client",
    "request_bodies",
    "server_program",
    "nested_apps",
    "file_client",
    "websocket_client",
    "websocket_handlers",
)

if TYPE_CHECKING:
    from web_client import Client

    from tidewire_web import Application


def pytest_configure(config: pytest.Config) -> None:
    """Let tests keep things under plain names, as the documents' snippets do; the warning has tests of its own."""
    config.addinivalue_line("filterwarnings", "ignore::tidewire_web.NotAppKeyWarning")


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """Runs an application, or one handler for everything, without sockets; returns a client of it."""
    from web_client import Client

    from tidewire_web import Application, AppRunner

    runners: list[AppRunner] = []

    async def start(what: Application | Callable[[Any], Awaitable[Any]], **options: Any) -> Client:
        if isinstance(what, Application):
            app = what
        else:
            app = Application(**options)
            app.router.add_route("*", "/{path:.*}", what)
        runners.append(AppRunner(app, shutdown_timeout=1.0))
        await runners[-1].setup()
        assert runners[-1].server is not None
        return Client(runners[-1].server)

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def make_server() -> AsyncIterator[Callable[..., Client]]:
    """Makes servers, of which neither tasks nor connections may be left in the end; gives their clients."""
    from web_client import Client

    from tidewire_web import Server

    servers: list[Server] = []

    def make(handler: Callable[[Any], Awaitable[Any]], **options: Any) -> Client:
        servers.append(Server(handler, **options))
        return Client(servers[-1])

    async with assert_no_leaks(descriptors=False):
        yield make
        for server in servers:
            assert not server._running
            await server.shutdown(0)


@pytest.fixture
async def serve_ws(
    serve: Callable[..., Awaitable[Client]],
) -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """As `serve`, with clients of websockets that are gone in the end."""
    from websocket_client import Peer

    yield serve
    Peer.lose_all()


@pytest.fixture
def look(serve: Callable[..., Awaitable[Client]]) -> Callable[..., Awaitable[Any]]:
    """Sends bytes and returns what a function makes of the request, which it may await; else the answer."""
    from tidewire_web import Request, Response

    async def send(
        data: bytes, see: Callable[[Request], Any], *, rest: bytes = b"", step: int = 1, **extra: Any
    ) -> Any:
        seen: list[Any] = []

        async def handler(request: Request) -> Response:
            found = see(request)
            seen.append(await found if asyncio.iscoroutine(found) else found)
            return Response()

        options = {
            name: extra.pop(name) for name in ("client_max_size", "client_max_fields") if name in extra
        }
        connection = (await serve(handler, **options)).connect(**extra)
        connection.send(data, data.partition(b" ")[0].decode())
        for position in range(0, len(rest), step):
            await asyncio.sleep(0)
            connection.transport.feed(rest[position : position + step])
        await connection.until(lambda: connection.look() or connection.transport.lost)
        return seen[0] if seen else connection.answers[0]

    return send

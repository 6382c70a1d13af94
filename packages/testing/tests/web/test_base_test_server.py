from __future__ import annotations

import socket
from typing import Any

import pytest
from yarl import URL

from tidewire_testing.web import BaseTestServer, TestServer, get_port_socket
from tidewire_web import Application


@pytest.mark.parametrize("memory", [False, True])
async def test_a_server_runs_from_its_start_to_its_end(memory: bool) -> None:
    server = TestServer(Application(), memory=memory)
    assert (server.started, server.closed, server.handler) == (False, False, None)
    async with server as entered:
        assert entered is server
        assert server.started
        assert server.handler is not None
        assert server.port
        await server.start_server()
    assert server.closed
    assert server.handler is None
    await server.close()
    with pytest.raises(RuntimeError, match="started again"):
        await server.start_server()


async def test_a_server_in_memory_has_the_port_of_its_scheme() -> None:
    async with TestServer(Application(), memory=True) as plain:
        assert plain.make_url("/a?b=c") == URL("http://127.0.0.1/a?b=c")
    async with TestServer(Application(), memory=True, scheme="https", host="api.example") as secure:
        assert secure.port == 443
        assert str(secure.make_url("/")) == "https://api.example/"
    async with TestServer(Application(), memory=True, port=8080) as other:
        assert str(other.make_url("/")) == "http://127.0.0.1:8080/"


async def test_urls_are_made_of_paths() -> None:
    server = TestServer(Application(), memory=True)
    with pytest.raises(RuntimeError, match="started"):
        server.make_url("/")
    async with server:
        with pytest.raises(ValueError, match="takes a path"):
            server.make_url("http://example.com/")
    async with TestServer(Application(), memory=True, skip_url_asserts=True) as loose:
        assert str(loose.make_url("/a/../b")) == str(URL("http://127.0.0.1/a/../b"))
        assert str(loose.make_url("http://example.com/")) == "http://example.com/"


async def test_the_socket_can_be_made_by_somebody_else() -> None:
    made: list[Any] = []

    def make(host: str, port: int, family: socket.AddressFamily) -> socket.socket:
        made.append((host, port, family))
        return get_port_socket(host, port, family)

    async with TestServer(Application(), socket_factory=make):
        assert made == [("127.0.0.1", 0, socket.AF_INET)]


async def test_where_the_start_fails_nothing_is_left() -> None:
    events: list[str] = []
    app = Application()

    async def clean_up(_app: Application) -> None:
        events.append("cleanup")

    app.on_cleanup.append(clean_up)

    def fail(*_args: object) -> socket.socket:
        raise OSError("no socket")

    server = TestServer(app, socket_factory=fail)
    with pytest.raises(OSError, match="no socket"):
        await server.start_server()
    assert events == ["cleanup"]
    assert not server.started


async def test_only_async_with_is_there() -> None:
    with pytest.raises(TypeError, match="async with"), TestServer(Application()):
        pass


async def test_a_loop_is_ignored_with_a_warning() -> None:
    import asyncio

    with pytest.warns(DeprecationWarning, match="loop"):
        server: BaseTestServer[Any] = TestServer(Application(), loop=asyncio.get_running_loop())
    assert not server.started


async def test_without_a_running_server_there_is_no_protocol() -> None:
    server = TestServer(Application(), memory=True)
    with pytest.raises(ConnectionRefusedError):
        server.new_protocol()
    async with server:
        assert server.new_protocol() is not server.new_protocol()
    with pytest.raises(ConnectionRefusedError):
        server.new_protocol()

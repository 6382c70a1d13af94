"""The fixtures of pytest-aiohttp; needs pytest-asyncio."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

import pytest
import pytest_asyncio

from tidewire.compat._deprecations import warn_of
from tidewire_testing.client import TestClient
from tidewire_testing.pytest_plugin import make_clients, make_raw_servers, make_servers
from tidewire_testing.web import BaseTestServer, RawTestServer, TestServer
from tidewire_testing.web import unused_port as find_port
from tidewire_web import Application

__all__ = [
    "AiohttpClient",
    "AiohttpRawServer",
    "AiohttpServer",
    "aiohttp_client",
    "aiohttp_client_cls",
    "aiohttp_raw_server",
    "aiohttp_server",
    "aiohttp_unused_port",
]


class AiohttpServer(Protocol):
    """The type of the fixture `aiohttp_server`."""

    def __call__(self, app: Application, *, port: int | None = None, **options: Any) -> Awaitable[TestServer]:
        """Start a server of an application."""


class AiohttpRawServer(Protocol):
    """The type of the fixture `aiohttp_raw_server`."""

    def __call__(
        self, handler: Callable[[Any], Awaitable[Any]], *, port: int | None = None, **options: Any
    ) -> Awaitable[RawTestServer]:
        """Start a server of a handler."""


class AiohttpClient(Protocol):
    """The type of the fixture `aiohttp_client`."""

    def __call__(self, app: Any, *args: Any, **options: Any) -> Awaitable[TestClient[Any, Any]]:
        """Start a server of an application, and make a client of it."""


@pytest_asyncio.fixture
async def aiohttp_server() -> AsyncIterator[AiohttpServer]:
    """Starts servers of applications, which are stopped when the test ends."""
    async with make_servers() as start:
        yield start


@pytest_asyncio.fixture
async def aiohttp_raw_server() -> AsyncIterator[AiohttpRawServer]:
    """Starts servers of one handler each, which are stopped when the test ends."""
    async with make_raw_servers() as start:
        yield start


@pytest.fixture
def aiohttp_client_cls() -> type[TestClient[Any, Any]]:
    """The class of clients; to be overridden by a test suite that has one of its own."""
    return TestClient


@pytest_asyncio.fixture
async def aiohttp_client(aiohttp_client_cls: type[TestClient[Any, Any]]) -> AsyncIterator[AiohttpClient]:
    """Makes clients of applications, servers, or functions that make an application; closed when the test ends."""
    async with make_clients(aiohttp_client_cls) as make_client:

        async def make(
            app: Any, *args: Any, server_kwargs: dict[str, Any] | None = None, **options: Any
        ) -> TestClient[Any, Any]:
            if callable(app) and not isinstance(app, Application | BaseTestServer):
                app = app(*args)
                app = await app if inspect.isawaitable(app) else app
            if isinstance(app, Application):
                options["server_kwargs"] = server_kwargs
            client: TestClient[Any, Any] = await make_client(app, **options)
            return client

        yield make


@pytest.fixture
def aiohttp_unused_port() -> Callable[[], int]:
    """A function that returns a TCP port of this machine that is free."""
    return find_port


# What the plugin had that is part of aiohttp, and is deprecated as a whole.


@pytest_asyncio.fixture
async def loop() -> asyncio.AbstractEventLoop:
    """The event loop that the test runs in."""
    return asyncio.get_running_loop()


@pytest_asyncio.fixture
async def proactor_loop() -> asyncio.AbstractEventLoop:
    """The event loop that the test runs in, which on Windows is the proactor's."""
    return asyncio.get_running_loop()


@pytest.fixture
def unused_port(aiohttp_unused_port: Callable[[], int]) -> Callable[[], int]:
    """Return what `aiohttp_unused_port` is."""
    warn_of("Deprecated, use aiohttp_unused_port fixture instead")
    return aiohttp_unused_port


@pytest.fixture
def test_server(aiohttp_server: AiohttpServer) -> AiohttpServer:
    """Return what `aiohttp_server` is."""
    warn_of("Deprecated, use aiohttp_server fixture instead")
    return aiohttp_server


@pytest.fixture
def raw_test_server(aiohttp_raw_server: AiohttpRawServer) -> AiohttpRawServer:
    """Return what `aiohttp_raw_server` is."""
    warn_of("Deprecated, use aiohttp_raw_server fixture instead")
    return aiohttp_raw_server


@pytest.fixture
def test_client(aiohttp_client: AiohttpClient) -> AiohttpClient:
    """Return what `aiohttp_client` is."""
    warn_of("Deprecated, use aiohttp_client fixture instead")
    return aiohttp_client

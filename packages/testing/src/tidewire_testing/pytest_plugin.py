"""The pytest plugin: servers and clients as fixtures, closed when a test ends; needs pytest-asyncio, in any mode.

It is loaded by pytest itself where tidewire-testing is installed, and imports what a fixture needs when that is used.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

import pytest

from tidewire_testing._origins import LeakWatch

if TYPE_CHECKING:
    from tidewire_testing.client import TestClient
    from tidewire_testing.web import BaseTestServer, RawTestServer, TestServer
    from tidewire_web import Application, BaseRequest, Request, StreamResponse

try:
    import pytest_asyncio
except ImportError:  # whoever has no asynchronous tests does not need it
    _fixture: Any = pytest.fixture
else:
    _fixture = pytest_asyncio.fixture

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Request = TypeVar("_Request", bound="BaseRequest")

__all__ = [
    "TidewireClient",
    "TidewireRawServer",
    "TidewireServer",
    "make_clients",
    "make_raw_servers",
    "make_servers",
    "watch_leaks",
]


def _async_fixture(function: _Function) -> _Function:
    """Make a fixture that works in both modes of pytest-asyncio."""
    made: _Function = _fixture(function)
    return made


class TidewireServer(Protocol):
    """The type of the fixture `tidewire_server`."""

    async def __call__(
        self, app: Application, *, host: str = "127.0.0.1", port: int | None = None, **options: Any
    ) -> TestServer:
        """Start a server of an application.

        Args:
            app: the application.
            host: the address to listen at.
            port: the port; None for one that is free.
            options: `memory`, `scheme`, and what `TestServer.start_server()` takes.
        """


class TidewireRawServer(Protocol):
    """The type of the fixture `tidewire_raw_server`."""

    async def __call__(
        self,
        handler: Callable[[BaseRequest], Awaitable[StreamResponse | None]],
        *,
        host: str = "127.0.0.1",
        port: int | None = None,
        **options: Any,
    ) -> RawTestServer:
        """Start a server of a handler; see `TidewireServer`."""


class TidewireClient(Protocol):
    """The type of the fixture `tidewire_client`."""

    @overload
    async def __call__(
        self,
        app: Application,
        *,
        memory: bool | None = None,
        server_kwargs: dict[str, Any] | None = None,
        **options: Any,
    ) -> TestClient[Request, Application]: ...

    @overload
    async def __call__(self, app: BaseTestServer[_Request], **options: Any) -> TestClient[_Request, Any]: ...

    async def __call__(
        self,
        app: Any,
        *,
        memory: bool | None = None,
        server_kwargs: dict[str, Any] | None = None,
        **options: Any,
    ) -> TestClient[Any, Any]:
        """Start a server of an application, and make a client of it.

        Args:
            app: the application; or a server, such as that of `tidewire_server`.
            memory: whether there is no socket; None for what the setting `tidewire_memory` says.
            server_kwargs: for the server.
            options: for the session.
        """


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings."""
    parser.addini(
        "tidewire_memory",
        "whether the clients of tidewire_client do without sockets",
        type="bool",
        default=False,
    )
    parser.addini(
        "tidewire_leaks",
        "whether sessions and tasks that a test with Tidewire's fixtures leaves behind are its failure",
        type="bool",
        default=True,
    )


# What the fixtures do, for whoever writes some of his own.


@asynccontextmanager
async def watch_leaks() -> AsyncIterator[None]:
    """Have a test fail in the end that leaves sessions or tasks behind, with the lines where they were made."""
    with LeakWatch() as watch:
        yield
        left = await watch.leaks()
    if left:
        pytest.fail("the test left behind:\n" + "\n".join(f"  {each}" for each in left), pytrace=False)


@asynccontextmanager
async def make_servers() -> AsyncIterator[TidewireServer]:
    """Give what starts servers of applications, which are stopped in the end."""
    from tidewire_testing.web import TestServer

    async with AsyncExitStack() as stack:

        async def start(app: Application, **options: Any) -> TestServer:
            return await stack.enter_async_context(TestServer(app, **options))

        yield start


@asynccontextmanager
async def make_raw_servers() -> AsyncIterator[TidewireRawServer]:
    """Give what starts servers of one handler each, which are stopped in the end."""
    from tidewire_testing.web import RawTestServer

    async with AsyncExitStack() as stack:

        async def start(handler: Callable[..., Awaitable[Any]], **options: Any) -> RawTestServer:
            return await stack.enter_async_context(RawTestServer(handler, **options))

        yield start


@asynccontextmanager
async def make_clients(
    client_class: type[TestClient[Any, Any]] | None = None, *, memory: bool = False
) -> AsyncIterator[TidewireClient]:
    """Give what makes clients of applications or of servers; both are closed in the end.

    Args:
        client_class: the class of clients; `TestClient` where None.
        memory: whether servers of applications are in memory where nothing is said of that.
    """
    from tidewire_testing.client import TestClient
    from tidewire_testing.web import BaseTestServer, TestServer
    from tidewire_web import Application

    made = client_class or TestClient
    in_memory = memory
    async with AsyncExitStack() as stack:

        async def make(
            app: Any,
            *,
            memory: bool | None = None,
            server_kwargs: dict[str, Any] | None = None,
            **options: Any,
        ) -> TestClient[Any, Any]:
            server: BaseTestServer[Any]
            if isinstance(app, Application):
                given = {"memory": in_memory if memory is None else memory, **(server_kwargs or {})}
                server = TestServer(app, **given)
            elif isinstance(app, BaseTestServer):
                if server_kwargs or memory not in (None, app.memory):
                    raise TypeError("a server has its settings already")
                server = app
            else:
                raise TypeError(f"a client is made of an Application or a test server, not {app!r:.100}")
            return await stack.enter_async_context(made(server, **options))

        yield make


@_async_fixture
async def tidewire_leaks(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Has a test fail that leaves sessions or tasks behind, with the lines where they were made.

    The other fixtures use it; a test without them asks for it by name.
    """
    if not request.config.getini("tidewire_leaks"):
        yield
        return
    async with watch_leaks():
        yield


@pytest.fixture
def unused_port() -> Callable[[], int]:
    """Return a function that returns a TCP port of this machine that is free."""
    from tidewire_testing.web import unused_port

    return unused_port


@_async_fixture
async def tidewire_server(tidewire_leaks: None) -> AsyncIterator[TidewireServer]:
    """Starts servers of applications, which are stopped when the test ends."""
    async with make_servers() as start:
        yield start


@_async_fixture
async def tidewire_raw_server(tidewire_leaks: None) -> AsyncIterator[TidewireRawServer]:
    """Starts servers of one handler each, which are stopped when the test ends."""
    async with make_raw_servers() as start:
        yield start


@pytest.fixture
def tidewire_client_cls() -> type[TestClient[Any, Any]]:
    """The class of clients; to be overridden by a test suite that has one of its own."""
    from tidewire_testing.client import TestClient

    return TestClient


@_async_fixture
async def tidewire_client(
    request: pytest.FixtureRequest, tidewire_leaks: None, tidewire_client_cls: type[TestClient[Any, Any]]
) -> AsyncIterator[TidewireClient]:
    """Makes clients of applications or of servers; both are closed when the test ends."""
    async with make_clients(tidewire_client_cls, memory=request.config.getini("tidewire_memory")) as make:
        yield make

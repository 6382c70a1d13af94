"""A client for the server of a test."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, ClassVar, Final, Generic, NoReturn, Protocol, Self, TypeVar, runtime_checkable

from yarl import URL

from tidewire_client import (
    AbstractCookieJar,
    BaseConnector,
    ClientResponse,
    ClientSession,
    ClientWebSocketResponse,
    CookieJar,
)
from tidewire_testing.client._memory_connector import MemoryConnector

__all__ = ["ResponseManager", "ServerUnderTest", "TestClient", "WebSocketManager"]

_Request = TypeVar("_Request")
_App = TypeVar("_App")
_Request_co = TypeVar("_Request_co", covariant=True)
_App_co = TypeVar("_App_co", covariant=True)


@runtime_checkable
class ServerUnderTest(Protocol[_Request_co, _App_co]):
    """What a `TestClient` needs of its server; `tidewire_testing.web` has some."""

    @property
    def request_class(self) -> type[_Request_co]:
        """What handlers are given."""

    @property
    def app(self) -> _App_co:
        """The application; None where there is none."""

    @property
    def scheme(self) -> str:
        """The scheme of the server's URLs."""

    @property
    def host(self) -> str:
        """The address."""

    @property
    def port(self) -> int | None:
        """The port."""

    @property
    def memory(self) -> bool:
        """Whether there is no socket."""

    def new_protocol(self) -> Any:
        """Make the protocol for a new connection."""

    def make_url(self, path: str | URL) -> URL:
        """Make a whole URL."""

    async def start_server(self) -> None:
        """Start the server, unless it runs."""

    async def close(self) -> None:
        """Stop the server."""


_OF_A_SERVER: Final = (
    *("app", "close", "host", "make_url", "memory", "new_protocol", "port", "request_class", "scheme"),
    "start_server",
)


class ResponseManager(Coroutine[Any, Any, ClientResponse], AbstractAsyncContextManager[ClientResponse, None]):
    """What a client's methods return, as a type: to be awaited, or to be entered with `async with`."""


class WebSocketManager(
    Coroutine[Any, Any, ClientWebSocketResponse], AbstractAsyncContextManager[ClientWebSocketResponse, None]
):
    """What `ws_connect()` returns, as a type: to be awaited, or to be entered with `async with`."""


class _Here(dict[str, Any]):
    """The one server that a client in memory can reach."""

    def __init__(self, server: ServerUnderTest[Any, Any]) -> None:
        super().__init__()
        self._server = server

    def get(self, place: str, default: Any = None) -> Any:
        server = self._server
        return server.new_protocol if place == f"{server.host}:{server.port}" else default


class TestClient(Generic[_Request, _App]):
    """Sends requests to one server, which it starts and stops, in `async with` or with `start_server()` and `close()`.

    Requests are not sent a second time where a connection is lost: a test wants to know. Cookies of the server are
    kept although its host is an address.

    Args:
        server: the server, such as a `TestServer`; where it is in memory, so are the connections.
        cookie_jar: keeps the cookies.
        loop: ignored; deprecated.
        session_options: see `tidewire_client.ClientSession`.

    Raises:
        RuntimeError: there is no running event loop.
        TypeError: the server is none.
    """

    __test__: ClassVar[bool] = False  # it is no class of tests, though its name says so

    def __init__(
        self,
        server: ServerUnderTest[_Request, _App],
        *,
        cookie_jar: AbstractCookieJar | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        **session_options: Any,
    ) -> None:
        if loop is not None:
            warnings.warn("the loop argument is ignored", DeprecationWarning, stacklevel=2)
        # As isinstance() with the protocol, which costs a tenth of a test with one request.
        if not all(hasattr(server, name) for name in _OF_A_SERVER):
            raise TypeError(f"a TestClient takes a test server, not {type(server).__name__}")
        self._server = server
        jar = CookieJar(unsafe=True) if cookie_jar is None else cookie_jar
        options: dict[str, Any] = {"retry": False, **session_options}
        if server.memory and options.get("connector") is None:
            connector: BaseConnector = MemoryConnector(_Here(server))
            options["connector"] = connector
        self._session = ClientSession(cookie_jar=jar, **options)
        self._closed = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'closed' if self._closed else 'open'} {self._server!r}>"

    @property
    def server(self) -> ServerUnderTest[_Request, _App]:
        """The server."""
        return self._server

    @property
    def app(self) -> _App:
        """The server's application; None where it has none."""
        return self._server.app

    @property
    def session(self) -> ClientSession:
        """The session, for absolute URLs."""
        return self._session

    @property
    def host(self) -> str:
        """The server's address."""
        return self._server.host

    @property
    def port(self) -> int | None:
        """The server's port."""
        return self._server.port

    def make_url(self, path: str | URL) -> URL:
        """Make a whole URL; see `BaseTestServer.make_url()`."""
        return self._server.make_url(path)

    async def start_server(self) -> None:
        """Start the server, unless it runs."""
        await self._server.start_server()

    def request(self, method: str, path: str | URL, **kwargs: Any) -> ResponseManager:
        """Send a request to a path; see `tidewire_client.ClientSession.request()`."""
        made: Any = self._session.request(method, self.make_url(path), **kwargs)
        managed: ResponseManager = made
        return managed

    def get(self, path: str | URL, **kwargs: Any) -> ResponseManager:
        """Send a GET."""
        made: Any = self._session.get(self.make_url(path), **kwargs)
        managed: ResponseManager = made
        return managed

    def post(self, path: str | URL, **kwargs: Any) -> ResponseManager:
        """Send a POST."""
        made: Any = self._session.post(self.make_url(path), **kwargs)
        managed: ResponseManager = made
        return managed

    def put(self, path: str | URL, **kwargs: Any) -> ResponseManager:
        """Send a PUT."""
        made: Any = self._session.put(self.make_url(path), **kwargs)
        managed: ResponseManager = made
        return managed

    def patch(self, path: str | URL, **kwargs: Any) -> ResponseManager:
        """Send a PATCH."""
        made: Any = self._session.patch(self.make_url(path), **kwargs)
        managed: ResponseManager = made
        return managed

    def delete(self, path: str | URL, **kwargs: Any) -> ResponseManager:
        """Send a DELETE."""
        made: Any = self._session.delete(self.make_url(path), **kwargs)
        managed: ResponseManager = made
        return managed

    def head(self, path: str | URL, **kwargs: Any) -> ResponseManager:
        """Send a HEAD."""
        made: Any = self._session.head(self.make_url(path), **kwargs)
        managed: ResponseManager = made
        return managed

    def options(self, path: str | URL, **kwargs: Any) -> ResponseManager:
        """Send an OPTIONS."""
        made: Any = self._session.options(self.make_url(path), **kwargs)
        managed: ResponseManager = made
        return managed

    def ws_connect(self, path: str | URL, **kwargs: Any) -> WebSocketManager:
        """Open a websocket; see `tidewire_client.ClientSession.ws_connect()`."""
        made: Any = self._session.ws_connect(self.make_url(path), **kwargs)
        managed: WebSocketManager = made
        return managed

    async def close(self) -> None:
        """Close the session, with all responses and websockets, and stop the server."""
        if not self._closed:
            self._closed = True
            try:
                await self._session.close()
            finally:
                await self._server.close()

    def __enter__(self) -> NoReturn:
        raise TypeError("use async with in place of with")

    def __exit__(self, *exc: object) -> None:
        pass

    async def __aenter__(self) -> Self:
        try:
            await self.start_server()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

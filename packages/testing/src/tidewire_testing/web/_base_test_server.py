"""What test servers have in common."""

from __future__ import annotations

import abc
import asyncio
import socket
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any, ClassVar, Final, Generic, NoReturn, Self, TypeVar

from yarl import URL

from tidewire_testing.web._ports import get_port_socket
from tidewire_web import BaseRequest, BaseRunner, Server, SockSite

__all__ = ["BaseTestServer"]

_Request = TypeVar("_Request", bound=BaseRequest)

# Seconds that handlers get when a server is closed, before and after they are cancelled. A test that ends does not
# want to wait for them.
_SHUTDOWN_TIMEOUT: Final = 1.0
# URLs that are kept, as tests ask for the same ones over and over.
_URLS: Final = 256
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class BaseTestServer(abc.ABC, Generic[_Request]):
    """Runs a server for a test, in `async with` or from `start_server()` to `close()`.

    Args:
        scheme: of the server's URLs; empty for `http`, or `https` with TLS.
        loop: ignored; deprecated.
        host: the address to listen at.
        port: the port; None for one that is free, in memory for that of the scheme.
        skip_url_asserts: whether `make_url()` takes absolute URLs and joins others as text.
        socket_factory: makes the socket, from host, port and family.
        memory: whether there is no socket: only clients that know of it get there, such as a `TestClient` of this
            server. All else is as it is with sockets.
        options: what `start_server()` is to be given.

    Attributes:
        scheme: see above.
        host: see above.
        memory: see above.
        runner: runs the server; None before it is started.
    """

    __test__: ClassVar[bool] = False  # it is no class of tests, though its name says so

    request_class: type[_Request]
    """What handlers are given."""

    def __init__(
        self,
        *,
        scheme: str = "",
        loop: asyncio.AbstractEventLoop | None = None,
        host: str = "127.0.0.1",
        port: int | None = None,
        skip_url_asserts: bool = False,
        socket_factory: Callable[[str, int, socket.AddressFamily], socket.socket] = get_port_socket,
        memory: bool = False,
        **options: Any,
    ) -> None:
        if loop is not None:
            warnings.warn("the loop argument is ignored", DeprecationWarning, stacklevel=3)
        self.scheme = scheme
        self.host = host
        self.memory = memory
        self.runner: BaseRunner | None = None
        self._given_port = port
        self._port: int | None = None
        self._skip_url_asserts = skip_url_asserts
        self._socket_factory = socket_factory
        self._options = options
        self._root: URL | None = None
        self._urls: dict[str | URL, URL] = {}
        self._closed = False

    def __repr__(self) -> str:
        state = "closed" if self._closed else "new" if self._root is None else str(self._root)
        return f"<{type(self).__name__} {state}>"

    @property
    def port(self) -> int | None:
        """The port; None where it is not known before the server is started."""
        return self._given_port if self._port is None else self._port

    @property
    def started(self) -> bool:
        """Whether it was started."""
        return self.runner is not None

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    @property
    def handler(self) -> Server | None:
        """What makes protocols for new connections; None where the server does not run."""
        return None if self.runner is None else self.runner.server

    @property
    def app(self) -> Any:
        """The application; None where there is none."""
        return None

    def new_protocol(self) -> Any:
        """Make the protocol for a new connection, such as one in memory.

        Raises:
            ConnectionRefusedError: the server does not run.
        """
        server = self.handler
        if server is None or self._closed:
            raise ConnectionRefusedError(f"{self!r} does not run")
        return server()

    async def start_server(self, loop: asyncio.AbstractEventLoop | None = None, **options: Any) -> None:
        """Start the server; nothing happens where it runs.

        Args:
            loop: ignored; deprecated.
            options: `ssl`, the SSLContext of a server with TLS, and arguments of the runner and of
                `tidewire_web.Server`, such as `access_log`. Handlers whose client goes are cancelled unless
                `handler_cancellation` says otherwise, and `shutdown_timeout` is 1 second.

        Raises:
            RuntimeError: the server was closed.
        """
        if loop is not None:
            warnings.warn("the loop argument is ignored", DeprecationWarning, stacklevel=2)
        if self._closed:
            raise RuntimeError(f"{self!r} cannot be started again")
        if self.runner is not None:
            return
        settings = {"shutdown_timeout": _SHUTDOWN_TIMEOUT, "handler_cancellation": True}
        settings |= self._options | options
        tls: Any = settings.pop("ssl", None)
        self.scheme = self.scheme or ("http" if tls is None else "https")
        runner = self.runner = await self._make_runner(**settings)
        try:
            await runner.setup()
            if self.memory:
                self._port = self.port or _DEFAULT_PORTS.get(self.scheme, 80)
            else:
                await self._listen(runner, tls)
        except BaseException:
            self.runner = None
            await runner.cleanup()
            raise
        self._root = URL.build(scheme=self.scheme, host=self.host, port=self._port)

    async def _listen(self, runner: BaseRunner, tls: Any) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        sock = self._socket_factory(self.host, self._given_port or 0, family)
        try:
            site = SockSite(runner, sock, ssl_context=tls)
            await site.start()
        except BaseException:
            sock.close()
            raise
        self._port = sock.getsockname()[1]

    @abc.abstractmethod
    async def _make_runner(self, **options: Any) -> BaseRunner:
        """Make what runs the server."""

    def make_url(self, path: str | URL) -> URL:
        """Make a whole URL.

        Args:
            path: the path, with its query if it has one.

        Raises:
            RuntimeError: the server was not started.
            ValueError: it is an absolute URL.
        """
        made = self._urls.get(path)
        if made is None:
            made = self._make_url(path)
            if len(self._urls) < _URLS:
                self._urls[path] = made
        return made

    def _make_url(self, path: str | URL) -> URL:
        if self._root is None:
            raise RuntimeError(
                "a server has a URL when it is started: with `async with`, or by start_server()"
            )
        url = URL(path)
        if self._skip_url_asserts:
            return url if url.absolute else URL(f"{str(self._root).rstrip('/')}{path}")
        if url.absolute:
            raise ValueError(f"make_url() takes a path, not {str(url)!r}")
        return self._root.join(url)

    async def close(self) -> None:
        """Stop the server; nothing happens where it does not run."""
        if self.runner is not None and not self._closed:
            self._closed = True
            await self.runner.cleanup()

    def __enter__(self) -> NoReturn:
        raise TypeError("use async with in place of with")

    def __exit__(self, *exc: object) -> None:
        pass

    async def __aenter__(self) -> Self:
        await self.start_server()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

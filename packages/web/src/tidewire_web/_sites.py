"""Sites: where a server listens."""

from __future__ import annotations

import abc
import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Sequence
from typing import Any, Final

from tidewire_http_io import is_readable
from tidewire_web._base_runner import BaseRunner

__all__ = ["BaseSite", "SockSite", "TCPSite"]

# The ports of TCP, and 0 for any that is free.
PORTS: Final = range(65536)
# How often one free port for several addresses is looked for.
_PORT_ATTEMPTS: Final = 10


class BaseSite(abc.ABC):
    """What all kinds of sites have in common.

    Args:
        runner: the runner, which has been set up.
        ssl_context: TLS for the connections; None for plain ones.
        backlog: connections that the system keeps until they are accepted.

    Raises:
        RuntimeError: the runner has not been set up.
    """

    def __init__(
        self, runner: BaseRunner, *, ssl_context: ssl.SSLContext | None = None, backlog: int = 128
    ) -> None:
        if runner.server is None:
            raise RuntimeError("set the runner up before making sites for it")
        self._runner = runner
        self._handlers = runner.server
        self._ssl_context = ssl_context
        self._backlog = backlog
        # Programs look for their port in `site._server.sockets`; `addresses` is for that.
        self._server: Any = None
        self._starting = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The site's address as a URL."""

    @property
    def addresses(self) -> list[Any]:
        """The addresses where the site listens, as `socket.getsockname()` gives them."""
        return [] if self._server is None else [each.getsockname() for each in self._server.sockets]

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            RuntimeError: it does already, or the runner has been cleaned up.
            OSError: the address cannot be listened at.
        """
        if self._starting:
            raise RuntimeError(f"{self!r} has been started already")
        self._runner.check_unregistered(self)
        if self._runner.server is not self._handlers:
            raise RuntimeError("the runner of this site has been cleaned up")
        self._starting = True
        try:
            self._server = await self._bind(asyncio.get_running_loop())
            try:
                await self._server.start_serving()
                self._runner.register(self)
            except BaseException:
                self._close()
                raise
        finally:
            self._starting = False

    def has_waiting_clients(self) -> bool:
        """Whether there are clients that the system has connected and the event loop has not accepted."""
        return self._server is not None and any(is_readable(each.fileno()) for each in self._server.sockets)

    async def stop(self) -> None:
        """Stop to listen; connections that were accepted stay.

        Raises:
            RuntimeError: it does not listen.
        """
        self._runner.unregister(self)
        self._close()

    def abort(self) -> None:
        """Close what was accepted and has not become a connection, such as an unfinished TLS handshake."""
        # Since Python 3.13; before, and in uvloop, nobody knows of them.
        if hasattr(self._server, "abort_clients"):
            self._server.abort_clients()

    @abc.abstractmethod
    async def _bind(self, loop: asyncio.AbstractEventLoop) -> Any:
        """Make what listens, as `loop.create_server()` does with `start_serving=False`.

        That one loses its sockets where it is cancelled while it starts to serve.
        """

    async def _bind_socket(self, loop: asyncio.AbstractEventLoop, sock: socket.socket) -> asyncio.Server:
        """Take a socket that is bound, of whatever kind; `create_unix_server()` would remove the file of any."""
        factory, tls = self._handlers.listening(self._ssl_context)
        return await loop.create_server(
            factory, sock=sock, ssl=tls, backlog=self._backlog, start_serving=False
        )

    def _close(self) -> None:
        """Stop to listen."""
        self._server.close()

    @property
    def _scheme(self) -> str:
        return "http" if self._ssl_context is None else "https"


class TCPSite(BaseSite):
    """A TCP port.

    Args:
        runner: the runner, which has been set up.
        host: an address or name, or several; every interface where None or empty.
        port: the port; 0 for any that is free, the same for all addresses; None for 8080, or 8443 with TLS.
        ssl_context: TLS for the connections; None for plain ones.
        backlog: connections that the system keeps until they are accepted.
        reuse_address: see `loop.create_server()`.
        reuse_port: whether other processes may listen at the same port too; see `loop.create_server()`.

    Raises:
        RuntimeError: the runner has not been set up.
        ValueError: there is no such port.
    """

    def __init__(
        self,
        runner: BaseRunner,
        host: str | Sequence[str] | None = None,
        port: int | None = None,
        *,
        ssl_context: ssl.SSLContext | None = None,
        backlog: int = 128,
        reuse_address: bool | None = None,
        reuse_port: bool | None = None,
    ) -> None:
        super().__init__(runner, ssl_context=ssl_context, backlog=backlog)
        self._host = host or None
        self._port = (8443 if ssl_context else 8080) if port is None else port
        if self._port not in PORTS:
            # Of a greater one uvloop takes the lower 16 bits, and listens there.
            raise ValueError(f"a port is 0 to 65535, not {port!r}")
        self._bound_port: int | None = None
        self._reuse_address = reuse_address
        self._reuse_port = reuse_port

    @property
    def port(self) -> int:
        """The port; the real one once the site has been started."""
        return self._port if self._bound_port is None else self._bound_port

    @property
    def name(self) -> str:
        """The site's address as a URL; every interface is 0.0.0.0."""
        host = "0.0.0.0" if self._host is None else self._host  # noqa: S104 - it says what is so
        return _url(self._scheme, host if isinstance(host, str) else host[0], self.port)

    async def _bind(self, loop: asyncio.AbstractEventLoop) -> Any:
        listener = await (self._bind_to(loop, self._port) if self._port else self._bind_anywhere(loop))
        self._bound_port = listener.sockets[0].getsockname()[1]
        return listener

    async def _bind_anywhere(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        """Take a free port: the system gives one for each address, and the first has to be free at the others."""
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            listener = await self._bind_to(loop, 0)
            ports = {each.getsockname()[1] for each in listener.sockets}
            if len(ports) == 1:
                return listener
            listener.close()
            try:
                return await self._bind_to(loop, ports.pop())
            except OSError as error:
                if error.errno != errno.EADDRINUSE or attempt == _PORT_ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _bind_to(self, loop: asyncio.AbstractEventLoop, port: int) -> asyncio.Server:
        factory, tls = self._handlers.listening(self._ssl_context)
        return await loop.create_server(
            factory,
            self._host,
            port,
            ssl=tls,
            backlog=self._backlog,
            reuse_address=self._reuse_address,
            reuse_port=self._reuse_port,
            start_serving=False,
        )


class SockSite(BaseSite):
    """A socket that somebody else has bound; the site closes it, and leaves the file of a Unix domain socket.

    Args:
        runner: the runner, which has been set up.
        sock: the socket.
        ssl_context: TLS for the connections; None for plain ones.
        backlog: connections that the system keeps until they are accepted.
    """

    def __init__(
        self,
        runner: BaseRunner,
        sock: socket.socket,
        *,
        ssl_context: ssl.SSLContext | None = None,
        backlog: int = 128,
    ) -> None:
        super().__init__(runner, ssl_context=ssl_context, backlog=backlog)
        self._sock = sock
        address = sock.getsockname()
        is_unix = sock.family == getattr(socket, "AF_UNIX", None)
        self._name = unix_url(self._scheme, address) if is_unix else _url(self._scheme, *address[:2])

    @property
    def name(self) -> str:
        """The socket's address as a URL."""
        return self._name

    async def _bind(self, loop: asyncio.AbstractEventLoop) -> Any:
        return await self._bind_socket(loop, self._sock)


def unix_url(scheme: str, path: str | bytes) -> str:
    """Write the address of a Unix domain socket as a URL; a name without a file begins with an `@`."""
    name = os.fsdecode(path)
    return f"{scheme}://unix:{f'@{name[1:]}' if name[:1] == chr(0) else name}:"


def _url(scheme: str, host: object, port: int) -> str:
    text = str(host)
    return f"{scheme}://{f'[{text}]' if ':' in text else text}:{port}"

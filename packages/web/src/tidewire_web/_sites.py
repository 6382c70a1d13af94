"""Sites: where a server listens."""

from __future__ import annotations

import abc
import asyncio
import socket
import ssl
from collections.abc import Sequence
from typing import Any

from tidewire_web._runner import AppRunner

__all__ = ["BaseSite", "SockSite", "TCPSite", "UnixSite"]


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
        self, runner: AppRunner, *, ssl_context: ssl.SSLContext | None = None, backlog: int = 128
    ) -> None:
        if runner.server is None:
            raise RuntimeError("set the runner up before making sites for it")
        self._runner = runner
        self._protocol_factory = runner.server
        self._ssl_context = ssl_context
        self._backlog = backlog
        self._listener: asyncio.Server | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The site's address as a URL."""

    @property
    def addresses(self) -> list[Any]:
        """The addresses where the site listens, as `socket.getsockname()` gives them."""
        if self._listener is None:
            return []
        return [listening.getsockname() for listening in self._listener.sockets]

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            RuntimeError: it does already.
            OSError: the address cannot be listened at.
        """
        if self._listener is not None:
            raise RuntimeError("this site has been started already")
        self._listener = await self._listen(asyncio.get_running_loop())
        self._runner.register(self)

    async def stop(self) -> None:
        """Stop to listen; connections that were accepted stay.

        Raises:
            RuntimeError: it does not listen.
        """
        self._runner.unregister(self)
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    @abc.abstractmethod
    async def _listen(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        """Begin to listen."""

    @property
    def _scheme(self) -> str:
        return "http" if self._ssl_context is None else "https"


class TCPSite(BaseSite):
    """A TCP port.

    Args:
        runner: the runner, which has been set up.
        host: an address or name, or several; every interface where None.
        port: the port; 0 for any free one; None for 8080, or 8443 with TLS.
        ssl_context: TLS for the connections; None for plain ones.
        backlog: connections that the system keeps until they are accepted.
        reuse_address: see `loop.create_server()`.
        reuse_port: see `loop.create_server()`.
    """

    def __init__(
        self,
        runner: AppRunner,
        host: str | Sequence[str] | None = None,
        port: int | None = None,
        *,
        ssl_context: ssl.SSLContext | None = None,
        backlog: int = 128,
        reuse_address: bool | None = None,
        reuse_port: bool | None = None,
    ) -> None:
        super().__init__(runner, ssl_context=ssl_context, backlog=backlog)
        self._host = host
        self._port = (8443 if ssl_context else 8080) if port is None else port
        self._reuse_address = reuse_address
        self._reuse_port = reuse_port

    @property
    def port(self) -> int:
        """The port; the real one once the site has been started."""
        addresses = self.addresses
        return int(addresses[0][1]) if addresses else self._port

    @property
    def name(self) -> str:
        """The site's address as a URL."""
        host = "0.0.0.0" if self._host is None else self._host  # noqa: S104 - it says what is so
        if not isinstance(host, str):
            host = host[0]
        return f"{self._scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        return await loop.create_server(
            self._protocol_factory,
            self._host,
            self._port,
            ssl=self._ssl_context,
            backlog=self._backlog,
            reuse_address=self._reuse_address,
            reuse_port=self._reuse_port,
        )


class UnixSite(BaseSite):
    """A Unix domain socket.

    Args:
        runner: the runner, which has been set up.
        path: where the socket is.
        ssl_context: TLS for the connections; None for plain ones.
        backlog: connections that the system keeps until they are accepted.
    """

    def __init__(
        self, runner: AppRunner, path: str, *, ssl_context: ssl.SSLContext | None = None, backlog: int = 128
    ) -> None:
        super().__init__(runner, ssl_context=ssl_context, backlog=backlog)
        self._path = path

    @property
    def name(self) -> str:
        """The site's address as a URL."""
        return f"{self._scheme}://unix:{self._path}:"

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        return await loop.create_unix_server(
            self._protocol_factory, self._path, ssl=self._ssl_context, backlog=self._backlog
        )


class SockSite(BaseSite):
    """A socket that somebody else has bound.

    Args:
        runner: the runner, which has been set up.
        sock: the socket.
        ssl_context: TLS for the connections; None for plain ones.
        backlog: connections that the system keeps until they are accepted.
    """

    def __init__(
        self,
        runner: AppRunner,
        sock: socket.socket,
        *,
        ssl_context: ssl.SSLContext | None = None,
        backlog: int = 128,
    ) -> None:
        super().__init__(runner, ssl_context=ssl_context, backlog=backlog)
        self._sock = sock

    @property
    def name(self) -> str:
        """The site's address as a URL."""
        address = self._sock.getsockname()
        if isinstance(address, tuple):
            host = f"[{address[0]}]" if ":" in address[0] else address[0]
            return f"{self._scheme}://{host}:{address[1]}"
        return f"{self._scheme}://unix:{address}:"

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        return await loop.create_server(
            self._protocol_factory, sock=self._sock, ssl=self._ssl_context, backlog=self._backlog
        )

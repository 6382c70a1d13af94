"""What an event loop calls for each connection that it accepts."""

from __future__ import annotations

import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tidewire_http_io._exchange import Service
from tidewire_http_io._options import ServerOptions
from tidewire_http_io._proxy_preface import ProxyPreface
from tidewire_http_io._server_connection import ServerConnection
from tidewire_http_io._server_context import ServerContext
from tidewire_http_io._sweep import Sweep
from tidewire_http_io._tls_preface import TlsHandshake, TlsPreface, TlsStart
from tidewire_http_parser import RemoteProtocolError

if TYPE_CHECKING:
    import ssl

__all__ = ["Acceptor"]


class Acceptor:
    """Makes a server's connections, and knows them; a protocol factory for `loop.create_server()`.

    Args:
        service: called with each exchange, as soon as its head is there and as much of its body as came with it. It may
            answer at once, or later.
        options: how connections are treated; the defaults of `ServerOptions` where None.
        loop: the event loop.
        refused: called when bytes that are not HTTP were refused: with the error, the peer's address, and how many
            bytes the answer has, 0 where there is none.
        sweep: looks after the connections' deadlines; one on the loop's clock where None.
        dated: called once a second, while there are connections, with the value of a Date field.
    """

    def __init__(
        self,
        service: Service,
        *,
        loop: AbstractEventLoop,
        options: ServerOptions | None = None,
        refused: Callable[[RemoteProtocolError, Any, int], None] | None = None,
        sweep: Sweep | None = None,
        dated: Callable[[str], None] | None = None,
    ) -> None:
        if sweep is None:
            sweep = Sweep(loop.call_later, loop.time, time.time, dated)
        self.sweep = sweep
        self._context = ServerContext(service, options or ServerOptions(), loop, sweep, refused)
        self._proxied = self._context.options.proxied

    def __call__(self) -> ServerConnection | ProxyPreface:
        """Make a protocol for a new connection."""
        if self._proxied is not None:
            return ProxyPreface(self._context, self._proxied)
        return ServerConnection(self._context)

    def in_front_of_tls(
        self,
        context: ssl.SSLContext,
        *,
        handshake_timeout: float | None = None,
        shutdown_timeout: float | None = None,
    ) -> Callable[[], TlsPreface] | None:
        """Give a protocol factory for servers of which the connections begin in plain, with PROXY headers, then TLS.

        That is how proxies send them. An event loop that itself begins with TLS would take a header for a bad
        handshake; with this factory it is told of no TLS.

        Args:
            context: the server's context for TLS.
            handshake_timeout: seconds that a handshake may take; the event loop's default where None.
            shutdown_timeout: seconds that TLS may take to close; the event loop's default where None.

        Returns:
            the factory; None where no PROXY headers are expected, so that the event loop can begin with TLS.
        """
        proxied = self._proxied
        if proxied is None:
            return None
        tls = TlsStart(
            context=context, handshake_timeout=handshake_timeout, shutdown_timeout=shutdown_timeout
        )
        return lambda: TlsPreface(self._context, proxied, tls)

    @property
    def connections(self) -> frozenset[ServerConnection | ProxyPreface | TlsHandshake]:
        """The connections there are."""
        return frozenset(self._context.connections)

    @property
    def unsent(self) -> int:
        """Bytes that were written and that the connections' transports still hold."""
        return sum(
            connection.transport.get_write_buffer_size()
            for connection in self._context.connections
            if connection.transport is not None
        )

    @property
    def exchanges(self) -> int:
        """How many exchanges the service was called with."""
        return self._context.exchanges

    def close_gracefully(self) -> None:
        """Close idle connections now, and each of the others after its current response; none is taken any more."""
        self._context.draining = True
        for connection in self.connections:
            connection.close_gracefully()

    def abort(self) -> None:
        """Close every connection now, whatever it is doing."""
        for connection in self.connections:
            connection.drop()

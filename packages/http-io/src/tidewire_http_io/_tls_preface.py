"""A PROXY header in front of TLS that ends here: read in plain, then the handshake, then a connection as any other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidewire_http_io._proxy_header import bytes_due
from tidewire_http_io._proxy_preface import ProxyPreface
from tidewire_http_io._server_connection import ServerConnection

if TYPE_CHECKING:
    import ssl

    from tidewire_http_io._server_context import ServerContext
    from tidewire_http_io._types import Transport

__all__: list[str] = []


@dataclass(frozen=True, kw_only=True)
class TlsStart:
    """How TLS is started.

    Attributes:
        context: the server's context.
        handshake_timeout: seconds that a handshake may take; the event loop's default where None.
        shutdown_timeout: seconds that TLS may take to close; the event loop's default where None.
    """

    context: ssl.SSLContext
    handshake_timeout: float | None = None
    shutdown_timeout: float | None = None


class TlsPreface(ProxyPreface, asyncio.BufferedProtocol):
    """A protocol that reads a PROXY header in plain and nothing of what follows, which is TLS.

    What has been read cannot be given back, and `loop.start_tls()` takes no bytes that came too early. So the transport
    is asked for no more bytes than the header still has, which is what buffers of the protocol's own are good for:
    asyncio's and uvloop's transports on sockets read no more than there is room for. Windows' proactor loop reads
    ahead, and closes a connection where it has done so.

    Args:
        context: what the server's connections share.
        proxied: tells by a peer's address whether its connection begins with a header; all have TLS.
        tls: how TLS is started.
    """

    __slots__ = ("_room", "_tls")

    def __init__(self, context: ServerContext, proxied: Callable[[Any], bool], tls: TlsStart) -> None:
        super().__init__(context, proxied)
        self._tls = tls
        self._room = bytearray()

    def connection_made(self, transport: Any) -> None:
        """The connection is there."""
        super().connection_made(transport)

    def get_buffer(self, sizehint: int) -> bytearray:
        """Tell the transport where to put what comes."""
        self._room = bytearray(0 if self.transport is None else bytes_due(self._buffer))
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes have come."""
        self.data_received(bytes(self._room[:nbytes]))

    def _hand_over(self, told: dict[str, Any] | None, rest: bytes) -> None:
        transport: Any = self.transport
        self._forget()
        TlsHandshake(self._context, told).begin(transport, self._tls)


class TlsHandshake:
    """A connection during its TLS handshake, which a `ServerConnection` takes over.

    It counts among the server's connections, and is the protocol inside of TLS until there is the other.

    Args:
        context: what the server's connections share.
        told: what a proxy has told of the connection; None for nothing.

    Attributes:
        deadline: never: event loops have a time-out for handshakes.
        transport: the transport below TLS; None before and after the handshake.
    """

    __slots__ = (
        "__weakref__",
        "_connection",
        "_context",
        "_early",
        "_lost",
        "_task",
        "_told",
        "deadline",
        "transport",
    )

    def __init__(self, context: ServerContext, told: dict[str, Any] | None) -> None:
        self._context = context
        self._told = dict(told or {})
        # Whatever the client has spoken with the proxy: what ends here is TLS, for which the proxy may be a mere pipe.
        self._told.pop("proxied_tls", None)
        self._connection: ServerConnection | None = None
        self._early: list[bytes] = []
        self._lost = False
        self._task: asyncio.Task[None] | None = None
        self.deadline = 0.0
        self.transport: Transport | None = None

    def begin(self, transport: Transport, tls: TlsStart) -> None:
        """Take a transport, of which all that was read has been used, and shake hands."""
        # Nothing more is read in plain before TLS is there, which is not before the task runs.
        transport.pause_reading()
        self.transport = transport
        context = self._context
        context.connections.add(self)
        # Task factories of the user's own are not asked: they are for handlers.
        self._task = asyncio.Task(self._shake_hands(transport, tls), loop=asyncio.get_running_loop())
        self._task.add_done_callback(self._end)
        if context.draining:
            self.drop()

    # What TLS calls before it is known that the handshake is done.

    def data_received(self, data: bytes) -> None:
        """The first bytes inside of TLS, which may come with the last of the handshake."""
        if not self._early and self.transport is not None:
            self.transport.pause_reading()
        self._early.append(data)

    def eof_received(self) -> bool:
        """The peer has closed, inside of TLS."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._lost = True
        if self._connection is not None:
            self._connection.connection_lost(exc)

    def pause_writing(self) -> None:
        """Nothing is written."""

    def resume_writing(self) -> None:
        """Nothing is written."""

    # What the server and its sweep call.

    def close_gracefully(self) -> None:
        """Close now: there is no request that could be worked on."""
        self.drop()

    def drop(self) -> None:
        """Close now."""
        if self._task is not None:
            self._task.cancel()
        if self.transport is not None:
            self.transport.abort()

    def deadline_passed(self) -> None:
        """See `deadline`."""

    async def _shake_hands(self, below: Transport, tls: TlsStart) -> None:
        loop: Any = asyncio.get_running_loop()
        try:
            transport = await loop.start_tls(
                below,
                self,
                tls.context,
                server_side=True,
                ssl_handshake_timeout=tls.handshake_timeout,
                ssl_shutdown_timeout=tls.shutdown_timeout,
            )
        except Exception:
            # Nobody is told who fails in a handshake, as with servers that begin with one: the event loop logs it where
            # it is its own fault, or is debugged.
            return
        # asyncio returns None where the connection was lost meanwhile. Where the peer has closed inside of TLS, together
        # with the end of the handshake, nothing can be answered any more.
        if transport is not None and not transport.is_closing() and not self._lost:
            self._hand_over(below, transport)

    def _hand_over(self, below: Transport, transport: Transport) -> None:
        """Leave the transport to a connection, with what has come for it."""
        early, self._early = self._early, []
        self._forget()
        self._connection = connection = ServerConnection(self._context)
        connection.proxied = self._told or None
        transport.set_protocol(connection)
        if early and not below.is_closing():
            below.resume_reading()
        connection.connection_made(transport)
        if early:
            connection.data_received(b"".join(early))

    def _end(self, task: asyncio.Task[None]) -> None:
        """The task is over, or was cancelled before it began."""
        if self.transport is not None:
            self.transport.abort()
            self._forget()
        if not task.cancelled() and task.exception() is not None:
            # As event loops do with what protocols raise.
            if self._connection is not None:
                self._connection.drop()
            message = "Fatal error: protocol.data_received() call failed."
            task.get_loop().call_exception_handler({"message": message, "exception": task.exception()})

    def _forget(self) -> None:
        self._context.connections.discard(self)
        self.transport = self._task = None

"""The first bytes of a connection that comes through a proxy which tells whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidewire_http_io._proxy_header import read_proxy_header
from tidewire_http_io._refusals import InvalidProxyHeader, RequestTimeout
from tidewire_http_io._server_connection import ServerConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidewire_http_io._server_context import ServerContext
    from tidewire_http_io._types import Transport
    from tidewire_http_parser import RemoteProtocolError

__all__: list[str] = []


class ProxyPreface:
    """A protocol that reads a PROXY header and then leaves its transport to a `ServerConnection`.

    So a server that expects no such header pays nothing for it. The header has as long to come as the head of a
    request. Where the transport is one of TLS already, it is inside of that; `TlsPreface` is for what is in front.

    Args:
        context: what the server's connections share.
        proxied: tells by a peer's address whether its connection begins with a header.

    Attributes:
        deadline: when `deadline_passed()` is due, by the sweep's clock; 0.0 for never.
        transport: the transport; None before there is one and after it was left to the connection.
    """

    __slots__ = ("_buffer", "_context", "_proxied", "deadline", "transport")

    def __init__(self, context: ServerContext, proxied: Callable[[Any], bool]) -> None:
        self._context = context
        self._proxied = proxied
        self._buffer = b""
        self.deadline = 0.0
        self.transport: Transport | None = None

    # What the transport calls.

    def connection_made(self, transport: Transport) -> None:
        """The connection is there."""
        self.transport = transport
        if not self._proxied(transport.get_extra_info("peername")):
            self._hand_over(None, b"")
            return
        context = self._context
        context.connections.add(self)
        context.sweep.watch(self)
        timeout = context.options.head_timeout
        self.deadline = context.sweep.after(timeout) if timeout > 0 else 0.0
        if context.draining:
            self.drop()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self.transport is None or self.transport.is_closing():
            return
        data = self._buffer + data
        try:
            header = read_proxy_header(data)
        except InvalidProxyHeader as error:
            error.__traceback__ = None  # its frames would keep the connection, in a circle
            self._refuse(error)
            return
        if header is None:
            self._buffer = data
            return
        told: dict[str, Any] = {}
        if header.source is not None:
            told = {"peername": header.source, "sockname": header.destination}
        if header.tls is not None:
            told["proxied_tls"] = header.tls
        self._hand_over(told, data[header.size :])

    def eof_received(self) -> bool:
        """The peer has closed its side."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._forget()

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
        if self.transport is not None:
            self.transport.abort()

    def deadline_passed(self) -> None:
        """The header was too slow."""
        if self._buffer:
            self._refuse(RequestTimeout("the PROXY header took too long", self._buffer))
        else:
            self.drop()

    def _refuse(self, error: RemoteProtocolError) -> None:
        # No answer: who sends no PROXY header where one is due is no proxy, and gets to know nothing.
        transport = self.transport
        self.drop()
        if self._context.refused is not None and transport is not None:
            self._context.refused(error, transport.get_extra_info("peername"), 0)

    def _hand_over(self, told: dict[str, Any] | None, rest: bytes) -> None:
        """Leave the transport to a connection that knows what the proxy has told of it, with what came for it."""
        transport: Any = self.transport
        self._forget()
        connection = ServerConnection(self._context)
        connection.proxied = told or None
        transport.set_protocol(connection)
        connection.connection_made(transport)
        if rest:
            connection.data_received(rest)

    def _forget(self) -> None:
        self._context.connections.discard(self)
        self._context.sweep.unwatch(self)
        self.transport = None

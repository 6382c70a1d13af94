"""A tunnel through a proxy (RFC 9110, section 9.3.6), and what becomes of the connection that it is in."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Sequence
from typing import Any, Final

from multidict import CIMultiDict
from yarl import URL

from tidewire_client._errors import ClientHttpProxyError
from tidewire_client._request_info import RequestInfo
from tidewire_http_io import ClientConnection, ClientExchange, ResetReason, Sweep

__all__: list[str] = []

_BODY_CAP: Final = 65536
# Seconds for the body of a refusal, whose status is known already.
_PATIENCE: Final = 1.0


class _Silence:
    """Takes what comes through a tunnel before anything was sent into it, which is nothing from an honest proxy."""

    def __init__(self) -> None:
        self.broken = False

    def data_received(self, data: bytes) -> None:
        self.broken = True

    def eof_received(self) -> None:
        self.broken = True

    def connection_lost(self, error: Exception | None) -> None:
        self.broken = True


class _Explanation:
    """Takes the body of a refusal, up to a cap.

    Attributes:
        complete: done when there is no more to wait for.
    """

    def __init__(self, exchange: ClientExchange) -> None:
        self._exchange = exchange
        self._pieces: list[bytes] = []
        self._missing = _BODY_CAP
        self.complete: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def body(self) -> bytes:
        """What has come of it."""
        return b"".join(self._pieces)

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        self._pieces.append(data[: self._missing])
        self._missing -= len(self._pieces[-1])
        if self._missing:
            self._exchange.consumed(len(data), 1 + len(inner_ends or ()))
        else:
            self._end()

    def end_received(self, trailers: list[tuple[str, str]]) -> None:
        self._end()

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        if not self.complete.done():
            self.complete.set_result(None)


async def _explanation(exchange: ClientExchange, patience: float) -> bytes:
    """Return the body of a refusal; where it takes too long, what there is of it."""
    explanation = _Explanation(exchange)
    exchange.receive(explanation)
    await asyncio.wait([explanation.complete], timeout=patience)
    return explanation.body


async def open_tunnel(
    connection: ClientConnection,
    sweep: Sweep,
    proxy: URL,
    host: str,
    port: int,
    proxy_fields: Sequence[tuple[str, str]],
    patience: float = _PATIENCE,
) -> Any:
    """Ask a proxy for a tunnel.

    Args:
        connection: a connection to the proxy, which has had no exchange; it is closed where the tunnel fails.
        sweep: what looks after the connection; it does no more.
        proxy: the proxy's URL, for errors.
        host: where the tunnel is to go; an address of IPv6 without brackets.
        port: its port.
        proxy_fields: names and values for the proxy, credentials among them.
        patience: seconds that the body of a refusal may take.

    Returns:
        The transport of the connection, for another protocol.

    Raises:
        ClientHttpProxyError: the proxy has answered with another status than 2xx; it has up to 64 KiB of the body, or
            what has come of that in time.
        OSError: the proxy has gone, or speaks before its turn.
        tidewire_http_parser.RemoteProtocolError: it does not speak HTTP.
        tidewire_http_parser.LocalProtocolError: a field that may not go out.
    """
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    fields = list(proxy_fields)
    if not any(name.lower() == "host" for name, _ in fields):
        fields.insert(0, ("Host", target))
    try:
        exchange = connection.begin()
        exchange.send_head("CONNECT", target, fields, end=True)
        head = await exchange.response()
        if head is None:
            raise exchange.reset_error or OSError(errno.ECONNRESET, "the proxy has closed the connection")
        if not 200 <= head.status < 300:
            info = RequestInfo(proxy, "CONNECT", CIMultiDict(fields), proxy)
            raise ClientHttpProxyError(
                info,
                (),
                status=head.status,
                message=head.reason,
                headers=CIMultiDict(head.fields),
                body=await _explanation(exchange, patience),
            )
        silence = _Silence()
        exchange.take_tunnel().receive(silence)
        if silence.broken:
            raise OSError(errno.EPROTO, "the proxy has spoken before its turn")
    except BaseException:
        connection.drop()
        raise
    # Its transport will tell another protocol of its end.
    sweep.unwatch(connection)
    return connection.transport

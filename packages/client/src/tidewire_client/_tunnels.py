"""A tunnel through a proxy (RFC 9110, section 9.3.6), and what becomes of the connection that it is in."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import Any

from multidict import CIMultiDict
from yarl import URL

from tidewire_client._errors import ClientHttpProxyError
from tidewire_client._request_info import RequestInfo
from tidewire_http_io import ClientConnection, Sweep

__all__: list[str] = []


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


async def open_tunnel(
    connection: ClientConnection,
    sweep: Sweep,
    proxy: URL,
    host: str,
    port: int,
    proxy_fields: Sequence[tuple[str, str]],
) -> Any:
    """Ask a proxy for a tunnel.

    Args:
        connection: a connection to the proxy, which has had no exchange; it is closed where the tunnel fails.
        sweep: what looks after the connection; it does no more.
        proxy: the proxy's URL, for errors.
        host: where the tunnel is to go; an address of IPv6 without brackets.
        port: its port.
        proxy_fields: names and values for the proxy, credentials among them.

    Returns:
        The transport of the connection, for another protocol.

    Raises:
        ClientHttpProxyError: the proxy has answered with another status than 2xx.
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
                info, (), status=head.status, message=head.reason, headers=CIMultiDict(head.fields)
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

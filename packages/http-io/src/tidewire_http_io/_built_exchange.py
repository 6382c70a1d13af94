"""An exchange without a network, for tests and tools."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tidewire_http_io._acceptor import Acceptor
from tidewire_http_io._exchange import ServerExchange
from tidewire_http_io._options import ServerOptions
from tidewire_http_io._sweep import Sweep
from tidewire_http_parser import Fields, RemoteProtocolError

__all__ = ["build_exchange"]

_HIGH_WATER: Final = 65536  # bytes; asyncio's own default


class _Nowhere(asyncio.Transport):
    """A transport whose peer takes everything and sends nothing more.

    Attributes:
        written: what was written to it.
    """

    def __init__(self, extra: Mapping[str, Any]) -> None:
        super().__init__(dict(extra))
        self.written = bytearray()
        self._protocol: Any = None
        self._closing = False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    def write(self, data: Any) -> None:
        if not self._closing:
            self.written += data

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing: everything is taken at once."""

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return _HIGH_WATER // 4, _HIGH_WATER

    def is_reading(self) -> bool:
        return False

    def pause_reading(self) -> None:
        """Nothing: there is nothing more to read."""

    def resume_reading(self) -> None:
        """Nothing, likewise."""

    def can_write_eof(self) -> bool:
        return False

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        """Close it, at once."""
        self.abort()

    def abort(self) -> None:
        """Close it."""
        if not self._closing:
            self._closing = True
            self._protocol.connection_lost(None)


class _Standstill:
    """What a connection needs of an event loop where none is running: nothing becomes due."""

    time = staticmethod(time.monotonic)

    def call_later(self, _delay: float, callback: Any, *args: Any) -> _Standstill:
        return self

    def call_soon(self, callback: Any, *args: Any) -> _Standstill:
        return self

    def cancel(self) -> None:
        """Nothing: it was never due."""

    def create_future(self) -> Any:
        raise RuntimeError("an exchange that was built without a running event loop cannot wait")


def build_exchange(
    method: str,
    target: str,
    fields: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    http_1_1: bool = True,
    info: Mapping[str, Any] | None = None,
    options: ServerOptions | None = None,
) -> ServerExchange:
    """Make a server's exchange without a network: the request is parsed as ever, and the answer goes nowhere.

    Without a running event loop head and body can be read, but nothing that waits.

    Args:
        method: the method.
        target: the request target.
        fields: names and values; Host and Content-Length need not be among them.
        body: the body.
        http_1_1: whether the request is HTTP/1.1, or HTTP/1.0.
        info: what is known of the connection, by asyncio's names, such as `peername`.
        options: how a server treats its connections.

    Raises:
        ValueError: a field or the target has a line break, with which another field would come.
        tidewire_http_parser.RemoteProtocolError: a server would refuse the request.
    """
    exchanges: list[ServerExchange] = []
    refused: list[RemoteProtocolError] = []
    still = _Standstill()
    loop: Any
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        loop = still
    acceptor = Acceptor(
        exchanges.append,
        loop=loop,
        options=options,
        # A timer of the loop's would never end: nobody closes the connection.
        sweep=Sweep(still.call_later, still.time, time.time),
        refused=lambda error, _peer, _size: refused.append(error),
    )
    protocol: Any = acceptor()
    transport = _Nowhere(info or {})
    transport.set_protocol(protocol)
    pairs = list(fields)
    names = {name.lower() for name, _ in pairs}
    protocol.connection_made(transport)
    protocol.data_received(_head(f"{method} {target} HTTP/1.{int(http_1_1)}", pairs, names, body) + body)
    if refused:
        raise refused[0]
    exchange = exchanges[0]
    if "host" not in names:
        # The parser wants it; the caller has said nothing of it.
        exchange.head.fields = [field for field in exchange.head.fields if field[0].lower() != "host"]
        exchange.head.host = None
    return exchange


def _head(start: str, fields: Fields, names: set[str], body: bytes) -> bytes:
    lines = [start, *(f"{name}: {value}" for name, value in fields)]
    if "host" not in names:
        lines.append("Host: localhost")
    if body and names.isdisjoint(("content-length", "transfer-encoding")):
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("neither the start line nor a field holds a line break")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")

"""Requests without a server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, Final

from multidict import CIMultiDict

from tidewire_http_io import Acceptor, ServerExchange, StreamReader, Sweep
from tidewire_testing._clock import FakeClock
from tidewire_testing._memory_transport import MemoryTransport
from tidewire_web import Application, Request, Server, UrlMappingMatchInfo

__all__ = ["build_request", "make_mocked_request"]

_EXTRA: Final = ("peername", "sockname", "socket", "ssl_object", "sslcontext", "peercert", "cipher")
_PEER: Final = ("127.0.0.1", 50000)


class _Stillness(FakeClock):
    """What connections need of an event loop where there is none: nothing becomes due."""

    def create_future(self) -> Any:
        raise RuntimeError("a request that was made without a running event loop cannot wait")


class _Services:
    """What requests know of their server where there is no event loop to run one."""

    def __init__(self, app: Application | None, client_max_size: int, client_max_fields: int) -> None:
        self.app = app
        self.client_max_size = client_max_size
        self.client_max_fields = client_max_fields
        self.auto_decompress = True
        self.max_field_size = 8190
        self.max_headers = 128
        self.debug = False
        self.logger = logging.getLogger("tidewire.server")
        self.standard_fields: Any = None


async def _nobody(_request: Any) -> None:
    """Handle nothing: the server is there for its settings."""


def build_request(
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    version: tuple[int, int] = (1, 1),
    app: Application | None = None,
    match_info: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
    **options: Any,
) -> Request:
    """Make a request as a server would: its bytes are parsed by the real parser, from a connection in memory.

    It can be handled and answered where an event loop is running; its head and a body can be looked at without one.

    Args:
        method: its method.
        path: its path, with its query.
        headers: its fields; Host and Content-Length need not be among them.
        body: its body.
        version: the HTTP version.
        app: the application that it is for.
        match_info: what the router has found in the path.
        extra: what is known of the connection, by asyncio's names, such as `peername`.
        options: `client_max_size` and `client_max_fields`, as of `tidewire_web.Server`.

    Raises:
        ValueError: a server would refuse it.
    """
    known = {"peername": _PEER, "sockname": ("127.0.0.1", 80), **(extra or {})}
    fields = CIMultiDict(headers)
    exchange = _exchange(_head(method, path, version, fields, body) + body, known)
    if "Host" not in fields:
        # The parser wants it; the test has said nothing of it.
        exchange.head.fields = [field for field in exchange.head.fields if field[0].lower() != "host"]
        exchange.head.host = None
    request = Request(exchange, _services(app, **options))
    info = UrlMappingMatchInfo(dict(match_info or {}), None)
    if app is not None:
        info.add_app(app)
        info.freeze()
    request._match_info = info
    return request


def _head(method: str, path: str, version: tuple[int, int], fields: CIMultiDict[str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/{version[0]}.{version[1]}"]
    if "Host" not in fields:
        lines.append("Host: localhost")
    lines += [f"{name}: {value}" for name, value in fields.items()]
    if body and "Content-Length" not in fields and "Transfer-Encoding" not in fields:
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("neither the start line nor a field holds a line break")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


def _exchange(data: bytes, known: Mapping[str, Any]) -> ServerExchange:
    """Have a connection in memory read a request."""
    exchanges: list[ServerExchange] = []
    errors: list[Exception] = []
    still = _Stillness()
    loop: Any = still
    with contextlib.suppress(RuntimeError):
        loop = asyncio.get_running_loop()
    acceptor = Acceptor(
        exchanges.append,
        loop=loop,
        # Its timer would never end: nobody closes the connection.
        sweep=Sweep(still.call_later, still.time, time.time),
        refused=lambda error, _peer, _size: errors.append(error),
    )
    protocol: Any = acceptor()
    transport = MemoryTransport(protocol, extra=known)
    transport.connect()
    transport.feed(data)
    if errors or not exchanges:
        raise ValueError(
            f"a server would refuse this request: {errors[0] if errors else 'it is not complete'}"
        )
    return exchanges[0]


def _services(app: Application | None, client_max_size: int = 1024**2, client_max_fields: int = 1000) -> Any:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _Services(app, client_max_size, client_max_fields)
    return Server(
        _nobody,
        app=app,
        client_max_size=client_max_size,
        client_max_fields=client_max_fields,
        access_log=None,
    )


def make_mocked_request(
    method: str,
    path: str,
    headers: Any = None,
    *,
    match_info: Mapping[str, str] | None = None,
    version: tuple[int, int] = (1, 1),
    closing: bool = False,
    app: Application | None = None,
    writer: Any = None,
    protocol: Any = None,
    transport: Any = None,
    payload: StreamReader | bytes = b"",
    sslcontext: Any = None,
    client_max_size: int = 1024**2,
    client_max_fields: int = 1000,
    loop: Any = None,
) -> Request:
    """Make a request without a server; the name and the parameters are those that users of aiohttp know.

    No mock is in it: see `build_request()`.

    Args:
        method: its method.
        path: its path, with its query.
        headers: its fields.
        match_info: what the router has found in the path.
        version: the HTTP version.
        closing: whether the connection is to be closed after it.
        app: the application that it is for.
        writer: ignored; deprecated.
        protocol: ignored; deprecated.
        transport: asked with `get_extra_info()` for what is known of the connection.
        payload: its body.
        sslcontext: anything but None for a request under TLS.
        client_max_size: bytes of a body that it keeps.
        client_max_fields: fields of a form that it keeps.
        loop: ignored; deprecated.

    Raises:
        ValueError: a server would refuse it.
    """
    for name, value in (("writer", writer), ("protocol", protocol), ("loop", loop)):
        if value is not None:
            warnings.warn(f"the {name} argument is ignored", DeprecationWarning, stacklevel=2)
    extra: dict[str, Any] = {}
    if transport is not None:
        found = {name: transport.get_extra_info(name) for name in _EXTRA}
        extra = {name: value for name, value in found.items() if value is not None}
    if sslcontext is not None:
        extra = {"sslcontext": sslcontext, "ssl_object": sslcontext, **extra}
    request = build_request(
        method,
        path,
        headers=headers or (),
        body=payload if isinstance(payload, bytes) else b"",
        version=version,
        app=app,
        match_info=match_info,
        extra=extra,
        client_max_size=client_max_size,
        client_max_fields=client_max_fields,
    )
    if closing:
        request.head.keep_alive = False
    if not isinstance(payload, bytes):
        request._content = payload
        request.head.body_length = -1
    return request

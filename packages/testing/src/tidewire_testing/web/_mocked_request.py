"""Requests without a server."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tidewire_http_io import StreamReader
from tidewire_web import Application, Request

__all__ = ["build_request", "make_mocked_request"]

_EXTRA: Final = ("peername", "sockname", "socket", "ssl_object", "sslcontext", "peercert", "cipher")


def build_request(
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    app: Application | None = None,
    match_info: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
    **options: Any,
) -> Request:
    """Make a request as a server would: see `tidewire_web.Request.build()`.

    It can be handled and answered where an event loop is running; its head and a body can be looked at without one.

    Args:
        method: its method.
        path: its path, with its query.
        headers: its fields; Host and Content-Length need not be among them.
        body: its body.
        app: the application that it is for.
        match_info: what the router has found in the path; None where the application is still to look for it.
        extra: what is known of the connection, by asyncio's names, such as `peername`.
        options: `version`, `client_max_size` and `client_max_fields`.

    Raises:
        ValueError: a server would refuse it.
    """
    return Request.build(
        method, path, app=app, match_info=match_info, headers=headers, body=body, info=extra, **options
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

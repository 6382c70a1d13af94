"""What a server is given, as what its connections and its requests need."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from tidewire_http_io import ServerOptions
from tidewire_http_parser import Limits
from tidewire_web._access_log import AbstractAccessLogger
from tidewire_web._proxies import Addresses

__all__: list[str] = []


def connection_options(
    *, max_line_size: int, max_field_size: int, max_headers: int, proxy_protocol: Any, **others: Any
) -> ServerOptions:
    """How connections are treated.

    Args:
        max_line_size: bytes of a request line.
        max_field_size: bytes of a field line.
        max_headers: field lines of a request.
        proxy_protocol: whether connections begin with a PROXY header, or the addresses of those whose do.
        others: arguments of `ServerOptions`.

    Raises:
        TypeError: a number is none.
        ValueError: a number is negative.
    """
    for name, value in others.items():
        if isinstance(value, bool) and name == "tcp_keepalive":
            continue
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise TypeError(f"{name} is a number, not {value!r}")
        if not value >= 0:
            raise ValueError(f"{name} is not negative, nor {value!r}")
    limits = Limits(line=max_line_size, field=max_field_size, fields=max_headers)
    return ServerOptions(limits=limits, proxied=_proxied(proxy_protocol), **others)


def _proxied(given: Any) -> Callable[[Any], bool] | None:
    """Tells by its address whether a peer sends PROXY headers."""
    if given is None or given is False:
        return None
    if given is True:
        return _always
    return Addresses(given).has_peer


def _always(_peer: Any) -> bool:
    return True


def make_access_logger(
    access_log_class: Any, access_log: logging.Logger | None, access_log_format: str
) -> AbstractAccessLogger | None:
    """Make what takes note of each request that was answered; None where nothing does.

    Args:
        access_log_class: the class.
        access_log: the logger, None for no access log.
        access_log_format: what records look like.

    Raises:
        TypeError: the class is none of access loggers.
        ValueError: the format is malformed.
    """
    if not isinstance(access_log_class, type) or not issubclass(access_log_class, AbstractAccessLogger):
        raise TypeError(f"access_log_class is a subclass of AbstractAccessLogger, not {access_log_class!r}")
    return None if access_log is None else access_log_class(access_log, access_log_format)

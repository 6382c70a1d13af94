"""What a server is given."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tidewire_http_io import ServerOptions
from tidewire_http_parser import Limits
from tidewire_web import AccessLogger
from tidewire_web._server_options import connection_options, make_access_logger

LIMITS: dict[str, Any] = {"max_line_size": 1, "max_field_size": 2, "max_headers": 3}


def test_options_of_connections() -> None:
    options = connection_options(**LIMITS, proxy_protocol=False, keepalive_timeout=7, tcp_keepalive=False)
    assert options == ServerOptions(
        limits=Limits(line=1, field=2, fields=3), keepalive_timeout=7, tcp_keepalive=False
    )


@pytest.mark.parametrize("value", [None, "7", True, []])
def test_numbers_are_numbers(value: Any) -> None:
    with pytest.raises(TypeError, match="keepalive_timeout"):
        connection_options(**LIMITS, proxy_protocol=False, keepalive_timeout=value)


@pytest.mark.parametrize("value", [-1, -0.1, float("nan")])
def test_numbers_are_not_negative(value: float) -> None:
    with pytest.raises(ValueError, match="read_bufsize"):
        connection_options(**LIMITS, proxy_protocol=False, read_bufsize=value)


@pytest.mark.parametrize(
    ("given", "peers"),
    [
        (True, {("192.0.2.1", 1): True, "": True, None: True}),
        (["192.0.2.0/24"], {("192.0.2.1", 1): True, ("192.0.3.1", 1): False, "": False}),
        (["unix"], {("192.0.2.1", 1): False, "": True, None: False}),
    ],
)
def test_whose_connections_begin_with_a_header(given: Any, peers: dict[Any, bool]) -> None:
    proxied = connection_options(**LIMITS, proxy_protocol=given).proxied
    assert proxied is not None
    assert {peer: proxied(peer) for peer in peers} == peers


@pytest.mark.parametrize("given", [False, None])
def test_nobodys_does(given: Any) -> None:
    assert connection_options(**LIMITS, proxy_protocol=given).proxied is None


def test_access_loggers() -> None:
    logger = logging.getLogger("mine")
    made = make_access_logger(AccessLogger, logger, "%s")
    assert isinstance(made, AccessLogger)
    assert (made.logger, made.log_format) == (logger, "%s")
    assert make_access_logger(AccessLogger, None, "%s") is None

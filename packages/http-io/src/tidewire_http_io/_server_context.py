# Compiled by mypyc.
"""What the connections of one server share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tidewire_http_io._exchange import Service
from tidewire_http_io._options import ServerOptions
from tidewire_http_io._sweep import Sweep
from tidewire_http_parser import RemoteProtocolError

if TYPE_CHECKING:
    from mypy_extensions import i64

    from tidewire_http_io._types import Loop

__all__: list[str] = []


class ServerContext:
    """What the connections of one server share.

    Args:
        service: called with each exchange.
        options: how connections are treated.
        loop: the event loop.
        sweep: looks after the connections' deadlines.
        refused: called when bytes that are not HTTP were refused: with the error, the peer's address, and how many
            bytes the answer has, 0 where there is none.

    Attributes:
        connections: those that there are.
        draining: whether the server is being closed, so that no connection is wanted any more.
        exchanges: how many there were.
    """

    __slots__ = (
        "connections",
        "draining",
        "exchanges",
        "keepalive_timeout",
        "loop",
        "options",
        "refused",
        "service",
        "sweep",
    )

    def __init__(
        self,
        service: Service,
        options: ServerOptions,
        loop: Loop,
        sweep: Sweep,
        refused: Callable[[RemoteProtocolError, Any, int], None] | None,
    ) -> None:
        self.service = service
        self.options = options
        self.keepalive_timeout: float = options.keepalive_timeout
        self.loop = loop
        self.sweep = sweep
        self.refused = refused
        self.connections: set[Any] = set()  # of ServerConnection, which knows this class
        self.draining = False
        self.exchanges: i64 = 0

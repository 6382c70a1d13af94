"""What came instead of a request, as far as an access log is interested in it."""

from __future__ import annotations

from typing import Any

from tidewire_http_parser import RequestHead
from tidewire_web._request import BaseRequest
from tidewire_web._types import Services

__all__: list[str] = []


class _RefusedExchange:
    """As much of a `ServerExchange` as there is without a request."""

    finished = True
    disconnected = False
    body_complete = True

    def __init__(self, peer: Any, bytes_sent: int, status: int) -> None:
        self.head = RequestHead("UNKNOWN", "/", False)
        self.bytes_sent = bytes_sent
        self.status = status
        self._peer = peer

    def info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection."""
        return self._peer if name == "peername" and self._peer is not None else default


def refused_request(peer: Any, bytes_sent: int, status: int, services: Services) -> BaseRequest:
    """Make a request of which nothing is known but where it came from.

    Args:
        peer: the peer's address.
        bytes_sent: bytes of the answer.
        status: its status code.
        services: what the server has for its requests.
    """
    exchange: Any = _RefusedExchange(peer, bytes_sent, status)
    return BaseRequest(exchange, services)

"""Interim responses: what a client gets to know before the final response (RFC 9110, section 15.2)."""

from __future__ import annotations

from multidict import CIMultiDict

from tidewire_http_io import PeerGone
from tidewire_web._response_head import LooseHeaders
from tidewire_web._types import RequestLike

__all__ = ["send_interim"]


async def send_interim(request: RequestLike, status: int = 103, headers: LooseHeaders | None = None) -> None:
    """Send an interim response, such as 103 (Early Hints, RFC 8297), and wait until the peer keeps up.

    Any number may be sent before the final response. A client of HTTP/1.0 knows none, and gets none.

        await send_interim(request, 103, {"Link": "</style.css>; rel=preload; as=style"})

    Args:
        request: the request that is worked on.
        status: 100, or 102 to 199. 100 (Continue) is sent by itself when a handler begins.
        headers: the fields; the final response has to say again what is meant to last.

    Raises:
        RuntimeError: the final response has begun.
        tidewire_http_parser.LocalProtocolError: another status, or a value that may not go out.
        ConnectionResetError: the peer has gone.
    """
    exchange = request.exchange
    if exchange.disconnected:
        raise PeerGone
    if exchange.head_sent:
        raise RuntimeError("an interim response comes before the head of the final one")
    exchange.send_interim(status, [] if headers is None else list(CIMultiDict(headers).items()))
    if not exchange.is_writable:
        await exchange.writable()

"""Handshakes of websockets: whether a request is one, and what is answered where it is not (RFC 6455, section 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tidewire_http_parser import REASONS
from tidewire_web._http_exception import HTTPException
from tidewire_web._http_exceptions import HTTPBadRequest, HTTPMethodNotAllowed
from tidewire_web._types import RequestLike
from tidewire_websocket import DeflateOptions, Handshake, WSHandshakeError, answer_handshake

__all__ = ["WebSocketReady"]


@dataclass(frozen=True)
class WebSocketReady:
    """Whether a request can become a websocket; true where it can.

    Attributes:
        ok: whether it can.
        protocol: the subprotocol that both sides know; None without one.
    """

    ok: bool
    protocol: str | None

    def __bool__(self) -> bool:
        return self.ok


def agree(request: RequestLike, protocols: Sequence[str], deflate: DeflateOptions | None) -> Handshake:
    """Find out what a websocket with a client would be like.

    Args:
        request: the request.
        protocols: the subprotocols that this side knows.
        deflate: how to compress; None for not at all.

    Raises:
        WSHandshakeError: the request is none for a websocket.
        tidewire_http_parser.LocalProtocolError: a subprotocol of this side is no token.
    """
    head = request.exchange.head
    handshake = answer_handshake(
        head.method, list(request.headers.items()), protocols=protocols, deflate=deflate
    )
    if not head.offers_switch:
        raise WSHandshakeError("the connection cannot switch protocols, as with HTTP/1.0")
    if head.body_length != 0:
        # What is read as a body here must not be what somebody else reads as frames (S28).
        raise WSHandshakeError("a handshake has no body")
    return handshake


def refusal(request: RequestLike, error: WSHandshakeError) -> HTTPException:
    """Make the answer to a request that is none for a websocket."""
    status = error.status
    text = f"{status}: {REASONS.get(status, '')}\n\nThis is a websocket, and the request no handshake: {error}.\n"
    if status == 405:
        return HTTPMethodNotAllowed(request.exchange.head.method, ["GET"], text=text)
    answer = HTTPBadRequest(headers=error.fields, text=text)
    if "Upgrade" in answer.headers:
        answer.headers["Connection"] = "upgrade"  # RFC 9110, section 7.8
    return answer

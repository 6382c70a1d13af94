"""Passing websockets on: two of them, and each message in pieces from one to the other."""

from __future__ import annotations

import asyncio
from typing import Final
from weakref import WeakSet

from multidict import CIMultiDict
from yarl import URL

from reverse_proxy.config import Config, Route
from reverse_proxy.fields import request_fields, request_target, response_fields
from reverse_proxy.forwarding import first_reachable
from tidewire_client import (
    ClientSession,
    ClientWebSocketResponse,
    WSServerHandshakeError,
)
from tidewire_web import (
    Request,
    Response,
    StreamResponse,
    WebSocketClosed,
    WebSocketError,
    WebSocketResponse,
    WSCloseCode,
)

__all__ = ["OpenWebSockets", "forward_websocket", "is_websocket"]

OpenWebSockets = WeakSet[WebSocketResponse]
"""The websockets of clients, to be closed when the proxy stops."""

Either = WebSocketResponse | ClientWebSocketResponse

# What may not be sent in a close frame (RFC 6455, section 7.4.1), and what it means for the other side.
_UNSENDABLE: Final = {1005: WSCloseCode.OK, 1006: WSCloseCode.GOING_AWAY, 1015: WSCloseCode.GOING_AWAY}
_OF_THE_HANDSHAKE: Final = ("Sec-WebSocket-Accept", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol")


def is_websocket(request: Request) -> bool:
    """Tell whether a request asks for a websocket."""
    return WebSocketResponse().can_prepare(request).ok


async def forward_websocket(
    request: Request, route: Route, session: ClientSession, config: Config, open_websockets: OpenWebSockets
) -> StreamResponse:
    """Open a websocket to an upstream, then the client's, and pass on what comes by either until one is closed.

    Raises:
        HTTPException: there is no answer of an upstream.
    """

    async def attempt(upstream: URL) -> StreamResponse:
        try:
            there = await session.ws_connect(
                URL(f"{upstream}{request_target(request)}", encoded=True),
                headers=_handshake_fields(request, upstream, config),
                protocols=_offered(request),
                max_msg_size=0,
                streaming=True,
                compress=15,
                allow_redirects=False,
            )
        except WSServerHandshakeError as error:
            return _refusal(error)
        async with there:
            fields = response_fields(there.response, upstream, config)
            return await _join(request, there, fields, open_websockets)

    return await first_reachable(route, attempt)


def _refusal(error: WSServerHandshakeError) -> Response:
    """Return the answer of an upstream that gives no websocket."""
    fields = CIMultiDict(error.headers or {})
    for name in ("Connection", "Content-Length", "Keep-Alive", "Transfer-Encoding"):
        fields.popall(name, None)  # of that connection, and of a body that may be cut off
    return Response(status=error.status or 502, body=error.body, headers=fields)


async def _join(
    request: Request,
    there: ClientWebSocketResponse,
    fields: CIMultiDict[str],
    open_websockets: OpenWebSockets,
) -> StreamResponse:
    here = WebSocketResponse(
        protocols=[there.protocol] if there.protocol else [], max_msg_size=0, streaming=True
    )
    here.headers.extend(fields)
    for name in _OF_THE_HANDSHAKE:
        here.headers.popall(name, None)
    await here.prepare(request)
    open_websockets.add(here)
    async with asyncio.TaskGroup() as group:
        group.create_task(_pass_on(here, there))
        group.create_task(_pass_on(there, here))
    return here


async def _pass_on(source: Either, target: Either) -> None:
    """Pass messages on until the source is closed, then close the target alike."""
    try:
        while (message := await source.receive_stream()) is not None:
            async with target.send_stream(message.type) as stream:
                async for piece in message:
                    await stream.write(piece)
    except (WebSocketClosed, WebSocketError):
        pass  # the code tells
    code = source.close_code or WSCloseCode.GOING_AWAY
    await target.close(code=_UNSENDABLE.get(code, code))


def _handshake_fields(request: Request, upstream: URL, config: Config) -> CIMultiDict[str]:
    """Return what goes beside the handshake, which is another one for each side."""
    fields = request_fields(request, upstream, config)
    for name in list(fields):
        if name.lower().startswith("sec-websocket-"):
            fields.popall(name, None)
    return fields


def _offered(request: Request) -> list[str]:
    lines = request.headers.getall("Sec-WebSocket-Protocol", [])
    return [protocol.strip() for protocol in ",".join(lines).split(",") if protocol.strip()]

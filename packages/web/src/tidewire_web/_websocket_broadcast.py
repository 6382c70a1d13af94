"""One message to many websockets of clients."""

from __future__ import annotations

from collections.abc import Iterable

from tidewire_web._websocket_response import WebSocketResponse
from tidewire_websocket.asyncio import WebSocket
from tidewire_websocket.asyncio import broadcast as send_to_all

__all__ = ["broadcast"]


async def broadcast(
    websockets: Iterable[WebSocketResponse],
    data: str | bytes | bytearray | memoryview,
    *,
    compress: bool = True,
) -> list[WebSocketResponse]:
    """Send one message to many websockets; it is encoded once, and compressed once for each way of doing that.

    Nobody is waited for: a client that is closed, not prepared yet, or that does not keep up, is left out. It is the
    caller's decision to close those.

        for slow in await broadcast(request.app[WEBSOCKETS], "news"):
            await slow.close(code=WSCloseCode.TRY_AGAIN_LATER)

    Args:
        websockets: whom to send to.
        data: a text, or bytes.
        compress: whether to compress, where that was agreed on. Such a message refers to no other, and the next one to
            none before it; so many small ones are smaller where each client is sent to by itself.

    Returns:
        Those that were left out.

    Raises:
        TypeError: the data are neither.
    """
    prepared: dict[WebSocket, WebSocketResponse] = {}
    left_out: list[WebSocketResponse] = []
    for response in websockets:
        socket = response._websocket
        if socket is None:
            left_out.append(response)
        else:
            prepared[socket] = response
    left_out += [prepared[socket] for socket in await send_to_all(prepared, data, compress=compress)]
    return left_out

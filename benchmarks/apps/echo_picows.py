"""An echo on picows: callbacks with a view of what has come, neither decoded nor copied."""

from __future__ import annotations

from echo_options import BROADCAST, MAX_SIZE, PORT, run
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

SOCKETS: set[WSTransport] = set()


class Echo(WSListener):  # type: ignore[misc]
    """One websocket."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Keep it."""
        SOCKETS.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Forget it."""
        SOCKETS.discard(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Send back what has come."""
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        elif BROADCAST:
            payload = frame.get_payload_as_bytes()
            for each in SOCKETS:
                each.send(frame.msg_type, payload)
        else:
            transport.send(frame.msg_type, frame.get_payload_as_memoryview())


def accept(request: WSUpgradeRequest) -> WSListener:
    """Make a listener for each connection."""
    return Echo()


async def main() -> None:
    """Serve for ever."""
    server = await ws_create_server(accept, "127.0.0.1", PORT, max_frame_size=MAX_SIZE)
    await server.serve_forever()


run(main())

"""A client on picows: callbacks with a view of what has come, neither decoded nor copied."""

from __future__ import annotations

import asyncio
import time

from echo_client_options import CONNECTIONS, IN_FLIGHT, IS_TEXT, MAX_SIZE, PAYLOAD, URL, run, talk
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

SENT = PAYLOAD.encode() if IS_TEXT else PAYLOAD
KIND = WSMsgType.TEXT if IS_TEXT else WSMsgType.BINARY


class Talker(WSListener):  # type: ignore[misc]
    """One websocket."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Keep it."""
        self.transport = transport

    async def converse(self, end: float) -> int:
        """Talk until a time has come."""
        self.end = end
        self.echoes = 0
        self.done = asyncio.get_running_loop().create_future()
        self.send()
        await self.done
        return self.echoes

    def send(self) -> None:
        """Send a batch."""
        self.left = IN_FLIGHT
        for _ in range(IN_FLIGHT):
            self.transport.send(KIND, SENT)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Count what has come."""
        self.left -= 1
        if self.left:
            return
        self.echoes += IN_FLIGHT
        if self.echoes == IN_FLIGHT and frame.get_payload_as_bytes() != SENT:
            self.done.set_exception(ConnectionError("another message came back"))
        elif time.monotonic() < self.end:
            self.send()
        else:
            self.done.set_result(None)


async def main() -> None:
    """Connect and talk."""
    url = URL.replace("http", "ws", 1)
    talkers = [(await ws_connect(Talker, url, max_frame_size=MAX_SIZE))[1] for _ in range(CONNECTIONS)]
    await talk([talker.converse for talker in talkers])


run(main())

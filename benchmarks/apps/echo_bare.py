"""What no echo is cheaper than on these loops: a protocol that counts bytes, and sends the first message back for each."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from echo_options import PORT, run

sys.path.append(str(Path(__file__).resolve().parent.parent))

from websocket_origin import Counter


class Echo(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        self.transport: Any = transport
        self.counter = Counter()

    def data_received(self, data: bytes) -> None:
        """Count, and answer."""
        reply = self.counter.reply_to(data)
        if reply:
            self.transport.write(reply)


async def main() -> None:
    """Serve for ever."""
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", PORT)
    await server.serve_forever()


run(main())

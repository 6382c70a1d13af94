"""The server of the clients benchmark: `python client_origin.py` prints its port and answers by path.

It reads no more of a request than it has to, so that it is never what a client waits for.
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any

from client_rows import ANSWER, DOWNLOAD, GREETING

__all__: list[str] = []


def _answer(kind: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n" % (kind, len(body))
    return head + b"Date: Fri, 20 Nov 2026 17:00:00 GMT\r\nServer: origin\r\n\r\n" + body


_TEXT = _answer(b"text/plain; charset=utf-8", GREETING)
_JSON = _answer(b"application/json", ANSWER)
_LARGE = _answer(b"application/octet-stream", bytes(DOWNLOAD))


class Origin(asyncio.Protocol):
    """A connection, on which there is one request at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport: Any = transport
        self._buffer = b""
        self._missing = 0  # bytes of a body

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        if self._missing > 0:
            self._missing -= len(data)
            if self._missing <= 0:
                self._transport.write(_JSON)
            return
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        if head.startswith(b"POST "):
            at = head.lower().index(b"content-length:") + 15
            self._missing = int(head[at:].partition(b"\r\n")[0]) - len(body)
            if self._missing > 0:
                self._buffer = b""
                return
            answer = _JSON
        else:
            answer = _LARGE if head.startswith(b"GET /large") else _TEXT
        self._buffer = b""
        self._transport.write(answer)


async def main() -> None:
    """Serve until the process is killed."""
    # As many connections as the system allows: 5,000 at once are more than the usual soft limit.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = await asyncio.get_running_loop().create_server(Origin, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        import uvloop
    except ImportError:
        asyncio.run(main())
    else:
        uvloop.run(main())

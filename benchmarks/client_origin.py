"""The server of the clients benchmark: `python client_origin.py BYTES [CERTIFICATE]` answers by path.

It prints its port, another one for connections that are not kept, and that of TLS, 0 without a certificate. It reads no more of a request than it has to, so that it is
never what a client waits for.
"""

from __future__ import annotations

import asyncio
import json
import resource
import ssl
import sys
from typing import Any, ClassVar

from client_rows import ANSWER, DOWNLOAD, GREETING

__all__: list[str] = []

_PIECE = bytes(256 * 1024)
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_LENGTH = b"content-length:"


def _head(kind: bytes, length: int) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n" % (kind, length)
    return head + b"Date: Fri, 20 Nov 2026 17:00:00 GMT\r\nServer: origin\r\n\r\n"


def _answer(kind: bytes, body: bytes) -> bytes:
    return _head(kind, len(body)) + body


_TEXT = _answer(b"text/plain; charset=utf-8", GREETING)
_JSON = _answer(b"application/json", ANSWER)
_LARGE = _answer(b"application/octet-stream", bytes(DOWNLOAD))


class Origin(asyncio.Protocol):
    """A connection, on which there is one request at a time.

    Attributes:
        handshakes: TLS connections, how many of them have resumed a session, and how many have ended with the alert that
            says so (close_notify), which a client owes (RFC 9112, section 9.8).
        transfer: bytes of the long body.
    """

    handshakes: ClassVar[list[int]] = [0, 0, 0]
    transfer = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport: Any = transport
        self._buffer = b""
        self._missing = 0  # bytes of a body
        self._chunks = False
        self._to_send = 0
        self._paused = False
        ssl_object = transport.get_extra_info("ssl_object")
        if ssl_object is not None:
            self.handshakes[0] += 1
            self.handshakes[1] += ssl_object.session_reused

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        if self._missing > 0:
            self._missing -= len(data)
            if self._missing <= 0:
                self._transport.write(_JSON)
        elif self._chunks:
            self._take_chunks(data)
        else:
            self._buffer += data
            head, end, body = self._buffer.partition(b"\r\n\r\n")
            if end:
                self._buffer = b""
                self._begin(head, body)

    def eof_received(self) -> None:
        """See `asyncio.Protocol`; under TLS a connection that is cut off has no such end."""
        if self._transport.get_extra_info("ssl_object") is not None:
            self.handshakes[2] += 1

    def _begin(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"POST "):
            lower = head.lower()
            at = lower.find(_LENGTH)
            if at < 0:
                self._chunks = True
                self._take_chunks(body)
                return
            self._missing = int(lower[at + len(_LENGTH) :].partition(b"\r\n")[0]) - len(body)
            if self._missing <= 0:
                self._transport.write(_JSON)
        elif head.startswith(b"GET /long"):
            self._transport.write(_head(b"application/octet-stream", self.transfer))
            self._to_send = self.transfer
            self._send()
        elif head.startswith(b"GET /handshakes"):
            self._transport.write(_answer(b"application/json", json.dumps(self.handshakes).encode()))
        else:
            self._transport.write(_LARGE if head.startswith(b"GET /large") else _TEXT)

    def _take_chunks(self, data: bytes) -> None:
        # Nothing but zeros is in the chunks, so this is the end and nothing else.
        self._buffer = (self._buffer + data)[-len(_LAST_CHUNK) :]
        if self._buffer == _LAST_CHUNK:
            self._chunks = False
            self._buffer = b""
            self._transport.write(_JSON)

    def _send(self) -> None:
        while self._to_send and not self._paused:
            piece = _PIECE[: self._to_send]
            self._to_send -= len(piece)
            self._transport.write(piece)

    def pause_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._paused = True

    def resume_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._paused = False
        self._send()


async def main() -> None:
    """Serve until the process is killed."""
    # As many connections as the system allows: 5,000 at once are more than the usual soft limit.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    Origin.transfer = int(sys.argv[1])
    loop = asyncio.get_running_loop()
    plain, fresh = [await loop.create_server(Origin, "127.0.0.1", 0, backlog=4096) for _ in range(2)]
    ports = [plain.sockets[0].getsockname()[1], fresh.sockets[0].getsockname()[1], 0]
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2])
        context.set_alpn_protocols(["http/1.1"])
        secure = await loop.create_server(Origin, "127.0.0.1", 0, backlog=4096, ssl=context)
        ports[2] = secure.sockets[0].getsockname()[1]
    print(*ports, flush=True)
    await plain.serve_forever()


if __name__ == "__main__":
    try:
        import uvloop
    except ImportError:
        asyncio.run(main())
    else:
        uvloop.run(main())

"""The floor: a protocol that counts the ends of heads and writes a canned answer.

Run as `python site_bare.py PORT uvloop|asyncio`; see serving.py for TLS. No server that parses can cost less on the same loop.
"""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from typing import cast

from serving import BACKLOG, PORT, new_loop, stop_on_wrong_loop, tls

END = b"\r\n\r\n"


class Answer:
    """The answer's bytes, made anew each second for the Date field."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.data = b""
        self.renew()

    def renew(self) -> None:
        """Write the present second into the answer, and come back for the next."""
        head = (
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 13\r\n"
            f"Date: {formatdate(usegmt=True)}\r\n"
            "Server: bare\r\n\r\n"
        )
        self.data = head.encode("ascii") + b"Hello, World!"
        self._loop.call_later(1, self.renew)


class Bare(asyncio.Protocol):
    """Answers whatever ends in an empty line."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # Not isinstance: uvloop's transports are not asyncio's.
        self._write = cast("asyncio.WriteTransport", transport).write

    def data_received(self, data: bytes) -> None:
        """Answer each head that ended in these bytes."""
        if self._rest:
            data = self._rest + data
        heads = data.count(END)
        self._rest = b"" if data.endswith(END) else data[-3:]
        if heads == 1:
            self._write(self._answer.data)
        elif heads:
            self._write(self._answer.data * heads)


async def serve() -> None:
    """Serve until killed."""
    stop_on_wrong_loop()
    loop = asyncio.get_running_loop()
    answer = Answer(loop)
    server = await loop.create_server(lambda: Bare(answer), "127.0.0.1", PORT, ssl=tls(), backlog=BACKLOG)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve())

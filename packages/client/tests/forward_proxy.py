"""A proxy on the loopback interface that opens tunnels, and says no where it is told to."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from yarl import URL


class ForwardProxy:
    """Answers CONNECT, and relays what comes after it.

    Args:
        ssl: the context of a proxy behind TLS.
        answer: what is sent in place of opening a tunnel.
        extra: bytes that are sent right behind the answer.

    Attributes:
        left: how many clients have gone before they had what they wanted.
        heads: what it was sent up to the empty line, in the order of the connections.
    """

    def __init__(self, *, ssl: Any = None, answer: bytes | None = None, extra: bytes = b"") -> None:
        self._ssl = ssl
        self._answer = answer
        self._extra = extra
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.heads: list[bytes] = []
        self.left = 0

    @property
    def url(self) -> URL:
        """Where it listens."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return URL.build(scheme="https" if self._ssl else "http", host="localhost", port=port)

    async def start(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._ssl)

    async def stop(self) -> None:
        """Close everything."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client has gone
        except asyncio.CancelledError:
            pass  # the test is over; a task of asyncio's streams that is cancelled is a complaint of its own
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        if self._answer is not None:
            writer.write(self._answer)
            if self._answer:
                await reader.read()
                self.left += 1
            return
        target = head.split(b" ", 2)[1].decode()
        host, _, port = target.rpartition(":")
        origin_reader, origin_writer = await asyncio.open_connection(host.strip("[]"), int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n" + self._extra)
        try:
            there = asyncio.ensure_future(_copy(reader, origin_writer))
            back = asyncio.ensure_future(_copy(origin_reader, writer))
            try:
                await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in (there, back):
                    each.cancel()
                await asyncio.wait([there, back])
        finally:
            origin_writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

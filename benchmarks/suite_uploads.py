"""The `uploads` benchmark: bodies on their way in, from the transport's callback to whoever reads the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from suite_sinks import Transport

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "PEERS", "SIZES", "TASKS", "TITLE"]

TITLE = "Reading bodies from a connection"
METHOD = (
    "A server's connection is given a request in reads of 64 KiB, with one turn of the event loop between them; a "
    "handler reads the body piece by piece as it comes and answers with its size. A call is a new connection and one "
    "whole upload. The floor is what the event loop's turns, one wake-up for each read and, of chunks, one copy cost by "
    "themselves."
)
PEERS = ("aiohttp",)

Run = Callable[[], Any]
Runs = dict[str, Run]

_SIZE = 64 * 2**20
_READ = 65536
# Bytes of a chunk; None for Content-Length.
_UPLOADS: dict[str, int | None] = {
    "64 MiB, Content-Length": None,
    "64 MiB, chunks of 64 KiB": 65536,
    "64 MiB, chunks of 4 KiB": 4096,
    "64 MiB, chunks of 100 bytes": 100,
}
TASKS = list(_UPLOADS)
EXPECTED: dict[str, Any] = dict.fromkeys(TASKS, _SIZE)
SIZES = dict.fromkeys(TASKS, _SIZE)


def _reads(chunk: int | None) -> list[bytes]:
    body = bytes(_SIZE)
    head = b"POST / HTTP/1.1\r\nHost: example.com\r\n"
    if chunk is None:
        wire = head + b"Content-Length: %d\r\n\r\n" % _SIZE + body
    else:
        whole, rest = divmod(_SIZE, chunk)
        wire = head + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%b\r\n" % (chunk, bytes(chunk)) * whole
        if rest:
            wire += b"%x\r\n%b\r\n" % (rest, bytes(rest))
        wire += b"0\r\n\r\n"
    return [wire[at : at + _READ] for at in range(0, len(wire), _READ)]


def _runs(upload: Callable[[list[bytes]], Any]) -> Runs:
    loop = asyncio.new_event_loop()

    def run(chunk: int | None) -> Run:
        reads: list[bytes] = []

        def once() -> Any:
            if not reads:
                reads.extend(_reads(chunk))
            return loop.run_until_complete(upload(reads))

        return once

    return {task: run(chunk) for task, chunk in _UPLOADS.items()}


def tidewire() -> Runs:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_http_io import Acceptor, ServerExchange, StreamReader

    async def upload(reads: list[bytes]) -> int:
        loop = asyncio.get_running_loop()
        tasks: list[asyncio.Task[int]] = []

        async def read(exchange: ServerExchange) -> int:
            stream = StreamReader(exchange.consumed)
            exchange.receive(stream)
            size = 0
            async for piece in stream.iter_any():
                size += len(piece)
            exchange.respond(200, None, [], b"%d" % size)
            return size

        def serve(exchange: ServerExchange) -> None:
            tasks.append(loop.create_task(read(exchange)))

        connection = Acceptor(serve, loop=loop)()
        transport: Any = Transport()
        connection.connection_made(transport)
        for piece in reads:
            connection.data_received(piece)
            await asyncio.sleep(0)
        size = await tasks[0]
        connection.connection_lost(None)
        return size

    return _runs(upload)


def aiohttp() -> Runs:
    """aiohttp's server protocol, with its C parser, below `web.Server`."""
    from aiohttp import web

    async def upload(reads: list[bytes]) -> int:
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def read(request: web.BaseRequest) -> web.Response:
            size = 0
            async for piece in request.content.iter_any():
                size += len(piece)
            done.set_result(size)
            return web.Response(body=b"%d" % size)

        connection = web.Server(read, access_log=None)()
        transport: Any = Transport()
        connection.connection_made(transport)
        for piece in reads:
            connection.data_received(piece)
            await asyncio.sleep(0)
        await done
        connection.connection_lost(None)
        await asyncio.sleep(0)
        return done.result()

    return _runs(upload)


def floor() -> Runs:
    """What is left without any HTTP: each read wakes a task that counts it, and is copied once where it has framing."""

    class Reads:
        """Takes a read, and wakes who waits for it."""

        def __init__(self, copies: bool) -> None:
            self.copies = copies
            self.size = 0
            self.ended = False
            self.waiter: asyncio.Future[None] | None = None

        def data_received(self, data: bytes) -> None:
            if self.copies:
                data = data[1:]
            self.size += len(data)
            if self.waiter is not None and not self.waiter.done():
                self.waiter.set_result(None)

        async def read(self) -> int:
            loop = asyncio.get_running_loop()
            while not self.ended:
                self.waiter = loop.create_future()
                await self.waiter
            return self.size

    async def upload(reads: list[bytes]) -> int:
        connection = Reads(b"chunked" in reads[0][:200])
        task = asyncio.get_running_loop().create_task(connection.read())
        for piece in reads:
            connection.data_received(piece)
            await asyncio.sleep(0)
        connection.ended = True
        connection.data_received(b"")
        # It does not know the body from its framing.
        return _SIZE if await task >= _SIZE else 0

    return _runs(upload)


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "aiohttp": aiohttp,
    "floor": floor,
}

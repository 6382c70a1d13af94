"""The `uploads` benchmark: bodies on their way in, from the transport's callback to whoever reads the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from suite_sinks import Transport

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "PEERS", "SIZES", "TASKS", "TITLE"]

TITLE = "Reading bodies from a connection"
METHOD = (
    "A server's connection is given a request in reads of 64 KiB, one in each turn of the event loop and by a callback, "
    "as transports do; their bytes repeat after half a MiB, as what a system has just received is in the processor's "
    "cache. A handler reads the body piece by piece as it comes and answers with its size. A call is a new connection "
    "and one whole upload. The floor is what the event loop's turns, one wake-up for each read and, of chunks, one copy "
    "cost by themselves."
)
PEERS = ("aiohttp",)

Run = Callable[[], Any]
Runs = dict[str, Run]

_SIZE = 64 * 2**20
_READ = 65536
_REPEATED = 8  # reads
# Bytes of a chunk; None for Content-Length.
_UPLOADS: dict[str, int | None] = {
    "64 MiB, Content-Length": None,
    "64 MiB, chunks of 64 KiB": 65536,
    "64 MiB, chunks of 4 KiB": 4096,
    "64 MiB, chunks of 100 bytes": 100,
}
TASKS = list(_UPLOADS)


def _reads(chunk: int | None) -> tuple[list[bytes], int]:
    """The reads of an upload, and how many bytes its body has."""
    head = b"POST / HTTP/1.1\r\nHost: example.com\r\n"
    if chunk is None:
        head += b"Content-Length: %d\r\n\r\n" % _SIZE
        return [head, *[bytes(_READ)] * (_SIZE // _READ)], _SIZE
    frame = b"%x\r\n%b\r\n" % (chunk, bytes(chunk))
    frames = _REPEATED * _READ // chunk
    # Reads begin and end within chunks: the first has half of one, the last the other half.
    half = len(frame) // 2
    wire = frame[half:] + frame * (frames - 1) + frame[:half]
    cuts = [at * _READ for at in range(_REPEATED)]
    repeated = [wire[start:end] for start, end in zip(cuts, [*cuts[1:], len(wire)], strict=True)]
    times = _SIZE // (frames * chunk)
    first = head + b"Transfer-Encoding: chunked\r\n\r\n" + frame[:half]
    return [first, *repeated * times, frame[half:] + b"0\r\n\r\n"], chunk * (frames * times + 1)


_WIRES = {task: _reads(chunk) for task, chunk in _UPLOADS.items()}
SIZES = {task: size for task, (_, size) in _WIRES.items()}
EXPECTED: dict[str, Any] = dict(SIZES)


async def _feed(connection: Any, reads: list[bytes]) -> None:
    """Give reads to a connection, as a transport does."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    coming = iter(reads)

    def read() -> None:
        data = next(coming, None)
        if data is None:
            done.set_result(None)
        else:
            loop.call_soon(read)
            connection.data_received(data)

    loop.call_soon(read)
    await done


def _runs(upload: Callable[[list[bytes]], Any]) -> Runs:
    loop = asyncio.new_event_loop()

    def run(reads: list[bytes]) -> Run:
        return lambda: loop.run_until_complete(upload(reads))

    return {task: run(reads) for task, (reads, _) in _WIRES.items()}


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
        await _feed(connection, reads)
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
        await _feed(connection, reads)
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
            self.size += len(data)
            if self.copies:
                data = data[1:]
            if self.waiter is not None and not self.waiter.done():
                self.waiter.set_result(None)

        async def read(self) -> int:
            loop = asyncio.get_running_loop()
            while not self.ended:
                self.waiter = loop.create_future()
                await self.waiter
            return self.size

    bodies = {sum(map(len, reads)): size for reads, size in _WIRES.values()}

    async def upload(reads: list[bytes]) -> int:
        connection = Reads(b"chunked" in reads[0][:200])
        task = asyncio.get_running_loop().create_task(connection.read())
        await _feed(connection, reads)
        connection.ended = True
        connection.data_received(b"")
        # It does not know the body from its framing.
        return bodies.get(await task, 0)

    return _runs(upload)


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "aiohttp": aiohttp,
    "floor": floor,
}

"""The `uploads` benchmark: bodies on their way in, from the transport's callback to whoever reads the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from feeding import LOOPS, READS, event_loops, feed
from suite_sinks import Transport

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "PEERS", "SIZES", "TASKS", "TITLE"]

TITLE = "Reading bodies from a connection"
METHOD = (
    "A server's connection is given a request in reads of 64 or 256 KiB, one in each turn of the event loop and by a "
    "callback, as transports do; their bytes repeat after half a MiB, as what a system has just received is in the "
    "processor's cache. A handler reads the body in pieces of 64 KiB at most (`iter_chunked()`) and answers with its "
    "size. A call is a new connection and one whole upload. The floor is what the event loop's turns, one wake-up for "
    "each read and, of chunks, one copy cost by themselves."
)
PEERS = ("aiohttp", "uvloop")

Run = Callable[[], Any]
Runs = dict[str, Run]

_SIZE = 64 * 2**20
_PIECE = 65536
_REPEATED = 524288
# Bytes of a chunk, None for Content-Length; and the reads in which the body comes.
_UPLOADS: dict[str, tuple[int | None, Sequence[str]]] = {
    "Content-Length": (None, list(READS)),
    "chunks of 64 KiB": (65536, list(READS)),
    "chunks of 4 KiB": (4096, list(READS)),
    "chunks of 100 bytes": (100, ["64 KiB"]),
}


def _wire(chunk: int | None, read: int) -> tuple[list[bytes], int]:
    """The reads of an upload, and how many bytes its body has."""
    head = b"POST / HTTP/1.1\r\nHost: example.com\r\n"
    if chunk is None:
        head += b"Content-Length: %d\r\n\r\n" % _SIZE
        return [head, *[bytes(read)] * (_SIZE // read)], _SIZE
    frame = b"%x\r\n%b\r\n" % (chunk, bytes(chunk))
    frames = _REPEATED // chunk
    # Reads begin and end within chunks: the first has half of one, the last the other half.
    half = len(frame) // 2
    wire = frame[half:] + frame * (frames - 1) + frame[:half]
    cuts = list(range(0, _REPEATED, read))
    repeated = [wire[start:end] for start, end in zip(cuts, [*cuts[1:], len(wire)], strict=True)]
    times = _SIZE // (frames * chunk)
    first = head + b"Transfer-Encoding: chunked\r\n\r\n" + frame[:half]
    return [first, *repeated * times, frame[half:] + b"0\r\n\r\n"], chunk * (frames * times + 1)


# By what the body is and how it comes, without the event loop.
_WIRES = {
    f"{kind}, reads of {name}": _wire(chunk, READS[name])
    for kind, (chunk, names) in _UPLOADS.items()
    for name in names
}
SIZES = {f"{wire}, {loop}": size for wire, (_, size) in _WIRES.items() for loop in LOOPS}
TASKS = list(SIZES)
EXPECTED: dict[str, Any] = dict(SIZES)


def _runs(upload: Callable[[list[bytes]], Any]) -> Runs:
    def run(loop: asyncio.AbstractEventLoop, reads: list[bytes]) -> Run:
        return lambda: loop.run_until_complete(upload(reads))

    return {
        f"{wire}, {name}": run(loop, reads)
        for name, loop in event_loops().items()
        for wire, (reads, _) in _WIRES.items()
    }


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
            async for piece in stream.iter_chunked(_PIECE):
                size += len(piece)
            exchange.respond(200, None, [], b"%d" % size)
            return size

        def serve(exchange: ServerExchange) -> None:
            tasks.append(loop.create_task(read(exchange)))

        connection = Acceptor(serve, loop=loop)()
        transport: Any = Transport()
        connection.connection_made(transport)
        await feed(connection.data_received, reads)
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
            async for piece in request.content.iter_chunked(_PIECE):
                size += len(piece)
            done.set_result(size)
            return web.Response(body=b"%d" % size)

        connection = web.Server(read, access_log=None)()
        transport: Any = Transport()
        connection.connection_made(transport)
        await feed(connection.data_received, reads)
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
        await feed(connection.data_received, reads)
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

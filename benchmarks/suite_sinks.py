"""The `sinks` benchmark: bodies on their way out, to a transport that takes everything and keeps nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "PEERS", "SIZES", "TASKS", "TITLE"]

TITLE = "Writing bodies"
METHOD = (
    "The head and the body of a response are written from a coroutine, piece by piece, by what a handler writes "
    "through; the transport counts the bytes of its writes. A call sends the head and the whole body."
)
PEERS = ("aiohttp",)

Run = Callable[[], Any]
Runs = dict[str, Run]

# Bytes of a piece, how many there are, and whether the length is known.
_BODIES = {
    "64 MiB in pieces of 64 KiB": (65536, 1024, True),
    "64 MiB in pieces of 64 KiB, chunked": (65536, 1024, False),
    "10,000 pieces of 100 bytes": (100, 10_000, True),
    "10,000 pieces of 100 bytes, chunked": (100, 10_000, False),
}
TASKS = list(_BODIES)
SIZES = {task: size * count for task, (size, count, _) in _BODIES.items()}
# What comes on top of the body differs by the head; that the body is whole is what is compared.
EXPECTED: dict[str, Any] = dict.fromkeys(TASKS, True)


class Transport:
    """Takes everything at once."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)

    def writelines(self, pieces: Any) -> None:
        for piece in pieces:
            self.size += len(piece)

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def can_write_eof(self) -> bool:
        return True

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass


def _runs(make: Callable[[bytes, int, bool], Callable[[], Any]]) -> Runs:
    loop = asyncio.new_event_loop()

    def run(size: int, count: int, known: bool) -> Run:
        write = make(bytes(size), count, known)

        def once() -> bool:
            sent: int = loop.run_until_complete(write())
            return sent > size * count

        return once

    return {task: run(*shape) for task, shape in _BODIES.items()}


def tidewire() -> Runs:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_http_io import Acceptor, BodySink, ServerExchange

    def make(piece: bytes, count: int, known: bool) -> Callable[[], Any]:
        async def write() -> int:
            exchanges: list[ServerExchange] = []
            acceptor = Acceptor(exchanges.append, loop=asyncio.get_running_loop())
            connection = acceptor()
            transport: Any = Transport()
            connection.connection_made(transport)
            connection.data_received(b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
            exchange = exchanges[0]
            length = len(piece) * count if known else None
            exchange.send_head(200, None, [("Content-Type", "text/plain")], body_length=length)
            sink = BodySink(exchange, length=length)
            for _ in range(count):
                await sink.write(piece)
            await sink.write_eof()
            connection.connection_lost(None)
            size: int = transport.size
            return size

        return write

    return _runs(make)


def aiohttp() -> Runs:
    """aiohttp's StreamWriter, as its StreamResponse uses it."""
    from aiohttp.base_protocol import BaseProtocol
    from aiohttp.http_writer import StreamWriter
    from multidict import CIMultiDict

    def make(piece: bytes, count: int, known: bool) -> Callable[[], Any]:
        async def write() -> int:
            loop = asyncio.get_running_loop()
            protocol = BaseProtocol(loop)
            transport: Any = Transport()
            protocol.connection_made(transport)
            writer = StreamWriter(protocol, loop)
            headers = CIMultiDict({"Content-Type": "text/plain"})
            if known:
                writer.length = len(piece) * count
                headers["Content-Length"] = str(writer.length)
            else:
                writer.enable_chunking()
                headers["Transfer-Encoding"] = "chunked"
            await writer.write_headers("HTTP/1.1 200 OK", headers)
            for _ in range(count):
                await writer.write(piece)
            await writer.write_eof()
            size: int = transport.size
            return size

        return write

    return _runs(make)


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "aiohttp": aiohttp,
}

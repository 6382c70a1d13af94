"""Streams of body bytes behind one interface, and the worker process that times one of them.

Run as `python stream_contenders.py NAME`, this module times the stream NAME for `streams.py`:
one JSON document per line in both directions, first that the worker is ready, then one answer per question.
A process for each contender keeps one's garbage and caches out of another's figures.
"""

from __future__ import annotations

import asyncio
import gc
import json
import math
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["CONTENDERS", "WORKLOADS", "Workload"]

PIECE = 65536
_SHORT = b"x" * 39 + b"\n"
_LINES = _SHORT * 1600
_DATA = b"x" * PIECE
_CHUNK = 50
_CHUNKS = 1000
# Whole pieces are read: of items that share a piece, fewer than this are left out at the end.
_LEFT_OUT = 1600
# In how many parts a workload of many items is timed.
_PARTS = 8


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A stream, and what feeds it.

    Attributes:
        reader: what is read.
        feed: adds a piece.
        feed_chunks: adds a piece in which chunks of the transfer end, the last one with it, at these places.
        end: ends the body.
        no_limit: what lifts the limit of a line.
    """

    reader: Any
    feed: Callable[[bytes], object]
    feed_chunks: Callable[[bytes, list[int]], None]
    end: Callable[[], object]
    no_limit: Any


Make = Callable[[], Stream]
# Reads so many items, and tells how many bytes they had.
Run = Callable[[Stream, int], Awaitable[int]]


def tidewire() -> Make:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_http_io import StreamReader

    class Exchange:
        """What credit is given back to."""

        __slots__ = ("size",)

        def consumed(self, size: int, pieces: int) -> None:
            self.size = size

    def make() -> Stream:
        reader = StreamReader(Exchange().consumed)

        def feed(data: bytes) -> None:
            reader.data_received(data, False, None)

        def feed_chunks(data: bytes, ends: list[int]) -> None:
            reader.data_received(data, True, ends[:-1])

        return Stream(
            reader=reader,
            feed=feed,
            feed_chunks=feed_chunks,
            end=reader.feed_eof,
            no_limit=math.inf,
        )

    return make


def aiohttp() -> Make:
    """aiohttp, fed as its parsers do."""
    from aiohttp.streams import StreamReader

    class Protocol:
        """What is paused and resumed."""

        __slots__ = ("connected",)

        def __init__(self) -> None:
            self.connected = True

        def pause_reading(self) -> None:
            pass

        def resume_reading(self, resume_parser: bool = True) -> None:
            pass

    def make() -> Stream:
        protocol: Any = Protocol()
        reader = StreamReader(protocol, 2**18, loop=asyncio.get_running_loop())

        def feed_chunks(data: bytes, ends: list[int]) -> None:
            start = 0
            for end in ends:
                reader.begin_http_chunk_receiving()
                reader.feed_data(data[start:end])
                reader.end_http_chunk_receiving()
                start = end

        return Stream(
            reader=reader,
            feed=reader.feed_data,
            feed_chunks=feed_chunks,
            end=reader.feed_eof,
            no_limit=2**62,
        )

    return make


CONTENDERS: dict[str, Callable[[], Make]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "aiohttp": aiohttp,
}


# What is there already when it is read.


async def _readline(stream: Stream, count: int) -> int:
    size = 0
    for _ in range(count // 1600):
        stream.feed(_LINES)
        for _ in range(1600):
            size += len(await stream.reader.readline())
    return size


async def _lines(stream: Stream, count: int) -> int:
    size = 0
    for _ in range(count // 1600):
        stream.feed(_LINES)
        number = 0
        async for line in stream.reader:
            size += len(line)
            number += 1
            if number == 1600:
                break
    return size


async def _read(stream: Stream, count: int) -> int:
    size = 0
    for _ in range(count):
        stream.feed(_DATA)
        size += len(await stream.reader.read(PIECE))
    return size


async def _readany(stream: Stream, count: int) -> int:
    size = 0
    for _ in range(count):
        stream.feed(_DATA)
        size += len(await stream.reader.readany())
    return size


def _iterated(iterate: Callable[[Any], Any], per_piece: int = 1) -> Run:
    """Iteration over pieces, each of which gives several items."""

    async def run(stream: Stream, count: int) -> int:
        size = 0
        items = iterate(stream.reader)
        for _ in range(count // per_piece):
            stream.feed(_DATA)
            number = 0
            async for item in items:
                size += len(item)
                number += 1
                if number == per_piece:
                    break
        return size

    return run


async def _iter_chunks(stream: Stream, count: int) -> int:
    ends = list(range(_CHUNK, _CHUNK * _CHUNKS + 1, _CHUNK))
    data = b"x" * ends[-1]
    size = 0
    chunks = stream.reader.iter_chunks()
    for _ in range(count // _CHUNKS):
        stream.feed_chunks(data, ends)
        number = 0
        async for chunk, ends_chunk in chunks:
            assert ends_chunk
            size += len(chunk)
            number += 1
            if number == _CHUNKS:
                break
    return size


# What is waited for, piece by piece.


def _awaited(consume: Callable[[Any], Awaitable[int]]) -> Run:
    async def run(stream: Stream, count: int) -> int:
        task = asyncio.ensure_future(consume(stream.reader))
        for _ in range(count):
            await asyncio.sleep(0)
            stream.feed(_DATA)
        await asyncio.sleep(0)
        stream.end()
        return await task

    return run


async def _consume_readany(reader: Any) -> int:
    size = 0
    while piece := await reader.readany():
        size += len(piece)
    return size


async def _consume_iter_chunked(reader: Any) -> int:
    size = 0
    async for piece in reader.iter_chunked(PIECE):
        size += len(piece)
    return size


# Lines that come in many pieces.


def _long(read: Callable[[Stream], Awaitable[bytes]], separator: bytes) -> Run:
    """A line of so many pieces; the reader is woken for each."""

    async def run(stream: Stream, count: int) -> int:
        task = asyncio.ensure_future(read(stream))
        for _ in range(count):
            await asyncio.sleep(0)
            stream.feed(_DATA)
        stream.feed(separator)
        return len(await task) - len(separator)

    return run


async def _read_long_line(stream: Stream) -> bytes:
    line: bytes = await stream.reader.readline(max_line_length=stream.no_limit)
    return line


async def _read_long_record(stream: Stream) -> bytes:
    record: bytes = await stream.reader.readuntil(b"\r\n\r\n", max_size=stream.no_limit)
    return record


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What is done, with how many items, of how many bytes each.

    Attributes:
        table: the caption of its table.
        run: reads the items.
        count: how many items a full run has.
        size: bytes of an item.
        whole: whether all items are one line, which is what the time is given for.
    """

    table: str
    run: Run
    count: int
    size: int
    whole: bool = False


THERE = "A million short items that are there already, µs per item"
PIECES = "1 GiB in pieces of 64 KiB, µs per piece"
LONG = "One line of 64 MiB, which comes in pieces of 64 KiB, µs for the line"

_MILLION = 1_000_000
_GIB = 2**30 // PIECE
_LONG_LINE = 2**26 // PIECE

WORKLOADS: dict[str, Workload] = {
    "readline": Workload(table=THERE, run=_readline, count=_MILLION, size=len(_SHORT)),
    "async for": Workload(table=THERE, run=_lines, count=_MILLION, size=len(_SHORT)),
    "iter_chunks": Workload(table=THERE, run=_iter_chunks, count=_MILLION, size=_CHUNK),
    "iter_chunked(64)": Workload(
        table=THERE,
        run=_iterated(lambda reader: reader.iter_chunked(64), PIECE // 64),
        count=_MILLION,
        size=64,
    ),
    "read": Workload(table=PIECES, run=_read, count=_GIB, size=PIECE),
    "readany": Workload(table=PIECES, run=_readany, count=_GIB, size=PIECE),
    "iter_chunked": Workload(
        table=PIECES, run=_iterated(lambda reader: reader.iter_chunked(PIECE)), count=_GIB, size=PIECE
    ),
    "iter_any": Workload(
        table=PIECES, run=_iterated(lambda reader: reader.iter_any()), count=_GIB, size=PIECE
    ),
    "readany, waiting": Workload(table=PIECES, run=_awaited(_consume_readany), count=_GIB, size=PIECE),
    "iter_chunked, waiting": Workload(
        table=PIECES, run=_awaited(_consume_iter_chunked), count=_GIB, size=PIECE
    ),
    "readline, long": Workload(
        table=LONG, run=_long(_read_long_line, b"\n"), count=_LONG_LINE, size=PIECE, whole=True
    ),
    "readuntil, long": Workload(
        table=LONG, run=_long(_read_long_record, b"\r\n\r\n"), count=_LONG_LINE, size=PIECE, whole=True
    ),
}


def microseconds(make: Make, workload: Workload, share: int) -> float:
    """Run one share of a workload; CPU time per item, with the garbage collector on.

    Raises:
        ValueError: the stream did not give what it was fed with.
    """
    count = workload.count // share

    async def timed() -> float:
        stream = make()
        began = time.process_time()
        size = await workload.run(stream, count)
        took = time.process_time() - began
        items = size // workload.size
        if size != items * workload.size or not count - _LEFT_OUT < items <= count:
            raise ValueError(f"{size} bytes were read, {count * workload.size} were fed")
        return took / (1 if workload.whole else items) * 1e6

    return asyncio.run(timed())


def main() -> None:
    """Load the stream named on the command line, and time it on request: `[workload, share]` on stdin."""
    try:
        make = CONTENDERS[sys.argv[1]]()
        for workload in WORKLOADS.values():
            microseconds(make, workload, 64)
    except (ImportError, AttributeError) as error:
        print(json.dumps({"missing": str(error)}))
        return
    except (AssertionError, ValueError) as error:
        print(json.dumps({"wrong": str(error)}))
        return
    print(json.dumps({"ready": True}), flush=True)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        name, share = json.loads(line)
        workload = WORKLOADS[name]
        # In parts, of which the best counts: others use the machine too, and some of it takes a second.
        parts = 1 if workload.whole else _PARTS
        print(json.dumps(min(microseconds(make, workload, share * parts) for _ in range(parts))), flush=True)


if __name__ == "__main__":
    main()

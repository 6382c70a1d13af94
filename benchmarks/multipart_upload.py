"""The `multipart_upload` benchmark: a multipart body from its stream to its parts, with `await`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from feeding import LOOPS, READS, event_loops, feed

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "PEERS", "SIZES", "TASKS", "TITLE"]

TITLE = "Multipart uploads"
METHOD = (
    "A form comes into a stream in reads of 64 or 256 KiB, one in each turn of the event loop and by a callback, as "
    "transports do; of each part name and file name are asked for, and its data is read in chunks of 64 KiB or 8 KiB, or, "
    "where it is a field, as text. The streams are fed as the connections do it: aiohttp's by `feed_data()`, Tidewire's by "
    "`pieces_received()`."
)
PEERS = ("aiohttp", "uvloop")

Run = Callable[[], Any]
Runs = dict[str, Run]
# Makes what takes the reads, what is called at their end, and a reader of the parts.
Made = tuple[Callable[[bytes], object], Callable[[], object], Any]

_BOUNDARY = b"----WebKitFormBoundary7MA4YWxkTrZu0gW"
_HEADERS = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY.decode()}"}
_SIZE = 100 * 2**20
_REPEATED = 65536
_FIELDS = 10_000

_HEAD = b'--%b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n'
_FILE = b'; filename="a.bin"\r\nContent-Type: application/octet-stream'
_END = b"\r\n--%b--\r\n" % _BOUNDARY


def _file(data: bytes, read: int) -> list[bytes]:
    """A form with one file, which repeats the data."""
    repeated = data * (read // len(data))
    return [_HEAD % (_BOUNDARY, b"file", _FILE), *[repeated] * (_SIZE // read), _END]


def _fields() -> list[bytes]:
    parts = [
        _HEAD % (_BOUNDARY, b"field%d" % number, b"") + b"value %d" % number for number in range(_FIELDS)
    ]
    content = b"\r\n".join(parts) + _END
    return [content[at : at + READS["64 KiB"]] for at in range(0, len(content), READS["64 KiB"])]


def _text() -> bytes:
    line = b"All happy families are alike; every unhappy family is unhappy in its own way.\r\n"
    return (line * (_REPEATED // len(line) + 1))[:_REPEATED]


_RANDOM = random.Random(1).randbytes(_REPEATED)
_FORM = "10,000 form fields"
# By what the content is and how it comes, without the event loop: the reads, and the size of the chunks that are read.
_CONTENTS: dict[str, tuple[list[bytes], int | None]] = {
    f"100 MiB of {kind}, reads of {name}": (_file(data, READS[name]), 65536)
    for kind, data in (("random bytes", _RANDOM), ("text with CRLF", _text()))
    for name in READS
}
_CONTENTS["100 MiB of random bytes, reads of 64 KiB, chunks of 8 KiB"] = (
    _file(_RANDOM, READS["64 KiB"]),
    8192,
)
_CONTENTS[_FORM] = (_fields(), None)
EXPECTED: dict[str, Any] = {
    f"{content}, {loop}": (
        (_FIELDS, f"field{_FIELDS - 1}", f"value {_FIELDS - 1}")
        if chunk is None
        else ("file", "a.bin", _SIZE)
    )
    for content, (_, chunk) in _CONTENTS.items()
    for loop in LOOPS
}
TASKS = list(EXPECTED)
SIZES = dict.fromkeys((task for task in TASKS if not task.startswith(_FORM)), _SIZE)


async def _upload(parts: Any, chunk: int) -> tuple[str | None, str | None, int]:
    size = 0
    part = await parts.next()
    while piece := await part.read_chunk(chunk):
        size += len(piece)
    assert await parts.next() is None
    return part.name, part.filename, size


async def _form(parts: Any) -> tuple[int, str | None, str]:
    count = 0
    name: str | None = None
    text = ""
    while (part := await parts.next()) is not None:
        name = part.name
        assert part.filename is None
        text = await part.text()
        count += 1
    return count, name, text


def _runs(make: Callable[[], Made]) -> Runs:
    async def fed(reads: list[bytes], read: Callable[[Any], Awaitable[Any]]) -> Any:
        take, end, parts = make()
        task = asyncio.ensure_future(read(parts))
        await feed(take, reads)
        end()
        return await task

    def run(loop: asyncio.AbstractEventLoop, reads: list[bytes], chunk: int | None) -> Run:
        async def read(parts: Any) -> Any:
            return await (_form(parts) if chunk is None else _upload(parts, chunk))

        return lambda: loop.run_until_complete(fed(reads, read))

    return {
        f"{content}, {name}": run(loop, reads, chunk)
        for name, loop in event_loops().items()
        for content, (reads, chunk) in _CONTENTS.items()
    }


def tidewire() -> Runs:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_http_io import StreamReader
    from tidewire_http_io.forms import MultipartReader
    from tidewire_http_parser.multipart import MultipartLimits

    limits = MultipartLimits(parts=_FIELDS)

    def make() -> Made:
        stream = StreamReader()

        def take(data: bytes) -> None:
            stream.pieces_received([data], [])

        return take, stream.feed_eof, MultipartReader(_HEADERS, stream, limits=limits)

    return _runs(make)


def aiohttp() -> Runs:
    """aiohttp, its stream fed as its parsers do."""
    from aiohttp import MultipartReader
    from aiohttp.streams import StreamReader

    class Protocol:
        """What is paused and resumed."""

        connected = True

        def pause_reading(self) -> None:
            pass

        def resume_reading(self, resume_parser: bool = True) -> None:
            pass

    def make() -> Made:
        protocol: Any = Protocol()
        stream = StreamReader(protocol, 2**18, loop=asyncio.get_running_loop())
        return stream.feed_data, stream.feed_eof, MultipartReader(_HEADERS, stream)

    return _runs(make)


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "aiohttp": aiohttp,
}

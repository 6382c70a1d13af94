"""The `multipart_upload` benchmark: a multipart body from its stream to its parts, with `await`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "PEERS", "SIZES", "TASKS", "TITLE"]

TITLE = "Multipart uploads"
METHOD = (
    "A form comes into a stream in reads of 64 KiB, one in each round of the event loop; of each part name and file name "
    "are asked for, and its data is read in chunks of 64 KiB or 8 KiB, or, where it is a field, as text."
)
PEERS = ("aiohttp",)

Run = Callable[[], Any]
Runs = dict[str, Run]
# Makes what is fed with the reads, and a reader of the parts.
Make = Callable[[], tuple[Any, Any]]

_BOUNDARY = b"----WebKitFormBoundary7MA4YWxkTrZu0gW"
_HEADERS = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY.decode()}"}
_READ = 65536
_READS = 1600  # 100 MiB
_FIELDS = 10_000

_HEAD = b'--%b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n'
_FILE = b'; filename="a.bin"\r\nContent-Type: application/octet-stream'
_END = b"\r\n--%b--\r\n" % _BOUNDARY


def _file(data: bytes) -> list[bytes]:
    """A form with one file, which repeats the data."""
    return [_HEAD % (_BOUNDARY, b"file", _FILE), *[data] * _READS, _END]


def _fields() -> list[bytes]:
    parts = [
        _HEAD % (_BOUNDARY, b"field%d" % number, b"") + b"value %d" % number for number in range(_FIELDS)
    ]
    content = b"\r\n".join(parts) + _END
    return [content[at : at + _READ] for at in range(0, len(content), _READ)]


def _text() -> bytes:
    line = b"All happy families are alike; every unhappy family is unhappy in its own way.\r\n"
    return (line * (_READ // len(line) + 1))[:_READ]


_RANDOM = "one file, 100 MiB of random bytes"
_LINES = "one file, 100 MiB of text with CRLF"
_SMALL = "one file, 100 MiB of random bytes, chunks of 8 KiB"
_FORM = "10,000 form fields"
TASKS = [_RANDOM, _LINES, _SMALL, _FORM]
_CHUNKS = {_RANDOM: 65536, _LINES: 65536, _SMALL: 8192}
_CONTENTS = {
    _RANDOM: _file(random.Random(1).randbytes(_READ)),
    _LINES: _file(_text()),
    _SMALL: _file(random.Random(1).randbytes(_READ)),
    _FORM: _fields(),
}
_SIZE = _READ * _READS
EXPECTED: dict[str, Any] = {
    _RANDOM: ("file", "a.bin", _SIZE),
    _LINES: ("file", "a.bin", _SIZE),
    _SMALL: ("file", "a.bin", _SIZE),
    _FORM: (_FIELDS, f"field{_FIELDS - 1}", f"value {_FIELDS - 1}"),
}
SIZES = dict.fromkeys(_CHUNKS, _SIZE)


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


def _runs(make: Make) -> Runs:
    loop = asyncio.new_event_loop()

    async def fed(reads: list[bytes], read: Callable[[Any], Awaitable[Any]]) -> Any:
        stream, parts = make()
        task = asyncio.ensure_future(read(parts))
        for data in reads:
            await asyncio.sleep(0)
            stream.feed_data(data)
        await asyncio.sleep(0)
        stream.feed_eof()
        return await task

    def run(task: str) -> Run:
        chunk = _CHUNKS.get(task)

        async def read(parts: Any) -> Any:
            return await (_form(parts) if chunk is None else _upload(parts, chunk))

        return lambda: loop.run_until_complete(fed(_CONTENTS[task], read))

    return {task: run(task) for task in TASKS}


def tidewire() -> Runs:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_http_io import StreamReader
    from tidewire_http_io.forms import MultipartReader
    from tidewire_http_parser.multipart import MultipartLimits

    limits = MultipartLimits(parts=_FIELDS)

    def make() -> tuple[Any, Any]:
        stream = StreamReader()
        return stream, MultipartReader(_HEADERS, stream, limits=limits)

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

    def make() -> tuple[Any, Any]:
        protocol: Any = Protocol()
        stream = StreamReader(protocol, 2**18, loop=asyncio.get_running_loop())
        return stream, MultipartReader(_HEADERS, stream)

    return _runs(make)


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "aiohttp": aiohttp,
}

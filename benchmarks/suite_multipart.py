"""The `multipart` benchmark: multipart content to events, without I/O."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "PEERS", "SIZES", "TASKS", "TITLE"]

TITLE = "Multipart content"
METHOD = (
    "The content of a form comes in reads of 64 KiB; for each part its fields are taken and the bytes of its data are "
    "counted."
)
PEERS = ("python-multipart", "multipart")

Run = Callable[[], Any]
Runs = dict[str, Run]

_BOUNDARY = b"----WebKitFormBoundary7MA4YWxkTrZu0gW"
_READ = 65536
_FILE = 8 * 2**20
_FIELDS = 1000


def _part(name: bytes, data: bytes, more: bytes = b"") -> bytes:
    return b'--%b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n' % (
        _BOUNDARY,
        name,
        more,
        data,
    )


def _upload(data: bytes) -> bytes:
    return _part(b"file", data, b'; filename="a.bin"\r\nContent-Type: application/octet-stream')


def _text() -> bytes:
    line = b"All happy families are alike; every unhappy family is unhappy in its own way.\r\n"
    return (line * (_FILE // len(line) + 1))[:_FILE]


_END = b"--%b--\r\n" % _BOUNDARY
_CONTENTS = {
    "one file, 8 MiB of random bytes": _upload(random.Random(1).randbytes(_FILE)) + _END,
    "one file, 8 MiB of text with CRLF": _upload(_text()) + _END,
    "1,000 form fields": b"".join(_part(b"field%d" % i, b"value %d" % i) for i in range(_FIELDS)) + _END,
}
TASKS = list(_CONTENTS)
EXPECTED: dict[str, Any] = {
    TASKS[0]: (1, _FILE),
    TASKS[1]: (1, _FILE),
    TASKS[2]: (_FIELDS, sum(len(b"value %d" % i) for i in range(_FIELDS))),
}
SIZES = {task: len(_CONTENTS[task]) for task in TASKS[:2]}


def _runs(read: Callable[[list[bytes]], tuple[int, int]]) -> Runs:
    def run(content: bytes) -> Run:
        reads = [content[at : at + _READ] for at in range(0, len(content), _READ)]
        return lambda: read(reads)

    return {task: run(content) for task, content in _CONTENTS.items()}


def tidewire() -> Runs:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_http_parser.multipart import MultipartParser, PartData, PartHead

    def read(reads: list[bytes]) -> tuple[int, int]:
        parser = MultipartParser(_BOUNDARY.decode())
        parts = size = 0
        fields: Any = None
        for piece in reads:
            parser.receive_data(piece)
            while True:
                event = parser.next_event()
                if isinstance(event, PartData):
                    size += len(event.data)
                elif isinstance(event, PartHead):
                    fields = event.fields
                    parts += 1
                elif not hasattr(event, "depth"):
                    break
        assert fields
        return parts, size

    return _runs(read)


def python_multipart() -> Runs:
    """python-multipart (Starlette's and FastAPI's), by its callbacks."""
    from python_multipart.multipart import MultipartParser

    def read(reads: list[bytes]) -> tuple[int, int]:
        parts = size = 0
        name = value = b""
        fields: list[tuple[bytes, bytes]] = []

        def on_part_begin() -> None:
            nonlocal parts
            parts += 1
            fields.clear()

        def on_part_data(data: bytes, start: int, end: int) -> None:
            nonlocal size
            size += len(data[start:end])

        def on_header_field(data: bytes, start: int, end: int) -> None:
            nonlocal name
            name += data[start:end]

        def on_header_value(data: bytes, start: int, end: int) -> None:
            nonlocal value
            value += data[start:end]

        def on_header_end() -> None:
            nonlocal name, value
            fields.append((name, value))
            name = value = b""

        parser = MultipartParser(
            _BOUNDARY,
            {
                "on_part_begin": on_part_begin,
                "on_part_data": on_part_data,
                "on_header_field": on_header_field,
                "on_header_value": on_header_value,
                "on_header_end": on_header_end,
            },
        )
        for piece in reads:
            parser.write(piece)
        parser.finalize()
        return parts, size

    return _runs(read)


def multipart() -> Runs:
    """multipart (Bottle's), by its push parser."""
    from multipart import MultipartSegment, PushMultipartParser

    def read(reads: list[bytes]) -> tuple[int, int]:
        parts = size = 0
        with PushMultipartParser(_BOUNDARY.decode(), max_segment_size=2**30) as parser:
            for piece in reads:
                for event in parser.parse(piece):
                    if isinstance(event, MultipartSegment):
                        parts += 1
                        assert event.headerlist
                    elif event:
                        size += len(event)
        return parts, size

    return _runs(read)


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "python-multipart": python_multipart,
    "multipart": multipart,
}

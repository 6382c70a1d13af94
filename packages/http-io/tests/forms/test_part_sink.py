"""What parts are written to."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from tidewire_http_io.forms._part_codings import PartEncoder
from tidewire_http_io.forms._part_sink import LOT, PartSink
from tidewire_http_parser.multipart import MultipartEncoder


class Writer:
    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture
def sink(writer: Writer) -> PartSink:
    encoder = MultipartEncoder("b")
    encoder.begin_part([])
    return PartSink(writer, encoder)


async def test_what_is_added_waits(writer: Writer, sink: PartSink) -> None:
    await sink.add(b"a")
    await sink.add(b"b")
    assert writer.pieces == []
    await sink.flush()
    await sink.flush()
    assert writer.pieces == [b"ab"]
    await sink.add(bytes(LOT))
    await sink.add(b"c")
    assert writer.pieces[1:] == [bytes(LOT)]


async def test_what_is_written_takes_it_along(writer: Writer, sink: PartSink) -> None:
    await sink.add(b"head ")
    await sink.write(b"data")
    await sink.write(b"")
    await sink.add(b"head")
    await sink.write(bytes(LOT))
    assert writer.pieces == [b"head data", b"head", bytes(LOT)]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda data: memoryview(data)[::1]])
async def test_bytes_of_any_kind(writer: Writer, sink: PartSink, kind: Any) -> None:
    data = bytes(range(256)) * 4000
    await sink.write(kind(data))
    assert b"".join(writer.pieces) == data


async def test_a_view_with_gaps(writer: Writer, sink: PartSink) -> None:
    await sink.write(memoryview(b"a-b-c-")[::2])
    assert writer.pieces == [b"abc"]


@pytest.mark.parametrize("size", [100, 1_000_000])
async def test_codings(writer: Writer, sink: PartSink, size: int) -> None:
    sink.begin_codings(PartEncoder("", "gzip"))
    await sink.write(bytes(size))
    await sink.end_codings()
    await sink.write(b"plain")
    assert writer.pieces.pop() == b"plain"
    assert gzip.decompress(b"".join(writer.pieces)) == bytes(size)


async def test_anything_else_is_refused(sink: PartSink) -> None:
    with pytest.raises(TypeError):
        await sink.write("text")  # type: ignore[arg-type]

"""The data of one part, as it was sent."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterable

import pytest

from tidewire_http_io import LineTooLong
from tidewire_http_io.forms._part_feed import Budget, PartFeed
from tidewire_http_io.forms._sent_part import SentPart
from tidewire_http_parser import InvalidMultipart
from tidewire_testing import byte_by_byte, random_splits

DATA = "Gr\u00fc\u00dfe, \u4e16\u754c\r\n".encode() * 50


class Pieces:
    """A content that comes in the pieces given."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)

    async def readany(self) -> bytes:
        return next(self._pieces, b"")


def part(data: bytes | list[bytes], *, in_groups: bool = False, length: int | None = None) -> SentPart:
    """A part whose content is at hand, or comes in pieces."""
    pieces = [data] if isinstance(data, bytes) else data
    content = Pieces([piece for piece in (*pieces, b"\r\n--b--\r\n") if piece])
    return SentPart(PartFeed.of_part(content, "b", Budget(sys.maxsize)), in_groups=in_groups, length=length)


async def test_in_chunks_of_any_size() -> None:
    for size in (1, 7, 1000, 100_000):
        found = part([DATA[:100], DATA[100:]])
        chunks = []
        while chunk := await found.read_chunk(size):
            chunks.append(chunk)
        assert b"".join(chunks) == DATA
        assert max(map(len, chunks)) <= size
    with pytest.raises(ValueError, match="not 0"):
        await part(b"x").read_chunk(0)


async def test_by_iterating() -> None:
    chunks = [chunk async for chunk in part(bytes(20_000))]
    assert [len(chunk) for chunk in chunks] == [8192, 8192, 3616]


async def test_in_lines() -> None:
    data = b"one\r\ntwo\n\nlonger line\nend"
    for pieces in ([data], byte_by_byte(data), *random_splits(data, 5, seed=1)):
        found = part(pieces)
        lines = []
        while line := await found.readline():
            lines.append(line)
        assert lines == [b"one\r\n", b"two\n", b"\n", b"longer line\n", b"end"]


async def test_a_line_that_is_too_long_can_be_read_in_another_way() -> None:
    found = part(byte_by_byte(b"abc\ndefg\n"))
    assert await found.readline(max_line_length=4) == b"abc\n"
    with pytest.raises(LineTooLong):
        await found.readline(max_line_length=4)
    assert await found.readline(max_line_length=5) == b"defg\n"
    found = part([b"x" * 65536] * 20)
    with pytest.raises(LineTooLong) as caught:
        await found.readline()
    assert caught.value.limit == 524288
    size = 0
    async for chunk in found:
        size += len(chunk)
    assert size == 65536 * 20


async def test_a_line_that_ends_with_an_error_can_be_read_in_another_way() -> None:
    found = part([b"one", b" l", b"ine"], length=7)
    with pytest.raises(InvalidMultipart):
        await found.readline()
    assert await found.read_chunk() == b"one l"


async def test_groups_are_not_taken_apart() -> None:
    data = base64.encodebytes(DATA)
    for pieces in ([data], byte_by_byte(data), *random_splits(data, 3, seed=3)):
        found = part(pieces, in_groups=True)
        chunks = []
        while chunk := await found.read_chunk(10):
            chunks.append(chunk)
        assert b"".join(chunks) == data
        assert all(len(chunk.replace(b"\n", b"")) % 4 == 0 for chunk in chunks)


@pytest.mark.parametrize(("length", "short"), [(3, True), (5, False)])
async def test_a_part_has_as_many_bytes_as_it_says(length: int, short: bool) -> None:
    found = part([b"ab", b"cd"], length=length)
    chunks: list[bytes] = []

    async def read() -> None:
        while chunk := await found.read_chunk():
            chunks.append(chunk)

    for _ in range(2):
        with pytest.raises(InvalidMultipart, match="longer" if short else "shorter"):
            await read()
    assert b"".join(chunks) == (b"ab" if short else b"abcd")


async def test_what_is_let_go_is_not_counted() -> None:
    found = part([b"ab", b"cd"], length=3)
    await found.release()
    assert found.at_eof()
    assert await found.read_chunk() == b""


async def test_the_next_part_ends_the_one_before() -> None:
    feed = PartFeed.of_part(Pieces([b"one\r\n--b--"]), "b", Budget(sys.maxsize))
    first = SentPart(feed, in_groups=False, length=None)
    assert not first.at_eof()
    second = SentPart(feed, in_groups=False, length=None)
    assert first.at_eof()
    assert await first.read_chunk() == b""
    assert await second.read_chunk() == b"one"

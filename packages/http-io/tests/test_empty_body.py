"""The body of a message that has none."""

from __future__ import annotations

import asyncio
import math

import pytest

from tidewire_http_io import EMPTY_PAYLOAD, EmptyStreamReader, ResetReason, StreamReader


def test_it_is_a_stream_at_its_end() -> None:
    assert isinstance(EMPTY_PAYLOAD, StreamReader)
    assert type(EMPTY_PAYLOAD) is EmptyStreamReader
    assert EMPTY_PAYLOAD.is_eof()
    assert EMPTY_PAYLOAD.at_eof()
    assert EMPTY_PAYLOAD.exception() is None
    assert (EMPTY_PAYLOAD.total_bytes, EMPTY_PAYLOAD.total_raw_bytes) == (0, 0)
    assert repr(EMPTY_PAYLOAD) == "<EmptyStreamReader 0 bytes, eof>"


async def test_every_read_gives_the_end() -> None:
    for _ in range(2):
        assert await EMPTY_PAYLOAD.read() == b""
        assert await EMPTY_PAYLOAD.read(10) == b""
        assert await EMPTY_PAYLOAD.readany() == b""
        assert await EMPTY_PAYLOAD.readline() == b""
        assert await EMPTY_PAYLOAD.readline(max_line_length=10) == b""
        assert await EMPTY_PAYLOAD.readuntil(b"--") == b""
        assert await EMPTY_PAYLOAD.readchunk() == (b"", False)
        assert await EMPTY_PAYLOAD.readexactly(0) == b""
        with pytest.raises(asyncio.IncompleteReadError):
            await EMPTY_PAYLOAD.readexactly(1)
        assert EMPTY_PAYLOAD.read_nowait() == b""
        assert [line async for line in EMPTY_PAYLOAD] == []
        assert [piece async for piece in EMPTY_PAYLOAD.iter_any()] == []
        assert [piece async for piece in EMPTY_PAYLOAD.iter_chunked(5)] == []
        assert [piece async for piece in EMPTY_PAYLOAD.iter_chunks()] == []
        await EMPTY_PAYLOAD.wait_eof()


async def test_nothing_changes_it() -> None:
    called: list[int] = []
    EMPTY_PAYLOAD.on_eof(lambda: called.append(1))
    assert called == [1]
    EMPTY_PAYLOAD.set_exception(ValueError())
    EMPTY_PAYLOAD.reset_received(ResetReason.CANCEL, None)
    EMPTY_PAYLOAD.end_received([("X-Sum", "1")])
    EMPTY_PAYLOAD.feed_eof()
    EMPTY_PAYLOAD.trailers.append(("X-Sum", "1"))
    before = EMPTY_PAYLOAD.max_line_length, EMPTY_PAYLOAD.max_size
    EMPTY_PAYLOAD.max_line_length = 1
    EMPTY_PAYLOAD.max_size = 0
    assert (EMPTY_PAYLOAD.max_line_length, EMPTY_PAYLOAD.max_size) == before == (524288, math.inf)
    assert EMPTY_PAYLOAD.exception() is None
    assert EMPTY_PAYLOAD.trailers == []
    assert await EMPTY_PAYLOAD.read() == b""


def test_it_takes_no_bytes() -> None:
    with pytest.raises(RuntimeError, match="empty body"):
        EMPTY_PAYLOAD.data_received(b"x", False, None)
    with pytest.raises(RuntimeError, match="feed_eof"):
        EMPTY_PAYLOAD.feed_data(b"x")
    with pytest.raises(RuntimeError, match="empty body"):
        EMPTY_PAYLOAD.unread_data(b"x")

"""What a payload is written to."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_http_io.payloads._body_writers import Collector, LimitedWriter, as_bytes


async def test_a_collector_keeps_everything() -> None:
    collector = Collector()
    for data in (b"a", bytearray(b"b"), memoryview(b"cd").cast("H"), b""):
        await collector.write(data)
    assert collector.collected() == b"abcd"


async def test_a_limited_writer_drops_what_is_too_much() -> None:
    collector = Collector()
    writer = LimitedWriter(collector, 5)
    for data in (b"abc", memoryview(b"defg").cast("H"), b"h"):
        await writer.write(data)
    assert collector.collected() == b"abcde"


@pytest.mark.parametrize("data", ["text", None, 5, [b"a"]])
async def test_what_is_not_bytes_like_is_refused(data: Any) -> None:
    with pytest.raises(TypeError, match="bytes-like"):
        as_bytes(data)
    with pytest.raises(TypeError, match="bytes-like"):
        await Collector().write(data)
    with pytest.raises(TypeError, match="bytes-like"):
        await LimitedWriter(Collector(), 5).write(data)

from __future__ import annotations

import pytest

import tidewire_http_io
from tidewire.compat._stream_reader import FlowControlDataQueue, StreamReader


async def test_it_is_made_as_aiohttps_is() -> None:
    stream = StreamReader(object(), 2**16, timer=object(), loop=object())
    stream.feed_data(b"ab", 2)
    stream.feed_eof()
    assert await stream.read(1) == b"a"
    with pytest.warns(DeprecationWarning, match="unread_data"):
        stream.unread_data(b"a")
    assert await stream.read() == b"ab"
    assert isinstance(tidewire_http_io.StreamReader(), StreamReader)


async def test_a_queue_with_flow_control_is_one_without() -> None:
    with pytest.warns(DeprecationWarning, match="DataQueue"):
        queue: FlowControlDataQueue[int] = FlowControlDataQueue(object(), 10)
    queue.feed_data(1)
    assert await queue.read() == 1

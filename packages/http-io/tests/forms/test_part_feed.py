"""Events of a multipart, pulled from a stream."""

from __future__ import annotations

import pytest

from tidewire_http_io import BodyTooLarge, StreamReader
from tidewire_http_io.forms._part_feed import Budget, PartFeed
from tidewire_http_parser import IncompleteMultipart
from tidewire_http_parser.multipart import FINISHED, EndOfMultipart, EndOfPart, PartData, PartHead


async def test_events_come_as_bytes_do() -> None:
    stream = StreamReader()
    feed = PartFeed(stream, "b")
    assert feed.poll() is None
    stream.feed_data(b"--b\r\n\r\nda")
    await feed.fill()
    assert isinstance(feed.poll(), PartHead)
    data = feed.poll()
    assert isinstance(data, PartData)
    assert data.data == b"da"
    assert feed.poll() is None
    stream.feed_data(b"\r\n--b--")
    stream.feed_eof()
    await feed.fill()
    assert feed.poll() is None
    await feed.fill()
    assert isinstance(feed.poll(), EndOfPart)
    assert isinstance(feed.poll(), EndOfMultipart)
    assert feed.poll() is FINISHED


async def test_a_part_within() -> None:
    stream = StreamReader()
    stream.feed_data(b"--b\r\n\r\n--c\r\n\r\n")
    feed = PartFeed(stream, "b")
    await feed.fill()
    assert isinstance(feed.poll(), PartHead)
    assert feed.depth == 0
    feed.enter("c")
    head = feed.poll()
    assert isinstance(head, PartHead)
    assert (head.depth, feed.depth) == (1, 1)


async def test_behind_the_head_of_a_part() -> None:
    stream = StreamReader()
    stream.feed_data(b"--b")
    stream.feed_eof()
    feed = PartFeed.of_part(stream, "b", Budget(5))
    await feed.fill()
    await feed.fill()
    with pytest.raises(IncompleteMultipart):
        feed.poll()


def test_a_budget_is_for_all() -> None:
    budget = Budget(10)
    budget.charge(4)
    budget.charge(6)
    budget.charge(0)
    with pytest.raises(BodyTooLarge) as caught:
        budget.charge(1)
    assert caught.value.limit == 10
    with pytest.raises(OverflowError, match="0"):
        Budget(0, OverflowError).charge(1)
    assert str(Budget(10, OverflowError).exceeded(3)) == "3"

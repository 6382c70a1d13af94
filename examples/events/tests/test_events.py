"""The feed, its streams, and who reads them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from events.app import make_app
from events.feed import Entry, Feed, Missed
from events.watch import watch
from tidewire_client import ServerSentEvent, iter_events
from tidewire_testing.client import TestClient
from tidewire_testing.pytest_plugin import TidewireClient

Client = TestClient[Any, Any]


async def next_events(client: Client, count: int, last_event_id: str = "") -> list[ServerSentEvent]:
    """Connect, and return so many events."""
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    found: list[ServerSentEvent] = []
    async with asyncio.timeout(20), client.get("/events", headers=headers) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        async with aclosing(iter_events(response)) as events:
            async for event in events:
                found.append(event)
                if len(found) == count:
                    break
    return found


def filled(count: int, history: int = 1000) -> Feed:
    feed = Feed(history, "e")
    for number in range(1, count + 1):
        feed.publish("tick", str(number))
    return feed


# The feed.


async def read(feed: Feed, after: int, count: int) -> list[Entry | Missed]:
    found: list[Entry | Missed] = []
    async with asyncio.timeout(20), aclosing(feed.read(after)) as entries:
        while len(found) < count:
            found.append(await anext(entries))
    return found


async def test_a_reader_begins_with_what_there_is() -> None:
    assert await read(filled(5, history=3), 0, 3) == [Entry(n, "tick", str(n)) for n in (3, 4, 5)]


async def test_a_reader_gets_each_entry_once() -> None:
    feed = filled(0)
    reading = asyncio.create_task(read(feed, 0, 4))
    for number in range(1, 5):
        await asyncio.sleep(0)
        feed.publish("tick", str(number))
    assert [entry.number for entry in await reading] == [1, 2, 3, 4]


async def test_a_reader_that_is_slow_learns_what_it_has_missed() -> None:
    feed = filled(3, history=3)
    async with aclosing(feed.read(0)) as entries:
        assert await anext(entries) == Entry(1, "tick", "1")
        for number in range(4, 10):
            feed.publish("tick", str(number))
        assert await anext(entries) == Missed(6, 5)
        assert await anext(entries) == Entry(7, "tick", "7")


async def test_readers_end_with_the_feed() -> None:
    feed = filled(1)
    reading = asyncio.ensure_future(anext(feed.read(1), None))
    await asyncio.sleep(0)
    feed.close()
    assert await asyncio.wait_for(reading, 20) is None


@pytest.mark.parametrize(
    ("event_id", "place"),
    [
        ("e-3", 3),
        ("e-0", 0),
        ("e-99", 5),
        ("old-3", 0),
        (None, 0),
        ("", 0),
        ("3", 0),
        ("e-", 0),
        ("e--3", 0),
        ("e-\N{SUPERSCRIPT TWO}", 0),
        ("e-" + "9" * 5000, 0),
    ],
)
def test_what_clients_say_of_their_place(event_id: str | None, place: int) -> None:
    assert filled(5).place_of(event_id) == place


# Streams.


async def test_a_client_gets_what_there_was_and_what_comes(tidewire_client: TidewireClient) -> None:
    feed = filled(2)
    client = await tidewire_client(make_app(feed, interval=0), memory=True)
    reading = asyncio.create_task(next_events(client, 3))
    await asyncio.sleep(0)
    feed.publish("tick", "two\nlines")
    events = await reading
    assert [(event.event, event.data, event.last_event_id) for event in events] == [
        ("tick", "1", "e-1"),
        ("tick", "2", "e-2"),
        ("tick", "two\nlines", "e-3"),
    ]
    assert events[0].retry == 1000


async def test_a_client_that_comes_back_goes_on(tidewire_client: TidewireClient) -> None:
    client = await tidewire_client(make_app(filled(9, history=5), interval=0), memory=True)
    assert [event.data for event in await next_events(client, 2, "e-7")] == ["8", "9"]
    first, second = await next_events(client, 2, "e-1")
    assert (first.event, first.data, first.last_event_id) == ("missed", "3", "e-4")
    assert (second.data, second.last_event_id) == ("5", "e-5")


async def test_the_ticker_ticks(tidewire_client: TidewireClient) -> None:
    client = await tidewire_client(make_app(Feed(), interval=0.001), memory=True)
    events = await next_events(client, 3)
    assert all(re.fullmatch(r"\d+\.\d\d", event.data) for event in events)


class Watched(Feed):
    """A feed that knows when its reader has gone."""

    def __init__(self) -> None:
        super().__init__(10, "e")
        self.left = asyncio.Event()
        self.sent = 0

    async def read(self, after: int) -> AsyncGenerator[Entry | Missed, None]:
        try:
            async with aclosing(super().read(after)) as entries:
                async for entry in entries:
                    self.sent += 1
                    yield entry
        finally:
            self.left.set()


async def test_a_client_that_does_not_read_is_cut_off(tidewire_client: TidewireClient) -> None:
    feed = Watched()
    client = await tidewire_client(make_app(feed, interval=0, send_timeout=0.1))
    for _ in range(10):
        feed.publish("tick", "x" * 4_000_000)
    _, writer = await asyncio.open_connection(client.host, client.port, limit=1024)
    try:
        writer.write(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.wait_for(feed.left.wait(), 20)
        assert feed.sent < 10
    finally:
        writer.close()


async def test_streams_end_when_the_server_stops(tidewire_client: TidewireClient) -> None:
    client = await tidewire_client(make_app(filled(1), interval=0))
    async with client.get("/events") as response:
        assert await response.content.readline() == b"id: e-1\r\n"
        stopping = asyncio.ensure_future(client.server.close())
        assert (await asyncio.wait_for(response.read(), 20)).endswith(b"\r\n\r\n")
        await asyncio.wait_for(stopping, 20)


async def test_the_page_is_there(tidewire_client: TidewireClient) -> None:
    client = await tidewire_client(make_app(Feed(), interval=0), memory=True)
    async with client.get("/") as response:
        assert response.content_type == "text/html"
        assert 'new EventSource("/events")' in await response.text()


# The console.


async def test_the_console_goes_on_after_the_last_event(tidewire_client: TidewireClient) -> None:
    feed = filled(3)
    client = await tidewire_client(make_app(feed, interval=0))
    lines = asyncio.Queue[str]()
    watching = asyncio.create_task(watch(str(client.make_url("/events")), lines.put_nowait, "e-2"))
    async with asyncio.timeout(20):
        assert await lines.get() == "e-3 tick: 3"
        feed.publish("tick", "4")
        assert await lines.get() == "e-4 tick: 4"
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching

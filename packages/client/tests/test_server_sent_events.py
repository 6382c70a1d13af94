from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from service import Seen, Service

from tidewire_client import ClientSession, ServerSentEvent, iter_events
from tidewire_http_io import LineTooLong


async def events(
    service: Service, session: ClientSession, body: bytes, *, size: int = 7
) -> list[ServerSentEvent]:
    async def stream(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [("Content-Type", "text/event-stream")], body_length=None)
        for start in range(0, len(body), size):
            seen.exchange.send_data(body[start : start + size])
            await asyncio.sleep(0)
        seen.exchange.send_data(b"", end=True)

    service.on("/", stream)
    async with session.get(service.url()) as response:
        return [event async for event in iter_events(response)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: one\n\n", [("message", "one", "", None)]),
        (b"data:one\ndata: two\n\n", [("message", "one\ntwo", "", None)]),
        (b"\xef\xbb\xbfdata: bom\r\n\r\n", [("message", "bom", "", None)]),
        (b": comment\n\ndata\n\n", [("message", "", "", None)]),
        (b"event: tick\nid: 7\nretry: 30\ndata: x\n\n", [("tick", "x", "7", 30)]),
        (b"id: 7\ndata: a\n\ndata: b\n\n", [("message", "a", "7", None), ("message", "b", "7", None)]),
        (b"id: 7\0\nretry: 3x\ndata: a\n\n", [("message", "a", "", None)]),
        (b"data: a\r\rdata: b\r\r\n", [("message", "a", "", None), ("message", "b", "", None)]),
        (b"data: a\r\rdata: b\r\r", [("message", "a", "", None), ("message", "b", "", None)]),
        (b"data: a\r\ndata: b\n\r\ndata: c\n\r", [("message", "a\nb", "", None), ("message", "c", "", None)]),
        (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [("message", "b", "", None)]),
        (b"event: only\n\n", []),
        (b"data: cut", []),
        (b"data: cut\n", []),
        (b"unknown: x\ndata:  two\n\n", [("message", " two", "", None)]),
        (b"data: \xff\n\n", [("message", "\ufffd", "", None)]),
    ],
)
async def test_events_are_read(
    service: Service, session: ClientSession, body: bytes, expected: list[tuple[str, str, str, int | None]]
) -> None:
    assert [tuple(event) for event in await events(service, session, body)] == expected


async def test_a_line_may_be_very_long(service: Service, session: ClientSession) -> None:
    (event,) = await events(service, session, b"data: " + b"x" * 2_000_000 + b"\n\n", size=100_000)
    assert len(event.data) == 2_000_000


async def test_a_line_can_be_limited(service: Service, session: ClientSession) -> None:
    service.on("/", lambda seen: seen.answer(200, b"data: " + b"x" * 1000 + b"\n\n"))
    async with session.get(service.url()) as response:
        with pytest.raises(LineTooLong):
            async for _ in iter_events(response, max_line_length=100):
                pass


async def test_events_can_be_left_before_their_end(service: Service, session: ClientSession) -> None:
    service.on("/", lambda seen: seen.answer(200, b"data: one\n\ndata: two\n\n"))
    async with session.get(service.url()) as response:
        async with aclosing(iter_events(response)) as found:
            assert (await anext(found)).data == "one"
        assert await anext(found, None) is None


async def test_carriage_returns_end_lines_as_soon_as_they_are_there(
    service: Service, session: ClientSession
) -> None:
    taken = asyncio.Event()

    async def stream(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [("Content-Type", "text/event-stream")], body_length=None)
        seen.exchange.send_data(b"data: one\r\r")
        await taken.wait()
        seen.exchange.send_data(b"\ndata: two\r\n\r\n", end=True)

    service.on("/", stream)
    async with session.get(service.url()) as response, aclosing(iter_events(response)) as found:
        assert (await anext(found)).data == "one"
        taken.set()
        assert (await anext(found)).data == "two"


async def test_what_comes_after_an_event_can_still_be_read(service: Service, session: ClientSession) -> None:
    service.on("/", lambda seen: seen.answer(200, b"data: one\n\ndata: two\r\n\r\nda"))
    async with session.get(service.url()) as response:
        async with aclosing(iter_events(response)) as found:
            assert (await anext(found)).data == "one"
        async with aclosing(iter_events(response)) as found:
            assert (await anext(found)).data == "two"
        assert await response.content.read() == b"da"


async def test_an_iteration_that_is_cancelled_leaves_what_it_has_not_given_out(
    service: Service, session: ClientSession
) -> None:
    taken = asyncio.Event()

    async def stream(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [("Content-Type", "text/event-stream")], body_length=None)
        seen.exchange.send_data(b"data: o")
        await taken.wait()
        seen.exchange.send_data(b"ne\n\n", end=True)

    service.on("/", stream)
    async with session.get(service.url()) as response:
        async with aclosing(iter_events(response)) as found:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(found), 0.1)
        taken.set()
        assert [event.data async for event in iter_events(response)] == ["one"]

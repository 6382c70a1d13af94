from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from service import RawServer, Seen, Service

from tidewire_client import (
    ClientResponseError,
    ClientSession,
    ServerSentEvent,
    event_source,
)
from tidewire_client._event_source import pause

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
GONE = b"HTTP/1.1 204 No Content\r\n\r\n"


def stream(service: Service, *bodies: bytes | None) -> list[str | None]:
    """Have a server send bodies, one for each request, and 204 in the end; its list gets the Last-Event-IDs."""
    ids: list[str | None] = []
    left = list(bodies)

    def answer(seen: Seen) -> None:
        ids.append(seen.headers.get("Last-Event-ID"))
        body = left.pop(0) if left else None
        if body is None:
            seen.answer(204)
        else:
            seen.answer(200, body, Content_Type="text/event-stream; charset=utf-8")

    service.on("/", answer)
    return ids


async def test_it_goes_on_after_the_last_event(service: Service, session: ClientSession) -> None:
    ids = stream(
        service, b"retry: 1\nid: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: lost", b"id: 3\ndata: c\n\n"
    )
    found = [event async for event in event_source(session, service.url())]
    assert found == [
        ServerSentEvent("message", "a", "1", 1),
        ServerSentEvent("message", "b", "2", 1),
        ServerSentEvent("message", "c", "3", None),
    ]
    assert ids == [None, "2", "3"]
    headers = service.seen[0].headers
    assert (headers["Accept"], headers["Cache-Control"]) == ("text/event-stream", "no-store")


async def test_what_comes_without_an_event_counts_too(service: Service, session: ClientSession) -> None:
    ids = stream(service, b"retry: 1\n\n", b"id: 7\n\n", b"data: a\n\n")
    async with asyncio.timeout(15):
        found = [
            event.data async for event in event_source(session, service.url(), retry=3600, max_retry=3600)
        ]
    assert found == ["a"]
    assert ids == [None, None, "7", "7"]


async def test_an_id_that_no_field_can_have_is_not_sent(service: Service, session: ClientSession) -> None:
    ids = stream(service, b"retry: 1\nid: \x07\ndata: a\n\n", b"id: caf\xc3\xa9\ndata: b\n\n")
    found = [event async for event in event_source(session, service.url())]
    assert [event.last_event_id for event in found] == ["\x07", "caf\xe9"]
    assert ids == [None, None, "caf\xe9"]


@pytest.mark.parametrize(
    ("failed", "retry", "expected"),
    [
        (0, 3.0, 3.0),
        (1, 3.0, 3.0),
        (2, 3.0, 6.0),
        (5, 3.0, 30.0),
        (0, 0.0, 0.0),
        (1, 0.0, 0.05),
        (3, 0.0, 0.2),
    ],
)
def test_a_server_that_is_down_gets_time(failed: int, retry: float, expected: float) -> None:
    assert pause(failed, retry, 30.0) == pytest.approx(expected)


async def test_it_may_begin_in_the_middle(service: Service, session: ClientSession) -> None:
    ids = stream(service, b"data: a\n\n")
    source = event_source(
        session, service.url(), last_event_id="7", retry=0.001, headers={"Accept": "x/y"}, params={"q": "1"}
    )
    assert [event.last_event_id async for event in source] == ["7"]
    assert ids == ["7", "7"]
    assert service.last.headers.getall("Accept") == ["x/y"]
    assert service.last.target == "/?q=1"


async def test_a_broken_connection_is_no_end(session: ClientSession) -> None:
    broken = HEAD + b"Content-Length: 1000\r\n\r\nid: 1\ndata: a\n\n"
    whole = HEAD + b"Content-Length: 9\r\n\r\ndata: b\n\n"
    async with RawServer(broken, None, whole, GONE, closes=True) as server:
        found = [event.data async for event in event_source(session, server.url, retry=0.001)]
        assert found == ["a", "b"]
        assert b"Last-Event-ID" not in server.heads[0]
        assert all(b"Last-Event-ID: 1\r\n" in head for head in server.heads[1:])


@pytest.mark.parametrize(
    ("status", "kind"), [(500, "text/event-stream"), (200, "text/html"), (404, "text/plain")]
)
async def test_what_is_no_stream_ends_it(
    service: Service, session: ClientSession, status: int, kind: str
) -> None:
    service.on("/", lambda seen: seen.answer(status, b"no", Content_Type=kind))
    with pytest.raises(ClientResponseError) as caught:
        async for _ in event_source(session, service.url()):
            pass
    assert caught.value.status == status


async def test_it_may_be_given_up(service: Service, session: ClientSession) -> None:
    async def endless(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [("Content-Type", "text/event-stream")], body_length=None)
        seen.exchange.send_data(b"data: a\n\n")
        await asyncio.Event().wait()

    service.on("/", endless)
    async with aclosing(event_source(session, service.url())) as source:
        assert (await anext(source)).data == "a"
    while "0 connections" not in repr(session.connector):  # noqa: ASYNC110
        await asyncio.sleep(0)

from __future__ import annotations

from typing import Any

import pytest
from service import RawServer, Seen, Service

from tidewire_client import ClientConnectorError, ClientSession, RetryMiddleware, ServerDisconnectedError
from tidewire_client._retry_middleware import retry_after

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("3", 3.0),
        (" 0 ", 0.0),
        ("-1", None),
        ("1.5", None),
        ("\u0663", None),
        ("9" * 5000, float("inf")),
        ("Tue, 14 Nov 2023 22:13:30 GMT", 10.0),
        ("Tue, 14 Nov 2022 22:13:30 GMT", 0.0),
        ("soon", None),
    ],
)
def test_what_retry_after_says(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def failing(service: Service, times: int, status: int = 503, **fields: str) -> list[bytes]:
    """Have a server fail so many times; its list gets the bodies."""
    bodies: list[bytes] = []

    def answer(seen: Seen) -> None:
        bodies.append(seen.body)
        if len(bodies) <= times:
            seen.answer(status, b"not now", **fields)
        else:
            seen.answer(200, b"now")

    service.on("/", answer)
    return bodies


def quick(**how: Any) -> RetryMiddleware:
    return RetryMiddleware(backoff=0.001, **how)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_it_sends_again(service: Service, session: ClientSession, status: int) -> None:
    bodies = failing(service, 2, status)
    async with session.put(service.url(), data=b"body", middlewares=[quick()]) as response:
        assert await response.read() == b"now"
    assert bodies == [b"body"] * 3
    assert service.made == 1


async def test_it_gives_up(service: Service, session: ClientSession) -> None:
    bodies = failing(service, 9)
    async with session.get(service.url(), middlewares=[quick(attempts=2)]) as response:
        assert (response.status, await response.read()) == (503, b"not now")
    assert len(bodies) == 2


@pytest.mark.parametrize(("method", "status"), [("POST", 503), ("GET", 500), ("GET", 404)])
async def test_others_are_sent_once(
    service: Service, session: ClientSession, method: str, status: int
) -> None:
    bodies = failing(service, 9, status)
    async with session.request(method, service.url(), middlewares=[quick()]) as response:
        assert response.status == status
    assert len(bodies) == 1


async def test_a_body_that_cannot_be_written_again(service: Service, session: ClientSession) -> None:
    async def once() -> Any:
        yield b"body"

    bodies = failing(service, 9)
    async with session.put(service.url(), data=once(), middlewares=[quick()]) as response:
        assert response.status == 503
    assert bodies == [b"body"]


async def test_retry_after_counts(service: Service, session: ClientSession) -> None:
    bodies = failing(service, 1, Retry_After="0")
    patient = RetryMiddleware(backoff=1000.0, max_backoff=1000.0)
    async with session.get(service.url(), middlewares=[patient]) as response:
        assert response.status == 200
    assert len(bodies) == 2


async def test_a_pause_that_is_too_long_is_not_made(service: Service, session: ClientSession) -> None:
    bodies = failing(service, 9, Retry_After="31")
    async with session.get(service.url(), middlewares=[RetryMiddleware()]) as response:
        assert response.status == 503
    assert len(bodies) == 1


async def test_a_lost_connection_is_no_end(session: ClientSession) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    async with RawServer(None, None, answer) as server:
        async with session.get(server.url, middlewares=[quick()], retry=False) as response:
            assert await response.read() == b"hi"
        assert len(server.heads) == 3


async def test_the_last_error_is_told(session: ClientSession) -> None:
    async with RawServer() as server:
        with pytest.raises(ServerDisconnectedError):
            await session.get(server.url, middlewares=[quick()], retry=False)
        assert len(server.heads) == 3


async def test_nobody_there(session: ClientSession) -> None:
    with pytest.raises(ClientConnectorError):
        await session.get("http://127.0.0.1:1/", middlewares=[quick()])


async def test_a_budget_ends(service: Service, session: ClientSession) -> None:
    bodies = failing(service, 1000)
    middleware = quick(attempts=5, budget=3.0, budget_ratio=0.5)
    for _ in range(3):
        async with session.get(service.url(), middlewares=[middleware]):
            pass
    # 3 requests; 3 repetitions, and 1 more for what the second and the third bring back.
    assert len(bodies) == 3 + 4


def test_at_least_one_attempt() -> None:
    with pytest.raises(ValueError, match="at least one"):
        RetryMiddleware(0)

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
from service import RawServer, Service

from tidewire_client import ClientPayloadError, ClientSession, ServerDisconnectedError
from tidewire_http_parser import LocalProtocolError

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def test_a_body_that_can_be_read_again_is(session: ClientSession) -> None:
    async with RawServer(ANSWER, None, ANSWER) as server:
        await session.get(server.url)
        response = await session.put(server.url, data=io.BytesIO(b""))
        assert response.attempts == 2
    assert server.heads[1] == server.heads[2]


async def test_one_that_cannot_is_not_sent_again(session: ClientSession) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"once"

    async with RawServer(ANSWER, None, ANSWER) as server:
        await session.get(server.url)
        with pytest.raises(ServerDisconnectedError):
            await session.put(server.url, data=pieces())
    assert len(server.heads) == 2


async def test_a_middleware_cannot_send_a_body_that_is_gone(service: Service) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"once"

    async def twice(request: object, handler: object) -> object:
        first = await handler(request)  # type: ignore[operator]
        await first.wait_for_close()
        return await handler(request)  # type: ignore[operator]

    async with ClientSession(middlewares=[twice]) as session:  # type: ignore[list-item]
        with pytest.raises(ClientPayloadError, match="cannot be sent again"):
            await session.post(service.url(), data=pieces())


async def test_a_second_loss_is_final(session: ClientSession) -> None:
    async with RawServer(ANSWER, None, None, ANSWER) as server:
        await session.get(server.url)
        with pytest.raises(ServerDisconnectedError):
            await session.get(server.url)
    assert len(server.heads) == 3


async def test_an_answer_that_has_begun_is_final(session: ClientSession) -> None:
    async with RawServer(ANSWER, b"HTTP/1.1 200", ANSWER, closes=False) as server:
        await session.get(server.url)
        server._closes = True
        with pytest.raises(ServerDisconnectedError):
            await session.get(server.url)
    assert len(server.heads) == 2


async def test_what_contradicts_the_body_is_refused(service: Service, session: ClientSession) -> None:
    with pytest.raises(LocalProtocolError):
        await session.post(service.url(), data=b"body", headers={"Content-Length": "3"})
    assert (await session.get(service.url())).status == 200

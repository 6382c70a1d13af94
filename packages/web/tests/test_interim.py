"""Interim responses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from web_client import Client, request

from tidewire_http_parser import LocalProtocolError
from tidewire_web import Request, Response, StreamResponse, send_interim

Serve = Callable[..., Awaitable[Client]]

LINK = "</style.css>; rel=preload; as=style"


async def hint(request: Request) -> Response:
    await send_interim(request, 103, {"Link": LINK})
    await send_interim(request, headers=[("Link", "</a>"), ("Link", "</b>")])
    await send_interim(request, 102)
    return Response(text="done")


async def test_any_number_before_the_final_response(serve: Serve) -> None:
    connection = (await serve(hint)).connect()
    for _ in range(2):
        connection.interim.clear()
        answer = await connection.ask(request())
        assert (answer.status, answer.text) == (200, "done")
        assert connection.interim == [
            (103, [("Link", LINK)]),
            (103, [("Link", "</a>"), ("Link", "</b>")]),
            (102, []),
        ]


async def test_none_to_http_1_0(serve: Serve) -> None:
    connection = (await serve(hint)).connect()
    answer = await connection.ask(request(version="1.0"))
    assert (answer.status, connection.interim) == (200, [])


async def test_not_after_the_head(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        with pytest.raises(RuntimeError, match="before the head"):
            await send_interim(request)
        await response.write_eof()
        with pytest.raises(RuntimeError, match="before the head"):
            await send_interim(request)
        return response

    connection = (await serve(handler)).connect()
    assert (await connection.ask(request())).status == 200
    assert connection.interim == []


@pytest.mark.parametrize(
    ("status", "headers"),
    [(200, None), (101, None), (99, None), (103, {"X-A": "a\nb"}), (103, {"Content-Length": "5"})],
)
async def test_what_may_not_go_out(serve: Serve, status: int, headers: dict[str, str] | None) -> None:
    async def handler(request: Request) -> Response:
        with pytest.raises(LocalProtocolError):
            await send_interim(request, status, headers)
        return Response(text="done")

    connection = (await serve(handler)).connect()
    assert (await connection.ask(request())).text == "done"
    assert connection.interim == []


async def test_a_peer_that_has_gone(serve: Serve) -> None:
    raised: list[BaseException] = []

    async def handler(request: Request) -> Response:
        connection.transport.lose()
        while not request.exchange.disconnected:  # noqa: ASYNC110
            await asyncio.sleep(0)
        try:
            await send_interim(request)
        except ConnectionResetError as error:
            raised.append(error)
        return Response()

    connection = (await serve(handler)).connect()
    connection.send(request())
    await connection.until(lambda: raised)


async def test_a_writer_waits_for_a_peer_that_does_not_read(serve: Serve) -> None:
    sent = 0

    async def handler(request: Request) -> Response:
        nonlocal sent
        for _ in range(1000):
            await send_interim(request, 103, {"X-A": "a" * 1000})
            sent += 1
        return Response(text="done")

    connection = (await serve(handler)).connect()
    connection.transport.hold_writes()
    connection.send(request())
    for _ in range(200):
        await asyncio.sleep(0)
    assert 0 < sent < 200
    connection.transport.release_writes()
    await connection.until(lambda: sent == 1000)

"""The Expect field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from web_client import Client, request

from tidewire_http_parser import InterimHead
from tidewire_web import (
    Application,
    HTTPClientError,
    HTTPExpectationFailed,
    Request,
    Response,
    get,
    post,
)
from tidewire_web._expect import meet_expectation

Serve = Callable[..., Awaitable[Client]]


async def hello(request: Request) -> Response:
    return Response(body=b"Hello, world" + await request.read())


class HTTPForbidden(HTTPClientError):
    """403, which the snippet raises."""

    status_code = 403


class Asking:
    """A request with an Expect field, and what is sent to it."""

    def __init__(self, expectation: str | None, *, complete: bool = False) -> None:
        waits = expectation is not None and expectation.lower() == "100-continue"
        self.head: Any = SimpleNamespace(expect=expectation, expect_continue=waits)
        self.sent: list[int] = []
        self.exchange: Any = SimpleNamespace(
            awaits_continue=waits and not complete,
            send_interim=lambda status, _fields: self.sent.append(status),
        )


async def test_100_is_sent_to_those_who_wait_for_it() -> None:
    waiting = Asking("100-Continue")
    assert await meet_expectation(waiting) is None
    assert waiting.sent == [100]
    for other in (Asking("100-continue", complete=True), Asking(""), Asking(None)):
        assert await meet_expectation(other) is None
        assert other.sent == []


async def test_100_is_sent_once() -> None:
    waiting = Asking("100-continue")
    waiting.exchange.awaits_continue = False
    await meet_expectation(waiting)
    assert waiting.sent == []


@pytest.mark.parametrize("expectation", ["something", "100-continue, x", "200-continue"])
async def test_nothing_else_can_be_expected(expectation: str) -> None:
    with pytest.raises(HTTPExpectationFailed) as raised:
        await meet_expectation(Asking(expectation))
    assert (raised.value.status, raised.value.text) == (417, f"Unknown Expect: {expectation}")


# -- by an application ------------------------------------------------------------------------------


async def test_100_comes_once_before_the_body(serve: Serve) -> None:
    app = Application()
    app.add_routes([post("/", hello)])
    connection = (await serve(app)).connect()
    connection.send(request("/", "Expect: 100-continue", "Content-Length: 1", method="POST"), "POST")
    interim = b""

    def came() -> bytes:
        nonlocal interim
        interim += connection.transport.take()
        return interim

    await connection.until(came)
    assert interim == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.parser.receive_data(interim)
    assert isinstance(connection.parser.next_event(), InterimHead)
    connection.transport.feed(b"!")
    await connection.until(lambda: connection.look() and connection.answers[0].complete)
    assert connection.answers[0].text == "Hello, world!"


async def test_an_unknown_expectation_is_417(serve: Serve) -> None:
    app = Application()
    app.add_routes([post("/", hello)])
    client = await serve(app)
    answer = await client.get("/", "Expect: something", method="POST", body=b"!")
    assert (answer.status, answer.text) == (417, "Unknown Expect: something")
    assert (await client.get("/", method="POST", body=b"!")).status == 200
    assert (
        await client.ask(request("/", "Expect: something", method="POST", version="1.0", body=b"!"))
    ).status == 200


async def test_a_route_meets_expectations_by_its_own_rules(serve: Serve) -> None:
    """The snippet of the documents, with what it leaves undefined."""
    asked: list[str] = []

    async def check_auth(request: Request) -> None:
        expect = request.headers.get("EXPECT", "")
        asked.append(expect)
        if request.version != (1, 1):
            return
        if expect != "100-continue":
            raise HTTPExpectationFailed(text=f"Unknown Expect: {expect}")
        if request.headers.get("AUTHORIZATION") is None:
            raise HTTPForbidden

    app = Application()
    app.add_routes([get("/", hello, expect_handler=check_auth)])
    client = await serve(app)
    assert (await client.get("/", "Expect: 100-continue")).status == 403
    assert (await client.get("/", "Expect: 100-continue", "Authorization: x")).text == "Hello, world"
    assert (await client.get("/", "Expect: 200-ok")).text == "Unknown Expect: 200-ok"
    assert (await client.get("/")).text == "Hello, world"
    assert asked == ["100-continue", "100-continue", "200-ok"]


async def test_an_expect_handler_may_answer(serve: Serve) -> None:
    async def answer(request: Request) -> Response:
        return Response(text="no need to")

    app = Application()
    app.router.add_post("/", hello, expect_handler=answer)
    client = await serve(app)
    assert (await client.get("/", "Expect: 100-continue", method="POST", body=b"!")).text == "no need to"
    assert (await client.get("/", method="POST", body=b"!")).text == "Hello, world!"

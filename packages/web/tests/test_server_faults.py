"""Handlers that fail, hang or are cancelled, and peers that break off: each has a defined end, and leaves nothing."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from typing import Any

import pytest
from web_client import Client, request

from tidewire_web import (
    BaseRequest,
    HTTPBadRequest,
    Response,
    StreamResponse,
)

MakeServer = Callable[..., Client]


def errors(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno >= logging.WARNING]


async def rounds(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


# -- what is answered -----------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
@pytest.mark.parametrize("debug", [True, False])
async def test_failures_are_told_in_the_form_that_is_asked_for(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture, accept: str, debug: bool
) -> None:
    async def handler(request: BaseRequest) -> Response:
        raise ZeroDivisionError("<b>")

    answer = await make_server(handler, debug=debug).get("/", f"Accept: {accept}")
    assert (answer.status, answer.fields["Connection"]) == (500, "close")
    assert answer.fields["Content-Type"].startswith("text/html" if accept == "text/html" else "text/plain")
    assert ("ZeroDivisionError" in answer.text) is debug
    assert ("&lt;b&gt;" in answer.text) is (debug and accept == "text/html")
    assert len(errors(caplog)) == 1


async def test_debug_is_that_of_the_loop_where_nothing_is_said(make_server: MakeServer) -> None:
    async def handler(request: BaseRequest) -> Response:
        raise ZeroDivisionError

    loop = asyncio.get_running_loop()
    before = loop.get_debug()
    try:
        for debug in (True, False):
            loop.set_debug(debug)
            client = make_server(handler)
            assert ("Traceback" in (await client.get()).text) is debug
    finally:
        loop.set_debug(before)


@pytest.mark.parametrize("error", [TimeoutError, asyncio.TimeoutError])
async def test_time_outs_are_504(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    async def handler(request: BaseRequest) -> Response:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()
        raise AssertionError

    answer = await make_server(handler).get()
    assert (answer.status, answer.fields["Connection"]) == (504, "close")
    assert len(errors(caplog)) == 1


async def test_what_else_was_cancelled_is_a_failure_of_the_handler(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: BaseRequest) -> Response:
        other = asyncio.get_running_loop().create_future()
        other.cancel()
        await other
        raise AssertionError

    assert (await make_server(handler).get()).status == 500
    assert len(errors(caplog)) == 1


class Outcome(BaseException):
    """None of Exception, as what test frameworks raise."""


@pytest.mark.parametrize("kind", [Outcome, GeneratorExit])
@pytest.mark.parametrize("waits", [False, True])
async def test_what_is_raised_beside_exceptions_ends_the_connection(
    make_server: MakeServer, kind: type[BaseException], waits: bool
) -> None:
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    async def handler(request: BaseRequest) -> Response:
        if waits:
            await asyncio.sleep(0)
        raise kind

    connection = make_server(handler).connect()
    connection.send(request())
    await connection.until(connection.transport.is_closing)
    assert connection.look() == []
    await rounds()
    gc.collect()
    assert [type(context["exception"]) for context in told] == [kind]


@pytest.mark.parametrize("returned", [None, "text"])
async def test_what_is_no_response_is_told_of_clearly(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture, returned: Any
) -> None:
    async def handler(request: BaseRequest) -> Any:
        return returned

    assert (await make_server(handler).get()).status == 500
    (record,) = errors(caplog)
    assert record.exc_info is not None
    assert ("returned None" if returned is None else "not str: 'text'") in str(record.exc_info[1])


@pytest.mark.parametrize("kind", [Response, StreamResponse])
@pytest.mark.parametrize("used", ["finished", "running", "streamed"])
async def test_a_response_used_twice_is_a_clear_error_at_once(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture, kind: type[StreamResponse], used: str
) -> None:
    response = kind()
    go = asyncio.Event()

    async def handler(request: BaseRequest) -> StreamResponse:
        if used == "streamed":
            await response.prepare(request)
        elif request.path == "/1" and used == "running":
            await response.prepare(request)
            await go.wait()
        return response

    client = make_server(handler)
    first, second = client.connect(), client.connect()
    first.send(request("/1"))
    await rounds()
    answer = await second.ask(request("/2"))
    go.set()
    assert answer.status == 500
    await first.until(lambda: first.look() and first.answers[0].complete)
    assert first.answers[0].status == 200
    (record,) = errors(caplog)
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], RuntimeError)


async def test_fields_with_control_characters_never_go_out(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: BaseRequest) -> Response:
        return Response(text="x", headers={"X-A": chr(int(request.query_string))})

    client = make_server(handler)
    for number in (0, 10, 13, 127):
        answer = await client.get(f"/?{number}")
        assert answer.status == 500
        assert "X-A" not in answer.fields
    assert len(errors(caplog)) == 4


# -- peers that break off -------------------------------------------------------------------------

STAGES = {
    "nothing": b"",
    "start line": b"POST /pa",
    "head": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Le",
    "body": request("/", "Content-Length: 100", method="POST"),
    "in the body": request("/", "Content-Length: 100", method="POST") + b"x" * 50,
    "in a chunk": request("/", "Transfer-Encoding: chunked", method="POST") + b"40\r\nxx",
    "waiting": request("/wait"),
    "responding": request("/stream"),
    "responded": request("/") + b"GET ",
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("how", ["reset", "closed", "eof"])
@pytest.mark.parametrize("cancelling", [True, False])
async def test_wherever_a_peer_breaks_off_nothing_is_left(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture, stage: str, how: str, cancelling: bool
) -> None:
    gone = asyncio.Event()

    async def handler(request: BaseRequest) -> StreamResponse:
        if request.path == "/wait":
            await gone.wait()
        elif request.path == "/stream":
            response = StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(b"x")
                await asyncio.sleep(0)
        return Response(body=await request.read())

    client = make_server(handler, handler_cancellation=cancelling, access_log=None)
    other, broken = client.connect(), client.connect()
    if STAGES[stage]:
        broken.transport.feed(STAGES[stage])
    await rounds()
    if how == "eof":
        broken.transport.feed_eof()
    else:
        broken.transport.lose(ConnectionResetError() if how == "reset" else None)
    gone.set()
    await rounds()
    assert (await other.ask(request())).status == 200
    broken.transport.settle()
    assert broken.transport.is_closing()
    assert len(client.server.connections) == 1  # type: ignore[attr-defined]  # a server
    assert errors(caplog) == []


async def test_a_peer_that_is_half_closed_gets_its_answer(make_server: MakeServer) -> None:
    async def handler(request: BaseRequest) -> Response:
        await asyncio.sleep(0)
        return Response(text="late")

    connection = make_server(handler).connect()
    connection.send(request())
    connection.transport.feed_eof()
    await connection.until(lambda: connection.look() and connection.answers[0].complete)
    assert connection.answers[0].text == "late"
    assert connection.transport.is_closing()


async def test_a_body_that_is_cut_off_by_a_half_close_is_400(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: BaseRequest) -> Response:
        return Response(body=await request.read())

    connection = make_server(handler).connect()
    connection.send(STAGES["in the body"], "POST")
    connection.transport.feed_eof()
    await connection.until(lambda: connection.look() and connection.answers[0].complete)
    assert connection.answers[0].status == 400
    assert errors(caplog) == []


# -- what a response has to do with its request ---------------------------------------------------


async def test_files_of_a_form_are_closed_whatever_becomes_of_the_request(make_server: MakeServer) -> None:
    files: list[Any] = []
    go = asyncio.Event()

    async def handler(request: BaseRequest) -> Response:
        form = await request.post()
        files.append(form["file"].file)  # type: ignore[union-attr]  # it is one
        assert not files[-1].closed
        if request.path == "/fails":
            raise ZeroDivisionError
        if request.path == "/raises":
            raise HTTPBadRequest
        if request.path == "/waits":
            await go.wait()
        return Response()

    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\ndata\r\n--b--\r\n'
    client = make_server(handler, handler_cancellation=True)
    for path in ("/", "/fails", "/raises", "/waits"):
        connection = client.connect()
        data = request(path, "Content-Type: multipart/form-data; boundary=b", method="POST", body=body)
        connection.send(data, "POST")
        await rounds(20)
        if path == "/waits":
            connection.transport.lose(None)
        await connection.until(lambda: files[-1].closed)
    assert len(files) == 4

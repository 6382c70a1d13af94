"""What clients get whose requests have failed, and what the log tells of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest
from socket_client import connected
from web_client import Client, request

from tidewire_web import (
    Application,
    AppRunner,
    BaseRequest,
    HTTPBadRequest,
    Request,
    Response,
    StreamResponse,
)

MakeServer = Callable[..., Client]
Serve = Callable[..., Awaitable[Client]]


def errors(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno >= logging.WARNING]


async def rounds(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.mark.parametrize("wait", [False, True])
async def test_any_other_exception_is_a_500_logged_once(
    serve: Serve, caplog: pytest.LogCaptureFixture, wait: bool
) -> None:
    async def handler(request: Request) -> Response:
        if wait:
            await asyncio.sleep(0)
        raise ZeroDivisionError("secret")

    connection = (await serve(handler)).connect()
    answer = await connection.ask(request("/path?query"))
    assert (answer.status, answer.fields["Connection"]) == (500, "close")
    assert b"secret" not in answer.body
    assert connection.transport.is_closing()
    (record,) = errors(caplog)
    assert record.name == "tidewire.server"
    assert record.getMessage() == "Error handling request from 192.0.2.1: GET '/path?query'"
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


async def test_receivers_that_fail_each_time_are_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: Request) -> Response:
        return Response(text="hello")

    async def fails(request: Request, response: StreamResponse) -> None:
        raise ZeroDivisionError

    app = Application()
    app.router.add_get("/", handler)
    app.on_response_prepare.append(fails)
    runner = AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    answer = await Client(runner.server).get()
    assert (answer.status, answer.fields["Connection"]) == (500, "close")
    assert "Date" in answer.fields
    assert len(errors(caplog)) == 1
    await runner.cleanup()


@pytest.mark.parametrize("data", [request(), b"nonsense\x00\r\n\r\n"])
async def test_the_address_of_a_peer_cannot_end_its_line_in_the_log(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    """Who connects to a Unix domain socket may have bound its own to any path."""

    async def handler(request: BaseRequest) -> Response:
        raise ZeroDivisionError

    caplog.set_level(logging.DEBUG, "tidewire.server")
    connection = make_server(handler).connect(peername="/tmp/x\nERROR forged")
    await connection.ask(data, "GET")
    (message,) = [record.getMessage() for record in caplog.records if record.name == "tidewire.server"]
    assert "from /tmp/x\\x0aERROR forged" in message


async def test_a_client_that_goes_is_a_matter_of_debugging(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "tidewire.server")
    go = asyncio.Event()

    async def handler(request: BaseRequest) -> Response:
        await go.wait()
        raise BrokenPipeError

    connection = make_server(handler).connect()
    connection.send(request("/path"))
    await rounds()
    connection.transport.lose(None)
    go.set()
    await rounds()
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.DEBUG, "The client has gone: GET '/path'")


async def test_a_failure_of_another_kind_is_told_though_the_client_has_gone(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    go = asyncio.Event()

    async def handler(request: BaseRequest) -> Response:
        await go.wait()
        raise ZeroDivisionError

    connection = make_server(handler).connect()
    connection.send(request())
    await rounds()
    connection.transport.lose(None)
    go.set()
    await rounds()
    assert len(errors(caplog)) == 1


# -- what cannot be said any more -----------------------------------------------------------------


@pytest.mark.parametrize("how", ["raise", "http exception", "other response", "none"])
async def test_a_response_that_has_begun_is_broken_off(
    serve: Serve, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    async def handler(request: Request) -> StreamResponse | None:
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        if how == "raise":
            raise ZeroDivisionError
        if how == "http exception":
            raise HTTPBadRequest
        return Response(text="other") if how == "other response" else None

    connection = (await serve(handler)).connect()
    connection.send(request())
    await connection.until(lambda: connection.transport.was_reset)
    assert not any(answer.complete for answer in connection.look())
    assert len(errors(caplog)) == 1


async def test_an_http_exception_after_a_whole_response_is_logged(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await response.write_eof(b"all")
        raise HTTPBadRequest

    connection = (await serve(handler)).connect()
    assert (await connection.ask(request())).body == b"all"
    assert (await connection.ask(request())).body == b"all"
    assert len(errors(caplog)) == 2


async def test_a_declared_length_that_is_not_reached_breaks_off(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse(headers={"Content-Length": "10"})
        await response.prepare(request)
        await response.write(b"half")
        return response

    connection = (await serve(handler)).connect()
    connection.send(request())
    await connection.until(lambda: connection.transport.was_reset)
    assert len(errors(caplog)) == 1


@pytest.mark.parametrize("end", ["fails", "is cancelled"])
@pytest.mark.parametrize(("version", "told"), [("1.1", False), ("1.0", True)])
async def test_what_is_broken_off_never_looks_complete(version: str, told: bool, end: str) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"abc")
        await go.wait()
        if end == "is cancelled":
            request.task.cancel()
            await asyncio.sleep(0)
        raise ZeroDivisionError

    go = asyncio.Event()
    async with connected(handler) as (reader, writer):
        writer.write(request(version=version))
        await reader.readuntil(b"abc")
        go.set()
        if told:
            # To such a client the end of the connection is the end of the body.
            with pytest.raises(ConnectionResetError):
                await reader.read()
        else:
            assert b"0\r\n\r\n" not in await reader.read()


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "9"}])
@pytest.mark.parametrize("error", [ZeroDivisionError, HTTPBadRequest, asyncio.CancelledError])
@pytest.mark.parametrize("cloned", [False, True])
async def test_what_was_written_before_a_handler_failed_goes_out(
    make_server: MakeServer, headers: dict[str, str], error: type[BaseException], cloned: bool
) -> None:
    async def handler(request: BaseRequest) -> StreamResponse:
        response = StreamResponse(headers=headers)
        await response.prepare(request.clone().clone() if cloned else request)
        await response.write(b"abc")
        raise error

    connection = make_server(handler).connect()
    connection.send(request())
    await connection.until(lambda: connection.transport.was_reset)
    (answer,) = connection.look()
    assert (answer.status, answer.body, answer.complete) == (200, b"abc", False)


@pytest.mark.parametrize(
    ("method", "length", "data"),
    [("GET", 0, b"abc"), ("GET", 3, b"abcd"), ("GET", 9, b""), ("HEAD", 9, b"abc")],
)
async def test_a_head_alone_does_not_go_out_when_a_handler_fails_at_once(
    make_server: MakeServer, method: str, length: int, data: bytes
) -> None:
    """Its length may be what is wrong, and it may look like all there is."""

    async def handler(request: BaseRequest) -> StreamResponse:
        response = StreamResponse(headers={"Content-Length": str(length)})
        await response.prepare(request)
        await response.write(data)
        raise ZeroDivisionError

    connection = make_server(handler).connect()
    connection.send(request(method=method), method)
    await connection.until(lambda: connection.transport.was_reset)
    assert connection.look() == []

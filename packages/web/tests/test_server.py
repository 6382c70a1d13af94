"""From exchanges to handlers, and back: whatever a handler does, its client gets to know, and so does the log."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import logging
import sys
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import Client, request

from tidewire_http_io import PeerGone, StreamReset
from tidewire_web import (
    BaseRequest,
    HTTPBadRequest,
    HTTPNotFound,
    Request,
    Response,
    Server,
    StreamResponse,
)

Serve = Callable[..., Awaitable[Client]]


def errors(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno >= logging.WARNING]


# -- what a handler returns or raises -------------------------------------------------------------


async def test_a_response(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: Request) -> Response:
        return Response(text="hello")

    answer = await (await serve(handler)).get()
    assert (answer.status, answer.reason, answer.text) == (200, "OK", "hello")
    assert answer.fields["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.fields["Content-Length"] == "5"
    assert answer.fields["Date"].endswith(" GMT")
    assert answer.fields["Server"].startswith("Python/")
    assert caplog.records == []


async def test_a_response_after_a_wait(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        await asyncio.sleep(0)
        return Response(body=b"later")

    assert (await (await serve(handler)).get()).body == b"later"


async def test_an_http_exception_is_a_response(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: Request) -> Response:
        raise HTTPBadRequest(text="no", headers={"X-Why": "so"})

    client = (await serve(handler)).connect()
    for _ in range(2):
        answer = await client.ask(request())
        assert (answer.status, answer.text, answer.fields["X-Why"]) == (400, "no", "so")
    assert not client.transport.is_closing()
    assert caplog.records == []


async def test_an_http_exception_may_be_returned(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        return HTTPNotFound()

    assert (await (await serve(handler)).get()).status == 404


@pytest.mark.parametrize("returned", [None, "text", 7, b"bytes", Response])
async def test_something_that_is_no_response_is_a_500(
    serve: Serve, caplog: pytest.LogCaptureFixture, returned: object
) -> None:
    async def handler(request: Request) -> Any:
        return returned

    answer = await (await serve(handler)).get()
    assert (answer.status, answer.fields["Connection"]) == (500, "close")
    (record,) = errors(caplog)
    assert record.exc_info is not None
    assert "response" in str(record.exc_info[1])


async def test_a_handler_that_is_no_coroutine_function(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    def handler(request: Request) -> Any:
        return Response()

    assert (await (await serve(handler)).get()).status == 500
    assert len(errors(caplog)) == 1


async def test_one_response_object_answers_one_request(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    response = Response(text="once")

    async def handler(request: Request) -> Response:
        return response

    connection = (await serve(handler)).connect()
    assert (await connection.ask(request())).text == "once"
    assert (await connection.ask(request())).status == 500
    (record,) = errors(caplog)
    assert record.exc_info is not None
    assert "make a new one for each" in str(record.exc_info[1])


async def test_fields_that_may_not_go_out_are_a_500(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: Request) -> Response:
        return Response(text="x", headers={"X-Split": "a\r\nSet-Cookie: b"})

    answer = await (await serve(handler)).get()
    assert answer.status == 500
    assert "Set-Cookie" not in answer.fields
    assert len(errors(caplog)) == 1


async def test_a_wrong_content_length_is_a_500(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: Request) -> Response:
        return Response(text="abc", headers={"Content-Length": "5"})

    answer = await (await serve(handler)).get()
    assert (answer.status, answer.fields["Connection"]) == (500, "close")
    assert len(errors(caplog)) == 1


async def test_a_streamed_response(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        for number in range(3):
            await response.write(b"%d" % number)
            await asyncio.sleep(0)
        return response

    answer = await (await serve(handler)).get()
    assert (answer.body, answer.fields["Transfer-Encoding"]) == (b"012", "chunked")


async def test_none_is_fine_after_a_whole_response(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: Request) -> None:
        response = StreamResponse()
        await response.prepare(request)
        await response.write_eof(b"all")

    connection = (await serve(handler)).connect()
    assert (await connection.ask(request())).body == b"all"
    assert (await connection.ask(request())).body == b"all"
    assert errors(caplog) == []


# -- clients that leave, and clients that do not speak HTTP ---------------------------------------


async def test_a_handler_goes_on_when_its_client_has_left(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    go, done = asyncio.Event(), asyncio.Event()

    async def handler(request: Request) -> Response:
        await go.wait()
        done.set()
        return Response()

    connection = (await serve(handler)).connect()
    connection.send(request())
    await asyncio.sleep(0)
    connection.transport.lose(ConnectionResetError())
    go.set()
    await done.wait()
    await asyncio.sleep(0)
    assert errors(caplog) == []


async def test_writing_to_a_client_that_has_left(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caught: list[type[BaseException]] = []
    go, done = asyncio.Event(), asyncio.Event()

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await go.wait()
        try:
            await response.write(b"x")
        except Exception as error:
            caught.append(type(error))
            raise
        finally:
            done.set()
        return response

    connection = (await serve(handler)).connect()
    connection.send(request())
    await asyncio.sleep(0)
    connection.transport.lose(None)
    go.set()
    await done.wait()
    await asyncio.sleep(0)
    assert caught == [PeerGone]
    assert issubclass(PeerGone, ConnectionResetError)
    assert errors(caplog) == []


async def test_reading_from_a_client_that_leaves(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caught: list[BaseException] = []

    async def handler(request: Request) -> Response:
        try:
            await request.read()
        except StreamReset as error:
            caught.append(error)
            raise
        return Response()

    connection = (await serve(handler)).connect()
    connection.send(request(body=b"abc")[:-1], "POST")
    await asyncio.sleep(0)
    connection.transport.lose(None)
    await connection.until(lambda: caught)
    assert errors(caplog) == []


async def test_a_malformed_body_is_a_400(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: Request) -> Response:
        await request.read()
        return Response()

    connection = (await serve(handler)).connect()
    connection.send(request("/", "Transfer-Encoding: chunked", method="POST"), "POST")
    await asyncio.sleep(0)
    connection.transport.feed(b"nonsense\r\n")
    await connection.until(lambda: connection.look() and connection.answers[0].complete)
    assert (connection.answers[0].status, connection.answers[0].fields["Connection"]) == (400, "close")
    assert errors(caplog) == []


async def test_malformed_requests_are_refused_and_logged_as_information(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tidewire.server")

    async def handler(request: Request) -> Response:
        raise AssertionError

    answer = await (await serve(handler)).connect().ask(b"GET / HTTP/1.1\r\nBad Field: x\r\n\r\n")
    assert answer.status == 400
    (record,) = caplog.records
    assert record.levelno == logging.INFO
    assert "192.0.2.1" in record.getMessage()


async def test_a_client_that_waits_is_told_to_go_on(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        return Response(body=await request.read())

    connection = (await serve(handler)).connect()
    connection.send(request("/", "Expect: 100-continue", "Content-Length: 3", method="POST"), "POST")
    await asyncio.sleep(0)
    assert connection.transport.written.startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
    connection.transport.feed(b"abc")
    await connection.until(lambda: connection.look() and connection.answers[0].complete)
    assert connection.answers[0].body == b"abc"


# -- tasks and contexts ---------------------------------------------------------------------------


@pytest.mark.skipif(sys.version_info < (3, 12), reason="there are no eager tasks")
async def test_a_handler_that_does_not_wait_has_answered_when_its_data_is_delivered(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        return Response(text="at once")

    connection = (await serve(handler)).connect()
    connection.send(request() * 3)
    assert [answer.text for answer in connection.look()] == ["at once"] * 3
    assert len(connection.transport.writes) == 1


async def test_the_loops_task_factory_makes_the_tasks(serve: Serve) -> None:
    made: list[str] = []
    loop = asyncio.get_running_loop()

    def factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        made.append(getattr(coroutine, "__qualname__", ""))
        return asyncio.Task(coroutine, loop=loop, **options)

    async def handler(request: Request) -> Response:
        task = asyncio.current_task()
        return Response(text=type(task).__name__)

    client = await serve(handler)
    loop.set_task_factory(factory)
    try:
        assert (await client.get()).text == "Task"
    finally:
        loop.set_task_factory(None)
    assert len(made) == 1


async def test_a_task_factory_need_not_know_of_contexts(serve: Serve) -> None:
    loop = asyncio.get_running_loop()

    def factory(loop: asyncio.AbstractEventLoop, coroutine: Any) -> asyncio.Task[Any]:
        return asyncio.Task(coroutine, loop=loop)

    async def handler(request: Request) -> Response:
        return Response(text=variable.get())

    variable.set("the server's")
    client = await serve(handler)
    variable.set("the connection's")
    old_fashioned: Any = factory
    loop.set_task_factory(old_fashioned)
    try:
        assert (await client.get()).text == "the server's"
    finally:
        loop.set_task_factory(None)


variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


@pytest.mark.parametrize("wait", [False, True])
async def test_each_request_has_a_copy_of_the_servers_context(serve: Serve, wait: bool) -> None:
    async def handler(request: Request) -> Response:
        before = variable.get()
        variable.set(f"of {request.path}")
        if wait:
            await asyncio.sleep(0)
        return Response(text=f"{before}, {variable.get()}")

    variable.set("the server's")
    client = await serve(handler)
    variable.set("the connection's")
    connection = client.connect()
    connection.send(b"".join(request(f"/{number}") for number in range(3)))
    await connection.until(lambda: len(connection.look()) == 3)
    other = await client.get("/other")
    texts = [answer.text for answer in [*connection.answers, other]]
    assert texts == [f"the server's, of {path}" for path in ("/0", "/1", "/2", "/other")]
    assert variable.get() == "the connection's"


async def test_pipelined_requests_are_handled_one_after_the_other(serve: Serve) -> None:
    running, most = 0, 0

    async def handler(request: Request) -> Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return Response(text=request.path)

    connection = (await serve(handler)).connect()
    connection.send(b"".join(request(f"/{number}") for number in range(40)))
    await connection.until(lambda: len(connection.look()) == 40)
    assert [answer.text for answer in connection.answers] == [f"/{number}" for number in range(40)]
    assert most == 1


async def test_tasks_that_are_done_are_forgotten(serve: Serve) -> None:
    tasks: list[weakref.ref[Any]] = []

    async def handler(request: Request) -> Response:
        tasks.append(weakref.ref(asyncio.current_task()))
        await asyncio.sleep(0)
        return Response()

    connection = (await serve(handler)).connect()
    for _ in range(3):
        await connection.ask(request())
    await asyncio.sleep(0)
    gc.collect()
    assert [task() for task in tasks] == [None] * 3


# -- the server by itself -------------------------------------------------------------------------


async def test_a_server_without_an_application() -> None:
    async def handler(request: BaseRequest) -> Response:
        assert type(request) is BaseRequest
        return Response(text=request.path)

    server = Server(handler, keepalive_timeout=1)
    client = Client(server)
    assert server.connections == []
    connection = client.connect()
    assert len(server.connections) == 1
    assert (await connection.ask(request("/a"))).text == "/a"
    assert (await connection.ask(request("/b"))).text == "/b"
    assert server.requests_count == 2
    await server.shutdown(1.0)
    connection.transport.settle()
    assert server.connections == []


async def test_errors_go_to_the_logger_that_was_given(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: BaseRequest) -> Response:
        raise ZeroDivisionError

    server = Server(handler, logger=logging.getLogger("mine"))
    assert (await Client(server).get()).status == 500
    assert [record.name for record in caplog.records] == ["mine"]
    await server.shutdown(1.0)


def test_a_server_needs_a_running_loop() -> None:
    async def handler(request: BaseRequest) -> Response:
        return Response()

    with pytest.raises(RuntimeError):
        Server(handler)


@pytest.mark.parametrize("name", ["client_max_size", "client_max_fields"])
@pytest.mark.parametrize(("limit", "error"), [("1", TypeError), (-1, ValueError)])
async def test_limits_that_would_fail_or_let_everything_through_are_refused(
    name: str, limit: Any, error: type[Exception]
) -> None:
    async def handler(request: BaseRequest) -> Response:
        return Response()

    options: dict[str, Any] = {name: limit}
    with pytest.raises(error, match=rf"{name}.* 0 for any number"):
        Server(handler, **options)


# -- shutdown -------------------------------------------------------------------------------------


async def test_shutdown_waits_for_handlers(caplog: pytest.LogCaptureFixture) -> None:
    go = asyncio.Event()

    async def handler(request: BaseRequest) -> Response:
        await go.wait()
        return Response(text="finished")

    server = Server(handler)
    busy, idle = Client(server).connect(), Client(server).connect()
    busy.send(request() * 2)
    await asyncio.sleep(0)
    stopping = asyncio.create_task(server.shutdown(30))
    await asyncio.sleep(0)
    assert idle.transport.is_closing()
    assert not busy.transport.is_closing()
    go.set()
    await stopping
    busy.look()
    (answer,) = busy.answers
    assert (answer.text, answer.fields["Connection"]) == ("finished", "close")
    assert busy.transport.is_closing()
    assert not busy.transport.was_reset
    assert errors(caplog) == []


async def test_shutdown_cancels_handlers_that_do_not_end(caplog: pytest.LogCaptureFixture) -> None:
    events: list[str] = []

    async def handler(request: BaseRequest) -> Response:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            events.append("cancelled")
            await asyncio.sleep(0)
            events.append("cleaned up")
            raise
        return Response()

    server = Server(handler)
    connection = Client(server).connect()
    connection.send(request())
    await asyncio.sleep(0)
    await server.shutdown(0)
    await connection.until(lambda: connection.transport.was_reset)
    assert events == ["cancelled", "cleaned up"]
    assert connection.look() == []
    assert errors(caplog) == []


async def test_cancelled_handlers_have_time_to_clean_up(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    async def handler(request: BaseRequest) -> Response:
        try:
            await asyncio.Event().wait()
        finally:
            later = loop.create_future()
            loop.call_later(0.02, later.set_result, None)
            await later
            ended.set()
        return Response()

    server = Server(handler)
    connection = Client(server).connect()
    connection.send(request())
    await asyncio.sleep(0)
    await server.shutdown(0)
    assert ended.is_set()
    assert errors(caplog) == []


@pytest.mark.slow
async def test_handlers_that_go_on_though_they_are_cancelled_do_not_stop_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop = asyncio.Event()

    async def handler(request: BaseRequest) -> Response:
        while not stop.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await stop.wait()
        return Response()

    server = Server(handler)
    connection = Client(server).connect()
    try:
        connection.send(request())
        await asyncio.sleep(0)
        await server.shutdown(0)
        assert connection.transport.was_reset
        (record,) = [each for each in errors(caplog) if each.name == "tidewire.server"]
        assert "1 handlers go on" in record.getMessage()
    finally:
        stop.set()  # or a failure here would have the event loop wait for this handler, for ever
        await asyncio.sleep(0)


async def test_a_handler_may_shut_its_server_down() -> None:
    async def handler(request: BaseRequest) -> Response:
        await server.shutdown(1.0)
        return Response()

    server = Server(handler)
    connection = Client(server).connect()
    connection.send(request())
    await connection.until(lambda: connection.transport.was_reset)


async def test_a_connection_that_comes_while_it_shuts_down_is_closed() -> None:
    server = Server(returns)
    server.pre_shutdown()
    connection = Client(server).connect()
    assert connection.transport.is_closing()
    await server.shutdown(0)
    connection.transport.settle()
    assert server.connections == []


# -- circles --------------------------------------------------------------------------------------


async def returns(request: BaseRequest) -> Response:
    return Response(text="x")


async def raises_http(request: BaseRequest) -> Response:
    raise HTTPNotFound


async def waits_and_raises_http(request: BaseRequest) -> Response:
    await asyncio.sleep(0)
    raise HTTPNotFound


async def raises_http_for_something(request: BaseRequest) -> Response:
    await asyncio.sleep(0)
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        raise HTTPNotFound  # noqa: B904


async def returns_http_that_was_raised(request: BaseRequest) -> Response:
    await asyncio.sleep(0)
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        try:
            raise HTTPNotFound from error
        except HTTPNotFound as exception:
            return exception


async def reads(request: BaseRequest) -> Response:
    return Response(body=await request.content.read())


async def streams(request: BaseRequest) -> StreamResponse:
    response = StreamResponse()
    await response.prepare(request)
    return response


@pytest.mark.parametrize(
    "handler",
    [
        returns,
        raises_http,
        waits_and_raises_http,
        raises_http_for_something,
        returns_http_that_was_raised,
        reads,
        streams,
    ],
)
@pytest.mark.parametrize("body", [b"", b"body"])
async def test_no_circle_keeps_a_request(
    handler: Callable[[BaseRequest], Awaitable[StreamResponse]], body: bytes
) -> None:
    seen: list[weakref.ref[BaseRequest]] = []

    async def spy(request: BaseRequest) -> StreamResponse:
        seen.append(weakref.ref(request))
        return await handler(request)

    server = Server(spy)
    connection = Client(server).connect()
    gc.collect()
    gc.disable()
    try:
        await connection.ask(request(method="POST", body=body), "POST")
        for _ in range(3):
            await asyncio.sleep(0)
        assert seen[0]() is None
    finally:
        gc.enable()
    await server.shutdown(1.0)

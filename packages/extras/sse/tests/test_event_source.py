"""Streams of events: what goes out, clients that go, clients that do not read, and a browser."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tidewire_sse import EventSourceResponse, sse_response
from tidewire_testing import WireAnswer, WireClient
from tidewire_web import Application, AppRunner, Request, Response, StreamResponse, TCPSite

Serve = Callable[..., Awaitable[WireClient]]


def app_of(handler: Any) -> Application:
    app = Application()
    app.router.add_route("*", "/", handler)
    return app


def problems(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


# -- what goes out --------------------------------------------------------------------------------


async def test_events_go_out_at_once_behind_the_fields_of_a_stream(serve: Serve) -> None:
    go = asyncio.Event()

    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request, sep="\n") as response:
            await response.send("one", id="1")
            await go.wait()
            await response.send("two\nlines", event="more", retry=5)
        return response

    connection = (await serve(app_of(handler))).connect()
    connection.send("/")
    await connection.until(lambda: b"one" in connection.transport.sent)
    assert not connection.transport.is_closing()
    go.set()
    await connection.until(connection.transport.is_closing)
    answer = WireAnswer.read(connection.transport.written, "GET")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.body == b"id: 1\ndata: one\n\nevent: more\ndata: two\ndata: lines\nretry: 5\n\n"


async def test_it_can_be_awaited_and_has_the_fields_that_it_is_given(serve: Serve) -> None:
    class Own(EventSourceResponse):
        pass

    async def handler(request: Request) -> StreamResponse:
        response = await sse_response(
            request,
            status=201,
            reason="Fine",
            headers={"cache-control": "no-store", "X-Own": "1"},
            response_cls=Own,
        )
        assert type(response) is Own
        await response.send("x")
        return response

    answer = await (await serve(app_of(handler))).ask()
    assert (answer.status, answer.body) == (201, b"data: x\r\n\r\n")
    assert answer.headers.get_all("Cache-Control") == ["no-store"]
    assert answer.headers["X-Own"] == "1"


@pytest.mark.parametrize(("line", "known"), [(("Last-Event-ID: 7",), "7"), ((), None)])
async def test_a_client_that_comes_back_says_what_it_knows(
    serve: Serve, line: tuple[str, ...], known: str | None
) -> None:
    seen: list[str | None] = []

    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request) as response:
            seen.append(response.last_event_id)
        return response

    await (await serve(app_of(handler))).ask("/", *line)
    assert seen == [known]


@pytest.mark.parametrize(
    ("method", "all_methods", "status"),
    [("GET", False, 200), ("POST", False, 405), ("HEAD", False, 405), ("POST", True, 200)],
)
async def test_other_methods_are_answered_only_where_that_is_wanted(
    serve: Serve, method: str, all_methods: bool, status: int
) -> None:
    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request, allow_all_methods=all_methods) as response:
            await response.send("x")
        return response

    answer = await (await serve(app_of(handler))).ask(method=method)
    assert answer.status == status
    assert answer.headers["Allow"] == (None if status == 200 else "GET")


async def test_comments_are_sent_while_nothing_else_is(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request, ping_interval=0.001, sep="\n") as response:
            await response.wait()
        return response

    connection = (await serve(app_of(handler))).connect()
    connection.send("/")
    await connection.until(lambda: connection.transport.written.count(b": ping\n\n") >= 3, seconds=20)
    connection.transport.lose()


# -- wrong use ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"sep": "\n\n"}, ValueError),
        ({"sep": ""}, ValueError),
        ({"ping_interval": 0}, ValueError),
        ({"ping_interval": -1}, ValueError),
        ({"ping_interval": float("nan")}, ValueError),
        ({"ping_interval": "1"}, TypeError),
        ({"send_timeout": 0}, ValueError),
    ],
)
def test_wrong_arguments_are_refused(arguments: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        EventSourceResponse(**arguments)


async def test_nothing_works_before_it_is_prepared() -> None:
    response = EventSourceResponse(send_timeout=None)
    assert (response.is_connected(), response.ping_interval, response.send_timeout) == (False, 15, None)
    with pytest.raises(RuntimeError):
        await response.send("x")
    with pytest.raises(RuntimeError):
        await response.wait()
    with pytest.raises(RuntimeError):
        response.stop_streaming()
    with pytest.raises(RuntimeError):
        _ = response.last_event_id
    with pytest.raises(NotImplementedError):
        response.enable_compression()


@pytest.mark.parametrize("wrong", [Response, StreamResponse, 1, EventSourceResponse()])
async def test_another_class_of_response_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="a subclass of EventSourceResponse"):
        await sse_response(cast(Request, None), response_cls=wrong)


async def test_a_wrong_event_breaks_nothing(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request) as response:
            with pytest.raises(ValueError, match="line breaks"):
                await response.send("x", id="a\nb")
            await response.send("y")
        return response

    assert (await (await serve(app_of(handler))).ask()).body == b"data: y\r\n\r\n"


async def test_after_the_end_nothing_is_sent(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = await sse_response(request)
        assert await response.prepare(request) is not None
        await response.write_eof()
        assert not response.is_connected()
        with pytest.raises(RuntimeError, match="has ended"):
            await response.send("x")
        return response

    assert (await (await serve(app_of(handler))).ask()).body == b""


# -- clients that go, and clients that do not read ------------------------------------------------


async def test_who_waits_learns_at_once_that_the_client_has_gone(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    ends: list[Any] = []

    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request) as response:
            await response.send("x")
            await response.wait()
            ends.append(response.is_connected())
            for attempt in (response.send("y"), response.prepare(request)):
                with pytest.raises(ConnectionResetError):
                    await attempt
        return response

    connection = (await serve(app_of(handler))).connect()
    connection.send("/")
    await connection.until(lambda: b"data: x" in connection.transport.written)
    connection.transport.lose(ConnectionResetError())
    await connection.until(lambda: ends)
    assert ends == [False]
    assert problems(caplog) == []


async def test_a_client_that_does_not_read_holds_up_the_sender_and_is_then_cut_off(serve: Serve) -> None:
    sent = 0
    ends: list[str] = []

    async def handler(request: Request) -> StreamResponse:
        nonlocal sent
        response = EventSourceResponse(send_timeout=0.02, ping_interval=100)
        await response.prepare(request)
        try:
            while True:
                await response.send("x" * 10000)
                sent += 1
        except TimeoutError as error:
            ends.append(str(error))
        assert not response.is_connected()
        return response

    connection = (await serve(app_of(handler))).connect()
    connection.transport.hold_writes()
    connection.send("/")
    await connection.until(lambda: connection.transport.was_reset, seconds=20)
    assert ends == ["the client has not read for 0.02 seconds"]
    # It was held up long before: memory is bounded.
    assert 0 < sent < 200


async def test_a_client_that_reads_again_gets_everything(serve: Serve) -> None:
    waits: list[int] = []

    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request, send_timeout=5) as response:
            for number in range(50):
                await response.send(f"{number}:" + "x" * 10000)
                waits.append(number)
        return response

    connection = (await serve(app_of(handler))).connect()
    connection.transport.hold_writes()
    connection.send("/")
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(waits) < 50
    connection.transport.release_writes()
    await connection.until(connection.transport.is_closing)
    body = WireAnswer.read(connection.transport.written, "GET").text
    assert [event.partition(":x")[0] for event in body.split("\r\n\r\n")] == [
        *(f"data: {number}" for number in range(50)), "",
    ]  # fmt: skip


async def test_comments_and_events_of_several_tasks_stand_one_after_the_other(serve: Serve) -> None:
    began: list[int] = []

    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request, send_timeout=15, ping_interval=0.001) as response:

            async def send(number: int) -> None:
                began.append(number)
                await response.send("\n".join([f"{number}:" + "x" * 1000] * 300), id=str(number))

            await asyncio.gather(*map(send, range(3)))
        return response

    connection = (await serve(app_of(handler))).connect()
    connection.transport.hold_writes()
    connection.send("/")
    await connection.until(lambda: len(began) == 3)
    held = len(connection.transport.written)
    for _ in range(30):
        await asyncio.sleep(0.001)  # many times the interval of comments
    # Nothing piles up while the client does not read.
    meanwhile = connection.transport.written[held:]
    assert len(meanwhile) < 300000
    assert meanwhile.count(b": ping") <= 1
    connection.transport.release_writes()
    await connection.until(connection.transport.is_closing)
    blocks = WireAnswer.read(connection.transport.written, "GET").text.split("\r\n\r\n")
    assert blocks.pop() == ""
    events = [block.split("\r\n") for block in blocks if block != ": ping"]
    assert [(event[0], len(event), {line[:8] for line in event[1:]}) for event in events] == [
        (f"id: {number}", 301, {f"data: {number}:"}) for number in range(3)
    ]


async def test_a_comment_that_cannot_be_sent_ends_the_wait(serve: Serve) -> None:
    ends: list[bool] = []

    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request, send_timeout=0.01, ping_interval=0.01) as response:
            await response.write(b": " + b"x" * 200000 + b"\r\n")
            await response.wait()
            ends.append(response.is_connected())
        return response

    connection = (await serve(app_of(handler))).connect()
    connection.transport.hold_writes()
    connection.send("/")
    await connection.until(lambda: ends, seconds=20)
    assert ends == [False]
    assert connection.transport.was_reset


async def test_a_handler_that_fails_leaves_no_task(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = await sse_response(request)
        await response.send("x")
        raise ValueError("x")

    before = asyncio.all_tasks()
    client = await serve(app_of(handler), logger=_quiet())
    connection = client.connect()
    connection.send("/")
    await connection.until(lambda: connection.transport.is_closing() and asyncio.all_tasks() == before)
    assert connection.transport.was_reset


async def test_streams_end_when_somebody_says_so(serve: Serve) -> None:
    streams: list[EventSourceResponse] = []

    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request) as response:
            streams.append(response)
            await response.wait()
        return response

    connection = (await serve(app_of(handler))).connect()
    connection.send("/")
    await connection.until(lambda: streams)
    streams[0].stop_streaming()
    await connection.until(connection.transport.is_closing)
    assert WireAnswer.read(connection.transport.written, "GET").status == 200


# -- real sockets ---------------------------------------------------------------------------------


@pytest.fixture
async def listen() -> Any:
    """Runs an application on a port of the loopback, which it returns."""
    runners: list[AppRunner] = []

    async def start(app: Application) -> int:
        runners.append(AppRunner(app, shutdown_timeout=1.0))
        await runners[-1].setup()
        await TCPSite(runners[-1], "127.0.0.1", 0).start()
        port: int = runners[-1].addresses[0][1]
        return port

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no such option")
async def test_the_system_is_told_the_timeout_while_the_stream_lasts(listen: Any) -> None:
    seen: list[int] = []

    async def handler(request: Request) -> StreamResponse:
        sock = request.get_extra_info("socket")

        def look() -> None:
            seen.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))

        look()
        async with sse_response(request, send_timeout=7) as response:
            look()
        await response.write_eof()
        look()
        return response

    port = await listen(app_of(handler))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    await reader.read()
    writer.close()
    await writer.wait_closed()
    assert seen == [seen[0], 7000, seen[0]]


async def test_the_clients_iterator_reads_the_same_events(listen: Any) -> None:
    client = pytest.importorskip("tidewire_client", reason="tidewire-client is not installed")

    async def handler(request: Request) -> StreamResponse:
        async with sse_response(request, ping_interval=0.005) as response:
            await response.send(f"from {request.headers.get('Last-Event-ID')}", id="8")
            async with asyncio.timeout(1):
                # Comments are not events.
                while request.exchange.bytes_sent < 200 and response.is_connected():  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            await response.send("two\nlines \u20ac", event="more", retry=50)
            await response.send("", id="")
        return response

    port = await listen(app_of(handler))
    async with (
        client.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/", headers={"Last-Event-ID": "7"}) as response,
    ):
        events = [tuple(event) async for event in client.iter_events(response)]
    assert events == [
        ("message", "from 7", "8", None),
        ("more", "two\nlines \u20ac", "8", 50),
        ("message", "", "", 50),
    ]


PAGE = """<!doctype html><p id="result"></p><script>
const seen = [];
const source = new EventSource("/events");
source.onmessage = (event) => { seen.push(`${event.data}/${event.lastEventId}`); };
source.addEventListener("end", (event) => {
  seen.push(`end ${event.data}`);
  source.close();
  fetch("/seen", {method: "POST", body: seen.join(";")});
});
</script>"""
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.peer("chromium")
async def test_a_browsers_event_source_reads_events_and_comes_back_with_the_last_id(
    listen: Any, tmp_path: Path
) -> None:
    asked: list[str | None] = []
    seen: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def page(request: Request) -> Response:
        return Response(text=PAGE, content_type="text/html")

    async def events(request: Request) -> StreamResponse:
        async with sse_response(request) as response:
            asked.append(response.last_event_id)
            if response.last_event_id is None:
                # It is to come back soon, knowing the second event.
                await response.send("one", id="1", retry=10)
                await response.send("two\nlines \u20ac", id="2")
            else:
                await response.send("of the stream", event="end")
                await response.wait()
        return response

    async def take(request: Request) -> Response:
        seen.set_result(await request.text())
        return Response()

    app = Application()
    app.router.add_get("/", page)
    app.router.add_get("/events", events, allow_head=False)
    app.router.add_post("/seen", take)
    port = await listen(app)
    process = await asyncio.create_subprocess_exec(
        "chromium",
        *FLAGS,
        f"--user-data-dir={tmp_path}",
        f"http://127.0.0.1:{port}/",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(50):
            assert await seen == "one/1;two\nlines \u20ac/2;end of the stream"
    finally:
        process.terminate()
        await process.wait()
    assert asked == [None, "2"]


def _quiet() -> logging.Logger:
    logger = logging.getLogger("of-these-tests")
    logger.disabled = True
    return logger

"""Access logs: a record for each request that was answered, whatever became of it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from web_client import Client, request

from tidewire_web import (
    AbstractAccessLogger,
    AccessLogger,
    BaseRequest,
    HTTPNotFound,
    JsonAccessLogger,
    Response,
    Server,
    StreamResponse,
)

MakeServer = Callable[..., Server]
EVERYTHING = '%a %P "%r" %s %b %T %Tf %D %{X-Asked}i %{X-None}i %{X-Told}o %{X-None}o %%'


@pytest.fixture
async def make_server() -> AsyncIterator[MakeServer]:
    """Makes servers, which are shut down in the end."""
    servers: list[Server] = []

    def make(handler: Callable[[Any], Awaitable[Any]], **options: Any) -> Server:
        servers.append(Server(handler, **options))
        return servers[-1]

    yield make
    for server in servers:
        await server.shutdown(0)


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> Callable[[], list[Any]]:
    """Turns the access log on; gives its records."""
    caplog.set_level(logging.INFO, "tidewire.access")
    return lambda: [record for record in caplog.records if record.name == "tidewire.access"]


async def answers(request: BaseRequest) -> Response:
    return Response(text="hello", headers={"X-Told": "so"})


async def test_a_line_for_a_request(make_server: MakeServer, records: Callable[[], list[Any]]) -> None:
    connection = Client(make_server(answers)).connect()
    connection.send(request("/path?query", "Referer: http://here/", "User-Agent: tester/1"))
    await connection.until(records)
    size = len(connection.transport.written)
    (record,) = records()
    assert record.levelno == logging.INFO
    line = r'192\.0\.2\.1 \[[^]]+\] "GET /path\?query HTTP/1\.1" 200 \d+ "http://here/" "tester/1"'
    assert re.fullmatch(line, record.getMessage())
    assert (record.response_size, record.response_status) == (size, 200)
    assert record.remote_address == "192.0.2.1"
    assert record.request_header == {"Referer": "http://here/", "User-Agent": "tester/1"}


async def test_every_atom(make_server: MakeServer, records: Callable[[], list[Any]]) -> None:
    connection = Client(make_server(answers, access_log_format=EVERYTHING)).connect()
    await connection.ask(request("/", "X-Asked: why"))
    (record,) = records()
    start, told, whole, fraction, micro, fields = re.fullmatch(
        r'(192\.0\.2\.1 <\d+> "GET / HTTP/1\.1" 200) (\d+) (\d+) (\d+\.\d{6}) (\d+) (.*)', record.getMessage()
    ).groups()  # type: ignore[union-attr]  # it matches, or the test fails
    assert f"<{os.getpid()}>" in start
    assert int(told) == len(connection.transport.written)
    assert round(float(fraction)) == int(whole)
    assert abs(float(fraction) * 1_000_000 - int(micro)) <= 1
    assert fields == "why - so - %"
    assert record.process_id == f"<{os.getpid()}>"
    assert record.first_request_line == "GET / HTTP/1.1"
    assert (record.request_time, record.request_time_frac, record.request_time_micro) == (
        whole,
        fraction,
        micro,
    )
    assert record.request_header == {"X-Asked": "why", "X-None": "-"}
    assert record.response_header == {"X-Told": "so", "X-None": "-"}


async def test_what_clients_send_is_escaped(
    make_server: MakeServer, records: Callable[[], list[Any]]
) -> None:
    server = make_server(answers, access_log_format='"%r" "%{User-Agent}i"')
    data = b'GET /"x HTTP/1.1\r\nHost: x\r\nUser-Agent: \xff " 200 \\ "\r\n\r\n'.replace(b'/"x', b"/x")
    await Client(server).connect().ask(data)
    (record,) = records()
    assert record.getMessage() == r'"GET /x HTTP/1.1" "\xff \x22 200 \x5c \x22"'
    assert record.getMessage().isascii()


async def test_json_lines(make_server: MakeServer, records: Callable[[], list[Any]]) -> None:
    server = make_server(answers, access_log_class=JsonAccessLogger)
    connection = Client(server).connect()
    await connection.ask(b'GET /a?"b" HTTP/1.1\r\nHost: x\r\nUser-Agent: \xff"\r\n\r\n'.replace(b'"b"', b"b"))
    (record,) = records()
    assert "\n" not in record.getMessage()
    line = json.loads(record.getMessage())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("request_start_time"))
    assert 0 <= line.pop("request_time_frac") < 5
    assert line == {
        "remote_address": "192.0.2.1",
        "first_request_line": "GET /a?b HTTP/1.1",
        "response_status": 200,
        "response_size": len(connection.transport.written),
        "request_header": {"Referer": None, "User-Agent": '\\xff"'},
    }


async def test_json_lines_have_what_the_format_asks_for(
    make_server: MakeServer, records: Callable[[], list[Any]]
) -> None:
    server = make_server(
        answers, access_log_class=JsonAccessLogger, access_log_format="%P %T %D %{x-told}o %a"
    )
    connection = Client(server).connect(peername=None)
    await connection.ask(request())
    line = json.loads(records()[0].getMessage())
    assert list(line) == [
        "process_id",
        "request_time",
        "request_time_micro",
        "response_header",
        "remote_address",
    ]
    assert line["process_id"] == os.getpid()
    assert isinstance(line["request_time_micro"], int)
    assert line["response_header"] == {"x-told": "so"}
    assert line["remote_address"] is None


@pytest.mark.parametrize("name", [None, ""])
async def test_a_peer_without_an_address(
    make_server: MakeServer, records: Callable[[], list[Any]], name: str | None
) -> None:
    for kind in (AccessLogger, JsonAccessLogger):
        server = make_server(answers, access_log_class=kind, access_log_format="%a")
        await Client(server).connect(peername=name).ask(request())
    assert [record.getMessage() for record in records()] == ["-", '{"remote_address": null}']


# -- when there is a record -----------------------------------------------------------------------


async def test_whatever_a_handler_does_there_is_one_record(
    make_server: MakeServer, records: Callable[[], list[Any]]
) -> None:
    async def handler(request: BaseRequest) -> Any:
        if request.path == "/404":
            raise HTTPNotFound
        if request.path == "/504":
            raise TimeoutError
        if request.path == "/500":
            return None
        response = StreamResponse(status=201)
        await response.prepare(request)
        await asyncio.sleep(0)
        await response.write(b"x" * 1000)
        if request.path == "/broken":
            raise ZeroDivisionError
        await response.write_eof()
        return response if request.path == "/201" else None

    server = make_server(handler, access_log_format="%r %s %b")
    statuses = {"/404": 404, "/504": 504, "/500": 500, "/201": 201, "/none": 201, "/broken": 201}
    for path, status in statuses.items():
        connection = Client(server).connect()
        connection.send(request(path))
        await connection.until(lambda: len(records()) == list(statuses).index(path) + 1)  # noqa: B023 - at once
        size = len(connection.transport.written)
        assert records()[-1].getMessage() == f"GET {path} HTTP/1.1 {status} {size}"


async def test_pipelined_requests_have_sizes_of_their_own(
    make_server: MakeServer, records: Callable[[], list[Any]]
) -> None:
    async def handler(request: BaseRequest) -> Response:
        if request.path != "/0":
            await asyncio.sleep(0)
        return Response(body=bytes(10 ** int(request.path[1:])))

    connection = Client(make_server(handler, access_log_format="%b")).connect()
    connection.send(b"".join(request(f"/{number}") for number in range(4)))
    await connection.until(lambda: len(records()) == 4)
    sizes = [record.response_size for record in records()]
    assert sum(sizes) == len(connection.transport.written)
    assert [size - 10**number in range(100, 300) for number, size in enumerate(sizes)] == [True] * 4


@pytest.mark.parametrize("cancelled", [True, False])
async def test_clients_that_go_before_they_are_answered_are_499(
    make_server: MakeServer, records: Callable[[], list[Any]], cancelled: bool
) -> None:
    go = asyncio.Event()

    async def handler(request: BaseRequest) -> Response:
        await go.wait()
        raise ConnectionResetError

    server = make_server(handler, access_log_format="%r %s", handler_cancellation=cancelled)
    connection = Client(server).connect()
    connection.send(request())
    await asyncio.sleep(0)
    connection.transport.lose(None)
    if not cancelled:
        go.set()
    await connection.until(records)
    assert [record.getMessage() for record in records()] == ["GET / HTTP/1.1 499"]


async def test_what_is_no_request_has_a_record(
    make_server: MakeServer, records: Callable[[], list[Any]]
) -> None:
    server = make_server(answers, access_log_format='%a "%r" %s %b "%{User-Agent}i"')
    for data in (
        b"\x16\x03\x01\x02\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/3.0\r\nHost: x\r\n\r\n",
    ):
        connection = Client(server).connect()
        connection.send(data, "GET")
        size = len(connection.transport.written)
        assert size
        status = 505 if b"3.0" in data else 400
        assert records()[-1].getMessage() == f'192.0.2.1 "UNKNOWN / HTTP/1.0" {status} {size} "-"'
    assert len(records()) == 3


async def test_connections_without_a_request_have_none(
    make_server: MakeServer, records: Callable[[], list[Any]]
) -> None:
    server = make_server(answers)
    for begun in (b"", b"\r\n"):
        connection = Client(server).connect()
        if begun:
            connection.transport.feed(begun)
        connection.transport.feed_eof()
        connection.transport.settle()
    assert records() == []


# -- when there is none ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["no logger", "level"])
async def test_an_access_log_that_is_off(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    caplog.set_level(logging.INFO if how == "no logger" else logging.WARNING, "tidewire.access")
    options = {"access_log": None} if how == "no logger" else {}
    server = make_server(answers, **options)
    assert (await Client(server).get()).status == 200
    assert (await Client(server).ask(b"nonsense\r\n\r\n", "GET")).status == 400
    assert caplog.records == []


async def test_a_level_that_changes_is_seen(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "tidewire.access")
    server = make_server(answers)
    await Client(server).connect().ask(request())
    assert caplog.records == []
    caplog.set_level(logging.INFO, "tidewire.access")
    server._tick("a second later")
    await Client(server).connect().ask(request())
    assert len(caplog.records) == 1


# -- loggers of one's own -------------------------------------------------------------------------


async def test_a_logger_of_ones_own(make_server: MakeServer) -> None:
    seen: list[tuple[Any, ...]] = []

    class Mine(AbstractAccessLogger):
        def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
            seen.append((self.logger, self.log_format, request.path, response.status, type(time)))

    logger = logging.getLogger("mine")
    server = make_server(answers, access_log_class=Mine, access_log=logger, access_log_format="anything")
    assert Mine(logger, "x").enabled
    await Client(server).get("/path")
    assert seen == [(logger, "anything", "/path", 200, float)]


async def test_a_logger_that_fails_harms_nobody(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    class Mine(AbstractAccessLogger):
        def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
            raise ZeroDivisionError

    server = make_server(answers, access_log_class=Mine)
    connection = Client(server).connect()
    for number in range(2):
        assert (await connection.ask(request())).status == 200
        (record,) = caplog.records[number:]
        assert (record.name, record.levelno) == ("tidewire.server", logging.ERROR)
        assert record.exc_info is not None
        assert record.exc_info[0] is ZeroDivisionError


async def test_a_logger_that_cannot_say_whether_it_is_enabled_harms_nobody(
    make_server: MakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    class Mine(AbstractAccessLogger):
        @property
        def enabled(self) -> bool:
            raise ZeroDivisionError

        def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
            raise AssertionError

    server = make_server(answers, access_log_class=Mine)
    server._tick("a second later")
    assert (await Client(server).get()).status == 200
    assert (await Client(server).ask(b"nonsense\r\n\r\n", "GET")).status == 400
    assert {record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING} == {
        "Error in the access logger"
    }


@pytest.mark.parametrize("kind", [AccessLogger, JsonAccessLogger])
def test_a_value_that_fails_is_logged_and_goes_no_further(
    kind: type[AbstractAccessLogger], caplog: pytest.LogCaptureFixture
) -> None:
    nothing: Any = None
    kind(logging.getLogger("mine"), "%s").log(nothing, nothing, 0.0)
    (record,) = caplog.records
    assert (record.name, record.levelno, record.getMessage()) == (
        "mine",
        logging.ERROR,
        "Error in the access log",
    )


@pytest.mark.parametrize("kind", [None, "AccessLogger", object, logging.Logger])
async def test_a_class_that_is_none_of_access_loggers(kind: Any) -> None:
    with pytest.raises(TypeError):
        Server(answers, access_log_class=kind)


@pytest.mark.parametrize("kind", [AccessLogger, JsonAccessLogger])
async def test_a_format_that_is_wrong_is_found_at_once(kind: Any) -> None:
    with pytest.raises(ValueError, match="atom"):
        Server(answers, access_log_class=kind, access_log_format="%q")


def test_the_default_format() -> None:
    assert AccessLogger.LOG_FORMAT == '%a %t "%r" %s %b "%{Referer}i" "%{User-Agent}i"'
    assert AccessLogger(logging.getLogger("x")).log_format == AccessLogger.LOG_FORMAT
    assert (
        JsonAccessLogger(logging.getLogger("x"), AccessLogger.LOG_FORMAT).log_format
        == JsonAccessLogger.LOG_FORMAT
    )

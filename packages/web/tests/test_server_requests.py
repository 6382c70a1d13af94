"""Requests of odd forms, byte for byte, and what RFC 9110 and 9112 want to be answered."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
from web_client import Client, Connection

from tidewire_web import Application, AppRunner, BaseRequest, Request, Response, Server, View


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """An application that tells what it was asked for."""

    async def tells(request: Request) -> Response:
        return Response(text=f"{request.method} {request.host} {request.url}")

    class Viewed(View):
        async def get(self) -> Response:
            return Response()

    app = Application()
    app.router.add_get("/", tells)
    app.router.add_post("/form", tells)
    app.router.add_route("*", "/any", tells)
    app.router.add_view("/view", Viewed)
    runner = AppRunner(app, access_log=None)
    await runner.setup()
    assert runner.server is not None
    yield Client(runner.server)
    await runner.cleanup()


async def told(connection: Connection, data: bytes) -> tuple[int, str]:
    answer = await connection.ask(data, data.split(b" ")[0].decode())
    return answer.status, answer.text


@pytest.mark.parametrize(
    ("data", "status", "text"),
    [
        # Host (RFC 9112, section 3.2).
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, "GET a http://a/"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, ""),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, ""),
        (b"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", 400, ""),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, ""),
        (b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, ""),
        (b"GET / HTTP/1.1\r\nHost: a/\r\n\r\n", 400, ""),
        (b"GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n", 400, ""),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, ""),
        (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, ""),
        (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 200, "GET 192.0.2.80:8080 http://192.0.2.80:8080/"),
        (b"GET / HTTP/1.0\r\n\r\n", 200, "GET 192.0.2.80:8080 http://192.0.2.80:8080/"),
        # The host of the target goes before it (section 3.2.2); its scheme is not believed.
        (b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 200, "GET b http://b/"),
        (b"GET http://b HTTP/1.1\r\nHost: a\r\n\r\n", 200, "GET b http://b/"),
        (b"GET https://b:81/?x HTTP/1.1\r\nHost: a\r\n\r\n", 200, "GET b:81 http://b:81/?x"),
        (b"GET http://[::1]:8/ HTTP/1.1\r\nHost: a\r\n\r\n", 200, "GET [::1]:8 http://[::1]:8/"),
        (b"GET http://b/ HTTP/1.0\r\n\r\n", 200, "GET b http://b/"),
        (b"GET http://b/ HTTP/1.1\r\n\r\n", 400, ""),
        (b"GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"GET http:/b HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"GET http://u@b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"GET b HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        # OPTIONS (RFC 9110, section 9.3.7).
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 204, ""),
        (b"OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", 405, ""),
        (b"OPTIONS /any HTTP/1.1\r\nHost: a\r\n\r\n", 200, "OPTIONS a http://a/any"),
        (b"OPTIONS /none HTTP/1.1\r\nHost: a\r\n\r\n", 404, ""),
        (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        # CONNECT (section 9.3.6): this is no proxy.
        (b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501, ""),
        (b"CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"CONNECT a: HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"CONNECT a:x HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"CONNECT /any HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"CONNECT http://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"GET a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 400, ""),
        # TRACE (section 9.3.8), and methods that nobody knows.
        (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405, ""),
        (b"TRACE /view HTTP/1.1\r\nHost: a\r\n\r\n", 405, ""),
        (b"TRACE /none HTTP/1.1\r\nHost: a\r\n\r\n", 404, ""),
        (b"MAKE / HTTP/1.1\r\nHost: a\r\n\r\n", 405, ""),
        (b"MAKE /any HTTP/1.1\r\nHost: a\r\n\r\n", 200, "MAKE a http://a/any"),
        (b"get / HTTP/1.1\r\nHost: a\r\n\r\n", 405, ""),
        # Versions (section 2.5).
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, ""),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, ""),
        (b"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505, ""),
        (b"GET / http/1.1\r\nHost: a\r\n\r\n", 400, ""),
        (b"GET /\r\n\r\n", 400, ""),
        # Framing.
        (b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", 400, ""),
        (b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", 400, ""),
        (
            b"POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            400,
            "",
        ),
        (b"POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, ""),
        (b"POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400, ""),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, ""),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431, ""),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: x\r\n" * 200 + b"\r\n", 431, ""),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n", 400, ""),
    ],
)
async def test_what_is_answered(
    client: Client, caplog: pytest.LogCaptureFixture, data: bytes, status: int, text: str
) -> None:
    caplog.set_level(logging.INFO, "tidewire.server")
    connection = client.connect()
    got = await told(connection, data)
    assert got == (status, text) if text else got[0] == status
    assert len(caplog.records) <= 1
    assert all(record.levelno == logging.INFO and len(record.getMessage()) < 600 for record in caplog.records)
    if status in (200, 204, 404, 405) and b"HTTP/1.0" not in data:
        # What was understood leaves the connection as it was.
        assert await told(connection, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == (200, "GET a http://a/")


async def test_405_says_what_is_allowed(client: Client) -> None:
    for path, allowed in (("/", "GET,HEAD"), ("/form", "POST"), ("/view", "GET")):
        answer = await client.get(path, method="TRACE")
        assert (answer.status, answer.fields["Allow"]) == (405, allowed)


async def test_after_a_tunnel_was_declined_the_connection_speaks_http(client: Client) -> None:
    connection = client.connect()
    data = b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
    connection.send(data, "CONNECT", "GET")
    await connection.until(lambda: len(connection.look()) == 2 and connection.answers[1].complete)
    assert [answer.status for answer in connection.answers] == [501, 200]


async def test_a_server_without_an_application_gets_it_all() -> None:
    async def tells(request: BaseRequest) -> Response:
        return Response(text=f"{request.method} {request.raw_path}")

    server = Server(tells, access_log=None)
    for data in (b"OPTIONS * ", b"TRACE / ", b"MAKE /x "):
        answer = await Client(server).ask(data + b"HTTP/1.1\r\nHost: a\r\n\r\n", "GET")
        assert (answer.status, answer.text) == (200, data.decode().strip())
    await server.shutdown(0)


@pytest.mark.parametrize(
    ("data", "level"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", logging.DEBUG),
        (b"nonsense\r\n\r\n", logging.DEBUG),
        (b"GET / HTTP/1.1\r\n\r\n", logging.INFO),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\x1b[31m\xff: x\r\n\r\n", logging.INFO),
    ],
)
async def test_refusals_are_logged_once_and_escaped(
    client: Client, caplog: pytest.LogCaptureFixture, data: bytes, level: int
) -> None:
    caplog.set_level(logging.DEBUG, "tidewire.server")
    await client.ask(data, "GET")
    (record,) = caplog.records
    assert record.levelno == level
    assert record.getMessage().startswith("Refused a request from 192.0.2.1 with 400: ")
    assert record.getMessage().isascii()
    assert record.getMessage().isprintable()
    assert record.exc_info is None

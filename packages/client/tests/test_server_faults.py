"""Servers that break HTTP, or break off: each has its error, and its connection is not used again."""

from __future__ import annotations

import asyncio
import gc
import gzip
import socket
import weakref
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from error_circles import check_in_no_circle
from service import RawServer, Service
from yarl import URL

from tidewire_client import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientPayloadError,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    CookieJar,
    DigestAuthMiddleware,
    InvalidUrlRedirectClientError,
    NonHttpUrlRedirectClientError,
    RetryMiddleware,
    ServerDisconnectedError,
    SocketTimeoutError,
    TCPConnector,
    TooManyRedirects,
)

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
OK = b"HTTP/1.1 200 OK\r\n"
UNANSWERABLE = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest nonce=a\r\nContent-Length: 0\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


async def next_is_right(session: ClientSession, server: RawServer) -> None:
    """The next request on the session is answered, on a connection of its own, and nothing is left of the last."""
    heads = len(server.heads)
    async with session.get(server.url) as response:
        assert await response.read() == b"good"
    assert len(server.heads) == heads + 1


@pytest.mark.parametrize(
    "head",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x00\x00\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        OK + b"no colon\r\n\r\n",
        OK + b": no name\r\n\r\n",
        OK + b"a b: c\r\n\r\n",
        OK + b"a : c\r\n\r\n",
        OK + b"a: b\x00c\r\n\r\n",
        OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: +1\r\n\r\n",
        OK + b"Content-Length: 18446744073709551621\r\n\r\n",
        OK + b"Content-Length: 0x10\r\n\r\n",
        OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
    ],
    ids=lambda head: repr(head[:60]),
)
async def test_a_head_that_is_malformed(session: ClientSession, head: bytes) -> None:
    async with RawServer(head, GOOD, closes=True) as server:
        with pytest.raises(ClientResponseError) as caught:
            await session.get(server.url)
        assert caught.value.status == 400
        assert caught.value.message
        await next_is_right(session, server)


@pytest.mark.parametrize(
    "flood",
    [
        OK + b"".join(b"X-%d: y\r\n" % number for number in range(200)) + b"\r\n",
        OK + b"X: " + b"y" * 10_000 + b"\r\n\r\n",
        OK + b"X: " + b"y" * 1_000_000,
        OK + b"X" * 1_000_000,
        b"HTTP/1.1 200 " + b"O" * 1_000_000,
        b"\r\n" * 100_000,
        CHUNKED[:-2]
        + b"Trailer: x\r\n\r\n0\r\n"
        + b"".join(b"X-%d: y\r\n" % n for n in range(200))
        + b"\r\n",
    ],
    ids=[
        "fields",
        "long field",
        "endless field",
        "endless name",
        "endless reason",
        "empty lines",
        "trailers",
    ],
)
async def test_a_flood(session: ClientSession, flood: bytes) -> None:
    async with RawServer(flood, GOOD, closes=True) as server:
        with pytest.raises((ClientResponseError, ClientPayloadError)):
            async with session.get(server.url) as response:
                await response.read()
        await next_is_right(session, server)


@pytest.mark.parametrize(
    ("answer", "received", "expected", "framing"),
    [
        (OK + b"Content-Length: 10\r\n\r\n12345", 5, 10, "content-length"),
        (OK + b"Content-Length: 10\r\n\r\n", 0, 10, "content-length"),
        (CHUNKED, 0, None, "chunked"),
        (CHUNKED + b"5\r\n12345\r\n", 5, None, "chunked"),
        (CHUNKED + b"5\r\n12345", 5, None, "chunked"),
        (CHUNKED + b"5\r\n12345\r\n0\r\n", 5, None, "chunked"),
        (CHUNKED + b"5\r\n1234567\r\n0\r\n\r\n", 5, None, "chunked"),
        (CHUNKED + b"5\r\n12345\r\nx\r\n", 5, None, "chunked"),
        (CHUNKED + b"5\r\n12345\r\n-1\r\n", 5, None, "chunked"),
        (CHUNKED + b"5\r\n12345\r\n10000000000000001\r\n", 5, None, "chunked"),
        (CHUNKED + b"5\r\n12345\r\n5;" + b"x" * 1_000_000, 5, None, "chunked"),
        (CHUNKED + b"5\r\n12345\r\n0\r\nno colon\r\n\r\n", 5, None, "chunked"),
    ],
    ids=lambda value: repr(value[-30:]) if isinstance(value, bytes) else None,
)
async def test_a_body_that_breaks_off_or_is_misframed(
    session: ClientSession, answer: bytes, received: int, expected: int | None, framing: str
) -> None:
    async with RawServer(answer, GOOD, closes=True) as server:
        with pytest.raises(ClientPayloadError) as caught:
            async with session.get(server.url) as response:
                await response.read()
        error = caught.value
        assert (error.received, error.expected, error.framing) == (received, expected, framing)
        await next_is_right(session, server)


@pytest.mark.parametrize(
    "answer", [OK + b"Content-Length: 9\r\n\r\n12345", CHUNKED + b"5\r\n12345", OK + b"\r\n12345"]
)
def test_tls_that_ends_without_goodbye_breaks_a_body_off(
    run: Any, contexts: tuple[Any, Any, bytes], answer: bytes
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.transport.abort()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=contexts[0])
        url = URL.build(scheme="https", host="localhost", port=server.sockets[0].getsockname()[1])
        connector = TCPConnector(ssl=contexts[1], family=socket.AF_INET)
        async with server, ClientSession(connector=connector) as session:
            with pytest.raises(ClientPayloadError) as caught:
                async with session.get(url) as response:
                    await response.read()
            assert caught.value.received == 5

    run(main())


def test_tls_that_ends_with_goodbye_ends_a_body(run: Any, contexts: tuple[Any, Any, bytes]) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK + b"\r\n12345")
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=contexts[0])
        url = URL.build(scheme="https", host="localhost", port=server.sockets[0].getsockname()[1])
        connector = TCPConnector(ssl=contexts[1], family=socket.AF_INET)
        async with server, ClientSession(connector=connector) as session, session.get(url) as response:
            assert await response.read() == b"12345"

    run(main())


async def test_what_is_too_much_is_nobodys_answer(session: ClientSession) -> None:
    async with RawServer(GOOD + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", GOOD) as server:
        for _ in range(2):
            async with session.get(server.url) as response:
                assert await response.read() == b"good"


@pytest.mark.parametrize("cut", range(0, len(CHUNKED) + 15, 3))
async def test_a_server_that_closes_at_every_stage(session: ClientSession, cut: int) -> None:
    answer = (CHUNKED + b"5\r\n12345\r\n0\r\n\r\n")[:cut]
    async with RawServer(answer or None, GOOD, closes=True) as server:
        with pytest.raises((ServerDisconnectedError, ClientPayloadError)):
            async with session.post(server.url, data=b"data") as response:
                await response.read()
        await next_is_right(session, server)


@pytest.mark.parametrize("cut", [0, 10, 30, len(CHUNKED), len(CHUNKED) + 5])
async def test_a_server_that_falls_silent_at_every_stage(cut: int) -> None:
    answer = (CHUNKED + b"5\r\n12345\r\n0\r\n\r\n")[:cut]
    timeout = ClientTimeout(sock_read=0.02)
    async with ClientSession(timeout=timeout) as session, RawServer(answer, GOOD) as server:
        with pytest.raises(SocketTimeoutError) as caught:
            async with session.get(server.url) as response:
                await response.read()
        assert caught.value.clock == "sock_read"


async def test_a_body_that_never_ends_is_read_as_far_as_somebody_wants(session: ClientSession) -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(CHUNKED)
        try:
            while True:
                writer.write(b"10000\r\n" + bytes(65536) + b"\r\n")
                await writer.drain()
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()

    server = await asyncio.start_server(flood, "127.0.0.1", 0)
    url = URL.build(scheme="http", host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    try:
        async with session.get(url) as response:
            assert len(await response.content.readexactly(1_000_000)) == 1_000_000
            assert response.bytes_received < 3_000_000
            assert await response.read_at_most(1_000_000) is None
        for _ in range(5):
            await asyncio.sleep(0)
        assert "0 connections" in repr(session.connector)
    finally:
        server.close()
        await asyncio.sleep(0)


async def test_a_zip_bomb_is_read_in_steps(session: ClientSession) -> None:
    data = zlib.compress(bytes(8_000_000), 9)
    head = OK + b"Content-Encoding: deflate\r\nContent-Length: %d\r\n\r\n" % len(data)
    async with RawServer(head + data, head + data, closes=True) as server:
        async with session.get(server.url) as response:
            assert len(await response.content.read(1000)) == 1000
            assert response.content.total_bytes < 2_000_000
        async with session.get(server.url) as response:
            assert await response.read_at_most(100_000) is None
            assert response.content.total_bytes < 2_000_000


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        (b"gzip", b"no gzip at all"),
        (b"gzip", gzip.compress(b"data" * 100)[:-10]),
        (b"gzip", gzip.compress(b"data" * 100)[:-8] + bytes(8)),
        (b"deflate", b"\xff" * 100),
        (b", ".join([b"gzip"] * 50), b"deep"),
    ],
    ids=["none", "cut", "wrong checksum", "no deflate", "too many"],
)
async def test_content_that_cannot_be_decoded(session: ClientSession, coding: bytes, data: bytes) -> None:
    head = OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (coding, len(data))
    async with RawServer(head + data, GOOD, closes=True) as server:
        with pytest.raises(ClientPayloadError):
            async with session.get(server.url) as response:
                await response.read()
        await next_is_right(session, server)


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("/loop", TooManyRedirects),
        ("http://[::1/", InvalidUrlRedirectClientError),
        ("file:///etc/passwd", NonHttpUrlRedirectClientError),
        ("javascript:alert(1)", NonHttpUrlRedirectClientError),
        ("http://a:99999/", InvalidUrlRedirectClientError),
        ("http://1.2.3/", InvalidUrlRedirectClientError),
        ("http://user:pa%0d%0ass@127.0.0.1/", InvalidUrlRedirectClientError),
        ("http://a..b/", ClientConnectorDNSError),
        (f"http://{'a' * 64}.example/", ClientConnectorDNSError),
        ("http://./", ClientConnectorDNSError),
        ("http://127.0.0.1:0/", ClientConnectorError),
    ],
)
async def test_redirects_that_lead_nowhere(
    service: Service, session: ClientSession, location: str, kind: type[ClientError]
) -> None:
    service.redirect("/loop", location)
    with pytest.raises(kind):
        await session.get(service.url("/loop"))
    assert len(service.seen) <= 10


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"=",
        b"; Path=/",
        b"\x80\xff=\xfe",
        b"a=b; Max-Age=" + b"9" * 5000,
        b"a=b; Expires=nonsense; Domain=..; Path",
        b"a=" + b"x" * 6000,
        b"a=b; Domain=com",
        b'a="',
        b";" * 5000,
    ],
    ids=lambda junk: repr(junk[:30]),
)
async def test_cookies_with_junk(junk: bytes) -> None:
    answer = OK + b"Set-Cookie: " + junk + b"\r\nSet-Cookie: good=1\r\nContent-Length: 4\r\n\r\ngood"
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session, RawServer(answer, GOOD) as server:
        for _ in range(2):
            async with session.get(server.url) as response:
                assert await response.read() == b"good"
                assert response.cookies is not None
        sent = next(line for line in server.heads[1].split(b"\r\n") if line.startswith(b"Cookie: "))
        assert b"good=1" in sent
        assert len(sent) < 9000


async def test_no_more_cookies_are_kept_than_a_response_may_bring(
    session: ClientSession, service: Service
) -> None:
    many: list[Any] = [("Set-Cookie", f"c{number}=1") for number in range(120)]
    service.on("/", lambda seen: seen.answer_with(200, many))
    for _ in range(3):
        async with session.get(service.url()):
            pass
    assert len(session.cookie_jar) <= 50


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (None, {}),
        (b"nonsense\r\n\r\n", {}),
        (OK + b"Content-Length: 4\r\n\r\nno", {}),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone", {"raise_for_status": True}),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone", {}),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", {"max_redirects": 1}),
        (b"HTTP/1.1 302 Found\r\nLocation: ftp://a/\r\nContent-Length: 0\r\n\r\n", {}),
        (OK, {"timeout": 0.01}),
        (OK, {"timeout": ClientTimeout(sock_read=0.01)}),
    ],
)
async def test_an_error_is_in_no_circle(session: ClientSession, answer: bytes | None, how: Any) -> None:
    async with RawServer(answer, None, closes="timeout" not in how) as server:

        async def fetch() -> None:
            async with session.get(server.url, retry=False, **how) as response:
                await response.read()
                response.raise_for_status()

        await check_in_no_circle(fetch(), ClientError, TimeoutError)


@pytest.mark.parametrize(
    ("answer", "middleware"),
    [
        (None, lambda: RetryMiddleware(1)),
        (None, lambda: RetryMiddleware(2, backoff=0.001)),
        (None, lambda: RetryMiddleware(2, budget=0.0)),
        (UNANSWERABLE, lambda: DigestAuthMiddleware("user", "secret")),
    ],
)
async def test_an_error_that_a_middleware_has_seen_is_in_no_circle(
    session: ClientSession, answer: bytes | None, middleware: Callable[[], Any]
) -> None:
    async with RawServer(answer, None, None, closes=True) as server:
        await check_in_no_circle(
            session.get(server.url, retry=False, middlewares=[middleware()]), ClientError
        )


async def test_a_response_is_not_in_a_circle_with_its_task(session: ClientSession) -> None:
    async def fetch(server: RawServer) -> ClientResponse:
        response = await session.get(server.url)
        await response.read()
        return response

    gc.collect()
    gc.disable()
    try:
        async with RawServer(GOOD) as server:
            found = weakref.ref(await asyncio.create_task(fetch(server)))
            await asyncio.sleep(0)
            assert found() is None
    finally:
        gc.enable()

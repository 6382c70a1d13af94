from __future__ import annotations

import asyncio
import gzip
import zlib

import pytest
from fake_time import in_fake_time, in_memory
from service import RawServer, Seen, Service
from yarl import URL

from tidewire_client import (
    ClientConnectionError,
    ClientPayloadError,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ContentTypeError,
    SocketTimeoutError,
)


def reply(body: bytes = b"", *lines: str, status: str = "200 OK", length: int | None = None) -> bytes:
    head = [f"HTTP/1.1 {status}", *lines]
    if not any(line.lower().startswith("transfer-encoding") for line in lines):
        head.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*head, "", ""]).encode("utf-8", "surrogateescape") + body


async def test_the_head_can_be_read(session: ClientSession) -> None:
    answer = reply(
        b"[1]",
        "Content-Type: application/json; charset=UTF-8",
        "content-disposition: attachment; filename=a.txt",
        "Set-Cookie: a=1; Path=/x",
        'Link: </next>; rel="next"; title="n", <http://x.example/>; rel=up',
        "X-Two: 1",
        "X-Two: 2",
        status="201 Made It",
    )
    async with RawServer(answer) as server, session.get(server.url / "a") as response:
        assert (response.status, response.reason, response.ok) == (201, "Made It", True)
        assert response.version == (1, 1)
        assert response.method == "GET"
        assert response.host == "127.0.0.1"
        assert response.content_type == "application/json"
        assert response.charset == "UTF-8"
        assert response.content_length == 3
        assert response.content_disposition is not None
        assert response.content_disposition.filename == "a.txt"
        assert response.headers.getall("x-two") == ["1", "2"]
        assert (b"X-Two", b"2") in response.raw_headers
        assert response.cookies["a"]["path"] == "/x"
        assert response.links["next"]["url"] == server.url / "next"
        assert response.links["next"]["title"] == "n"
        assert response.links["up"]["url"] == URL("http://x.example/")
        assert response.request_info.method == "GET"
        assert response.request_info.real_url == server.url / "a"
        assert response.history == ()
        assert "201" in repr(response)
        assert response.session is session
        assert await response.json() == [1]


async def test_a_body_can_be_read_again(service: Service, session: ClientSession) -> None:
    async with session.get(service.url()) as response:
        first = await response.read()
        assert await response.read() is first
        assert (await response.text()).startswith("{")
        assert await response.content.read() == first
    assert await response.read() is first


async def test_a_response_that_was_closed_cannot_be_read(service: Service, session: ClientSession) -> None:
    async with session.get(service.url()) as response:
        pass
    assert response.closed
    assert response.connection is None
    with pytest.raises(ClientConnectionError, match="closed"):
        await response.read()
    with pytest.raises(ClientConnectionError, match="closed"):
        await response.content.readany()


async def test_a_body_can_be_streamed(service: Service, session: ClientSession) -> None:
    async def stream(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=None)
        for number in range(3):
            seen.exchange.send_data(b"line %d\n" % number)
            await asyncio.sleep(0)
        seen.exchange.send_trailers([("X-Sum", "6")])

    service.on("/", stream)
    async with session.get(service.url()) as response:
        assert [line async for line in response.content] == [b"line 0\n", b"line 1\n", b"line 2\n"]
        assert response.trailers["X-Sum"] == "6"
    async with session.get(service.url()) as response:
        assert await response.read() == b"line 0\nline 1\nline 2\n"
        assert response.trailers["X-Sum"] == "6"


async def test_trailers_are_there_where_the_body_came_with_the_head(
    service: Service, session: ClientSession
) -> None:
    def answer(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=None)
        seen.exchange.send_data(b"body")
        seen.exchange.send_trailers([("X-Sum", "4")])

    service.on("/", answer)
    async with session.get(service.url()) as response:
        assert await response.read() == b"body"
        assert response.trailers["X-Sum"] == "4"
    assert service.made == 1


@pytest.mark.parametrize(
    ("lines", "body", "expected"),
    [
        (["Content-Encoding: gzip"], gzip.compress(b"text", mtime=0), b"text"),
        (["Content-Encoding: Deflate"], zlib.compress(b"text"), b"text"),
        (["Content-Encoding: identity"], b"text", b"text"),
        (["Content-Encoding: unheard-of"], b"text", b"text"),
        (["Content-Encoding: gzip"], b"", b""),
    ],
)
async def test_content_is_decoded(
    session: ClientSession, lines: list[str], body: bytes, expected: bytes
) -> None:
    async with RawServer(reply(body, *lines)) as server, session.get(server.url) as response:
        assert await response.read() == expected


async def test_content_can_be_left_as_it_is(session: ClientSession) -> None:
    data = gzip.compress(b"text", mtime=0)
    async with (
        RawServer(reply(data, "Content-Encoding: gzip")) as server,
        session.get(server.url, auto_decompress=False) as response,
    ):
        assert await response.read() == data


@pytest.mark.parametrize("method", ["HEAD", "GET"])
async def test_a_response_without_a_body_has_none(session: ClientSession, method: str) -> None:
    answer = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\n"
    async with RawServer(answer) as server, session.request(method, server.url) as response:
        assert await response.read() == b""
        assert await response.content.read() == b""


async def test_interim_responses_are_skipped(session: ClientSession) -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    async with RawServer(interim + reply(b"x")) as server, session.get(server.url) as response:
        assert await response.read() == b"x"


@pytest.mark.parametrize(
    ("answer", "expected", "framing"),
    [
        (reply(b"12345", length=9), 9, "content-length"),
        (reply(b"5\r\n12345\r\n", "Transfer-Encoding: chunked"), None, "chunked"),
    ],
)
async def test_a_body_that_breaks_off_tells_how_much_came(
    session: ClientSession, answer: bytes, expected: int | None, framing: str
) -> None:
    async with RawServer(answer, closes=True) as server, session.get(server.url) as response:
        with pytest.raises(ClientPayloadError) as caught:
            await response.read()
        assert caught.value.received == 5
        assert caught.value.expected == expected
        assert caught.value.framing == framing


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"zz\r\n", "Transfer-Encoding: chunked"),
        reply(b"no gzip", "Content-Encoding: gzip"),
        reply(gzip.compress(b"text", mtime=0)[:-4], "Content-Encoding: gzip"),
    ],
)
async def test_a_body_that_is_malformed_is_an_error(session: ClientSession, answer: bytes) -> None:
    async with RawServer(answer) as server, session.get(server.url) as response:
        with pytest.raises(ClientPayloadError):
            await response.read()


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"HTTP/3.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA B: c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 9000 + b"\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ],
)
async def test_a_head_that_is_malformed_is_an_error(session: ClientSession, answer: bytes) -> None:
    async with RawServer(answer) as server:
        with pytest.raises(ClientResponseError) as caught:
            await session.get(server.url)
        assert caught.value.status == 400
        assert caught.value.request_info.url == server.url


async def test_a_body_may_end_with_its_connection(session: ClientSession) -> None:
    answer = b"HTTP/1.1 200 OK\r\n\r\nall of it"
    async with RawServer(answer, closes=True) as server, session.get(server.url) as response:
        assert await response.read() == b"all of it"
    async with RawServer(answer) as server, session.get(server.url, read_until_eof=False) as response:
        assert await response.read() == b""


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/plain; charset=latin1", b"\xe4", "\u00e4"),
        ("text/plain; charset=unheard-of", "\u00e4".encode(), "\u00e4"),
        ("application/json", "\u00e4".encode(), "\u00e4"),
        ("text/plain", "\u00e4".encode(), "\u00e4"),
    ],
)
async def test_text_has_its_charset(
    session: ClientSession, content_type: str, body: bytes, expected: str
) -> None:
    async with (
        RawServer(reply(body, f"Content-Type: {content_type}")) as server,
        session.get(server.url) as response,
    ):
        assert await response.text() == expected


async def test_a_charset_that_nobody_names_can_be_found() -> None:
    async with (
        RawServer(reply(b"\xe4", "Content-Type: text/plain")) as server,
        ClientSession(fallback_charset_resolver=lambda response, body: "cp1252") as session,
        session.get(server.url) as response,
    ):
        with pytest.raises(RuntimeError, match="not yet read"):
            response.get_encoding()
        assert await response.text() == "\u00e4"
        assert response.get_encoding() == "cp1252"
        assert await response.text("utf-8", errors="replace") == "\ufffd"


@pytest.mark.parametrize(
    ("content_type", "asked", "fits"),
    [
        ("application/json", "application/json", True),
        ("Application/Problem+JSON", "application/json", True),
        ("text/html", "application/json", False),
        ("text/html", None, True),
        ("text/x-json", "text/x-json", True),
        ("", "application/json", False),
    ],
)
async def test_json_has_its_media_type(
    session: ClientSession, content_type: str, asked: str | None, fits: bool
) -> None:
    async with (
        RawServer(reply(b' {"a": 1}\n', f"Content-Type: {content_type}")) as server,
        session.get(server.url) as response,
    ):
        if fits:
            assert await response.json(content_type=asked) == {"a": 1}
        else:
            with pytest.raises(ContentTypeError) as caught:
                await response.json(content_type=asked)
            assert caught.value.body == b' {"a": 1}\n'


async def test_empty_json_is_nothing(session: ClientSession) -> None:
    async with (
        RawServer(reply(b" ", "Content-Type: application/json")) as server,
        session.get(server.url) as response,
    ):
        assert await response.json() is None


async def test_status_can_be_raised(service: Service, session: ClientSession) -> None:
    service.on("/bad", lambda seen: seen.answer(404, b"no such thing"))
    async with session.get(service.url("/")) as response:
        response.raise_for_status()
    async with session.get(service.url("/bad")) as response:
        with pytest.raises(ClientResponseError) as caught:
            response.raise_for_status()
        assert (caught.value.status, caught.value.message, caught.value.body) == (
            404,
            "Not Found",
            b"no such thing",
        )
        assert await response.read() == b"no such thing"
    response = await session.get(service.url("/bad"))
    with pytest.raises(ClientResponseError):
        response.raise_for_status()
    assert response.closed


async def test_the_body_of_an_error_is_kept_up_to_a_cap(service: Service) -> None:
    service.on("/bad", lambda seen: seen.answer(500, b"x" * 300_000))
    async with ClientSession(raise_for_status=True) as session:
        with pytest.raises(ClientResponseError) as caught:
            await session.get(service.url("/bad"))
        assert caught.value.body == b"x" * 65536


@pytest.mark.parametrize("when", ["head", "body"])
@in_fake_time
async def test_bytes_that_do_not_come_in_time_are_an_error(when: str) -> None:
    never = asyncio.Event()

    async def slow(seen: Seen) -> None:
        if when == "body":
            seen.exchange.send_head(200, None, [], body_length=9)
        await never.wait()

    async with in_memory() as (service, session):
        service.on("/slow", slow)
        before = asyncio.get_running_loop().time()
        with pytest.raises(SocketTimeoutError) as caught:
            async with session.get(service.url("/slow"), timeout=ClientTimeout(sock_read=0.05)) as response:
                await response.read()
        assert (caught.value.clock, caught.value.seconds) == ("sock_read", 0.05)
        assert asyncio.get_running_loop().time() - before == pytest.approx(0.05)


@in_fake_time
async def test_who_does_not_read_is_not_too_slow() -> None:
    async with in_memory(timeout=ClientTimeout(sock_read=0.2)) as (service, session):
        service.on("/", lambda seen: seen.answer(200, b"x" * 3_000_000))
        async with session.get(service.url("/")) as response:
            await asyncio.sleep(0.3)
            assert await response.content.read(1) == b"x"
            await asyncio.sleep(0.5)
            response.content.unread_data(b"x")
            assert len(await response.read()) == 3_000_000


async def test_how_much_of_a_body_has_come(service: Service, session: ClientSession) -> None:
    service.on("/", lambda seen: seen.answer(200, bytes(100_000)))
    async with session.get(service.url()) as response:
        assert response.bytes_received == 0
        pieces = response.content.iter_chunked(25_000)
        seen = [response.bytes_received async for _ in pieces]
        assert seen == sorted(seen)
        assert seen[0] >= 25_000
        assert seen[-1] == response.content_length == 100_000
    async with session.get(service.url()) as response:
        await response.read()
        assert response.bytes_received == 100_000


async def test_progress_is_told_however_a_body_is_read(service: Service, session: ClientSession) -> None:
    service.on("/", lambda seen: seen.answer(200, bytes(300_000)))
    service.on("/small", lambda seen: seen.answer(200, b"small"))
    for path, size in (("/", 300_000), ("/small", 5)):
        for streamed in (False, True):
            told: list[int] = []
            async with session.get(service.url(path)) as response:
                response.on_progress = told.append
                if streamed:
                    async for _ in response.content.iter_any():
                        pass
                else:
                    await response.read()
            assert told == sorted(told)
            assert told[-1] == size


@pytest.mark.parametrize("size", [0, 1, 99_999, 100_000])
async def test_little_is_read_at_once(service: Service, session: ClientSession, size: int) -> None:
    service.on("/", lambda seen: seen.answer(200, bytes(size)))
    async with session.get(service.url()) as response:
        assert await response.read_at_most(100_000) == bytes(size)
        assert await response.read_at_most(100_000) == bytes(size)
        assert await response.read_at_most(size - 1) is None
        assert await response.read() == bytes(size)


async def test_much_is_left_to_be_read(service: Service, session: ClientSession) -> None:
    service.on("/", lambda seen: seen.answer(200, bytes(100_001)))
    async with session.get(service.url()) as response:
        assert await response.read_at_most(100_000) is None
        assert await response.read() == bytes(100_001)
    response = await session.get(service.url())
    response.close()
    with pytest.raises(ClientConnectionError):
        await response.read_at_most(100_000)

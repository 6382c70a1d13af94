from __future__ import annotations

import asyncio
import gzip
import math
import pickle
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from error_circles import check_in_no_circle
from service import RawServer, Seen, Service

from tidewire_client import (
    ClientPayloadError,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ContentTooLargeError,
)
from tidewire_http_parser.codings import ContentEncoder, available_codings

LIMIT = 1000


def chunked(body: bytes) -> bytes:
    return b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


def encoded(coding: str, size: int) -> bytes:
    encoder = ContentEncoder(coding)
    return encoder.encode(b"x" * size) + encoder.finish()


def answer(fields: bytes, body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\n" + fields + b"\r\n\r\n" + body


def bodies(size: int) -> dict[str, bytes]:
    """Answers with so many bytes of content, in all framings and codings."""
    plain = b"x" * size
    found = {
        "length": answer(b"Content-Length: %d" % size, plain),
        "chunked": answer(b"Transfer-Encoding: chunked", chunked(plain)),
        "until close": answer(b"Connection: close", plain),
    }
    for coding in available_codings():
        body = encoded(coding, size)
        name = coding.encode()
        found[coding] = answer(b"Content-Encoding: %s\r\nContent-Length: %d" % (name, len(body)), body)
        found[f"{coding} chunked"] = answer(
            b"Content-Encoding: %s\r\nTransfer-Encoding: chunked" % name, chunked(body)
        )
        found[f"{coding} until close"] = answer(b"Content-Encoding: %s" % name, body)
    return found


async def over_chunks(response: ClientResponse) -> None:
    async for _ in response.content.iter_chunked(100):
        pass


async def over_any(response: ClientResponse) -> None:
    async for _ in response.content.iter_any():
        pass


async def over_transfer(response: ClientResponse) -> None:
    async for _ in response.content.iter_chunks():
        pass


async def over_lines(response: ClientResponse) -> None:
    async for _ in response.content:
        pass


async def without_waiting(response: ClientResponse) -> None:
    while not response.content.at_eof():
        if not response.content.read_nowait():
            await asyncio.sleep(0)


async def to_the_end(response: ClientResponse) -> None:
    while await response.content.read(10):
        pass
    await response.content.wait_eof()


async def at_most(response: ClientResponse) -> None:
    if await response.read_at_most(10 * LIMIT) is None:
        await response.read()


WAYS: list[Callable[[ClientResponse], Awaitable[Any]]] = [
    ClientResponse.read,
    ClientResponse.text,
    over_chunks,
    over_any,
    over_transfer,
    over_lines,
    without_waiting,
    to_the_end,
    at_most,
]


@pytest.mark.parametrize("framing", sorted(bodies(0)))
@pytest.mark.parametrize("pieces", [True, False])
async def test_no_way_to_a_body_goes_beyond_the_limit(framing: str, pieces: bool) -> None:
    exact = bodies(LIMIT)[framing]
    above = bodies(LIMIT + 1)[framing]
    async with ClientSession(max_body_size=LIMIT) as session:
        for way in WAYS:
            for sent, fits in [(exact, True), (above, False)]:
                # What comes with the head is all there at the first read; what comes later is not.
                async with PiecewiseServer(sent, pieces) as server, session.get(server.url) as response:
                    if fits:
                        await way(response)
                        continue
                    with pytest.raises(ContentTooLargeError) as caught:
                        await way(response)
                    assert caught.value.limit == LIMIT


class PiecewiseServer(RawServer):
    """Sends an answer whole, or its head and the rest one after the other."""

    def __init__(self, sent: bytes, pieces: bool) -> None:
        super().__init__(sent, closes=True)
        self._pieces = pieces

    async def _send(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        if not self._pieces:
            await super()._send(writer, answer)
            return
        end = answer.index(b"\r\n\r\n") + 4
        for piece in (answer[:end], answer[end : end + 20], answer[end + 20 :]):
            await super()._send(writer, piece)
            for _ in range(5):
                await asyncio.sleep(0)


async def test_a_declared_length_fails_before_anything_of_it_is_read(
    service: Service, session: ClientSession
) -> None:
    gone = asyncio.Event()

    async def never(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=LIMIT + 1)
        try:
            await asyncio.Event().wait()
        finally:
            gone.set()

    service.on("/", never)
    async with session.get(service.url(), max_body_size=LIMIT) as response:
        with pytest.raises(ContentTooLargeError):
            await response.content.read(1)
        assert response.closed
        assert response.bytes_received == 0
        with pytest.raises(ContentTooLargeError):
            await response.content.readany()


async def test_the_length_of_what_is_encoded_is_not_that_of_the_content(session: ClientSession) -> None:
    stored = zlib.compressobj(0, zlib.DEFLATED, 31)  # longer than what it holds
    body = stored.compress(b"x" * LIMIT) + stored.flush()
    assert len(body) > LIMIT
    sent = answer(b"Content-Encoding: gzip\r\nContent-Length: %d" % len(body), body)
    async with RawServer(sent, sent) as server:
        async with session.get(server.url, max_body_size=LIMIT) as response:
            assert await response.read() == b"x" * LIMIT
        async with session.get(server.url, max_body_size=LIMIT, auto_decompress=False) as response:
            with pytest.raises(ContentTooLargeError):
                await response.read()


@pytest.mark.parametrize(
    ("method", "status", "body"),
    [("HEAD", b"200 OK", b""), ("GET", b"304 Not Modified", b"")],
)
async def test_a_length_of_what_does_not_come_is_no_matter(
    session: ClientSession, method: str, status: bytes, body: bytes
) -> None:
    sent = answer(b"Content-Length: 100000", body, status)
    async with (
        RawServer(sent) as server,
        session.request(method, server.url, max_body_size=LIMIT) as response,
    ):
        assert await response.read() == b""


async def test_little_of_a_bomb_is_decoded(session: ClientSession) -> None:
    bomb = gzip.compress(bytes(10_000_000), 1)
    sent = answer(b"Content-Encoding: gzip\r\nContent-Length: %d" % len(bomb), bomb)
    async with (
        RawServer(sent) as server,
        session.get(server.url, max_body_size=LIMIT) as response,
    ):
        tracemalloc.start()
        try:
            with pytest.raises(ContentTooLargeError):
                await response.read()
            with pytest.raises(ContentTooLargeError):
                await response.content.read(1)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert response.content.total_bytes <= 262144
        assert peak < 4_000_000


async def test_a_connection_is_not_used_again_after_too_much(service: Service) -> None:
    async def endless(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=None)
        while not seen.exchange.disconnected:
            seen.exchange.send_data(b"x" * 500)
            await asyncio.sleep(0)

    service.on("/", endless)
    async with ClientSession(max_body_size=LIMIT) as session:
        for made in (1, 2):
            async with session.get(service.url()) as response:
                with pytest.raises(ContentTooLargeError):
                    await over_chunks(response)
                assert response.closed
            assert service.made == made


@pytest.mark.parametrize("given", [math.inf, 2 * LIMIT])
async def test_a_request_may_lift_the_limit_of_its_session(given: float) -> None:
    sent = bodies(LIMIT + 1)["length"]
    async with RawServer(sent, sent) as server, ClientSession(max_body_size=LIMIT) as session:
        async with session.get(server.url, max_body_size=given) as response:
            assert len(await response.read()) == LIMIT + 1
        async with session.get(server.url, max_body_size=None) as response:
            with pytest.raises(ContentTooLargeError):
                await response.read()


@pytest.mark.parametrize("how", [True, False])
async def test_a_status_that_raises_says_more_than_its_body(session: ClientSession, how: bool) -> None:
    sent = answer(b"Content-Length: %d" % (LIMIT + 1), b"x" * (LIMIT + 1), b"404 Not Found")
    async with RawServer(sent) as server:
        with pytest.raises(ClientResponseError) as caught:
            async with session.get(server.url, max_body_size=LIMIT, raise_for_status=how) as response:
                response.raise_for_status()
        assert caught.value.status == 404
        assert not caught.value.body


async def test_the_error_is_one_of_bodies_and_can_be_pickled() -> None:
    error = pickle.loads(pickle.dumps(ContentTooLargeError(5)))
    assert isinstance(error, ContentTooLargeError)
    assert issubclass(ContentTooLargeError, ClientPayloadError)
    assert (error.limit, str(error)) == (
        5,
        "the body of the response has more than 5 bytes; see max_body_size",
    )


@pytest.mark.parametrize("framing", ["chunked", "gzip", "length", "gzip chunked"])
async def test_the_error_is_in_no_circle(session: ClientSession, framing: str) -> None:
    async with RawServer(bodies(LIMIT + 1)[framing]) as server:

        async def fetch() -> None:
            async with session.get(server.url, max_body_size=LIMIT) as response:
                await response.read()

        await check_in_no_circle(fetch(), ContentTooLargeError)


async def test_what_takes_more_than_one_round_has_the_same_limit(session: ClientSession) -> None:
    async with (
        RawServer(bodies(300_000)["gzip chunked"]) as server,
        session.get(server.url, max_body_size=299_999) as response,
    ):
        with pytest.raises(ContentTooLargeError):
            await response.json(content_type=None)

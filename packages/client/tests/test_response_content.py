from __future__ import annotations

import asyncio

import pytest
from service import RawServer, Seen, Service

from tidewire_client import ClientConnectionError, ClientPayloadError, ClientSession
from tidewire_client._response_content import decodable


@pytest.mark.parametrize(
    ("encoding", "decoded"),
    [
        ("gzip", "gzip"),
        ("GZIP, br", "GZIP, br"),
        ("", ""),
        ("gzip, unheard-of", ""),
        ("aws-chunked", ""),
    ],
)
def test_codings_that_are_not_known_are_left_alone(encoding: str, decoded: str) -> None:
    assert decodable(encoding) == decoded


async def test_a_read_of_a_closed_response_says_so(service: Service, session: ClientSession) -> None:
    async def begin(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=10)
        await asyncio.Event().wait()

    service.on("/", begin)
    async with session.get(service.url()) as response:
        reading = asyncio.ensure_future(response.content.read())
        await asyncio.sleep(0)
        response.close()
        with pytest.raises(ClientConnectionError, match="closed"):
            await reading


async def test_what_nobody_wants_is_read_up_to_a_bound(service: Service, session: ClientSession) -> None:
    async def endless(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=None)
        while not seen.exchange.disconnected:
            seen.exchange.send_data(b"x" * 20000)
            await asyncio.sleep(0)

    service.on("/", endless)
    async with session.get(service.url()):
        pass
    while service.open:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert service.made == 1


@pytest.mark.parametrize("decompress", [True, False])
@pytest.mark.parametrize(
    ("field", "framed"),
    [
        (b"nonsense, chunked", b"2\r\nhi\r\n0\r\n\r\n"),
        (b"gzip, Chunked", b"2\r\nhi\r\n0\r\n\r\n"),
        (b"gzip", b"hi"),
        (b"chunked, nonsense", b"hi"),
    ],
)
async def test_what_a_transfer_coding_is_on_is_no_content(
    session: ClientSession, field: bytes, framed: bytes, decompress: bool
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + field + b"\r\n\r\n" + framed
    async with (
        RawServer(answer, closes=True) as server,
        session.get(server.url, auto_decompress=decompress) as response,
    ):
        assert response.status == 200
        with pytest.raises(ClientPayloadError, match=r"transfer coding '(gzip|nonsense)'"):
            await response.read()


@pytest.mark.parametrize(
    ("head", "framed"),
    [
        (b"Transfer-Encoding: Chunked", b"2\r\nhi\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: identity", b"hi"),
        (b"Transfer-Encoding: , chunked", b"2\r\nhi\r\n0\r\n\r\n"),
    ],
)
async def test_chunks_and_nothing_are_no_such_codings(
    session: ClientSession, head: bytes, framed: bytes
) -> None:
    answer = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + framed
    async with RawServer(answer, closes=True) as server, session.get(server.url) as response:
        assert await response.read() == b"hi"


async def test_without_a_body_a_transfer_coding_does_not_matter(session: ClientSession) -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: nonsense\r\n\r\n"
    async with RawServer(answer, closes=True) as server, session.head(server.url) as response:
        assert await response.read() == b""

"""nginx as the server: over TCP, TLS and a Unix domain socket."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest

from tidewire_client import (
    BasicAuth,
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientResponseError,
    ClientSession,
    Fingerprint,
    ServerDisconnectedError,
    TCPConnector,
    TooManyRedirects,
)

pytestmark = pytest.mark.peer("nginx", "openssl")

everywhere = pytest.mark.parametrize("kind", ["http", "https", "unix"])
TEXT = b"line of text\n" * 10_000


@everywhere
def test_a_connection_is_used_again(nginx: Any, run: Any, kind: str) -> None:
    async def main() -> None:
        async with nginx.session(kind) as session:
            connections = set()
            for _ in range(20):
                async with session.get(nginx.url("/small.txt", kind)) as response:
                    assert (response.status, await response.text()) == (200, "small")
                    assert response.content_type == "text/plain"
                    connections.add(response.headers["X-Connection"])
            async with session.head(nginx.url("/large.bin", kind)) as response:
                assert response.content_length == 256 * 16_384
                assert await response.read() == b""
                connections.add(response.headers["X-Connection"])
            async with session.get(nginx.url("/none", kind)) as response:
                assert response.status == 404
                connections.add(response.headers.get("X-Connection", ""))
            assert len(connections - {""}) == 1

    run(main())


def test_handshakes_resume_sessions(nginx: Any, run: Any) -> None:
    async def main() -> None:
        connector = TCPConnector(force_close=True, ssl=nginx.authority.client_context())
        connector._tls_sessions.leaks = False  # on every Python: what leaks here is little
        async with ClientSession(connector=connector) as session:
            resumed = []
            for _ in range(4):
                async with session.get(nginx.url("/small.txt", "https")) as response:
                    resumed.append(response.headers["X-Resumed"])
            assert resumed == [".", "r", "r", "r"]

    run(main())


@everywhere
def test_many_at_once(nginx: Any, run: Any, kind: str) -> None:
    async def main() -> None:
        async with nginx.session(kind) as session:

            async def get(number: int) -> bytes:
                path = ("/large.bin", "/gzip/text.txt", "/chunked/text.txt", "/small.txt")[number % 4]
                async with session.get(nginx.url(path, kind)) as response:
                    body: bytes = await response.read()
                    return body

            bodies = await asyncio.gather(*(get(number) for number in range(40)))
            wanted = (bytes(range(256)) * 16_384, TEXT, TEXT, b"small")
            assert all(body == wanted[number % 4] for number, body in enumerate(bodies))

    run(main())


@everywhere
def test_encoded_and_chunked_answers(nginx: Any, run: Any, kind: str) -> None:
    async def main() -> None:
        async with nginx.session(kind) as session:
            async with session.get(nginx.url("/gzip/text.txt", kind)) as response:
                assert response.headers["Content-Encoding"] == "gzip"
                assert response.headers["Transfer-Encoding"] == "chunked"
                assert await response.read() == TEXT
            async with session.get(nginx.url("/static-gzip/text.gz", kind)) as response:
                assert response.headers["Content-Encoding"] == "gzip"
                assert "Content-Length" in response.headers
                assert await response.read() == TEXT
            async with session.get(nginx.url("/chunked/text.txt", kind)) as response:
                assert response.headers["Transfer-Encoding"] == "chunked"
                assert "Content-Encoding" not in response.headers
                lines = [line async for line in response.content]
                assert (len(lines), set(lines)) == (10_000, {b"line of text\n"})
            raw = session.get(nginx.url("/gzip/text.txt", kind), auto_decompress=False)
            async with raw as response:
                assert (await response.read())[:2] == b"\x1f\x8b"

    run(main())


@everywhere
def test_redirects(nginx: Any, run: Any, kind: str) -> None:
    async def main() -> None:
        async with nginx.session(kind) as session:
            async with session.get(nginx.url("/moved", kind)) as response:
                assert await response.read() == b"small"
                assert [each.status for each in response.history] == [301, 307]
            with pytest.raises(TooManyRedirects):
                await session.get(nginx.url("/loop", kind), max_redirects=5)

    run(main())


def test_conditions_and_ranges(nginx: Any, run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            url = nginx.url("/large.bin")
            async with session.get(url, headers={"Range": "bytes=256-511"}) as response:
                assert (response.status, await response.read()) == (206, bytes(range(256)))
                tag = response.headers["ETag"]
            async with session.get(url, headers={"If-None-Match": tag}) as response:
                assert (response.status, await response.read()) == (304, b"")
            async with session.get(nginx.url("/small.txt")) as response:
                assert await response.read() == b"small"

    run(main())


def test_a_server_that_closes_after_two_requests(nginx: Any, run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            connections = []
            for _ in range(6):
                async with session.get(nginx.url("/twice/small.txt")) as response:
                    assert await response.read() == b"small"
                    assert response.attempts == 1
                    connections.append(response.headers["X-Connection"])
            assert len(set(connections)) == 3

    run(main())


def test_a_server_that_closes_what_is_idle(nginx: Any, run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            first = await session.get(nginx.url("/impatient/small.txt"))
            assert await first.read() == b"small"
            while "0 connections" not in repr(session.connector):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.005)
            # At the very moment at which it closes, too.
            for _ in range(5):
                async with session.post(nginx.url("/impatient/small.txt")) as response:
                    assert response.status == 405
                async with session.get(nginx.url("/impatient/small.txt")) as response:
                    assert await response.read() == b"small"
                await asyncio.sleep(0.05)

    run(main())


def test_a_server_that_closes_without_an_answer(nginx: Any, run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            for _ in range(3):
                with pytest.raises(ServerDisconnectedError):
                    await session.get(nginx.url("/reset"))
            async with session.get(nginx.url("/small.txt")) as response:
                assert await response.read() == b"small"

    run(main())


def test_an_answer_that_comes_before_the_body_is_sent(nginx: Any, run: Any) -> None:
    async def pieces() -> Any:
        for _ in range(200):
            yield bytes(10_000)

    async def main() -> None:
        async with nginx.session() as session:
            async with session.post(nginx.url("/little"), data=bytes(2_000_000)) as response:
                assert response.status == 413
            try:
                async with session.post(nginx.url("/little"), data=pieces()) as response:
                    assert response.status == 413
            except ClientConnectionError:
                pass  # nginx may reset the connection, and the answer with it
            async with session.get(nginx.url("/small.txt")) as response:
                assert await response.read() == b"small"

    run(main())


def test_credentials(nginx: Any, run: Any) -> None:
    async def main() -> None:
        async with nginx.session(raise_for_status=True) as session:
            with pytest.raises(ClientResponseError) as caught:
                await session.get(nginx.url("/secret/small.txt"))
            assert caught.value.status == 401
            assert b"401 Authorization Required" in (caught.value.body or b"")
            auth = BasicAuth("user", "word")
            async with session.get(nginx.url("/secret/small.txt"), auth=auth) as response:
                assert await response.read() == b"small"

    run(main())


def test_who_the_server_is(nginx: Any, run: Any) -> None:
    digest = hashlib.sha256(nginx.certificate.der).digest()

    async def main() -> None:
        url = nginx.url("/small.txt", "https")
        async with ClientSession(connector=TCPConnector()) as session:
            with pytest.raises(ClientConnectorCertificateError):
                await session.get(url)
            for how in (False, Fingerprint(digest)):
                async with session.get(url, ssl=how) as response:
                    assert await response.read() == b"small"

    run(main())


def test_the_name_goes_through_a_unix_socket(nginx: Any, run: Any) -> None:
    async def main() -> None:
        async with nginx.session("unix") as session, session.get(nginx.url("/small.txt", "unix")) as response:
            assert response.headers["X-Host"] == "nginx.test"

    run(main())

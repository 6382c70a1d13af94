"""Bodies that curl sends and takes, through the streams, sinks and payloads of tidewire-http-io over its own server."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tidewire_http_io import Acceptor, BodySink, PeerGone, ResetReason, ServerExchange, StreamReader
from tidewire_http_io.payloads import get_payload
from tidewire_http_parser.codings import ContentEncoder, available_codings

pytestmark = pytest.mark.peer("curl")

LARGE = bytes(range(256)) * 40_000
TEXT = "".join(f"line {number}: all happy families are alike\n" for number in range(20_000)).encode()


class Server:
    """`PUT` and `POST` answer with the size and hash of the body as it was read; `GET` sends what the path says.

    Attributes:
        port: where it listens.
        errors: what went wrong while a body was read or sent.
        failed: set with the first of these.
        acceptor: its connections.
    """

    def __init__(self, folder: Path) -> None:
        self.port = 0
        self.errors: list[Exception] = []
        self.failed = asyncio.Event()
        self._folder = folder
        self._tasks: set[asyncio.Task[None]] = set()
        self.acceptor = Acceptor(self.serve, loop=asyncio.get_running_loop())

    def serve(self, exchange: ServerExchange) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(exchange))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, exchange: ServerExchange) -> None:
        try:
            if exchange.head.method == "GET":
                await self._send(exchange)
            else:
                await self._receive(exchange)
        except PeerGone as error:
            self._note(error)
        except Exception as error:
            self._note(error)
            if exchange.head_sent:
                exchange.reset(ResetReason.INTERNAL)
            else:
                exchange.respond(400, None, [("Connection", "close")], type(error).__name__.encode())

    def _note(self, error: Exception) -> None:
        self.errors.append(error)
        self.failed.set()

    async def _receive(self, exchange: ServerExchange) -> None:
        fields = {str(name): value for name, value in exchange.head.fields}
        stream = StreamReader(exchange.consumed, content_encoding=fields.get("Content-Encoding", ""))
        exchange.receive(stream)
        if exchange.head.expect_continue:
            exchange.send_interim(100, [])
        size = 0
        digest = hashlib.sha256()
        async for piece in stream.iter_any():
            size += len(piece)
            digest.update(piece)
        exchange.respond(200, None, [], f"{size} {digest.hexdigest()}".encode())

    async def _send(self, exchange: ServerExchange) -> None:
        what, _, coding = exchange.head.target[1:].partition("?")
        source: Any = (self._folder / what).open("rb") if what == "file" else TEXT
        payload = get_payload(source)
        encoder = ContentEncoder(coding) if coding else None
        fields = [("Content-Encoding", coding)] if coding else []
        try:
            exchange.send_head(200, None, fields, body_length=None if coding else payload.size)
            sink = BodySink(exchange, length=payload.size, encoder=encoder)
            await payload.write(sink)
            await sink.write_eof()
        finally:
            await payload.close()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    (tmp_path / "file").write_bytes(LARGE)
    served = Server(tmp_path)
    acceptor: Any = served.acceptor
    listening = await asyncio.get_running_loop().create_server(acceptor, "127.0.0.1", 0)
    served.port = listening.sockets[0].getsockname()[1]
    yield served
    listening.close()
    served.acceptor.abort()
    await asyncio.sleep(0)


async def curl(server: Server, path: str, *options: str, data: bytes | None = None) -> bytes:
    """Run curl; return what it got."""
    command = ["curl", "--silent", "--show-error", "--fail-with-body", *options]
    process = await asyncio.create_subprocess_exec(
        *command,
        f"http://127.0.0.1:{server.port}/{path}",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(data), 30)
    assert process.returncode == 0, err
    return out


def answer_for(data: bytes) -> bytes:
    return f"{len(data)} {hashlib.sha256(data).hexdigest()}".encode()


@pytest.mark.parametrize(
    "options",
    [
        ("--data-binary", "@-"),
        ("--data-binary", "@-", "-H", "Transfer-Encoding: chunked"),
        ("--data-binary", "@-", "-H", "Expect: 100-continue"),
        ("--http1.0", "--data-binary", "@-"),
        ("-T", "-"),
    ],
    ids=["length", "chunked", "continue", "http-1.0", "upload"],
)
@pytest.mark.parametrize("data", [b"", b"x", LARGE], ids=["empty", "byte", "large"])
async def test_what_curl_sends(server: Server, options: tuple[str, ...], data: bytes) -> None:
    assert await curl(server, "", *options, data=data) == answer_for(data)
    assert not server.errors


async def test_a_file_that_curl_uploads(server: Server, tmp_path: Path) -> None:
    assert await curl(server, "", "-T", str(tmp_path / "file")) == answer_for(LARGE)


async def test_what_curl_sends_encoded(server: Server) -> None:
    options = ("--data-binary", "@-", "-H", "Content-Encoding: gzip")
    assert await curl(server, "", *options, data=gzip.compress(TEXT)) == answer_for(TEXT)
    assert not server.errors


async def test_what_curl_sends_as_encoded_and_is_not(server: Server) -> None:
    options = ("--data-binary", "@-", "-H", "Content-Encoding: gzip", "--no-fail-with-body")
    assert await curl(server, "", *options, data=LARGE) == b"InvalidContentCoding"


@pytest.mark.parametrize("options", [(), ("--http1.0",)], ids=["http-1.1", "http-1.0"])
async def test_what_curl_gets(server: Server, options: tuple[str, ...]) -> None:
    assert await curl(server, "file", *options) == LARGE
    assert await curl(server, "text", *options) == TEXT
    assert not server.errors


@pytest.mark.parametrize("coding", available_codings())
async def test_what_curl_gets_encoded(server: Server, coding: str) -> None:
    if coding in ("br", "zstd"):
        version = await curl(server, "text", "--version")
        if {"br": b"brotli", "zstd": b"zstd"}[coding] not in version:
            pytest.skip(f"this curl does not decode {coding}")
    assert await curl(server, f"text?{coding}", "--compressed") == TEXT
    assert await curl(server, f"file?{coding}", "--compressed") == LARGE
    assert not server.errors


async def test_curl_that_goes_away(server: Server) -> None:
    process = await asyncio.create_subprocess_exec(
        "curl",
        "--silent",
        "--limit-rate",
        "10k",
        f"http://127.0.0.1:{server.port}/file",
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readexactly(1000)
    process.kill()
    await process.communicate()  # which closes the pipe as well
    await asyncio.wait_for(server.failed.wait(), 30)
    assert isinstance(server.errors[0], PeerGone)

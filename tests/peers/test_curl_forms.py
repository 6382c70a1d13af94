"""Forms that curl sends, read by the multipart reader of tidewire-http-io over its own server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tidewire_http_io import Acceptor, ServerExchange, StreamReader
from tidewire_http_io.forms import BodyPartReader, MultipartReader, parse_urlencoded

pytestmark = pytest.mark.peer("curl")

LARGE = bytes(range(256)) * 40_000


class Server:
    """Answers a form with what it has read of it, as JSON; files are told by name, size and a few bytes.

    Attributes:
        port: where it listens.
        failures: what went wrong.
    """

    def __init__(self) -> None:
        self.port = 0
        self.failures: list[Exception] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def serve(self, exchange: ServerExchange) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(exchange))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, exchange: ServerExchange) -> None:
        stream = StreamReader(exchange.consumed)
        exchange.receive(stream)
        headers = {str(name): value for name, value in exchange.head.fields}
        try:
            if headers["Content-Type"].startswith("multipart/"):
                read: Any = await self._parts(MultipartReader(headers, stream))
            else:
                read = parse_urlencoded(await stream.read())
        except Exception as error:
            self.failures.append(error)
            exchange.respond(400, None, [("Connection", "close")], str(error).encode())
        else:
            exchange.respond(200, None, [], json.dumps(read).encode())

    async def _parts(self, parts: MultipartReader) -> list[Any]:
        found: list[Any] = []
        async for part in parts:
            if isinstance(part, MultipartReader):
                found.append(await self._parts(part))
            elif part.filename is not None:
                found.append(
                    [part.name, part.filename, part.headers.get("Content-Type"), *await self._file(part)]
                )
            else:
                found.append([part.name, await part.text()])
        return found

    async def _file(self, part: BodyPartReader) -> tuple[int, str]:
        size = 0
        end = b""
        async for piece in part.iter_decoded(65536):
            size += len(piece)
            end = piece[-4:]
        return size, end.hex()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    served = Server()
    loop = asyncio.get_running_loop()
    acceptor: Any = Acceptor(served.serve, loop=loop)
    listening = await loop.create_server(acceptor, "127.0.0.1", 0)
    async with listening:
        served.port = listening.sockets[0].getsockname()[1]
        yield served


async def curl(server: Server, *arguments: str) -> Any:
    """Run curl and return what it was answered."""
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command,
        f"http://127.0.0.1:{server.port}/",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors
    assert not server.failures, output
    return json.loads(output)


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        (["--form-string", "a=1", "--form-string", "b=ü\r\n"], [["a", "1"], ["b", "ü\r\n"]]),
        (["--form-string", "a=@no file;type=x"], [["a", "@no file;type=x"]]),
        (["--form-string", 'q"=1', "--form-string", "a\\b=2"], [['q"', "1"], ["a\\b", "2"]]),
        (["-F", "a=b;type=text/plain; charset=utf-8"], [["a", "b"]]),
        (["-F", "a=bc;encoder=base64", "-F", "d= e=;encoder=quoted-printable"], [["a", "bc"], ["d", "e="]]),
        (["-F", "a=" + "x" * 300 + ";encoder=quoted-printable"], [["a", "x" * 300]]),
        (
            ["-F", "=(;type=multipart/mixed", "-F", "=1", "-F", "=2", "-F", "=)", "-F", "a=3"],
            [[[None, "1"], [None, "2"]], ["a", "3"]],
        ),
        (["-F", "a=1", "-H", "Transfer-Encoding: chunked"], [["a", "1"]]),
        (["--data-urlencode", "a=ü &+=", "-d", "b=c"], [["a", "ü &+="], ["b", "c"]]),
    ],
    ids=range(9),
)
async def test_fields(server: Server, arguments: list[str], fields: list[Any]) -> None:
    assert await curl(server, *arguments) == fields


@pytest.mark.parametrize("encoder", ["", ";encoder=base64", ";encoder=quoted-printable", ";encoder=binary"])
async def test_files(server: Server, tmp_path: Path, encoder: str) -> None:
    small = tmp_path / "small.txt"
    small.write_bytes(b"a\r\n" * 3 if "quoted" in encoder else b"\0\n--\r\n\r\n-")
    size = small.stat().st_size
    end = small.read_bytes()[-4:].hex()
    name = 'fi"le ü.txt'
    found = await curl(
        server,
        "-F",
        f"f=@{small}{encoder}",
        "-F",
        f'g=@{small};filename="fi\\"le ü.txt";type=a/b{encoder}',
        "-F",
        f"text=<{small}{encoder}" if not encoder else "text=x",
    )
    assert found[:2] == [["f", "small.txt", "text/plain", size, end], ["g", name, "a/b", size, end]]


@pytest.mark.slow
@pytest.mark.parametrize("how", [[], ["-H", "Transfer-Encoding: chunked"], ["--limit-rate", "40M"]])
async def test_a_large_file(server: Server, tmp_path: Path, how: list[str]) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(LARGE)
    found = await curl(server, *how, "-F", f"f=@{path}", "-F", "end=1")
    assert found == [["f", "large.bin", "application/octet-stream", len(LARGE), "fcfdfeff"], ["end", "1"]]

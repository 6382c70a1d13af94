"""The same requests by curl and by a session, as a server sees them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from tidewire_client import BasicAuth, ClientSession
from tidewire_http_io.forms import FormData

pytestmark = pytest.mark.peer("curl")

# What the two add by themselves and rightly differ in.
OWN = frozenset({b"user-agent", b"accept", b"accept-encoding", b"host"})


class Recorder:
    """Answers every request with 200, and keeps what it was sent."""

    def __init__(self) -> None:
        self.seen: list[tuple[bytes, dict[bytes, bytes], bytes]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line, *fields = head[:-4].split(b"\r\n")
        named = {
            name.lower(): value.strip() for name, _, value in (field.partition(b":") for field in fields)
        }
        body = b""
        if b"content-length" in named:
            body = await reader.readexactly(int(named[b"content-length"]))
        elif named.get(b"transfer-encoding") == b"chunked":
            while size := int((await reader.readline()).strip(), 16):
                body += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        self.seen.append((line, named, body))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()
        await writer.wait_closed()


async def pieces() -> Any:
    yield b"a=1"


ROWS: list[tuple[list[str], str, str, dict[str, Any]]] = [
    ([], "GET", "/path?a=1&b=%20#fragment", {}),
    (["-I"], "HEAD", "/", {}),
    (["-X", "DELETE"], "DELETE", "/x", {}),
    (["-d", "a=1&b=2"], "POST", "/", {"data": {"a": "1", "b": "2"}}),
    (["--json", '{"a": 1}'], "POST", "/", {"json": {"a": 1}, "headers": {"Accept": "application/json"}}),
    (
        ["-T", "@file@", "-H", "Expect:"],
        "PUT",
        "/file",
        {"data": b"content", "skip_auto_headers": ["Content-Type"]},
    ),
    (["-u", "user:w:rd"], "GET", "/", {"auth": BasicAuth("user", "w:rd")}),
    (["-b", "a=1; b=2"], "GET", "/", {"cookies": {"a": "1", "b": "2"}}),
    (["-H", "X-Empty;", "-H", "X-Field: v"], "GET", "/", {"headers": {"X-Empty": "", "X-Field": "v"}}),
    (["-r", "0-9"], "GET", "/", {"headers": {"Range": "bytes=0-9"}}),
    (
        ["-d", "a=1", "-H", "Transfer-Encoding: chunked"],
        "POST",
        "/",
        {"data": pieces, "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    ),
    (["-F", "a=1", "-F", "f=@@file@;type=text/plain;filename=n"], "POST", "/", {"data": "form"}),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[0]) or "get")
def test_a_server_sees_the_same(run: Any, tmp_path: Path, row: Any) -> None:
    arguments, method, path, how = row
    file = tmp_path / "file"
    file.write_bytes(b"content")

    async def main() -> None:
        recorder = Recorder()
        server = await asyncio.start_server(recorder, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{path}"
        given = [each.replace("@file@", str(file)) for each in arguments]
        process = await asyncio.create_subprocess_exec(
            "curl", "-sS", "--noproxy", "*", *given, url, stdout=asyncio.subprocess.PIPE
        )
        await process.communicate()
        assert process.returncode == 0
        mine = dict(how)
        if mine.get("data") is pieces:
            mine["data"] = pieces()
        elif mine.get("data") == "form":
            form = FormData()
            form.add_field("a", "1")
            form.add_field("f", b"content", filename="n", content_type="text/plain")
            mine["data"] = form
        async with (
            ClientSession() as session,
            session.request(method, URL(url, encoded=True), **mine) as response,
        ):
            assert await response.read() == (b"" if method == "HEAD" else b"ok")
        server.close()
        (line, fields, body), (other_line, other_fields, other_body) = recorder.seen
        assert other_line == line
        if how.get("data") == "form":
            # The boundaries are random, and so the length; curl names no type for a plain field.
            assert other_fields[b"content-type"].startswith(b"multipart/form-data; boundary=")
            assert other_body.count(b"\r\nContent-Disposition: form-data; name=") == 2
            assert b'; name="f"; filename="n"\r\n' in other_body
            assert b'; name="f"; filename="n"\r\n' in body
            return
        assert other_body == body
        assert _compared(other_fields) == _compared(fields)

    run(main())


def _compared(fields: dict[bytes, bytes]) -> dict[bytes, bytes]:
    return {name: value for name, value in fields.items() if name not in OWN}

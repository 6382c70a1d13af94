"""The downloader as a program."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

pytest.importorskip("rich", reason="needs rich")

from tidewire_testing.pytest_plugin import TidewireRawServer
from tidewire_web import BaseRequest, StreamResponse

EXAMPLE = Path(__file__).resolve().parent.parent
CONTENT = bytes(range(256)) * 4096


@pytest.mark.slow
async def test_the_program_downloads_several_files(
    tidewire_raw_server: TidewireRawServer, tmp_path: Path
) -> None:
    asked: list[tuple[str, str | None]] = []

    async def answer(request: BaseRequest) -> StreamResponse:
        asked.append((request.path, request.headers.get("Range")))
        response = StreamResponse(status=404 if request.path == "/missing" else 200, headers={"ETag": '"1"'})
        if asked.count(("/busy", None)) == 1 and request.path == "/busy":
            response.set_status(503)
        start = 0
        if "Range" in request.headers:
            response.set_status(206)
            start = request.http_range.start
            response.headers["Content-Range"] = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
        response.content_length = len(CONTENT) - start
        await response.prepare(request)
        if request.path == "/broken" and not start:
            await response.write(CONTENT[:1000])
            assert request.transport is not None
            request.transport.close()
        else:
            await response.write(CONTENT[start:])
        return response

    server = await tidewire_raw_server(answer)
    urls = [str(server.make_url(path)) for path in ("/whole", "/broken", "/missing", "/busy")]
    options = ["--folder", str(tmp_path / "new"), "--jobs", "2", "--backoff", "0.01"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "downloader", *options, *urls), cwd=EXAMPLE, stderr=asyncio.subprocess.PIPE
    )
    _, told = await asyncio.wait_for(process.communicate(), 40)
    assert process.returncode == 1, told
    assert told.count(b"saved") == 3
    assert b"/missing: the server says 404 Not Found" in told
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["broken", "busy", "whole"]
    assert all(path.read_bytes() == CONTENT for path in (tmp_path / "new").iterdir())
    assert ("/broken", "bytes=1000-") in asked
    assert asked.count(("/busy", None)) > 1

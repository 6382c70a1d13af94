"""Python's http.server: HTTP/1.0, bodies that end with their connection, and nothing but the minimum."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tidewire_client import ClientSession


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and tells of what it was sent."""

    def do_POST(self) -> None:
        """Send the body back."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        if self.protocol_version != "HTTP/1.0":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Say nothing."""

    def log_error(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(params=["HTTP/1.0", "HTTP/1.1"])
def url(request: Any, tmp_path: Any) -> Iterator[str]:
    """A server of files, in a thread."""
    (tmp_path / "large").write_bytes(bytes(1_000_000))
    kind = type("Versioned", (Handler,), {"protocol_version": request.param})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *args: kind(*args, directory=str(tmp_path))
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_files_and_bodies(url: str, run: Any) -> None:
    async def main() -> None:
        async with ClientSession() as session:
            for _ in range(3):
                async with session.get(f"{url}/large") as response:
                    assert await response.read() == bytes(1_000_000)
                async with session.head(f"{url}/large") as response:
                    assert response.content_length == 1_000_000
                async with session.get(f"{url}/missing") as response:
                    assert response.status == 404
                    assert b"404" in await response.read()
                async with session.post(f"{url}/", data=b"x" * 100_000) as response:
                    assert (response.status, await response.read()) == (201, b"x" * 100_000)
                async with session.get(f"{url}/") as response:
                    assert "large" in await response.text()

    run(main())

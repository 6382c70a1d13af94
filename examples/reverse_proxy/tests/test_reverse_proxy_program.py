"""The proxy as a program, in front of Python's own server, asked by curl."""

from __future__ import annotations

import functools
import http.server
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

CURL = ["curl", "--silent", "--show-error", "--max-time", "30"]
EXAMPLE = Path(__file__).resolve().parent.parent


class Upstream(http.server.SimpleHTTPRequestHandler):
    """Serves files, and takes some."""

    protocol_version = "HTTP/1.1"
    begun = threading.Event()
    go_on = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/files/slow":
            self.begun.set()
            assert self.go_on.wait(20)
        super().do_GET()

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.send_header("X-Sum", str(sum(body)))
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


def curl(*arguments: str | Path) -> str:
    """Run curl; return what it prints."""
    return subprocess.run([*CURL, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "large").write_bytes(bytes(range(256)) * 40_000)
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Upstream, directory=str(tmp_path))
    ) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def program(upstream: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The program and its port; it has to end well."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-m", "reverse_proxy", "--port", "0"]
    process = subprocess.Popen(
        [*command, f"/files=http://127.0.0.1:{upstream}", f"/=http://127.0.0.1:{upstream}"],
        cwd=EXAMPLE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert "Running on http://127.0.0.1:" in line, process.communicate(timeout=20)
        yield process, int(line.partition("127.0.0.1:")[2].partition(" ")[0])
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 0, errors
        assert "Traceback" not in errors
        assert "Warning" not in errors
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.peer("curl")
def test_curl_through_the_program_to_pythons_server(
    program: tuple[subprocess.Popen[str], int], tmp_path: Path
) -> None:
    process, port = program
    large = tmp_path / "large"
    url = f"http://127.0.0.1:{port}/large"

    curl("--output", tmp_path / "got", url)
    assert (tmp_path / "got").read_bytes() == large.read_bytes()

    answer = curl("--upload-file", large, "--header", "Expect: 100-continue", "--include", url)
    assert "HTTP/1.1 201 Created" in answer
    assert f"X-Sum: {sum(large.read_bytes())}" in answer
    assert "Via: 1.1 tidewire" in answer

    assert curl("--include", f"{url}.not").startswith("HTTP/1.1 404 File not found")

    # What is on its way when the program is to stop is answered.
    slow = subprocess.Popen(
        [*CURL, "--include", f"http://127.0.0.1:{port}/files/slow"], stdout=subprocess.PIPE
    )
    assert Upstream.begun.wait(20)
    process.send_signal(signal.SIGTERM)
    Upstream.go_on.set()
    assert slow.communicate(timeout=20)[0].startswith(b"HTTP/1.1 404 File not found")
    process.wait(20)

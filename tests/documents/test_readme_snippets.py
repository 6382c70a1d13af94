"""The README's programs, taken out of it and run as a newcomer would, but on a port that is free."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tidewire_client import ClientSession

pytest.importorskip("tidewire", reason="needs the meta-package, which the README's programs import")

README: Final = Path(__file__).resolve().parents[2] / "README.md"
PROGRAMS: Final = re.findall(r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
COMMAND: Final = (sys.executable, "-W", "error")


def written(program: str, folder: Path, port: int) -> Path:
    """Put a program into a file."""
    assert program.count("8080") == 1
    file = folder / "program.py"
    file.write_text(program.replace("8080", str(port)), "utf-8")
    return file


@contextmanager
def running(program: str, folder: Path, port: int) -> Iterator[None]:
    """Run a server, which has to end well when it is told to."""
    process = subprocess.Popen(
        [*COMMAND, "-u", str(written(program, folder, port))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert f"Running on http://127.0.0.1:{port}" in process.stdout.readline()
        yield
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")
    finally:
        process.kill()
        process.communicate()


def test_there_are_a_server_a_client_and_a_websocket_in_ten_lines_each() -> None:
    assert len(PROGRAMS) == 3  # each of which is run below
    for program in PROGRAMS:
        # The guard is there for those who import the program.
        lines = [line for line in program.splitlines() if line and not line.startswith("if __name__")]
        assert len(lines) <= 10


@pytest.mark.slow
def test_the_client_is_answered_by_the_server(tmp_path: Path, unused_port: Callable[[], int]) -> None:
    port = unused_port()
    with running(PROGRAMS[0], tmp_path, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/hello/you", timeout=20) as response:
            assert response.read() == b"Hello, you!"
        client = [*COMMAND, str(written(PROGRAMS[1], tmp_path, port))]
        finished = subprocess.run(client, check=False, capture_output=True, text=True, timeout=40)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "200 Hello, world!\n", "")


@pytest.mark.slow
async def test_the_websocket_answers(tmp_path: Path, unused_port: Callable[[], int]) -> None:
    port = unused_port()
    with running(PROGRAMS[2], tmp_path, port):
        async with ClientSession() as session, session.ws_connect(f"http://127.0.0.1:{port}/echo") as ws:
            await ws.send_str("hello")
            assert await ws.receive_str(timeout=20) == "You said: hello"

"""The service as a program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("aiosqlite", reason="needs aiosqlite")
pytest.importorskip("msgspec", reason="needs msgspec")
pytest.importorskip("sqlalchemy", reason="needs SQLAlchemy")

EXAMPLE = Path(__file__).resolve().parent.parent


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Where the program is, which has to end well."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "rest",
            "--port",
            "0",
            "--database",
            f"sqlite+aiosqlite:///{tmp_path}/notes.db",
        ],
        cwd=EXAMPLE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert "Running on http://" in line, process.communicate(timeout=20)
        yield line.split()[3]
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, "Traceback" in errors) == (0, False), errors
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_the_program_keeps_notes(url: str) -> None:
    note = json.dumps({"title": "first"}).encode()
    post = urllib.request.Request(f"{url}/notes", note, {"Content-Type": "application/json"})
    with urllib.request.urlopen(post, timeout=20) as response:
        assert (response.status, response.headers["Location"]) == (201, "/notes/1")
    with urllib.request.urlopen(f"{url}/notes", timeout=20) as response:
        assert [each["title"] for each in json.load(response)] == ["first"]

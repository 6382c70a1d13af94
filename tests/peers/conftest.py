"""A real server, in a process of its own, for the peers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session", params=["asyncio", "uvloop"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a server, on each of the event loops; it has to end well."""
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    command = [sys.executable, "-X", "dev", "-W", "error", str(HERE / "peer_server.py"), request.param]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert "Running on http://127.0.0.1:" in line, process.communicate(timeout=20)
        yield int(line.partition("127.0.0.1:")[2].partition(" ")[0])
        process.terminate()
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")
    finally:
        process.kill()
        process.communicate()

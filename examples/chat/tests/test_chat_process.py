"""The chat as the process that users start."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat.config import read_config

from tidewire_client import ClientSession
from tidewire_testing.web import unused_port

PROJECT = Path(__file__).parent.parent


def test_the_redis_comes_from_the_environment() -> None:
    config = read_config(["--port", "1", "--history", "2"], {"CHAT_REDIS_URL": "redis://h"})
    assert (config.port, config.history, config.redis) == (1, 2, "redis://h")
    assert read_config([], {"CHAT_REDIS_URL": ""}).redis is None


@pytest.fixture
def running() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A chat, which the test stops, and its port."""
    port = unused_port()
    command = [sys.executable, "-m", "chat", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert f"http://127.0.0.1:{port}" in process.stdout.readline()
        yield process, port
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()  # where it is there still
        process.wait()
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes are sent signals")
async def test_it_stops_while_somebody_is_here(running: tuple[subprocess.Popen[str], int]) -> None:
    process, port = running
    url = f"http://127.0.0.1:{port}/rooms/lobby?name=Ada"
    async with ClientSession() as session, session.ws_connect(url) as websocket:
        assert (await websocket.receive_json(timeout=20))["type"] == "welcome"
        process.send_signal(signal.SIGTERM)
        async for _ in websocket:
            pass
        assert websocket.close_code == 1001

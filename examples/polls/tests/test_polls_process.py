"""The polls as the process that users start."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("aiosqlite", reason="the polls need aiosqlite")

from polls.config import read_config

from tidewire_testing.web import unused_port

PROJECT = Path(__file__).parent.parent


def test_secrets_come_from_the_environment() -> None:
    config = read_config(
        ["--port", "1", "--secure-cookies", "--no-samples"],
        {"POLLS_ADMIN_PASSWORD": "p", "POLLS_SECRET_KEY": "k"},
    )
    assert (config.port, config.admin_password, config.secret_key) == (1, "p", "k")
    assert config.secure_cookies
    assert not config.samples
    assert "'p'" not in repr(config)


def test_secrets_are_made_up_where_none_are_given() -> None:
    first, second = read_config([], {}), read_config([], {})
    assert first.admin_password != second.admin_password
    assert first.secret_key != second.secret_key


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes are sent signals")
def test_it_starts_tells_where_it_is_and_stops_cleanly(tmp_path: Path) -> None:
    port = unused_port()
    command = [sys.executable, "-m", "polls", "--port", str(port), "--database", str(tmp_path / "p.sqlite")]
    process = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert re.fullmatch(r"Log in as 'admin' with the password '.{12}'\.\n", process.stdout.readline())
        assert f"http://127.0.0.1:{port}" in process.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as response:
            assert b"Tabs or spaces?" in response.read()
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors

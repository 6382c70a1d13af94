"""A browser: a page that posts to its server and shows what came back."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--virtual-time-budget=10000",
    "--dump-dom",
]


@pytest.mark.slow
@pytest.mark.peer("chromium")
def test_a_page_posts_and_reads_a_stream(port: int, tmp_path: Path) -> None:
    command = ["chromium", *FLAGS, f"--user-data-dir={tmp_path}", f"http://127.0.0.1:{port}/"]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, timeout=50)
    assert finished.returncode == 0, finished.stderr
    assert '<p id="result">200 same POST 0;1;2;</p>' in finished.stdout

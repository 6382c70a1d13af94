"""A browser: pages that post to their server, or open websockets to it, and show what came back."""

from __future__ import annotations

import json
import subprocess
import urllib.request
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


@pytest.mark.slow
@pytest.mark.peer("chromium")
def test_a_page_has_its_messages_echoed(port: int, tmp_path: Path) -> None:
    # In real time: with a budget of virtual time a browser does not wait for websockets.
    flags = [flag for flag in FLAGS if flag not in ("--dump-dom", "--virtual-time-budget=10000")]
    url = f"http://127.0.0.1:{port}/websocket"
    command = ["chromium", *flags, "--remote-debugging-port=0", f"--user-data-dir={tmp_path}", url]
    browser = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        with urllib.request.urlopen(f"{url}/reports", timeout=40) as answer:
            reports = json.load(answer)
    finally:
        browser.terminate()
        browser.wait(20)
    page = {
        "same": 9,
        "of": 9,
        "extensions": "permessage-deflate",
        "protocol": "echo",
        "clean": True,
        "code": 4000,
        "reason": "",
    }
    server = {"received": 9, "code": 4000, "window": 15}
    assert reports in ([server, page], [page, server])

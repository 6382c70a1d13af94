"""A browser: pages that post to their server, or open websockets to it, and show what came back."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest
from chromium import dump_dom, run_chromium


@pytest.mark.slow
@pytest.mark.peer("chromium")
def test_a_page_posts_and_reads_a_stream(port: int, tmp_path: Path) -> None:
    page = dump_dom(f"http://127.0.0.1:{port}/", tmp_path)
    assert '<p id="result">200 same POST 0;1;2;</p>' in page


@pytest.mark.slow
@pytest.mark.timeout(150)
@pytest.mark.peer("chromium")
def test_a_page_has_its_messages_echoed(port: int, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{port}/websocket"
    with run_chromium(tmp_path, url), urllib.request.urlopen(f"{url}/reports", timeout=110) as answer:
        reports = json.load(answer)
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

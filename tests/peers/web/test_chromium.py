"""A browser: a page with a style sheet, a picture and a script, which tells what it sees."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

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
@pytest.mark.peer("chromium", "openssl")
@pytest.mark.parametrize("site", ["asyncio"], indirect=True)
def test_a_page_with_static_files(site: Any, tmp_path: Path) -> None:
    command = ["chromium", *FLAGS, f"--user-data-dir={tmp_path}", site.url("/")]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, timeout=50)
    assert finished.returncode == 0, finished.stderr
    found = re.search(r'<p id="result">(.*?)</p>', finished.stdout)
    assert found is not None, finished.stdout
    assert json.loads(found[1]) == {
        "style": "rgb(0, 128, 128)",
        "image": [3, 2],
        "compressed": True,
        "versions": True,
        "protocols": ["http/1.1"],
    }

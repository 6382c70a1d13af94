"""wrk: many connections at once, and a shutdown in the midst of it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.peer("wrk", "openssl")]

# What wrk has counted, as a line of JSON.
TELL = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"answers": %d, "connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}\\n',
    summary.requests, errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
"""


def run(script: Path, url: str, seconds: int) -> subprocess.Popen[str]:
    """Start wrk."""
    script.write_text(TELL)
    command = ["wrk", "-t1", "-c50", f"-d{seconds}s", "--timeout", "20s", "-s", str(script), url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def told(wrk: subprocess.Popen[str]) -> dict[str, int]:
    """What wrk has counted, when it has ended."""
    output = wrk.communicate(timeout=30)[0]
    found = re.search(r"^\{.*\}$", output, re.MULTILINE)
    assert found is not None, output
    counts: dict[str, int] = json.loads(found[0])
    return counts


@pytest.mark.parametrize("path", ["/about", "/text", "/static/site.css", "/nothing"])
def test_load(site: Any, tmp_path: Path, path: str) -> None:
    counts = told(run(tmp_path / "script.lua", site.url(path), 1))
    assert counts.pop("answers") > 50
    # wrk takes 404 for an error of its kind.
    assert counts.pop("status") == 0 or path == "/nothing"
    assert set(counts.values()) == {0}


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_shutdown_under_load_loses_no_request(
    start: Callable[[Path, str], Any], content: Path, tmp_path: Path, loop: str
) -> None:
    if loop == "uvloop":
        pytest.importorskip("uvloop")
    site = start(content, loop)
    wrk = run(tmp_path / "script.lua", site.url("/work"), 30)
    try:
        # Some hundred requests have come, and 50 connections go on asking.
        assert site.process.stdout.readline() == "busy\n"
        site.process.terminate()
        output, errors = site.process.communicate(timeout=20)
        assert (site.process.returncode, errors) == (0, "")
        wrk.send_signal(signal.SIGINT)
        counts = told(wrk)
    finally:
        wrk.kill()
        wrk.communicate()
    handled = json.loads(output)
    # Every handler that began came to its end, and its answer came to the client. A request that crosses with the end of
    # a connection which was idle until then is none of these: clients have to ask again (RFC 9112, section 9.3.1).
    assert handled["begun"] == handled["done"] == counts["answers"] >= 300
    assert (counts["status"], counts["timeout"]) == (0, 0)

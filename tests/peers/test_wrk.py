"""wrk: many connections at once, and not one error."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

# Twenty requests in one write, each to be answered in its turn.
PIPELINED = """
init = function(args)
  local requests = {}
  for i = 1, 20 do
    requests[i] = wrk.format("GET", "/hello/" .. i)
  end
  whole = table.concat(requests)
end
request = function() return whole end
"""
POSTED = """
wrk.method = "POST"
wrk.body = string.rep("x", 20000)
"""


def wrk(port: int, path: str, *arguments: str) -> int:
    """Run wrk for a second and return the number of answers."""
    command = ["wrk", "-t2", "-c50", "-d1s", "--timeout", "10s", *arguments, f"http://127.0.0.1:{port}{path}"]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert finished.returncode == 0, finished.stderr
    assert "Socket errors" not in finished.stdout, finished.stdout
    assert "Non-2xx" not in finished.stdout, finished.stdout
    found = re.search(r"(\d+) requests in", finished.stdout)
    assert found is not None
    return int(found[1])


@pytest.mark.slow
@pytest.mark.peer("wrk")
@pytest.mark.parametrize("path", ["/hello/you", "/stream?n=3"])
def test_get(port: int, path: str) -> None:
    assert wrk(port, path) > 100


@pytest.mark.slow
@pytest.mark.peer("wrk")
@pytest.mark.parametrize(
    ("path", "script"), [("/hello/you", PIPELINED), ("/echo", POSTED)], ids=["pipelined", "posted"]
)
def test_scripts(port: int, path: str, script: str, tmp_path: Path) -> None:
    (tmp_path / "script.lua").write_text(script)
    assert wrk(port, path, "-s", str(tmp_path / "script.lua")) > 100

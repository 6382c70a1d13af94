# noqa: INP001 - scripts, in no package
"""Run the Autobahn testsuite against both sides of a websocket, and judge what it reports.

    python run.py --wstest PATH [--side server|client] [--cases '1.*' '2.*' ...] [--out FOLDER]

`wstest` needs Python 2.7 and these versions, in an environment of its own:

    python2.7 -m virtualenv PY27
    PY27/bin/pip install autobahntestsuite==25.10.1 setuptools==44.0.0 txaio==2.1.0 incremental==16.10.1 \
        Twisted==19.10.0 zope.interface==4.6.0 jinja2==2.11.3 markupsafe==1.1.1 Werkzeug==1.0.1 klein==17.10.0 \
        unittest2==1.1.0 six==1.16.0 pyOpenSSL==19.1.0 cryptography==3.3.2 service_identity==18.1.0 \
        autobahn==0.10.9 wsaccel==0.6.2

Groups 1 to 10 take half a minute, 12 and 13 (compression) about ten. Exit code 1 where a case failed, or passed less
strictly than it should, and where a connection was not closed cleanly.
"""

from __future__ import annotations

import argparse
import collections
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
GOOD: Final = frozenset({"OK", "INFORMATIONAL"})


def free_port() -> int:
    """Return a port that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def specification(folder: Path, side: str, port: int, cases: Sequence[str]) -> Path:
    """Write what wstest is to do."""
    content: dict[str, Any] = {
        "options": {"failByDrop": True},
        "outdir": str(folder / "reports"),
        "cases": list(cases),
        "exclude-cases": [],
        "exclude-agent-cases": {},
    }
    url = f"ws://127.0.0.1:{port}"
    if side == "server":
        content["servers"] = [{"agent": "tidewire", "url": url}]
    else:
        content |= {"url": url, "webport": 0}
    path = folder / "spec.json"
    path.write_text(json.dumps(content), "utf-8")
    return path


def run_server(wstest: str, folder: Path, cases: Sequence[str]) -> None:
    """Test the server's side."""
    port = free_port()
    command = [sys.executable, str(HERE / "echo_server.py"), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            server.stdout.readline()
            spec = specification(folder, "server", port, cases)
            subprocess.run(
                [wstest, "-m", "fuzzingclient", "-s", str(spec)],
                check=True,
                cwd=folder,
                stdout=subprocess.DEVNULL,
            )
        finally:
            server.terminate()


def run_client(wstest: str, folder: Path, cases: Sequence[str]) -> None:
    """Test the client's side."""
    port = free_port()
    spec = specification(folder, "client", port, cases)
    with subprocess.Popen(
        [wstest, "-m", "fuzzingserver", "-s", str(spec)], cwd=folder, stdout=subprocess.DEVNULL
    ) as server:
        try:
            wait_for(port)
            subprocess.run([sys.executable, str(HERE / "echo_client.py"), str(port)], check=True)
        finally:
            server.terminate()
            server.wait()


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("wstest has not begun to listen")


def judge(folder: Path, side: str) -> bool:
    """Print what came out; tell whether it is good."""
    index = json.loads((folder / "reports" / "index.json").read_text("utf-8"))
    cases: dict[str, Any] = index["tidewire"]
    counts = collections.Counter(case["behavior"] for case in cases.values())
    print(f"{side}: {len(cases)} cases: " + ", ".join(f"{n} {name}" for name, n in sorted(counts.items())))
    bad = {
        name: case
        for name, case in cases.items()
        if case["behavior"] not in GOOD or case["behaviorClose"] not in GOOD
    }
    for name, case in bad.items():
        print(f"  {name}: {case['behavior']}, closing: {case['behaviorClose']}")
    return bool(cases) and not bad


def main() -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Run the Autobahn testsuite.")
    parser.add_argument("--wstest", required=True, help="the program")
    parser.add_argument("--side", choices=["server", "client"], action="append", help="both without it")
    parser.add_argument("--cases", nargs="+", default=["*"], help="such as '1.*'; all without it")
    parser.add_argument("--out", type=Path, help="keep the reports in this folder")
    given: Any = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as temporary:
        for side in given.side or ["server", "client"]:
            folder = (given.out or Path(temporary)).resolve() / side
            folder.mkdir(parents=True, exist_ok=True)
            (run_server if side == "server" else run_client)(given.wstest, folder, given.cases)
            good &= judge(folder, side)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

# noqa: INP001 - scripts, in no package
"""Run the Autobahn testsuite against both sides of a websocket, and judge what it reports.

    hatch run autobahn:run [GROUP ...] [--side server|client] [--out FOLDER] [--if-possible]

Groups are such as `1` or `12`, or single cases as `6.4.1`; all without any. Groups 1 to 10 take half a minute, 12 and 13
(compression) about ten minutes each. The testsuite needs Python 2.7, see `wstest.py`; its requirements are installed into
a cache folder by the first run.

The exit code is 1 where a case failed, or passed less strictly than it should, and where a connection was not closed
cleanly.
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
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from wstest import find_wstest

from tidewire_http_parser.builds import loaded

HERE: Final = Path(__file__).resolve().parent
GOOD: Final = frozenset({"OK", "INFORMATIONAL"})
# A whole name of a case is of three numbers.
CASE_DOTS: Final = 2


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
    """Print what came out, by groups; tell whether it is good."""
    index = json.loads((folder / "reports" / "index.json").read_text("utf-8"))
    cases: dict[str, Any] = index["tidewire"]
    print(f"\n{side}: {len(cases)} cases: {_counted(cases.values())}")
    groups: dict[int, list[Any]] = {}
    for name, case in cases.items():
        groups.setdefault(int(name.partition(".")[0]), []).append(case)
    for group in sorted(groups):
        print(f"  {group:2}: {len(groups[group]):3} cases: {_counted(groups[group])}")
    bad = {
        name: case
        for name, case in cases.items()
        if case["behavior"] not in GOOD or case["behaviorClose"] not in GOOD
    }
    for name, case in bad.items():
        print(f"  {name}: {case['behavior']}, closing: {case['behaviorClose']}")
    return bool(cases) and not bad


def _counted(cases: Iterable[Any]) -> str:
    counts = collections.Counter(case["behavior"] for case in cases)
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items(), reverse=True))


def main() -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="autobahn:run", description="Run the Autobahn testsuite.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="such as 1, or 6.4.1; all without any")
    parser.add_argument("--side", choices=["server", "client"], action="append", help="both without it")
    parser.add_argument("--out", type=Path, help="keep the reports in this folder")
    parser.add_argument("--if-possible", action="store_true", help="leave it be where it cannot be installed")
    given: Any = parser.parse_args()
    cases = [group if group.count(".") == CASE_DOTS else f"{group}.*" for group in given.groups] or ["*"]
    try:
        wstest = find_wstest()
    except (SystemExit, subprocess.CalledProcessError) as error:
        if not given.if_possible:
            raise
        print(f"left out: {error}")
        return 0
    print(builds_in_use(), flush=True)
    good = True
    with tempfile.TemporaryDirectory() as temporary:
        for side in given.side or ["server", "client"]:
            folder = (given.out or Path(temporary)).resolve() / side
            folder.mkdir(parents=True, exist_ok=True)
            (run_server if side == "server" else run_client)(wstest, folder, cases)
            good &= judge(folder, side)
    print("good" if good else "not good")
    return 0 if good else 1


def builds_in_use() -> str:
    """Say which build is tested."""
    build = loaded("tidewire_websocket._message_reader")
    return f"the {'interpreted' if build == 'pure' else 'compiled'} build"


if __name__ == "__main__":
    sys.exit(main())

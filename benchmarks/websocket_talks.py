"""The clients of the `websockets` benchmark: CPU time per message that was sent and came back."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from findings import Findings
from process_cpu import cores, pinned
from report import Table
from websocket_contenders import CLIENT_ROWS, EchoContender, EchoRow

import tidewire_build

__all__ = ["clients_table", "free_port"]

_APPS = Path(__file__).with_name("apps")
_ORIGIN = Path(__file__).with_name("websocket_origin.py")
_STARTING = 20.0
_TALKING = 60.0


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def _origin() -> Iterator[int]:
    """Have the server run on the load's core; its port."""
    port = free_port()
    with pinned(cores()[1]):
        process = subprocess.Popen([sys.executable, str(_ORIGIN), str(port)])
    try:
        end = time.monotonic() + _STARTING
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.02)
        yield port
    finally:
        process.kill()
        process.wait()


def _microseconds(contender: EchoContender, loop: str, row: EchoRow, port: int, seconds: float) -> float:
    """Let a client talk; return its CPU time per echo.

    Raises:
        RuntimeError: it could not.
    """
    with pinned(cores()[0]):
        done = subprocess.run(
            [*contender.command(port, loop), *row.load, str(seconds)],
            env=tidewire_build.environment(contender.name),
            cwd=_APPS,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TALKING,
        )
    words = done.stdout.split()
    if done.returncode or len(words) != 2 or not int(words[0]):
        raise RuntimeError(f"{contender.name} as client: {row.label}: {done.stderr.strip()}")
    return float(words[1]) / int(words[0]) * 1e6


def clients_table(
    chosen: Sequence[EchoContender], loop: str, rounds: int, seconds: float, findings: Findings
) -> Table:
    """Measure the clients on one loop; each is started anew for each round."""
    with _origin() as port:
        for row in CLIENT_ROWS:
            print(f"websockets: {loop}: clients, {row.label}", file=sys.stderr)
            for _ in range(rounds):
                for contender in chosen:
                    cell = (contender.name, _label(row), loop)
                    if cell in findings.failures:
                        continue
                    try:
                        cost = _microseconds(contender, loop, row, port, seconds)
                    except (RuntimeError, subprocess.TimeoutExpired) as error:
                        print(f"websockets: {error}", file=sys.stderr)
                        findings.failures.append(cell)
                    else:
                        findings.costs.setdefault(cell, []).append(cost)
    names = [contender.name for contender in chosen]
    return Table(
        caption=f"Clients on {loop}",
        columns=["echo of", *names],
        rows=[
            [row.label, *(findings.text(name, _label(row), loop) for name in names)] for row in CLIENT_ROWS
        ],
    )


def _label(row: EchoRow) -> str:
    return f"{row.label}, as client"

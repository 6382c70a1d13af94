"""The `clients` benchmark: CPU time of clients per request."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from client_contenders import CONTENDERS, FEW
from client_rows import ROWS
from findings import REFERENCE, Findings
from process_cpu import cores, pinned
from report import Report, Table
from server_contenders import LOOPS
from worker import Worker, started

import tidewire_build

__all__ = ["PEERS", "ClientOptions", "measure"]

PEERS = ("aiohttp", "aiosonic", "httpx", "niquests", "uvloop")


@dataclass(frozen=True, kw_only=True)
class ClientOptions:
    """How much to measure.

    Attributes:
        rounds: how often each contender is timed in each row; the best round counts.
        seconds: CPU seconds of one timing.
        loops: names of the event loops.
        only: names of the contenders to run; all where empty.
    """

    rounds: int = 5
    seconds: float = 0.3
    loops: Sequence[str] = LOOPS
    only: Sequence[str] = ()


@contextlib.contextmanager
def _origin() -> Iterator[str]:
    """A server on the core of its own; gives its URL."""
    with pinned(cores()[1]):
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("client_origin.py"))],
            stdout=subprocess.PIPE,
            text=True,
        )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.communicate()


def _round(workers: Sequence[Worker], loop: str, options: ClientOptions, findings: Findings) -> None:
    for row in ROWS:
        for worker in workers:
            cell = (worker.name, row.name, loop)
            if cell in findings.failures or row.name not in worker.hello["rows"]:
                continue
            try:
                cost = worker.microseconds(row.name, options.seconds)
            except RuntimeError as error:
                print(f"clients: {' / '.join(cell)}: {error}", file=sys.stderr)
                findings.failures.append(cell)
                continue
            findings.costs.setdefault(cell, []).append(cost)


def _on(
    loop: str, url: str, options: ClientOptions, findings: Findings, notes: list[str], wrong: list[str]
) -> list[str]:
    """Measure on one event loop; return who was there."""
    chosen = [name for name in CONTENDERS if not options.only or name in options.only]
    with pinned(cores()[0]), started(chosen, "client_worker.py", [url, loop], notes, wrong) as workers:
        for turn in range(options.rounds):
            print(f"clients: {loop}: round {turn + 1} of {options.rounds}", file=sys.stderr)
            _round(workers, loop, options, findings)
        return [worker.name for worker in workers]


def measure(options: ClientOptions) -> Report:
    """Run the benchmark.

    Raises:
        RuntimeError: no contender can run, or the system cannot bind processes to cores.
    """
    if sys.platform != "linux":
        raise RuntimeError("clients: processes are bound to cores, which needs Linux")
    notes: list[str] = []
    wrong: list[str] = []
    loops = list(options.loops)
    _, failure = tidewire_build.probe("import uvloop", "")
    if failure is not None and "uvloop" in loops:
        loops.remove("uvloop")
        notes.append("uvloop is not installed (see requirements.txt): plain asyncio only.")
    findings = Findings()
    tables: list[Table] = []
    there: list[str] = []
    with _origin() as url:
        for loop in loops:
            names = _on(loop, url, options, findings, notes, wrong)
            there += [name for name in names if name not in there]
            rows = [[row.label, *(findings.text(name, row.name, loop) for name in names)] for row in ROWS]
            tables.append(Table(caption=f"On {loop}", columns=["work", *names], rows=rows))
    notes += (
        f"{name}: not with 500 in flight; opening so many connections takes it longer than all the rest."
        for name in sorted(FEW.intersection(there))
    )
    notes.append("A dash: a contender that has no way to do it, or was not asked to with so many in flight.")
    notes += findings.notes()
    if len(set(cores())) == 1:
        notes.append("There was one core only, shared by client and server.")
    return Report(
        name="clients",
        title="Clients",
        method=(
            (
                "One client process on one core with a session whose connections are kept, a bare server on another core; "
                "every answer is compared with the wanted one."
            ),
            (
                "User and system CPU time of the client's process, in microseconds per request, and in parentheses its "
                f"ratio to {REFERENCE}'s on the same loop; the least of {options.rounds} interleaved rounds of "
                f"{options.seconds:g} s."
            ),
        ),
        tables=tables,
        notes=list(dict.fromkeys(notes)),
        tidewire=[name for name in there if name in tidewire_build.BUILDS],
        failures=[*wrong, *(" / ".join(cell) for cell in findings.failures)],
    )

"""The `clients` benchmark: CPU time of clients per request."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import operator
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from client_contenders import CONTENDERS, FEW
from client_rows import HANDSHAKE, MEMORY, ROW_NAMES, ROWS, Site
from findings import REFERENCE, Findings
from process_cpu import cores, pinned
from report import Report, Table
from server_contenders import LOOPS
from tls_certificate import make_certificate
from worker import Worker, started

import tidewire_build

__all__ = ["PEERS", "ROW_NAMES", "ClientOptions", "measure"]

PEERS = ("aiohttp", "aiosonic", "httpx", "niquests", "uvloop")


@dataclass(frozen=True, kw_only=True)
class ClientOptions:
    """How much to measure.

    Attributes:
        rounds: how often each contender is timed in each row; the best round counts.
        seconds: CPU seconds of one timing.
        loops: names of the event loops.
        only: names of the contenders to run; all where empty.
        rows: names of the rows; all where empty.
        transfer: bytes of the long bodies.
        opened: after how many TLS connections the memory is looked at, for the first time and for the second.
    """

    rounds: int = 5
    seconds: float = 0.3
    loops: Sequence[str] = LOOPS
    only: Sequence[str] = ()
    rows: Sequence[str] = ()
    transfer: int = 100 * 1024 * 1024
    opened: tuple[int, int] = (2000, 10000)


@dataclass(kw_only=True)
class ClientFindings(Findings):
    """What was found so far, with what is no cost per request.

    Attributes:
        handshakes: of a client on a loop, TLS connections, how many of them resumed a session, and how many ended with
            the alert of TLS that says so.
        memory: of a client on a loop, the MiB after the first TLS connections, and after the last.
    """

    handshakes: dict[tuple[str, str], tuple[int, int, int]] = field(default_factory=dict)
    memory: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)


def _started(stack: contextlib.ExitStack, core: int, *arguments: str) -> list[str]:
    """Start a server on a core, until the end of the stack; return the ports that it tells."""
    with pinned(core):
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("client_origin.py")), *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
    stack.callback(process.communicate)
    stack.callback(process.kill)
    assert process.stdout is not None
    return process.stdout.readline().split()


@contextlib.contextmanager
def _origin(options: ClientOptions) -> Iterator[Site]:
    """A server on a core of its own, and one on that of the clients; gives where they are."""
    with tempfile.TemporaryDirectory(prefix="tidewire-benchmark-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        certificate = make_certificate(folder)
        file = folder / "long"
        with file.open("wb") as opened:
            opened.truncate(options.transfer)
        length = str(options.transfer)
        certificates = [] if certificate is None else [str(certificate)]
        here, there = cores()
        plain, fresh, secure = _started(stack, there, length, *certificates)
        near, *_ = _started(stack, here, length)
        yield Site(
            http=f"http://127.0.0.1:{plain}",
            near=f"http://127.0.0.1:{near}",
            fresh=f"http://127.0.0.1:{fresh}",
            https="" if secure == "0" else f"https://127.0.0.1:{secure}",
            authority=str(folder / "authority.pem"),
            file=str(file),
            transfer=options.transfer,
            rows=list(options.rows or ROW_NAMES),
        )


def _handshakes(site: Site) -> tuple[int, int, int]:
    """How many TLS connections the server has had, how many have resumed a session, and how many ended with the alert."""
    with urllib.request.urlopen(f"{site.http}/handshakes", timeout=60) as answer:
        made, resumed, ended = json.loads(answer.read())
    return made, resumed, ended


def _memory(workers: Sequence[Worker], loop: str, options: ClientOptions, findings: ClientFindings) -> None:
    first, last = options.opened
    for worker in workers:
        if MEMORY not in worker.hello["rows"]:
            continue
        print(f"clients: {loop}: memory of {worker.name}", file=sys.stderr)
        try:
            before = worker.microseconds(MEMORY, first)
            after = worker.microseconds(MEMORY, last - first)
        except RuntimeError as error:
            print(f"clients: {worker.name} / {MEMORY} / {loop}: {error}", file=sys.stderr)
            findings.failures.append((worker.name, MEMORY, loop))
            continue
        findings.memory[worker.name, loop] = before, after


def _round(
    workers: Sequence[Worker], loop: str, site: Site, options: ClientOptions, findings: ClientFindings
) -> None:
    for row in ROWS:
        for worker in workers:
            cell = (worker.name, row.name, loop)
            if cell in findings.failures or row.name not in worker.hello["rows"]:
                continue
            before = _handshakes(site) if row.name == HANDSHAKE else (0, 0, 0)
            try:
                cost = worker.microseconds(row.name, options.seconds) / row.unit
            except RuntimeError as error:
                print(f"clients: {' / '.join(cell)}: {error}", file=sys.stderr)
                findings.failures.append(cell)
                continue
            findings.costs.setdefault(cell, []).append(cost)
            if row.name == HANDSHAKE:
                made, resumed, ended = map(operator.sub, _handshakes(site), before)
                findings.handshakes[worker.name, loop] = made, resumed, ended


def _on(
    loop: str,
    site: Site,
    options: ClientOptions,
    findings: ClientFindings,
    notes: list[str],
    wrong: list[str],
) -> list[str]:
    """Measure on one event loop; return who was there."""
    chosen = [name for name in CONTENDERS if not options.only or name in options.only]
    where = json.dumps(dataclasses.asdict(site))
    with pinned(cores()[0]), started(chosen, "client_worker.py", [where, loop], notes, wrong) as workers:
        for turn in range(options.rounds):
            print(f"clients: {loop}: round {turn + 1} of {options.rounds}", file=sys.stderr)
            _round(workers, loop, site, options, findings)
            if not turn:
                _memory(workers, loop, options, findings)
        return [worker.name for worker in workers]


def _memory_table(options: ClientOptions, findings: ClientFindings) -> Table:
    first, last = options.opened
    return Table(
        caption="Memory of the client when TLS connections were opened and closed, in MiB",
        columns=["client", f"after {first:,}", f"after {last:,}", "growth"],
        rows=[
            [f"{name} on {loop}", f"{before:.1f}", f"{after:.1f}", f"{after - before:.1f}"]
            for (name, loop), (before, after) in findings.memory.items()
        ],
    )


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
    findings = ClientFindings()
    tables: list[Table] = []
    there: list[str] = []
    with _origin(options) as site:
        for loop in loops:
            names = _on(loop, site, options, findings, notes, wrong)
            there += [name for name in names if name not in there]
            rows = [
                [row.label, *(findings.text(name, row.name, loop) for name in names)]
                for row in ROWS
                if row.name in site.rows
            ]
            if rows:
                tables.append(Table(caption=f"On {loop}", columns=["work", *names], rows=rows))
    if findings.memory:
        tables.append(_memory_table(options, findings))
    if not site.https:
        notes.append("There is no openssl, hence no certificate and nothing under TLS.")
    notes.append(f"Long bodies have {options.transfer // 1024 // 1024} MiB.")
    notes += (
        f"{HANDSHAKE}: {name} on {loop} resumed a session in {resumed} of {made} handshakes, and ended {ended} of these "
        "connections with close_notify."
        for (name, loop), (made, resumed, ended) in findings.handshakes.items()
    )
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
                "One client process on one core with a session whose connections are kept, a bare server on another core, in one "
                "row on the same; every answer is compared with the wanted one."
            ),
            (
                "User and system CPU time of the client's process, in microseconds (or ms, where it says so) per request, "
                f"and in parentheses its ratio to {REFERENCE}'s on the same loop; the least of {options.rounds} interleaved rounds of "
                f"{options.seconds:g} s."
            ),
        ),
        tables=tables,
        notes=list(dict.fromkeys(notes)),
        tidewire=[name for name in there if name in tidewire_build.BUILDS],
        failures=[*wrong, *(" / ".join(cell) for cell in findings.failures)],
    )

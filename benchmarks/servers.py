"""The `servers` benchmark: CPU time of servers per unit of work, and their memory per connection."""

from __future__ import annotations

import contextlib
import http.client
import os
import resource
import socket
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from process_cpu import ServerProcess, cores
from report import Report, Table, number, ratio
from server_contenders import APPS, CONTENDERS, LOOPS, Place, ServerContender
from server_costs import FULL_SHARE, Cost, Extent, measure_row
from server_questions import ServerError, Target
from server_rows import FILE_NAME, FILE_SIZE, ROWS, Row, Setting
from tls_certificate import make_certificate
from wrk_load import LoadError, wrk_version

import tidewire_build

__all__ = ["PEERS", "ROW_NAMES", "ServerOptions", "measure"]

PEERS = ("aiohttp", "uvicorn", "httptools", "starlette", "blacksheep", "granian", "sanic", "uvloop")
ROW_NAMES = [row.name for row in ROWS]

_USUAL_FIELDS = ("Content-Type", "Content-Length", "Date", "Server")
_REFERENCE = "aiohttp"
# A median that is further above the minimum is noted: the machine was busy.
_FAR = 0.1


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """How much to measure.

    Attributes:
        rounds: how often each contender is started and loaded on each loop.
        seconds: length of one load.
        connections: concurrent connections of a load.
        crowd: connections of the rows that are about very many of them.
        attempts: how often a load is put at most, until the server has its core to itself.
        loops: names of the event loops.
        only: names of the contenders to run; all where empty.
        rows: names of the rows to measure; all where empty.
    """

    rounds: int = 3
    seconds: int = 1
    connections: int = 32
    crowd: int = 10_000
    attempts: int = 3
    loops: Sequence[str] = LOOPS
    only: Sequence[str] = ()
    rows: Sequence[str] = ()


# A row's name, a contender's and a loop's.
Cell = tuple[str, str, str]


@dataclass(kw_only=True)
class Findings:
    """What was found so far."""

    costs: dict[Cell, list[Cost]] = field(default_factory=dict)
    failures: list[Cell] = field(default_factory=list)
    lacking: dict[str, list[str]] = field(default_factory=dict)

    def fail(self, cell: Cell, error: object) -> None:
        """Take note that a row of a contender failed, which then counts for nothing."""
        print(f"servers: {' / '.join(cell)} failed: {error}", file=sys.stderr)
        self.failures.append(cell)
        self.costs.pop(cell, None)

    def text(self, cell: Cell, reference: Cell) -> str:
        """The minimum, and its ratio to the reference's."""
        runs = self.costs.get(cell)
        if not runs:
            return "failed" if cell in self.failures else "-"
        best = min(run.amount for run in runs)
        compared = self.costs.get(reference)
        if not compared:
            return number(best)
        return f"{number(best)} ({ratio(best, min(run.amount for run in compared))})"

    def notes(self) -> Iterator[str]:
        """What a reader must know about them."""
        for row, name, loop in self.failures:
            yield f"{row}: {name} on {loop} failed."
        for name, lacking in self.lacking.items():
            if lacking:
                yield f"{name} sends no {' and no '.join(lacking)}."
        idle, far = [], []
        for (row, name, loop), runs in self.costs.items():
            share, amounts = min(run.share for run in runs), [run.amount for run in runs]
            above = statistics.median(amounts) / min(amounts) - 1
            if share < FULL_SHARE and row != "crowd":
                idle.append(f"{row}: {name} on {loop} {share:.0%}")
            if above > _FAR:
                far.append(f"{row}: {name} on {loop} {above:.0%}")
        if idle:
            yield f"Used less than its core in a round: {', '.join(idle)}."
        if far:
            yield f"Median far above the minimum: {', '.join(far)}."


class _Bench:
    """Starts servers and has them loaded.

    Args:
        options: how much to measure.
        folder: for files that last as long as the run.
    """

    def __init__(self, options: ServerOptions, folder: Path) -> None:
        self.findings = Findings()
        self._options = options
        self._folder = folder
        self._extent = Extent(
            seconds=options.seconds,
            connections=options.connections,
            crowd=options.crowd,
            attempts=options.attempts,
        )
        self._files = folder / "files"
        self._files.mkdir()
        (self._files / FILE_NAME).write_bytes(os.urandom(FILE_SIZE))
        self.certificate = make_certificate(folder)

    def run(self, contender: ServerContender, loop: str, setting: Setting, rows: Sequence[Row]) -> None:
        """Start a contender and measure rows that have one setting; a row that failed before is left out."""
        cells = {row.name: (row.name, contender.name, loop) for row in rows}
        rows = [row for row in rows if cells[row.name] not in self.findings.failures]
        if not rows:
            return
        server_core, _ = cores()
        place = Place(port=_free_port(), loop=loop, certificate=self.certificate if setting.tls else None)
        server = ServerProcess(
            contender.command(place),
            environment=self._environment(contender, setting),
            folder=APPS,
            core=server_core,
        )
        target = Target(port=place.port, tls=setting.tls)
        with contextlib.closing(server):
            try:
                rows[0].question.wait_for(target, server.running)
            except ServerError as error:
                for row in rows:
                    self.findings.fail(cells[row.name], f"{error}\n{server.log()}".strip())
                return
            for row in rows:
                cell = cells[row.name]
                try:
                    cost, fields = measure_row(server, target, row, self._extent, self._folder)
                except (ServerError, LoadError, OSError, http.client.HTTPException) as error:
                    self.findings.fail(cell, f"{error!r}\n{server.log()}".strip())
                    continue
                self.findings.costs.setdefault(cell, []).append(cost)
                if row.name == "text":
                    sent = {name.lower() for name in fields}
                    lacking = [name for name in _USUAL_FIELDS if name.lower() not in sent]
                    self.findings.lacking[contender.name] = lacking
                print(f"servers: {' / '.join(cell)}: {number(cost.amount)}", file=sys.stderr)

    def _environment(self, contender: ServerContender, setting: Setting) -> dict[str, str]:
        environment = tidewire_build.environment(contender.name)
        environment |= {"BENCH_SITE": setting.site, "BENCH_FILES": str(self._files)}
        if setting.tls:
            environment["BENCH_CERTIFICATE"] = str(self.certificate)
        return environment


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _loops(options: ServerOptions, notes: list[str]) -> list[str]:
    _, failure = tidewire_build.probe("import uvloop", "")
    if failure is None:
        return list(options.loops)
    print(f"servers: uvloop is left out: {failure}", file=sys.stderr)
    notes.append("uvloop is not installed (see requirements.txt): plain asyncio only.")
    return [loop for loop in options.loops if loop != "uvloop"]


def _choose(options: ServerOptions, notes: list[str]) -> list[ServerContender]:
    chosen = []
    for contender in CONTENDERS:
        if options.only and contender.name not in options.only:
            continue
        reason = contender.reason_to_skip()
        if reason is None:
            chosen.append(contender)
            continue
        print(f"servers: {contender.name} skipped: {reason}", file=sys.stderr)
        if contender.name in tidewire_build.BUILDS:
            missing = "there is no such build of Tidewire in this environment"
        else:
            missing = "it is not installed (see requirements.txt)"
        notes.append(f"{contender.name}: not run, {missing}.")
    return chosen


def _crowd(options: ServerOptions, notes: list[str]) -> int:
    """How many connections a process may have, up to the wanted number; servers and clients inherit the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    crowd = min(options.crowd, most - 200) if most != resource.RLIM_INFINITY else options.crowd
    if crowd < options.crowd:
        notes.append(
            f"A process may have {most} open files here: {crowd} connections instead of {options.crowd}."
        )
    return crowd


def _by_setting(rows: Sequence[Row]) -> dict[Setting, list[Row]]:
    groups: dict[Setting, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.setting, []).append(row)
    return groups


def _table(loop: str, rows: Sequence[Row], names: Sequence[str], findings: Findings) -> Table:
    lines = [
        [
            row.label,
            *(findings.text((row.name, name, loop), (row.name, _REFERENCE, loop)) for name in names),
        ]
        for row in rows
    ]
    return Table(caption=f"On {loop}", columns=["work", *names], rows=lines)


def _measure(
    options: ServerOptions, folder: Path, notes: list[str]
) -> tuple[Findings, list[Table], list[str]]:
    loops = _loops(options, notes)
    contenders = _choose(options, notes)
    rows = [row for row in ROWS if not options.rows or row.name in options.rows]
    bench = _Bench(options, folder)
    if bench.certificate is None and any(row.setting.tls for row in rows):
        notes.append("openssl, which makes the certificate, is missing: nothing over TLS.")
        rows = [row for row in rows if not row.setting.tls]
    if not contenders or not rows:
        raise RuntimeError("servers: there is nothing to load; install benchmarks/requirements.txt")
    for turn in range(options.rounds):
        print(f"servers: round {turn + 1} of {options.rounds}", file=sys.stderr)
        for loop in loops:
            for setting, group in _by_setting(rows).items():
                # Memory does not vary from round to round, and many connections take long to open.
                if setting.crowded and turn:
                    continue
                for contender in contenders:
                    bench.run(contender, loop, setting, [row for row in group if row.name in contender.rows])
    names = [contender.name for contender in contenders]
    return bench.findings, [_table(loop, rows, names, bench.findings) for loop in loops], names


def measure(options: ServerOptions) -> Report:
    """Run the benchmark.

    Raises:
        RuntimeError: wrk or every contender is missing, or this system has no /proc to read.
    """
    if sys.platform != "linux":
        raise RuntimeError("servers: CPU times are read from /proc, which needs Linux")
    wrk = wrk_version()
    if wrk is None:
        raise RuntimeError("servers: the load generator wrk is missing (Debian, Ubuntu: apt install wrk)")
    notes: list[str] = []
    crowd = _crowd(options, notes)
    with tempfile.TemporaryDirectory() as folder:
        findings, tables, names = _measure(replace(options, crowd=crowd), Path(folder), notes)
    notes += findings.notes()
    if len(set(cores())) == 1:
        notes.append("There was one core only, shared by server and load.")
    return Report(
        name="servers",
        title="Servers",
        method=(
            "One server process on one core, the load on another, "
            f"{options.connections} keep-alive connections; every kind of answer is checked, an error fails the cell.",
            "User and system CPU time of the server's whole process tree, in microseconds per request where the row "
            "does not say otherwise, and in parentheses its ratio to aiohttp's on the same loop; memory is the growth "
            f"of the proportional set with {crowd} connections that have asked once; the least of "
            f"{options.rounds} interleaved rounds of {options.seconds} s.",
        ),
        tables=tables,
        notes=notes,
        tidewire=[name for name in names if name in tidewire_build.BUILDS],
        failures=[" / ".join(cell) for cell in findings.failures],
        tools=[wrk],
    )

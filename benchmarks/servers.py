"""The `servers` benchmark: CPU time of a server per trivial request."""

from __future__ import annotations

import contextlib
import http.client
import socket
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from process_cpu import ServerProcess, cores
from report import Report, Table, number, ratio
from server_contenders import APPS, CONTENDERS, LOOPS, ServerContender
from wrk_load import Load, LoadError, put_load, wrk_version

import tidewire_build

__all__ = ["PEERS", "ServerOptions", "measure"]

PEERS = ("aiohttp", "uvicorn", "httptools", "starlette", "blacksheep", "granian", "uvloop")

_BODY = b"Hello, World!"
_USUAL_FIELDS = ("Content-Type", "Content-Length", "Date", "Server")
_SECONDS_TO_COME_UP = 20.0
_REFERENCE = "aiohttp"
# A server that had to wait, because others used its core or the load's, looks cheaper than it is (it finds
# more to do each time it wakes) or dearer (its caches are cold): such a round is repeated.
_FULL_SHARE = 0.95
_ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """How much to measure.

    Attributes:
        rounds: how often each contender is started and loaded on each loop.
        seconds: length of one load, after one second to warm up.
        connections: concurrent connections of the load.
        only: names of the contenders to run; all where empty.
    """

    rounds: int = 3
    seconds: int = 3
    connections: int = 32
    only: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One round of one contender.

    Attributes:
        cpu: microseconds of CPU time per request.
        rate: requests per second.
        share: the part of its core's time that the server used.
    """

    cpu: float
    rate: float
    share: float


class ServerError(Exception):
    """A server did not come up, or its answer is not the one that was asked for."""


# By contender's name and loop.
Costs = dict[tuple[str, str], list[Cost]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _check_answer(port: int) -> list[str]:
    """Compare the answer with the wanted one; return the usual header fields it lacks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", "/")
        answer = connection.getresponse()
        body, kind = answer.read(), answer.headers.get_content_type()
    if (answer.status, kind, body) != (200, "text/plain", _BODY):
        raise ServerError(f"its answer is wrong: {answer.status} {kind} {body[:60]!r}")
    return [name for name in _USUAL_FIELDS if name not in answer.headers]


def _wait_until_up(server: ServerProcess, port: int) -> list[str]:
    give_up = time.monotonic() + _SECONDS_TO_COME_UP
    while time.monotonic() < give_up:
        if not server.running():
            break
        try:
            return _check_answer(port)
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    raise ServerError("it did not come up")


def _attempt(contender: ServerContender, loop: str, options: ServerOptions) -> tuple[Cost, list[str]]:
    server_core, load_core = cores()
    port = _free_port()

    def load(seconds: int) -> Load:
        return put_load(
            f"http://127.0.0.1:{port}/", seconds=seconds, connections=options.connections, core=load_core
        )

    server = ServerProcess(
        contender.command(port, loop),
        environment=tidewire_build.environment(contender.name),
        folder=APPS,
        core=server_core,
    )
    try:
        lacking = _wait_until_up(server, port)
        load(1)
        started, before = time.monotonic(), server.cpu_seconds()
        loaded = load(options.seconds)
        used = server.cpu_seconds() - before
        share = used / (time.monotonic() - started)
        _check_answer(port)
    except (ServerError, LoadError, OSError, http.client.HTTPException) as error:
        raise ServerError(f"{error}\n{server.log()}".strip()) from error
    finally:
        server.close()
    return Cost(cpu=used / loaded.served * 1e6, rate=loaded.rate, share=share), lacking


def _round(contender: ServerContender, loop: str, options: ServerOptions) -> tuple[Cost, list[str]]:
    """The first attempt in which the server had its core to itself, or else the one that came nearest."""
    best, lacking = _attempt(contender, loop, options)
    for _ in range(_ATTEMPTS - 1):
        if best.share >= _FULL_SHARE or len(set(cores())) == 1:
            break
        print(f"servers: {contender.name} used {best.share:.0%} of its core; once more", file=sys.stderr)
        again, lacking = _attempt(contender, loop, options)
        best = max(best, again, key=lambda cost: cost.share)
    return best, lacking


def _loops(notes: list[str]) -> list[str]:
    _, failure = tidewire_build.probe("import uvloop", "")
    if failure is None:
        return list(LOOPS)
    print(f"servers: uvloop is left out: {failure}", file=sys.stderr)
    notes.append("uvloop is not installed (see requirements.txt): plain asyncio only.")
    return [loop for loop in LOOPS if loop != "uvloop"]


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


def _table(loop: str, contenders: Sequence[ServerContender], costs: Costs) -> Table:
    best = {c.name: min(cost.cpu for cost in costs[c.name, loop]) for c in contenders if costs[c.name, loop]}
    rows = []
    for name, cost in sorted(best.items(), key=lambda item: item[1]):
        runs = costs[name, loop]
        rows.append(
            [
                name,
                number(cost),
                number(statistics.median(run.cpu for run in runs)),
                ratio(cost, best[_REFERENCE]) if _REFERENCE in best else "-",
                f"{max(run.rate for run in runs):.0f}",
            ]
        )
    columns = ["server", "CPU µs/request, min", "median", f"÷ {_REFERENCE}", "requests/s"]
    return Table(caption=f"On {loop}", columns=columns, rows=rows)


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
    failures: list[str] = []
    loops = _loops(notes)
    contenders = _choose(options, notes)
    if not contenders:
        raise RuntimeError("servers: there is no server to load; install benchmarks/requirements.txt")
    costs: Costs = {(contender.name, loop): [] for contender in contenders for loop in loops}
    lacks: dict[str, list[str]] = {}
    for turn in range(options.rounds):
        for loop in loops:
            for contender in contenders:
                label = f"{contender.name} on {loop}"
                if label in failures:
                    continue
                try:
                    cost, lacks[contender.name] = _round(contender, loop, options)
                except ServerError as error:
                    print(f"servers: {label} failed: {error}", file=sys.stderr)
                    failures.append(label)
                    costs[contender.name, loop].clear()
                    continue
                costs[contender.name, loop].append(cost)
                print(f"servers: round {turn + 1}, {label}: {cost.cpu:.1f} µs", file=sys.stderr)
    notes += [f"{label}: failed, so it has no row." for label in failures]
    notes += [f"{name} sends no {' and no '.join(fields)}." for name, fields in lacks.items() if fields]
    for (name, loop), runs in costs.items():
        idle = [run.share for run in runs if run.share < _FULL_SHARE]
        if idle:
            notes.append(f"{name} on {loop} used {min(idle):.0%} of its core in a round: disturbed.")
    if len(set(cores())) == 1:
        notes.append("There was one core only, shared by server and load.")
    return Report(
        name="hello",
        title="Serving GET / with 13 bytes of text",
        method=(
            "One server process on one core, wrk on another with "
            f"{options.connections} keep-alive connections; answers are checked, an error fails the row.",
            "User and system CPU time of the server's whole process tree, from /proc, per request; "
            f"{options.rounds} interleaved rounds of {options.seconds} s; ratios are of minima on one loop.",
        ),
        tables=[_table(loop, contenders, costs) for loop in loops],
        notes=notes,
        tidewire=[c.name for c in contenders if c.name in tidewire_build.BUILDS],
        failures=failures,
        tools=[wrk],
    )

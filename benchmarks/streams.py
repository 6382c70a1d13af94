"""The `streams` benchmark: CPU time to read a body from its stream."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report import Report, Table, number, ratio
from stream_contenders import CONTENDERS, WORKLOADS

import tidewire_build

__all__ = ["PEERS", "StreamOptions", "measure"]

PEERS = ("aiohttp",)

_WORKER = Path(__file__).with_name("stream_contenders.py")

_METHOD = (
    "Each stream, in a process of its own, is fed with pieces as its connection would do and read to its end; that as "
    "many bytes come as were fed is checked."
)
_TIMING = (
    "CPU time including what feeds the stream, garbage collector on, best part of {rounds} interleaved rounds; a ratio "
    "below 1 means that Tidewire is faster."
)

# Best microseconds by contender and workload.
Best = dict[tuple[str, str], float]


@dataclass(frozen=True, kw_only=True)
class StreamOptions:
    """How long to measure.

    Attributes:
        rounds: how often each contender is timed; the best round counts.
        share: by what the size of each workload is divided.
        only: names of the contenders to run; all where empty.
    """

    rounds: int = 5
    share: int = 1
    only: Sequence[str] = ()


class Worker:
    """A process that times one stream on request.

    Attributes:
        name: the contender's name.
        hello: its first line: `ready`, or `missing` or `wrong` with a reason.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, str(_WORKER), name],
            env=tidewire_build.environment(name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.hello: dict[str, Any] = self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else {"wrong": "the worker ended; its message is above"}

    def microseconds(self, workload: str, share: int) -> float:
        """Time a share of a workload."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([workload, share]) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if not isinstance(answer, float):
            raise RuntimeError(f"streams: {self.name} failed while it was timed")
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def _start(name: str, notes: list[str], failures: list[str]) -> Worker | None:
    if name in tidewire_build.BUILDS:
        reason = tidewire_build.reason_to_skip(name)
        if reason is not None:
            print(f"streams: {name} skipped: {reason}", file=sys.stderr)
            notes.append(f"{name}: not run, there is no such build of Tidewire in this environment.")
            return None
    worker = Worker(name)
    if "ready" in worker.hello:
        return worker
    worker.close()
    if "missing" in worker.hello:
        print(f"streams: {name} skipped: {worker.hello['missing']}", file=sys.stderr)
        notes.append(f"{name}: not run, it is not installed (see requirements.txt).")
    else:
        print(f"streams: {name} is wrong: {worker.hello['wrong']}", file=sys.stderr)
        notes.append(f"{name}: not timed, what it read is not what it was fed with.")
        failures.append(name)
    return None


def _time(workers: Sequence[Worker], options: StreamOptions) -> Best:
    best: Best = {}
    for turn in range(options.rounds):
        print(f"streams: round {turn + 1} of {options.rounds}", file=sys.stderr)
        for workload in WORKLOADS:
            for worker in workers:
                cost = worker.microseconds(workload, options.share)
                key = (worker.name, workload)
                best[key] = min(cost, best.get(key, cost))
    return best


def _table(caption: str, names: Sequence[str], best: Best) -> Table:
    """A row for each workload, a column for each contender, and Tidewire's time divided by each peer's."""
    ours = [name for name in tidewire_build.BUILDS if name in names]
    peers = [name for name in names if name not in ours]
    columns = ["read by", *names, *(f"{own} ÷ {peer}" for own in ours for peer in peers)]
    rows = []
    for name, workload in WORKLOADS.items():
        if workload.table != caption:
            continue
        costs = [number(best[contender, name]) for contender in names]
        ratios = [ratio(best[own, name], best[peer, name]) for own in ours for peer in peers]
        rows.append([name, *costs, *ratios])
    return Table(caption=caption, columns=columns, rows=rows)


def measure(options: StreamOptions) -> Report:
    """Run the benchmark.

    Raises:
        RuntimeError: no contender can run, or one failed while it was timed.
    """
    notes: list[str] = []
    failures: list[str] = []
    workers: list[Worker] = []
    try:
        for name in CONTENDERS:
            if options.only and name not in options.only:
                continue
            worker = _start(name, notes, failures)
            if worker is not None:
                workers.append(worker)
        if not workers:
            raise RuntimeError("streams: there is no stream to time; install benchmarks/requirements.txt")
        best = _time(workers, options)
    finally:
        for worker in workers:
            worker.close()
    names = [worker.name for worker in workers]
    captions = list(dict.fromkeys(workload.table for workload in WORKLOADS.values()))
    return Report(
        name="streams",
        title="Reading a body",
        method=(_METHOD, _TIMING.format(rounds=options.rounds)),
        tables=[_table(caption, names, best) for caption in captions],
        notes=notes,
        tidewire=[name for name in names if name in tidewire_build.BUILDS],
        failures=failures,
    )

"""The `heads` benchmark: CPU time to parse one whole request head."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from head_contenders import CONTENDERS, MODES
from report import Report, Table, number, ratio
from sample_heads import SAMPLES

import tidewire_build

__all__ = ["PEERS", "HeadOptions", "measure"]

PEERS = ("aiohttp", "httptools", "h11")

_WORKER = Path(__file__).with_name("head_contenders.py")
_CAPTIONS = {
    "new parser": "A new parser for each request",
    "reused parser": "One parser, request after request (keep-alive)",
}

# Best microseconds by contender, sample and mode.
Best = dict[tuple[str, str, str], float]


@dataclass(frozen=True, kw_only=True)
class HeadOptions:
    """How long to measure.

    Attributes:
        rounds: how often each contender is timed; the best round counts.
        seconds: CPU seconds of one timing.
        only: names of the contenders to run; all where empty.
    """

    rounds: int = 9
    seconds: float = 0.1
    only: Sequence[str] = ()


class Worker:
    """A process that times one parser on request.

    Attributes:
        name: the contender's name.
        hello: its first line: `modes`, or `missing` or `wrong` with a reason.
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

    def microseconds(self, sample: str, mode: str, seconds: float) -> float:
        """Time one sample for about so many seconds."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([sample, mode, seconds]) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if not isinstance(answer, float):
            raise RuntimeError(f"heads: {self.name} failed while it was timed")
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def _start(name: str, notes: list[str], failures: list[str]) -> Worker | None:
    if name in tidewire_build.BUILDS:
        reason = tidewire_build.reason_to_skip(name)
        if reason is not None:
            print(f"heads: {name} skipped: {reason}", file=sys.stderr)
            notes.append(f"{name}: not run, there is no such build of Tidewire in this environment.")
            return None
    worker = Worker(name)
    if "modes" in worker.hello:
        return worker
    worker.close()
    if "missing" in worker.hello:
        print(f"heads: {name} skipped: {worker.hello['missing']}", file=sys.stderr)
        notes.append(f"{name}: not run, it is not installed (see requirements.txt).")
    else:
        print(f"heads: {name} is wrong: {worker.hello['wrong']}", file=sys.stderr)
        notes.append(f"{name}: not timed, what it read is not what was sent.")
        failures.append(name)
    return None


def _time(workers: Sequence[Worker], options: HeadOptions) -> Best:
    best: Best = {}
    for turn in range(options.rounds):
        print(f"heads: round {turn + 1} of {options.rounds}", file=sys.stderr)
        for mode in MODES:
            for sample in SAMPLES:
                for worker in workers:
                    if mode not in worker.hello["modes"]:
                        continue
                    cost = worker.microseconds(sample, mode, options.seconds)
                    key = (worker.name, sample, mode)
                    best[key] = min(cost, best.get(key, cost))
    return best


def _table(mode: str, names: Sequence[str], best: Best) -> Table:
    ours = [name for name in tidewire_build.BUILDS if name in names]
    columns = ["parser"]
    for sample in SAMPLES:
        columns += [f"{sample}, µs", *(f"{name} ÷ this" for name in ours)]
    rows = []
    for name in names:
        if (name, next(iter(SAMPLES)), mode) not in best:
            continue
        row = [name]
        for sample in SAMPLES:
            cost = best[name, sample, mode]
            row += [number(cost), *(ratio(best[own, sample, mode], cost) for own in ours)]
        rows.append(row)
    return Table(caption=_CAPTIONS[mode], columns=columns, rows=rows)


def measure(options: HeadOptions) -> Report:
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
            raise RuntimeError("heads: there is no parser to time; install benchmarks/requirements.txt")
        best = _time(workers, options)
    finally:
        for worker in workers:
            worker.close()
    names = [worker.name for worker in workers]
    if "h11" in names:
        notes.append("h11 takes a second request only after an answer was sent, so it has no reused row.")
    return Report(
        name="heads",
        title="Parsing a request head",
        method=(
            "Each parser, in a process of its own, reads a GET to its end and gives method, target and all "
            "fields as str; that this equals what was sent is checked first.",
            f"CPU time per request, garbage collector on, best of {options.rounds} interleaved rounds of "
            f"{options.seconds:g} s; a ratio below 1 means that Tidewire is faster than the row.",
        ),
        tables=[_table(mode, names, best) for mode in MODES],
        notes=notes,
        tidewire=[name for name in names if name in tidewire_build.BUILDS],
        failures=failures,
    )

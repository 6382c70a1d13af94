"""The `heads` benchmark: CPU time to parse one whole request head."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from head_contenders import CONTENDERS, MODES
from report import Report, Table, number, ratio
from sample_heads import SAMPLES
from worker import Worker, started

import tidewire_build

__all__ = ["PEERS", "HeadOptions", "measure"]

PEERS = ("aiohttp", "httptools", "h11")

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
    chosen = [name for name in CONTENDERS if not options.only or name in options.only]
    with started(chosen, "head_contenders.py", (), notes, failures) as workers:
        best = _time(workers, options)
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

"""The `streams` benchmark: CPU time to read a body from its stream."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from report import Report, Table, number, ratio
from stream_contenders import CONTENDERS, WORKLOADS
from worker import Worker, started

import tidewire_build

__all__ = ["PEERS", "StreamOptions", "measure"]

PEERS = ("aiohttp",)

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
    chosen = [name for name in CONTENDERS if not options.only or name in options.only]
    with started(chosen, "stream_contenders.py", (), notes, failures) as workers:
        best = _time(workers, options)
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

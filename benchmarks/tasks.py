"""Benchmarks that are tables of tasks: CPU time of one call of a function, by contender.

A *suite* is a module with TITLE, METHOD (one sentence: what is done and given), PEERS (distributions), TASKS (names,
in order), EXPECTED (what a task must give, by task) and CONTENDERS (by name, a maker of the functions by task; a
contender may lack tasks). SIZES may tell how many bytes a call works on, for a table of throughput; `tables(names,
best)` may make tables of its own.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from report import Report, Table, number, ratio
from worker import Worker, started

import tidewire_build

__all__ = ["TaskOptions", "measure"]

_METHOD = (
    "Each contender in a process of its own, whose results are compared with what they should be first; CPU time, "
    "garbage collector on, best of {rounds} interleaved rounds of {seconds:g} s; a ratio below 1 means that Tidewire is "
    "faster."
)

# Best microseconds by contender and task.
Best = dict[tuple[str, str], float]


@dataclass(frozen=True, kw_only=True)
class TaskOptions:
    """How long to measure.

    Attributes:
        rounds: how often each contender is timed; the best round counts.
        seconds: CPU seconds of one timing.
        only: names of the contenders to run; all where empty.
    """

    rounds: int = 9
    seconds: float = 0.05
    only: Sequence[str] = ()


def _time(suite: Any, workers: Sequence[Worker], options: TaskOptions) -> Best:
    best: Best = {}
    for turn in range(options.rounds):
        print(f"{suite.__name__}: round {turn + 1} of {options.rounds}", file=sys.stderr)
        for task in suite.TASKS:
            for worker in workers:
                if task in worker.hello["tasks"]:
                    cost = worker.microseconds(task, options.seconds)
                    best[worker.name, task] = min(cost, best.get((worker.name, task), cost))
    return best


def _costs(suite: Any, names: Sequence[str], best: Best) -> Table:
    ours = tidewire_build.COMPILED
    peers = [name for name in names if name != ours]
    columns = ["task", *(f"{name}, µs" for name in names), *(f"{ours} ÷ {name}" for name in peers)]
    rows = []
    for task in suite.TASKS:
        row = [task, *(number(best[name, task]) if (name, task) in best else "-" for name in names)]
        for name in peers:
            known = (name, task) in best and (ours, task) in best
            row.append(ratio(best[ours, task], best[name, task]) if known else "-")
        rows.append(row)
    return Table(caption="Time of one call", columns=columns, rows=rows)


def _throughput(suite: Any, names: Sequence[str], best: Best) -> Table:
    rows = [
        [
            task,
            *(
                f"{suite.SIZES[task] / best[name, task] / 1.048576:.0f}" if (name, task) in best else "-"
                for name in names
            ),
        ]
        for task in suite.TASKS
        if task in suite.SIZES
    ]
    return Table(caption="Throughput, MiB per second of CPU time", columns=["task", *names], rows=rows)


def measure(suite_name: str, options: TaskOptions) -> Report:
    """Run the benchmark of a suite.

    Raises:
        RuntimeError: no contender can run, or one failed while it was timed.
    """
    suite: Any = importlib.import_module(suite_name)
    notes: list[str] = list(getattr(suite, "NOTES", ()))
    failures: list[str] = []
    chosen = [name for name in suite.CONTENDERS if not options.only or name in options.only]
    with started(chosen, "task_worker.py", [suite_name], notes, failures) as workers:
        best = _time(suite, workers, options)
    names = [worker.name for worker in workers]
    tables = suite.tables(names, best) if hasattr(suite, "tables") else [_costs(suite, names, best)]
    if getattr(suite, "SIZES", None):
        tables.append(_throughput(suite, names, best))
    return Report(
        name=suite_name.removeprefix("suite_"),
        title=suite.TITLE,
        method=(
            suite.METHOD,
            _METHOD.format(rounds=options.rounds, seconds=options.seconds),
        ),
        tables=tables,
        notes=notes,
        tidewire=[name for name in names if name in tidewire_build.BUILDS],
        failures=failures,
    )

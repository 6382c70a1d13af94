"""A process that times functions on request, and what to say where it cannot.

A process for each contender keeps one contender's garbage and caches out of another's figures. It is asked and answers
in JSON documents, one per line; its first line tells what it can do, or why it can do nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tidewire_build

__all__ = ["Worker", "started"]

_HERE = Path(__file__).parent


class Worker:
    """The parent's side of a worker.

    Args:
        name: the contender's name.
        script: the module that the process runs.
        arguments: what it is told on its command line, beside its name.

    Attributes:
        hello: its first line: what it can do, or `missing` or `wrong` with a reason.
    """

    def __init__(self, name: str, script: str, arguments: Sequence[str] = ()) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, str(_HERE / script), *arguments, name],
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

    def microseconds(self, *question: str | float) -> float:
        """Ask how long something takes.

        Raises:
            RuntimeError: the worker failed.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if not isinstance(answer, float):
            raise RuntimeError(f"{self.name} failed while it was timed: {answer}")
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def started(
    names: Iterable[str], script: str, arguments: Sequence[str], notes: list[str], failures: list[str]
) -> Iterator[list[Worker]]:
    """Start the workers of several contenders, and end them; see `Worker` for the arguments.

    Args:
        names: the contenders.
        script: the module that the processes run.
        arguments: what they are told on their command lines, beside their names.
        notes: gets a line for each that is left out.
        failures: gets the names of those that gave wrong results.

    Raises:
        RuntimeError: none of them can run.
    """
    workers: list[Worker] = []
    try:
        for name in names:
            worker = _start(name, script, arguments, notes, failures)
            if worker is not None:
                workers.append(worker)
        if not workers:
            raise RuntimeError(f"{script}: there is nothing to time; install benchmarks/requirements.txt")
        yield workers
    finally:
        for worker in workers:
            worker.close()


def _start(
    name: str, script: str, arguments: Sequence[str], notes: list[str], failures: list[str]
) -> Worker | None:
    """Start a contender's worker, or note why it is left out; see `Worker` for the arguments."""
    if name in tidewire_build.BUILDS:
        reason = tidewire_build.reason_to_skip(name)
        if reason is not None:
            print(f"{name} skipped: {reason}", file=sys.stderr)
            notes.append(f"{name}: not run, there is no such build of Tidewire in this environment.")
            return None
    worker = Worker(name, script, arguments)
    if "missing" not in worker.hello and "wrong" not in worker.hello:
        return worker
    worker.close()
    if "missing" in worker.hello:
        print(f"{name} skipped: {worker.hello['missing']}", file=sys.stderr)
        notes.append(f"{name}: not run, it is not installed (see requirements.txt).")
    else:
        print(f"{name} is wrong: {worker.hello['wrong']}", file=sys.stderr)
        notes.append(f"{name}: not timed, what it made of a sample is not what it should be.")
        failures.append(name)
    return None

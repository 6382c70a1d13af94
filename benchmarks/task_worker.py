"""The child's side of `tasks.py`: `python task_worker.py SUITE CONTENDER` times the tasks of one contender."""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
import timeit

__all__: list[str] = []


def serve(runs: dict[str, object]) -> None:
    """Answer questions on stdin, `[task, seconds]`, with microseconds per call."""
    numbers: dict[str, int] = {}
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        task, seconds = json.loads(line)
        # The garbage collector stays on: cycles that somebody makes are part of the price.
        timing = timeit.Timer(
            "run()", "gc.enable()", timer=time.process_time, globals={"run": runs[task], "gc": gc}
        )
        number = numbers.get(task)
        if number is None:
            count, took = timing.autorange()
            number = numbers[task] = max(1, round(count * seconds / took))
        print(json.dumps(timing.timeit(number) / number * 1e6), flush=True)


def main() -> None:
    """Load the contender, compare what its tasks give with what they should, and time them on request."""
    suite = importlib.import_module(sys.argv[1])
    try:
        runs = suite.CONTENDERS[sys.argv[2]]()
    except (ImportError, AttributeError) as error:
        print(json.dumps({"missing": str(error)}))
        return
    for task, run in runs.items():
        found = run()
        if found != suite.EXPECTED[task]:
            print(json.dumps({"wrong": f"{task}: {found!r:.300}, not {suite.EXPECTED[task]!r:.300}"}))
            return
    print(json.dumps({"tasks": list(runs)}), flush=True)
    serve(runs)


if __name__ == "__main__":
    main()

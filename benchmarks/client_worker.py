"""The child's side of `clients.py`: `python client_worker.py URL LOOP CONTENDER` times the rows of one client."""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from client_contenders import CONTENDERS, FEW, MANY, Calls
from client_rows import ANSWER, DOCUMENT, DOWNLOAD, GREETING, ROWS, ClientRow

__all__: list[str] = []

_FEW = 16
_SOME = 500
_MANY = 5000

EXPECTED: dict[str, Any] = {
    "get": GREETING,
    "connect": GREETING,
    "post": DOCUMENT,
    "upload": ANSWER,
    "download": bytes(DOWNLOAD),
}


def most(name: str) -> int:
    """Return how many requests a contender is given at once."""
    return _FEW if name in FEW else _MANY if name in MANY else _SOME


async def load(call: Callable[[], Awaitable[Any]], number: int, in_flight: int, expected: Any) -> float:
    """Send requests, and return the CPU seconds that they took."""

    async def some() -> None:
        for _ in range(number // in_flight):
            if await call() != expected:
                raise RuntimeError("the answer is another")

    before = time.process_time()
    await asyncio.gather(*(some() for _ in range(in_flight)))
    return time.process_time() - before


async def time_row(row: ClientRow, calls: Calls, seconds: float, numbers: dict[str, int]) -> float:
    """Return microseconds of CPU time per request."""
    call, expected = calls[row.call], EXPECTED[row.call]
    number = numbers.get(row.name)
    if number is None:
        # The first are for connections, and for what is made or specialised with the first requests.
        await load(call, 4 * row.in_flight, row.in_flight, expected)
        trial = max(4 * row.in_flight, 32)
        took = await load(call, trial, row.in_flight, expected)
        turns = max(1, round(seconds / took * trial / row.in_flight))
        number = numbers[row.name] = turns * row.in_flight
    return await load(call, number, row.in_flight, expected) / number * 1e6


async def main() -> None:
    """Make the client, compare what it gets with what it should, and time it on request."""
    # As many connections as the system allows: 5,000 at once are more than the usual soft limit.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    url, _, name = sys.argv[1:]
    try:
        made = CONTENDERS[name](url)
        async with made as calls:
            chosen = [row for row in ROWS if row.call in calls]
            for row in chosen:
                found = await calls[row.call]()
                if found != EXPECTED[row.call]:
                    print(json.dumps({"wrong": f"{row.name}: {found!r:.100}"}))
                    return
            there = [row.name for row in chosen if row.in_flight <= most(name)]
            print(json.dumps({"rows": there}), flush=True)
            gc.collect()
            gc.freeze()
            rows = {row.name: row for row in chosen}
            numbers: dict[str, int] = {}
            for line in sys.stdin:
                asked, seconds = json.loads(line)
                try:
                    answer: Any = await time_row(rows[asked], calls, seconds, numbers)
                except Exception as error:  # told, so that the other rows go on
                    answer = f"{type(error).__name__}: {error}"
                print(json.dumps(answer), flush=True)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))


if __name__ == "__main__":
    if sys.argv[2] == "uvloop":
        import uvloop

        uvloop.run(main())
    else:
        asyncio.run(main())

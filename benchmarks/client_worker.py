"""The child's side of `clients.py`: `python client_worker.py SITE LOOP CONTENDER` times the rows of one client."""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from client_contenders import CONTENDERS, FEW, MANY, MEASURED, Calls
from client_rows import (
    ANSWER,
    CROWD,
    DOCUMENT,
    DOWNLOAD,
    GREETING,
    MEMORY,
    ROWS,
    ClientRow,
    Site,
)

__all__: list[str] = []

_FEW = 16
_SOME = 500
_MANY = 5000

EXPECTED: dict[str, Any] = {
    "get": GREETING,
    "near": GREETING,
    "connect": GREETING,
    "post": DOCUMENT,
    "upload": ANSWER,
    "download": bytes(DOWNLOAD),
    "send_file": ANSWER,
    "send_pieces": ANSWER,
    "tls": GREETING,
    "handshake": GREETING,
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
        await load(call, 4 * row.in_flight if row.trial > 1 else 1, row.in_flight, expected)
        trial = max(4 * row.in_flight, row.trial) if row.trial > 1 else 1
        took = await load(call, trial, row.in_flight, expected)
        turns = max(1, round(seconds / took * trial / row.in_flight))
        number = numbers[row.name] = turns * row.in_flight
    return await load(call, number, row.in_flight, expected) / number * 1e6


async def open_and_close(calls: Calls, number: int) -> float:
    """Open so many TLS connections, a few at a time, and return the MiB that the process has afterwards."""
    await load(calls["handshake"], number, CROWD, GREETING)
    gc.collect()
    return _resident()


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def chosen_rows(site: Site, calls: Calls) -> list[ClientRow]:
    """The rows that are asked for and can be measured."""
    return [
        row for row in ROWS if row.call in calls and row.name in site.rows and (site.https or not row.tls)
    ]


async def main() -> None:
    """Make the client, compare what it gets with what it should, and time it on request."""
    # As many connections as the system allows: 5,000 at once are more than the usual soft limit.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    where, _, name = sys.argv[1:]
    site = Site(**json.loads(where))
    EXPECTED["receive"] = site.transfer
    try:
        made = CONTENDERS[name](site)
        async with made as calls:
            chosen = chosen_rows(site, calls)
            for row in chosen:
                found = await calls[row.call]()
                if found != EXPECTED[row.call]:
                    print(json.dumps({"wrong": f"{row.name}: {found!r:.100}"}))
                    return
            there = [row.name for row in chosen if row.in_flight <= most(name)]
            if site.https and MEMORY in site.rows and name in MEASURED:
                there.append(MEMORY)
            print(json.dumps({"rows": there}), flush=True)
            gc.collect()
            gc.freeze()
            rows = {row.name: row for row in chosen}
            numbers: dict[str, int] = {}
            for line in sys.stdin:
                asked, much = json.loads(line)
                try:
                    answer: Any
                    if asked == MEMORY:
                        answer = await open_and_close(calls, much)
                    else:
                        answer = await time_row(rows[asked], calls, much, numbers)
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

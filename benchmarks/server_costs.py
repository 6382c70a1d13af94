"""What one row costs a server that runs."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from process_cpu import ServerProcess, cores, pinned
from server_questions import ServerError, Target
from server_rows import TRANSFER, Row
from wrk_load import Asked, put_load

__all__ = ["FULL_SHARE", "Cost", "Extent", "measure_row"]

# A server that had to wait, because others used its core or the load's, looks cheaper than it is (it finds
# more to do each time it wakes) or dearer (its caches are cold): such a load is repeated.
FULL_SHARE = 0.95
# Requests before a load, for what is made or specialised with the first ones.
_WARMING = 300
# Seconds within which very many connections are opened, each after an answer on the one before.
_OPENING = 120
# Very many connections take a second or two to open, and a system drops and repeats what nobody accepts in time.
_CROWD_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much load there is.

    Attributes:
        seconds: length of one load.
        connections: concurrent connections of a usual load.
        crowd: very many connections.
        attempts: how often a usual load is put at most, until the server has its core to itself.
    """

    seconds: int
    connections: int
    crowd: int
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one load cost.

    Attributes:
        amount: microseconds of CPU time per request, milliseconds per transfer, or KiB per connection.
        share: the part of its core's time that the server used; 1 where that does not matter.
    """

    amount: float
    share: float = 1.0


def measure_row(
    server: ServerProcess, target: Target, row: Row, extent: Extent, folder: Path
) -> tuple[Cost, list[str]]:
    """Check the answer to a row's question, then put its load on a server.

    Args:
        server: the server, which has its core to itself.
        target: where it listens.
        row: what is asked of it.
        extent: how much load.
        folder: for files.

    Returns:
        What it cost, and the names of the fields of the answer.

    Raises:
        ServerError: an answer is wrong.
        LoadError: the load came upon an error.
        OSError, http.client.HTTPException: there is no answer.
    """
    fields = row.question.ask(target)
    if row.load == "transfer":
        return _transfer(server, target, row, extent), fields.keys()
    row.question.ask(target, times=_WARMING)
    if row.load == "memory":
        return _memory(server, target, extent), fields.keys()
    requests = folder / "requests"
    requests.write_bytes(row.question.entries(target.port, row.pipelined))
    asked = Asked(url=target.url, requests=requests, fails=row.fails)
    if row.load == "crowd":
        return _wrk(server, asked, max(extent.seconds, _CROWD_SECONDS), extent.crowd), fields.keys()
    best = _wrk(server, asked, extent.seconds, extent.connections)
    for _ in range(extent.attempts - 1):
        if best.share >= FULL_SHARE or len(set(cores())) == 1:
            break
        print(
            f"servers: {row.name}: the server used {best.share:.0%} of its core; once more", file=sys.stderr
        )
        again = _wrk(server, asked, extent.seconds, extent.connections)
        best = max(best, again, key=lambda cost: cost.share)
    # The last word: an answer after the load is still the right one.
    row.question.ask(target)
    return best, fields.keys()


@contextlib.contextmanager
def _timed(server: ServerProcess) -> Iterator[Callable[[], tuple[float, float]]]:
    """Gives what tells, after the block, the seconds of CPU time and the share of the core."""
    started, before = time.monotonic(), server.cpu_seconds()
    used = passed = 0.0
    yield lambda: (used, used / passed)
    used, passed = server.cpu_seconds() - before, time.monotonic() - started


def _wrk(server: ServerProcess, asked: Asked, seconds: int, connections: int) -> Cost:
    _, load_core = cores()
    with _timed(server) as times:
        load = put_load(asked, seconds=seconds, connections=connections, core=load_core)
    used, share = times()
    return Cost(amount=used / load.served * 1e6, share=share)


def _client(script: str, *arguments: object) -> subprocess.Popen[str]:
    _, load_core = cores()
    command = [sys.executable, str(Path(__file__).with_name(script)), *map(str, arguments)]
    with pinned(load_core):
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


def _transfer(server: ServerProcess, target: Target, row: Row, extent: Extent) -> Cost:
    with (
        _timed(server) as times,
        _client("transfer_client.py", target.port, row.name, TRANSFER, extent.seconds) as client,
    ):
        done, error = client.communicate()
    if client.returncode:
        raise ServerError(error.strip())
    used, _ = times()
    return Cost(amount=used / int(done) * 1e3)


def _memory(server: ServerProcess, target: Target, extent: Extent) -> Cost:
    before = server.memory()
    with _client("idle_client.py", target.port, extent.crowd) as client:
        assert client.stdout is not None
        wrong = client.stdout.readline()
        grown = server.memory() - before
        then_wrong, error = client.communicate("\n", timeout=_OPENING)
    if client.returncode or not wrong:
        raise ServerError(error.strip())
    if int(wrong) or int(then_wrong):
        raise ServerError(
            f"of {extent.crowd} connections {int(wrong)} had no answer, and later {int(then_wrong)}"
        )
    return Cost(amount=grown / extent.crowd / 1024)

"""The `websockets` benchmark: CPU time of echo servers per message."""

from __future__ import annotations

import contextlib
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from findings import REFERENCE, Findings
from process_cpu import ServerProcess, cores, pinned
from report import Report, Table
from websocket_contenders import CLIENTS, CONTENDERS, ROWS, EchoContender, EchoRow
from websocket_talks import clients_table, free_port

import tidewire_build

__all__ = ["PEERS", "EchoOptions", "measure"]

PEERS = ("aiohttp", "picows", "websockets", "uvloop")

_APPS = Path(__file__).with_name("apps")
_CLIENT = Path(__file__).with_name("websocket_client.py")
_CROWD = Path(__file__).with_name("websocket_crowd_client.py")
_BROADCAST = "broadcast"
_IDLE = "idle"
_STARTING = 20.0
_WARMING = 0.2


@dataclass(frozen=True, kw_only=True)
class EchoOptions:
    """How much to measure.

    Attributes:
        rounds: how often each contender is loaded in each row; the best round counts.
        seconds: length of one load.
        loops: names of the event loops.
        only: names of the contenders to run; all where empty.
        crowd: websockets that a message is sent to at once.
        idle: websockets that do nothing, of which the memory is measured.
    """

    rounds: int = 7
    seconds: float = 0.5
    loops: Sequence[str] = ("uvloop", "asyncio")
    only: Sequence[str] = ()
    crowd: int = 1000
    idle: int = 10_000


class _LoadError(Exception):
    """A server did not come up, or did not echo."""


class _EchoServer:
    """A contender that runs, and what loads it."""

    def __init__(self, contender: EchoContender, loop: str, mode: str = "") -> None:
        self.name = contender.name
        self._port = free_port()
        self._process = ServerProcess(
            contender.command(self._port, loop, mode),
            environment=tidewire_build.environment(contender.name),
            folder=_APPS,
            core=cores()[0],
        )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + _STARTING
        while self._process.running() and time.monotonic() < end:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            time.sleep(0.02)
        log = self._process.log()
        self._process.close()
        raise _LoadError(f"{self.name} did not come up\n{log}")

    def microseconds(self, row: EchoRow, seconds: float) -> float:
        """Load it; return CPU time per message."""
        command = [sys.executable, str(_CLIENT), str(self._port), *row.load, str(seconds)]
        if row.deflate:
            command.append("deflate")
        used, echoes = self._load(command)
        if not echoes:
            raise _LoadError(f"{self.name}: {row.label}: nothing came back")
        return used / echoes * 1e6

    def _load(self, command: list[str]) -> tuple[float, int]:
        """Run a load; return CPU time that the server has used, and what the load has counted."""
        with (
            pinned(cores()[1]),
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            ) as client,
        ):
            assert client.stdin is not None
            assert client.stdout is not None
            if client.stdout.readline():
                before = self._process.cpu_seconds()
                client.stdin.write("\n")
                client.stdin.flush()
                echoes = client.stdout.readline()
                used = self._process.cpu_seconds() - before
                if echoes:
                    return used, int(echoes)
            client.kill()
            _, error = client.communicate()
        raise _LoadError(f"{self.name}: {error.strip()}\n{self._process.log()}".strip())

    def delivery(self, count: int, seconds: float) -> float:
        """Have messages sent to a crowd; return microseconds of CPU time for each of its members."""
        used, delivered = self._load([sys.executable, str(_CROWD), str(self._port), str(count), str(seconds)])
        return used / max(1, delivered) * 1e6

    def idle_memory(self, count: int) -> float:
        """Return KiB of memory for each member of an idle crowd."""
        before = self._process.memory()
        command = [sys.executable, str(_CROWD), str(self._port), str(count), "0"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as client:
            assert client.stdout is not None
            ready = client.stdout.readline()
            used = self._process.memory() - before
            client.kill()
            _, error = client.communicate()
        if not ready:
            raise _LoadError(f"{self.name}: {error.strip()}\n{self._process.log()}".strip())
        return used / count / 1024

    def close(self) -> None:
        """End it."""
        self._process.close()


def _turn(
    chosen: Sequence[EchoContender], loop: str, row: EchoRow, options: EchoOptions, findings: Findings
) -> None:
    """One row, all contenders, each started anew for it."""
    with contextlib.ExitStack() as stack:
        servers: list[_EchoServer] = []
        for contender in chosen:
            if row.deflate and not contender.deflates:
                continue
            try:
                server = _EchoServer(contender, loop, "deflate" if row.deflate else "")
                stack.callback(server.close)
                server.microseconds(row, _WARMING)
            except _LoadError as error:
                print(f"websockets: {error}", file=sys.stderr)
                findings.failures.append((contender.name, row.label, loop))
                continue
            servers.append(server)
        for _ in range(options.rounds):
            for server in servers:
                cell = (server.name, row.label, loop)
                if cell in findings.failures:
                    continue
                try:
                    findings.costs.setdefault(cell, []).append(server.microseconds(row, options.seconds))
                except _LoadError as error:
                    print(f"websockets: {error}", file=sys.stderr)
                    findings.failures.append(cell)


def _crowd_turn(chosen: Sequence[EchoContender], loop: str, options: EchoOptions, findings: Findings) -> None:
    """The rows of crowds: each contender is started anew for each round."""
    for _ in range(max(1, options.rounds // 2)):
        for contender in chosen:
            if not contender.crowds:
                continue
            for label, mode in ((_BROADCAST, "broadcast"), (_IDLE, "")):
                cell = (contender.name, label, loop)
                if cell in findings.failures:
                    continue
                try:
                    with contextlib.closing(_EchoServer(contender, loop, mode)) as server:
                        cost = (
                            server.delivery(options.crowd, options.seconds)
                            if mode
                            else server.idle_memory(options.idle)
                        )
                except _LoadError as error:
                    print(f"websockets: {error}", file=sys.stderr)
                    findings.failures.append(cell)
                    continue
                findings.costs.setdefault(cell, []).append(cost)


def _choose(
    contenders: Sequence[EchoContender], options: EchoOptions, notes: list[str]
) -> list[EchoContender]:
    chosen = []
    for contender in contenders:
        if options.only and contender.name not in options.only:
            continue
        reason = contender.reason_to_skip()
        if reason is None:
            chosen.append(contender)
        else:
            print(f"websockets: {contender.name} skipped: {reason}", file=sys.stderr)
            notes.append(f"{contender.name}: not run: {reason}.")
    return chosen


def measure(options: EchoOptions) -> Report:
    """Run the benchmark.

    Raises:
        RuntimeError: no contender can run, or this is not Linux.
    """
    if sys.platform != "linux":
        raise RuntimeError("websockets: CPU times are read from /proc, which needs Linux")
    notes: list[str] = []
    chosen = _choose(CONTENDERS, options, notes)
    clients = _choose(CLIENTS, options, notes)
    if not chosen:
        raise RuntimeError("websockets: there is nothing to load; install benchmarks/requirements.txt")
    loops = list(options.loops)
    _, failure = tidewire_build.probe("import uvloop", "")
    if failure is not None and "uvloop" in loops:
        loops.remove("uvloop")
        notes.append("uvloop is not installed (see requirements.txt): plain asyncio only.")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    findings = Findings()
    tables: list[Table] = []
    names = [contender.name for contender in chosen]
    for loop in loops:
        for row in ROWS:
            print(f"websockets: {loop}: {row.label}", file=sys.stderr)
            _turn(chosen, loop, row, options, findings)
        rows = [[row.label, *(findings.text(name, row.label, loop) for name in names)] for row in ROWS]
        tables.append(Table(caption=f"On {loop}", columns=["echo of", *names], rows=rows))
        print(f"websockets: {loop}: crowds", file=sys.stderr)
        _crowd_turn(chosen, loop, options, findings)
        crowds = {
            f"64 B to {options.crowd} websockets, microseconds each": _BROADCAST,
            f"{options.idle} idle websockets, KiB each": _IDLE,
        }
        rows = [
            [text, *(findings.text(name, label, loop) for name in names)] for text, label in crowds.items()
        ]
        tables.append(Table(caption=f"Crowds on {loop}", columns=["crowd", *names], rows=rows))
        tables.append(clients_table(clients, loop, options.rounds, options.seconds, findings))
    notes += findings.notes()
    if len(set(cores())) == 1:
        notes.append("There was one core only, shared by server and load.")
    return Report(
        name="websockets",
        title="Websockets",
        method=(
            (
                "One echo server on one core, a client on another that never sleeps and sends masked frames; the first "
                "echo of each connection is compared. picows has no deflate, and gives its user views of frames; the "
                "others give messages, texts decoded. Levels of compression are each one's own. bare-protocol is the "
                "floor: it counts bytes and sends back what came first, so what it costs are the loop and the kernel."
            ),
            (
                "User and system CPU time of the server, in microseconds per message, and in parentheses its ratio to "
                f"{REFERENCE}'s on the same loop; the least of {options.rounds} interleaved rounds of "
                f"{options.seconds:g} s."
            ),
            (
                "A crowd is sent each message of one of its members, with what each library has for that; memory is "
                "that of the server's processes after all connections were made, less what it was before."
            ),
            (
                "Clients talk to a server that counts bytes, sends back what came first, and never sleeps; each batch is "
                "sent when all echoes of the one before are there. It is their own CPU time, per message and echo."
            ),
        ),
        tables=tables,
        notes=list(dict.fromkeys(notes)),
        tidewire=[name for name in names if name in tidewire_build.BUILDS],
        failures=[" / ".join(cell) for cell in findings.failures],
    )

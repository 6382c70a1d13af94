"""Tidewire's benchmarks: `python benchmarks/run.py [NAME ...] [--quick]`.

Prints a Markdown page for each benchmark and writes it to `results/`.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import client_contenders
import clients
import head_contenders
import heads
import multipart_upload
import server_contenders
import servers
import stream_contenders
import streams
import suite_bodies
import suite_multipart
import suite_routing
import suite_sinks
import suite_testing
import suite_uploads
import suite_values
import tasks
import websocket_contenders
import websocket_echoes
from report import Report, render

__all__ = ["main"]

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A benchmark as the command line knows it."""

    contenders: Sequence[str]
    peers: Sequence[str]
    measure: Callable[[argparse.Namespace, Sequence[str]], Report]
    rows: Sequence[str] = ()


def _heads(chosen: argparse.Namespace, only: Sequence[str]) -> Report:
    defaults = heads.HeadOptions(rounds=3, seconds=0.02) if chosen.quick else heads.HeadOptions()
    return heads.measure(
        heads.HeadOptions(rounds=chosen.rounds or defaults.rounds, seconds=defaults.seconds, only=only)
    )


def _servers(chosen: argparse.Namespace, only: Sequence[str]) -> Report:
    defaults = (
        servers.ServerOptions(rounds=1, crowd=1000, attempts=1) if chosen.quick else servers.ServerOptions()
    )
    return servers.measure(
        servers.ServerOptions(
            rounds=chosen.rounds or defaults.rounds,
            seconds=chosen.seconds or defaults.seconds,
            connections=chosen.connections or defaults.connections,
            crowd=defaults.crowd,
            only=only,
            rows=[row for row in chosen.rows if row in servers.ROW_NAMES],
            loops=chosen.loop or defaults.loops,
            attempts=defaults.attempts,
        )
    )


def _clients(chosen: argparse.Namespace, only: Sequence[str]) -> Report:
    defaults = clients.ClientOptions()
    if chosen.quick:
        defaults = clients.ClientOptions(rounds=1, seconds=0.05, transfer=8 * 1024 * 1024, opened=(100, 300))
    return clients.measure(
        clients.ClientOptions(
            rounds=chosen.rounds or defaults.rounds,
            seconds=defaults.seconds,
            loops=chosen.loop or defaults.loops,
            only=only,
            rows=[row for row in chosen.rows if row in clients.ROW_NAMES],
            transfer=defaults.transfer,
            opened=defaults.opened,
        )
    )


def _websockets(chosen: argparse.Namespace, only: Sequence[str]) -> Report:
    defaults = websocket_echoes.EchoOptions()
    if chosen.quick:
        defaults = websocket_echoes.EchoOptions(rounds=1, seconds=0.1, crowd=100, idle=500)
    return websocket_echoes.measure(
        websocket_echoes.EchoOptions(
            rounds=chosen.rounds or defaults.rounds,
            seconds=chosen.seconds or defaults.seconds,
            loops=chosen.loop or defaults.loops,
            only=only,
            crowd=defaults.crowd,
            idle=defaults.idle,
        )
    )


def _streams(chosen: argparse.Namespace, only: Sequence[str]) -> Report:
    rounds = chosen.rounds or (1 if chosen.quick else 3)
    return streams.measure(streams.StreamOptions(rounds=rounds, share=16 if chosen.quick else 1, only=only))


def _suite(suite: ModuleType) -> Benchmark:
    def run(chosen: argparse.Namespace, only: Sequence[str]) -> Report:
        defaults = tasks.TaskOptions(rounds=2, seconds=0.01) if chosen.quick else tasks.TaskOptions()
        options = tasks.TaskOptions(
            rounds=chosen.rounds or defaults.rounds, seconds=defaults.seconds, only=only
        )
        return tasks.measure(suite.__name__, options)

    return Benchmark(contenders=list(suite.CONTENDERS), peers=suite.PEERS, measure=run)


BENCHMARKS = {
    "heads": Benchmark(contenders=list(head_contenders.CONTENDERS), peers=heads.PEERS, measure=_heads),
    "bodies": _suite(suite_bodies),
    "values": _suite(suite_values),
    "multipart": _suite(suite_multipart),
    "streams": Benchmark(
        contenders=list(stream_contenders.CONTENDERS), peers=streams.PEERS, measure=_streams
    ),
    "multipart_upload": _suite(multipart_upload),
    "sinks": _suite(suite_sinks),
    "uploads": _suite(suite_uploads),
    "routing": _suite(suite_routing),
    "testing": _suite(suite_testing),
    "clients": Benchmark(
        contenders=list(client_contenders.CONTENDERS),
        peers=clients.PEERS,
        measure=_clients,
        rows=clients.ROW_NAMES,
    ),
    "websockets": Benchmark(
        contenders=[contender.name for contender in websocket_contenders.CONTENDERS],
        peers=websocket_echoes.PEERS,
        measure=_websockets,
    ),
    "servers": Benchmark(
        contenders=[contender.name for contender in server_contenders.CONTENDERS],
        peers=servers.PEERS,
        measure=_servers,
        rows=servers.ROW_NAMES,
    ),
}


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description="Measure Tidewire and its peers.")
    parser.add_argument("benchmark", nargs="*", help=f"{' or '.join(BENCHMARKS)}; all where none is named")
    parser.add_argument("--quick", action="store_true", help="short and rough, to see that everything runs")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a contender; repeatable")
    parser.add_argument(
        "--rounds", type=_positive, help="interleaved rounds (servers and streams 3, clients 5, others 9)"
    )
    parser.add_argument(
        "--rows",
        action="append",
        default=[],
        metavar="NAME",
        help="servers and clients: a row; repeatable, or with commas",
    )
    parser.add_argument(
        "--loop",
        action="append",
        default=[],
        choices=server_contenders.LOOPS,
        help="servers and clients: on this loop only",
    )
    parser.add_argument("--seconds", type=_positive, help="servers: length of one load (1)")
    parser.add_argument("--connections", type=_positive, help="servers: concurrent connections (32)")
    return parser


def _terminate(number: int, frame: object) -> None:
    # Through SystemExit, so that what was started is also ended.
    sys.exit(128 + number)


def main(arguments: Sequence[str]) -> int:
    """Run what the command line asks for; the exit status is 1 where anything failed."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    names = list(dict.fromkeys(chosen.benchmark)) or list(BENCHMARKS)
    for name in names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    known = [contender for name in names for contender in BENCHMARKS[name].contenders]
    for contender in chosen.only:
        if contender not in known:
            parser.error(f"there is no contender {contender!r}; there are {', '.join(dict.fromkeys(known))}")
    chosen.rows = [row for given in chosen.rows for row in given.split(",")]
    rows = [row for name in names for row in BENCHMARKS[name].rows]
    for row in chosen.rows:
        if row not in rows:
            parser.error(f"there is no row {row!r}; there are {', '.join(rows)}")
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _terminate)
    command = shlex.join(["python", "benchmarks/run.py", *arguments])
    partial = chosen.quick or bool(chosen.only or chosen.rows or chosen.loop)
    status = 0
    for name in names:
        benchmark = BENCHMARKS[name]
        only = [contender for contender in chosen.only if contender in benchmark.contenders]
        if (chosen.only and not only) or (chosen.rows and not set(chosen.rows).intersection(benchmark.rows)):
            continue
        try:
            report = benchmark.measure(chosen, only)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            status = 1
            continue
        page = render(report, peers=benchmark.peers, command=command)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{report.name}{'-partial' if partial else ''}.md").write_text(page, encoding="utf-8")
        print(page)
        if report.failures:
            print(f"{name}: failed: {', '.join(report.failures)}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

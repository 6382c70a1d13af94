"""The downloader as a program: `python -m downloader URL...`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from downloader.bars import Bar, make_bars
from downloader.download import Downloader, DownloadError, Order, Settings
from tidewire_client import ClientError, ClientSession, ClientTimeout, RetryMiddleware


async def run(orders: Sequence[Order], settings: Settings, timeout: ClientTimeout, jobs: int) -> int:
    """Download files, some of them at once; return how many could not be had.

    Args:
        orders: the files.
        settings: how they are downloaded.
        timeout: how long the parts of a request may take.
        jobs: how many are downloaded at once.
    """
    console = Console(stderr=True)
    room = asyncio.Semaphore(jobs)
    retry = RetryMiddleware(attempts=settings.attempts, backoff=settings.backoff, budget=None)
    with make_bars(console) as bars:
        async with ClientSession(timeout=timeout, middlewares=[retry], auto_decompress=False) as session:
            downloader = Downloader(session, settings)
            done = await asyncio.gather(*(_one(downloader, order, room, bars) for order in orders))
    return done.count(False)


async def _one(downloader: Downloader, order: Order, room: asyncio.Semaphore, bars: Progress) -> bool:
    async with room:
        bar = Bar(bars, order.url.name or str(order.url))
        try:
            path = await downloader.fetch(order, bar)
        except (ClientError, DownloadError, OSError) as error:
            bars.console.print(
                f"[red]failed[/] {escape(str(order.url))}: {escape(str(error))}", soft_wrap=True
            )
            return False
        else:
            bars.console.print(f"[green]saved[/] {escape(str(path))}", soft_wrap=True)
            return True
        finally:
            bar.end()


def main() -> None:
    """Read the command line, and download."""
    parser = argparse.ArgumentParser(prog="python -m downloader", description="A downloader that goes on.")
    parser.add_argument("orders", metavar="URL[#sha256=DIGITS]", nargs="+", type=Order.parse)
    parser.add_argument("--folder", type=Path, default=Path(), help="where files are put (this folder)")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there already")
    parser.add_argument("--jobs", type=int, default=4, help="how many files at once (%(default)s)")
    parser.add_argument("--attempts", type=int, default=5, help="in a row without a byte (%(default)s)")
    parser.add_argument("--backoff", type=float, default=0.5, metavar="SECONDS", help="the first pause")
    parser.add_argument("--connect-timeout", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--read-timeout", type=float, default=30.0, metavar="SECONDS")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        folder=options.folder,
        overwrite=options.overwrite,
        attempts=options.attempts,
        backoff=options.backoff,
    )
    timeout = ClientTimeout(sock_connect=options.connect_timeout, sock_read=options.read_timeout)
    try:
        failed = asyncio.run(run(options.orders, settings, timeout, options.jobs))
    except KeyboardInterrupt:
        sys.exit("interrupted; the same command goes on")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

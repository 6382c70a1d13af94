"""What the applications have in common: which site is asked for, what it serves, and how it listens.

The benchmark tells by environment variables, since some applications are imported by the server that runs them.

BENCH_SITE: `plain` has every address but those of the others; `middlewares` has ten of them around `/`; `routes`
has 5,000 routes. BENCH_FILES: the folder behind /static. BENCH_CERTIFICATE: a PEM file with certificate and key,
for TLS.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path

__all__ = [
    "BACKLOG",
    "FILES",
    "IDLE_SECONDS",
    "MIDDLEWARES",
    "PIECE",
    "PIECES",
    "PORT",
    "SITE",
    "TEXT",
    "UPLOAD",
    "new_loop",
    "pieces",
    "route_paths",
    "stop_on_wrong_loop",
    "tls",
]

SITE = os.environ.get("BENCH_SITE", "plain")
FILES = Path(os.environ.get("BENCH_FILES", "."))
CERTIFICATE = os.environ.get("BENCH_CERTIFICATE")
# Of the applications that are started by themselves, as `python site_x.py PORT LOOP`.
PORT = int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1].isdigit() else 0
LOOP = sys.argv[2] if PORT else ""

TEXT = "Hello, World!"
MIDDLEWARES = 10
# 100 MiB, in pieces as a handler would read and write them.
UPLOAD = 100 * 1024 * 1024
PIECE = bytes(65536)
PIECES = UPLOAD // len(PIECE)
# The same for all: connections that wait to be accepted, and how long one may be idle.
BACKLOG = 4096
IDLE_SECONDS = 300


def route_paths() -> list[str]:
    """The 5,000 paths; every second one ends in a variable, the last one too."""
    return [
        path
        for i in range(2500)
        for path in (f"/section{i % 50}/page{i}", f"/section{i % 50}/item{i}/{{name}}")
    ]


async def pieces() -> AsyncIterator[bytes]:
    """The body of the download, for frameworks that take an iterator."""
    for _ in range(PIECES):
        yield PIECE


def tls() -> ssl.SSLContext | None:
    """The server's side of TLS, where it is asked for."""
    if CERTIFICATE is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


def new_loop() -> asyncio.AbstractEventLoop:
    """The loop named on the command line."""
    if LOOP == "uvloop":
        import uvloop

        return uvloop.new_event_loop()
    return asyncio.new_event_loop()


def stop_on_wrong_loop() -> None:
    """Make sure that the figures are of the loop they are said to be of.

    Raises:
        RuntimeError: the running loop is not of the kind that was named on the command line.
    """
    module = type(asyncio.get_running_loop()).__module__.partition(".")[0]
    if module != LOOP:
        raise RuntimeError(f"this was to run on {LOOP}, not on {module}")

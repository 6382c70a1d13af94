"""The servers of the servers benchmark: what each needs, the command that starts it, and the rows it is in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from server_rows import ROWS

import tidewire_build

__all__ = ["APPS", "CONTENDERS", "LOOPS", "Place", "ServerContender"]

APPS = Path(__file__).with_name("apps")
LOOPS = ("uvloop", "asyncio")
_IDLE_SECONDS = 300
_BACKLOG = 4096
_CONNECTIONS = 20_000


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a contender serves, and on what.

    Attributes:
        port: the port of 127.0.0.1.
        loop: the event loop's name.
        certificate: a PEM file with key and certificate where it serves TLS.
    """

    port: int
    loop: str
    certificate: Path | None = None


# The arguments of the Python interpreter, in the folder of the applications.
Arguments = Callable[[Place], list[str]]


@dataclass(frozen=True, kw_only=True)
class ServerContender:
    """A server that can be started.

    Attributes:
        name: how reports and `--only` call it.
        needs: the import that fails where it is not installed.
        arguments: what the interpreter is started with.
        rows: the names of the rows it is in.
    """

    name: str
    needs: str
    arguments: Arguments
    rows: Sequence[str] = tuple(row.name for row in ROWS)

    def command(self, place: Place) -> list[str]:
        """The command that serves in the foreground."""
        return [sys.executable, *self.arguments(place)]

    def reason_to_skip(self) -> str | None:
        """Say why it cannot run here, or None where it can."""
        if self.name in tidewire_build.BUILDS:
            reason = tidewire_build.reason_to_skip(self.name)
            if reason is not None:
                return reason
        _, failure = tidewire_build.probe(self.needs, self.name)
        return failure


def _script(name: str) -> Arguments:
    return lambda place: [f"{name}.py", str(place.port), place.loop]


def _uvicorn(target: str) -> Arguments:
    def arguments(place: Place) -> list[str]:
        tls = [] if place.certificate is None else ["--ssl-certfile", str(place.certificate)]
        return [
            *("-m", "uvicorn", target),
            *("--host", "127.0.0.1", "--port", str(place.port)),
            *("--loop", place.loop, "--http", "httptools"),
            *("--backlog", str(_BACKLOG), "--timeout-keep-alive", str(_IDLE_SECONDS)),
            *("--no-access-log", "--log-level", "warning"),
            *tls,
        ]

    return arguments


def _granian(target: str, interface: str) -> Arguments:
    def arguments(place: Place) -> list[str]:
        file = str(place.certificate)
        tls = [] if place.certificate is None else ["--ssl-certificate", file, "--ssl-keyfile", file]
        # --http 1 spares it looking for HTTP/2 on each connection.
        return [
            *("-m", "granian", target),
            *("--host", "127.0.0.1", "--port", str(place.port)),
            *("--interface", interface, "--loop", place.loop, "--http", "1"),
            *("--workers", "1", "--runtime-threads", "1", "--blocking-threads", "1"),
            *("--backlog", str(_BACKLOG), "--no-access-log", "--log-level", "warning"),
            # Both concern connections that are idle, too: how many there may be, and how long (at most a minute).
            *("--backpressure", str(_CONNECTIONS), "--http1-header-read-timeout", "60000"),
            *tls,
        ]

    return arguments


_TIDEWIRE = "from tidewire_web import run_app"
_SMALL_TEXT = ("text", "headers", "pipelined", "tls", "memory", "crowd")

CONTENDERS = [
    ServerContender(name="bare-protocol", needs="pass", arguments=_script("site_bare"), rows=_SMALL_TEXT),
    ServerContender(name=tidewire_build.COMPILED, needs=_TIDEWIRE, arguments=_script("site_tidewire")),
    ServerContender(
        name=tidewire_build.INTERPRETED, needs=_TIDEWIRE, arguments=_script("site_tidewire"), rows=["text"]
    ),
    ServerContender(name="aiohttp", needs="import aiohttp.web", arguments=_script("site_aiohttp")),
    ServerContender(
        name="uvicorn",
        needs="import httptools, uvicorn",
        arguments=_uvicorn("site_asgi:app"),
        rows=_SMALL_TEXT,
    ),
    ServerContender(
        name="uvicorn+starlette",
        needs="import httptools, uvicorn, starlette",
        arguments=_uvicorn("site_starlette:app"),
    ),
    ServerContender(
        name="uvicorn+blacksheep",
        needs="import httptools, uvicorn, blacksheep",
        arguments=_uvicorn("site_blacksheep:app"),
    ),
    ServerContender(
        name="granian+starlette",
        needs="import granian, starlette",
        arguments=_granian("site_starlette:app", "asgi"),
    ),
    ServerContender(
        name="granian-rsgi",
        needs="import granian",
        arguments=_granian("site_rsgi:app", "rsgi"),
        rows=[row.name for row in ROWS if row.setting.site == "plain"],
    ),
    ServerContender(name="sanic", needs="import sanic", arguments=_script("site_sanic")),
]

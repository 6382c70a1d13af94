"""The servers of the hello benchmark: what each needs, and the command that starts it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tidewire_build

__all__ = ["APPS", "CONTENDERS", "LOOPS", "ServerContender"]

APPS = Path(__file__).with_name("apps")
LOOPS = ("uvloop", "asyncio")

# (port, loop) -> the arguments of the Python interpreter, in the folder of the applications.
Arguments = Callable[[int, str], list[str]]


@dataclass(frozen=True, kw_only=True)
class ServerContender:
    """A server that can be started.

    Attributes:
        name: how reports and `--only` call it.
        needs: the import that fails where it is not installed.
        arguments: what the interpreter is started with.
    """

    name: str
    needs: str
    arguments: Arguments

    def command(self, port: int, loop: str) -> list[str]:
        """The command that serves 127.0.0.1:`port` on `loop`, in the foreground."""
        return [sys.executable, *self.arguments(port, loop)]

    def reason_to_skip(self) -> str | None:
        """Say why it cannot run here, or None where it can."""
        if self.name in tidewire_build.BUILDS:
            reason = tidewire_build.reason_to_skip(self.name)
            if reason is not None:
                return reason
        _, failure = tidewire_build.probe(self.needs, self.name)
        return failure


def _script(name: str) -> Arguments:
    return lambda port, loop: [f"{name}.py", str(port), loop]


def _uvicorn(target: str) -> Arguments:
    return lambda port, loop: [
        *("-m", "uvicorn", target),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--loop", loop, "--http", "httptools"),
        *("--no-access-log", "--log-level", "warning"),
    ]


def _granian(target: str) -> Arguments:
    # --http 1 spares it looking for HTTP/2 on each connection.
    return lambda port, loop: [
        *("-m", "granian", target),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--interface", "rsgi", "--loop", loop, "--http", "1"),
        *("--workers", "1", "--runtime-threads", "1", "--blocking-threads", "1"),
        *("--no-access-log", "--log-level", "warning"),
    ]


CONTENDERS = [
    ServerContender(name="bare-protocol", needs="pass", arguments=_script("hello_bare")),
    ServerContender(
        name=tidewire_build.COMPILED,
        needs="from tidewire_web import run_app",
        arguments=_script("hello_tidewire"),
    ),
    ServerContender(
        name=tidewire_build.INTERPRETED,
        needs="from tidewire_web import run_app",
        arguments=_script("hello_tidewire"),
    ),
    ServerContender(name="aiohttp", needs="import aiohttp.web", arguments=_script("hello_aiohttp")),
    ServerContender(name="uvicorn", needs="import httptools, uvicorn", arguments=_uvicorn("hello_asgi:app")),
    ServerContender(
        name="uvicorn+starlette",
        needs="import httptools, uvicorn, starlette",
        arguments=_uvicorn("hello_starlette:app"),
    ),
    ServerContender(
        name="uvicorn+blacksheep",
        needs="import httptools, uvicorn, blacksheep",
        arguments=_uvicorn("hello_blacksheep:app"),
    ),
    ServerContender(name="granian-rsgi", needs="import granian", arguments=_granian("hello_rsgi:app")),
]

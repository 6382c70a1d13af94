"""What every library here gets: a server of its own on loopback, and no other host.

The libraries import `aiohttp`; so do these tests, servers included. Which package that is decides who runs them:
`-p tidewire.compat.pytest_plugin` puts Tidewire there, in front of the package that is installed as their requirement.
Without it there is nothing to prove, and only `test_stack.py` is collected, which says so.
TIDEWIRE_COMPAT_REAL=1 runs them against the package that is installed: a test is right when it passes there too.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from aiohttp import web

REAL: Final = os.environ.get("TIDEWIRE_COMPAT_REAL") == "1"


def runs_on_tidewire() -> bool:
    """Tell whether the import name `aiohttp` is Tidewire's."""
    compat = sys.modules.get("tidewire.compat")
    return compat is not None and compat.is_installed()


collect_ignore: list[str] = []
if not (REAL or runs_on_tidewire()):
    collect_ignore = [
        file.name for file in Path(__file__).parent.glob("test_*.py") if file.name != "test_stack.py"
    ]


def _is_loopback(host: object) -> bool:
    if host is None or host == "localhost":
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_other_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise where something looks for, or connects to, another machine; an audit hook, for this process's life."""
    if event == "socket.connect":
        sock, address = arguments
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise PermissionError(f"a test wanted to connect to {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_loopback(arguments[0]):
        raise PermissionError(f"a test wanted to look up {arguments[0]}")


if not collect_ignore:
    sys.addaudithook(_refuse_other_hosts)


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[web.Application], Awaitable[str]]]:
    """Start applications; each gets a port, and its URL without a slash at the end is returned."""
    from aiohttp.test_utils import TestServer

    servers: list[TestServer] = []

    async def start(application: web.Application) -> str:
        server = TestServer(application)
        servers.append(server)
        await server.start_server(shutdown_timeout=0.1)
        return str(server.make_url("/")).rstrip("/")

    yield start
    for server in servers:
        await server.close()

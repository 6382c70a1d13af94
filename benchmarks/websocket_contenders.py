"""The servers, the clients and the rows of the websockets benchmark."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import tidewire_build

__all__ = ["CLIENTS", "CLIENT_ROWS", "CONTENDERS", "ROWS", "EchoContender", "EchoRow"]


@dataclass(frozen=True, kw_only=True)
class EchoContender:
    """An echo server, or a client of one.

    Attributes:
        name: how reports and `--only` call it.
        needs: the import that fails where it is not installed.
        script: its file in `apps`.
        deflates: whether it knows permessage-deflate.
        crowds: whether it is asked to serve crowds.
    """

    name: str
    needs: str
    script: str
    deflates: bool = True
    crowds: bool = True

    def command(self, port: int, loop: str, mode: str = "") -> list[str]:
        """The command that serves in the foreground; the mode is `deflate`, `broadcast` or nothing."""
        return [sys.executable, self.script, str(port), loop, *([mode] if mode else [])]

    def reason_to_skip(self) -> str | None:
        """Say why it cannot run here, or None where it can."""
        if self.name in tidewire_build.BUILDS:
            reason = tidewire_build.reason_to_skip(self.name)
            if reason is not None:
                return reason
        _, failure = tidewire_build.probe(self.needs, self.name)
        return failure


@dataclass(frozen=True, kw_only=True)
class EchoRow:
    """A kind of load.

    Attributes:
        label: how the table calls it.
        kind: text or binary.
        size: bytes of a message.
        connections: how many there are.
        in_flight: messages that each of them has under way.
        deflate: whether messages are compressed.
    """

    label: str
    kind: str
    size: int
    connections: int
    in_flight: int
    deflate: bool = False

    @property
    def load(self) -> list[str]:
        """What the client is told of it."""
        numbers = [self.size, self.connections, self.in_flight]
        return [self.kind, *map(str, numbers)]


_TIDEWIRE = "from tidewire_websocket.asyncio import WebSocket; from tidewire_http_io import Acceptor"

CONTENDERS: Sequence[EchoContender] = (
    EchoContender(name=tidewire_build.COMPILED, needs=_TIDEWIRE, script="echo_tidewire.py"),
    EchoContender(name=tidewire_build.INTERPRETED, needs=_TIDEWIRE, script="echo_tidewire.py"),
    EchoContender(name="aiohttp", needs="import aiohttp.web", script="echo_aiohttp.py"),
    EchoContender(name="picows", needs="import picows", script="echo_picows.py", deflates=False),
    EchoContender(name="websockets", needs="import websockets.asyncio.server", script="echo_websockets.py"),
    EchoContender(
        name="bare-protocol", needs="import asyncio", script="echo_bare.py", deflates=False, crowds=False
    ),
)

# Sixteen connections keep a server busy that answers one message after the other; with one it sleeps after each.
ROWS: Sequence[EchoRow] = (
    EchoRow(label="64 B, 16 connections", kind="text", size=64, connections=16, in_flight=1),
    EchoRow(label="64 B, 1 connection", kind="text", size=64, connections=1, in_flight=1),
    EchoRow(label="64 B, 16 in flight", kind="text", size=64, connections=4, in_flight=16),
    EchoRow(label="16 KiB, 16 connections", kind="binary", size=16384, connections=16, in_flight=1),
    EchoRow(label="16 KiB, 16 in flight", kind="binary", size=16384, connections=2, in_flight=16),
    EchoRow(label="1 MiB", kind="binary", size=1 << 20, connections=1, in_flight=1),
    EchoRow(label="1 MiB of text", kind="text", size=1 << 20, connections=1, in_flight=1),
    EchoRow(label="1 MiB, 16 in flight", kind="binary", size=1 << 20, connections=1, in_flight=16),
    EchoRow(label="64 B, deflate", kind="text", size=64, connections=16, in_flight=1, deflate=True),
    EchoRow(label="16 KiB, deflate", kind="text", size=16384, connections=4, in_flight=1, deflate=True),
    EchoRow(label="1 MiB, deflate", kind="text", size=1 << 20, connections=1, in_flight=1, deflate=True),
)

_CLIENT = "from tidewire_client import ClientSession"

CLIENTS: Sequence[EchoContender] = (
    EchoContender(name=tidewire_build.COMPILED, needs=_CLIENT, script="echo_client_tidewire.py"),
    EchoContender(name=tidewire_build.INTERPRETED, needs=_CLIENT, script="echo_client_tidewire.py"),
    EchoContender(name="aiohttp", needs="import aiohttp", script="echo_client_aiohttp.py"),
    EchoContender(name="picows", needs="import picows", script="echo_client_picows.py", deflates=False),
    EchoContender(
        name="websockets", needs="import websockets.asyncio.client", script="echo_client_websockets.py"
    ),
)

CLIENT_ROWS: Sequence[EchoRow] = tuple(
    row
    for row in ROWS
    if not row.deflate and row.size != 16384 and (row.size < 1 << 20 or row.in_flight == 1)
)

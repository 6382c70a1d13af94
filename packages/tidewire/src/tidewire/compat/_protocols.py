"""Protocols and other inner classes of aiohttp, for those who derive from them or name them as types."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any, NamedTuple

from tidewire_http_io import BodySink

__all__: list[str] = []

StreamWriter = BodySink
"""What bodies are written to."""


class RawRequestMessage(NamedTuple):
    """The head of a request, in the shape that aiohttp's parser gives it."""

    method: str
    path: str
    version: Any
    headers: Any
    raw_headers: Any
    should_close: bool
    compression: str | None
    upgrade: bool
    chunked: bool
    url: Any


class RawResponseMessage(NamedTuple):
    """The head of a response, in the shape that aiohttp's parser gives it."""

    version: Any
    code: int
    reason: str
    headers: Any
    raw_headers: Any
    should_close: bool
    compression: str | None
    upgrade: bool
    chunked: bool


class BaseProtocol(asyncio.Protocol):
    """A protocol that knows its transport, and takes nothing from it.

    Args:
        loop: the event loop.
        parser: ignored.
    """

    def __init__(self, loop: Any = None, parser: Any = None) -> None:
        self._loop = loop
        self.transport: Any = None
        self._paused = False
        self._reading_paused = False

    @property
    def connected(self) -> bool:
        """Whether there is a transport."""
        return self.transport is not None

    def connection_made(self, transport: Any) -> None:
        """Take note of the transport."""
        self.transport = transport

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget it."""
        self.transport = None

    def pause_reading(self) -> None:
        """Take nothing from the transport for a while."""
        self._reading_paused = True
        if self.transport is not None:
            with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError):
                self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Go on."""
        self._reading_paused = False
        if self.transport is not None:
            with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError):
                self.transport.resume_reading()

    def pause_writing(self) -> None:
        """Take note that the transport's buffer is full."""
        self._paused = True

    def resume_writing(self) -> None:
        """Take note that it is not any more."""
        self._paused = False


class ResponseHandler(BaseProtocol):
    """The protocol of aiohttp's client. A connector that makes one has it replaced by Tidewire's own."""

    def close(self) -> None:
        """Close the transport."""
        if self.transport is not None:
            self.transport.close()

    def is_connected(self) -> bool:
        """Tell whether the transport is open."""
        return self.transport is not None and not self.transport.is_closing()


class RequestHandler(BaseProtocol):
    """The protocol of aiohttp's server, as a type: Tidewire's is another, which no program needs to know."""


def tcp_keepalive(transport: Any) -> None:
    """Have the system look whether the peer is still there."""
    sock = transport.get_extra_info("socket")
    if sock is not None and hasattr(socket, "SO_KEEPALIVE"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def tcp_nodelay(transport: Any, value: bool) -> None:
    """Have the system send small pieces at once, or not."""
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, bool(value))

"""ProtocolLike takes protocols of asyncio and classes that only look like one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tidewire_testing import MemoryTransport, ProtocolLike


class Duck:
    """A protocol without asyncio's base class."""

    __slots__ = ("events",)

    def __init__(self) -> None:
        self.events: list[object] = []

    def connection_made(self, transport: Any) -> None:
        self.events.append(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.events.append(exc)

    def data_received(self, data: bytes) -> None:
        self.events.append(data)

    def eof_received(self) -> None:
        self.events.append("eof")

    def pause_writing(self) -> None:
        self.events.append("pause")

    def resume_writing(self) -> None:
        self.events.append("resume")


@pytest.mark.parametrize("make", [Duck, asyncio.Protocol])
def test_both_are_accepted(make: type[ProtocolLike]) -> None:
    protocol = make()
    transport = MemoryTransport(protocol, immediate_close=True)
    transport.connect()
    transport.feed(b"a")
    transport.feed_eof()
    assert transport.lost
    if isinstance(protocol, Duck):
        assert protocol.events == [transport, b"a", "eof", None]


def test_the_types_are_accepted() -> None:
    accepted: list[ProtocolLike] = [Duck(), asyncio.Protocol()]
    assert len(accepted) == 2

"""The transport in memory does what sockets' transports do, and each check finds who does not."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from tidewire_testing import link_protocols
from tidewire_testing.transport_conformance import (
    TRANSPORT_CHECKS,
    TransportConformanceError,
    TransportSubject,
)


def name(check: Any) -> str:
    return str(check.__name__)


async def by_memory(here: Any, there: Any) -> None:
    link_protocols(here, there)


async def by_socket(here: Any, there: Any) -> None:
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    await loop.create_connection(lambda: here, sock=left)
    await loop.create_connection(lambda: there, sock=right)


@pytest.mark.parametrize("check", TRANSPORT_CHECKS, ids=name)
@pytest.mark.parametrize("connect", [by_memory, by_socket])
async def test_transports_conform(check: Callable[..., Any], connect: Any) -> None:
    await check(TransportSubject(connect=connect))


@pytest.mark.parametrize("check", TRANSPORT_CHECKS, ids=name)
def test_they_conform_on_uvloop(check: Callable[..., Any]) -> None:
    uvloop = pytest.importorskip("uvloop")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(check(TransportSubject(connect=by_memory)))


# -- whoever does not conform is found -------------------------------------------------------------


class Faulty:
    """A transport over one that is sound."""

    def __init__(self, sound: Any) -> None:
        self.sound = sound

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sound, name)


class Unknowing(Faulty):
    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return None


class Mangling(Faulty):
    def writelines(self, list_of_data: Any) -> None:
        self.sound.write(b"".join(reversed(list_of_data)))


class Hasty(Faulty):
    def write(self, data: Any) -> None:
        self.sound._peer.get_protocol().data_received(bytes(data))


class Abrupt(Faulty):
    def close(self) -> None:
        self.sound.abort()


class Whole(Faulty):
    def write_eof(self) -> None:
        self.sound.close()


class Unstoppable(Faulty):
    paused = False

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def is_reading(self) -> bool:
        return not self.paused


class Boundless(Faulty):
    def write(self, data: Any) -> None:
        self.sound.set_write_buffer_limits(high=2**40)
        self.sound.write(data)


class Stubborn(Faulty):
    def abort(self) -> None:
        self.sound.close()


class Faithful(Faulty):
    protocol: Any = None

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def get_protocol(self) -> Any:
        return self.protocol


FAULTY: dict[str, type[Faulty]] = {
    "transport_is_made_known": Unknowing,
    "transport_carries_bytes_in_order": Mangling,
    "transport_calls_nobody_from_within": Hasty,
    "transport_sends_all_before_it_closes": Abrupt,
    "transport_closes_one_direction": Whole,
    "transport_stops_reading": Unstoppable,
    "transport_slows_its_writer_down": Boundless,
    "transport_aborts": Stubborn,
    "transport_changes_its_protocol": Faithful,
}


@pytest.mark.parametrize("check", TRANSPORT_CHECKS, ids=name)
async def test_each_check_finds_a_transport_that_does_not_conform(check: Callable[..., Any]) -> None:
    async def connect(here: Any, there: Any) -> None:
        link_protocols(here, there)
        here.transport = FAULTY[name(check)](here.transport)

    with pytest.raises(TransportConformanceError):
        await check(TransportSubject(connect=connect, patience=0.1))

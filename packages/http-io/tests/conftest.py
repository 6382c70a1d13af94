"""What the tests of this distribution share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import pytest

from tidewire_testing import import_beside

import_beside(
    __file__,
    "wire",
    "client_wire",
    "exchange_harness",
    "http1_harness",
    "memory_codec",
    "memory_harness",
    "tls_wire",
)

if TYPE_CHECKING:
    from client_wire import ClientWire
    from exchange_harness import Harness
    from wire import Wire

    from tidewire_http_io import ClientExchange, ServerExchange


@pytest.fixture
async def make_wire() -> AsyncIterator[Callable[..., Wire]]:
    """Makes a server without sockets; its arguments are the server's options."""
    from wire import Wire

    wires: list[Wire] = []

    def make(**options: Any) -> Wire:
        wires.append(Wire(**options))
        return wires[-1]

    yield make
    for wire in wires:
        wire.close()


@pytest.fixture
async def wire(make_wire: Callable[..., Wire]) -> Wire:
    """A server without sockets, of default options."""
    return make_wire()


@pytest.fixture
async def make_client_wire() -> AsyncIterator[Callable[..., ClientWire]]:
    """Makes a client without sockets; its arguments are the client's options."""
    from client_wire import ClientWire

    wires: list[ClientWire] = []

    def make(**options: Any) -> ClientWire:
        wires.append(ClientWire(**options))
        return wires[-1]

    yield make
    for wire in wires:
        wire.close()


@pytest.fixture
async def client_wire(make_client_wire: Callable[..., ClientWire]) -> ClientWire:
    """A client without sockets, of default options."""
    return make_client_wire()


@pytest.fixture(params=["http1", "memory"])
async def server_harness(request: pytest.FixtureRequest, make_wire: Callable[..., Wire]) -> Any:
    """The server's side of a codec under the exchange's contract, one after the other."""
    return _server_harness(request.param, make_wire)


@pytest.fixture(params=["http1", "memory"])
async def client_harness(request: pytest.FixtureRequest, make_client_wire: Callable[..., ClientWire]) -> Any:
    """The client's side of a codec under the exchange's contract, one after the other."""
    return _client_harness(request.param, make_client_wire)


@pytest.fixture(params=["http1 server", "http1 client", "memory server", "memory client"])
async def harness(
    request: pytest.FixtureRequest,
    make_wire: Callable[..., Wire],
    make_client_wire: Callable[..., ClientWire],
) -> Any:
    """A side of a codec under the exchange's contract, one after the other."""
    codec, side = request.param.split()
    return _server_harness(codec, make_wire) if side == "server" else _client_harness(codec, make_client_wire)


def _server_harness(codec: str, make_wire: Callable[..., Wire]) -> Harness[ServerExchange]:
    from http1_harness import Http1Harness
    from memory_harness import MemoryServerHarness

    if codec == "http1":
        return Http1Harness(make_wire(read_bufsize=4096, write_bufsize=4096))
    return MemoryServerHarness()


def _client_harness(codec: str, make_wire: Callable[..., ClientWire]) -> Harness[ClientExchange]:
    from http1_harness import Http1ClientHarness
    from memory_harness import MemoryClientHarness

    if codec == "http1":
        return Http1ClientHarness(make_wire(read_bufsize=4096, write_bufsize=4096))
    return MemoryClientHarness()

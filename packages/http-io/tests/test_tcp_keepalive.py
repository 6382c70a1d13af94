"""The system looks after connections on which nothing happens."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from wire import Wire

MakeWire = Callable[..., Wire]


@pytest.mark.parametrize("wanted", [True, False])
async def test_it_is_asked_to_do_so_where_that_is_wanted(make_wire: MakeWire, wanted: bool) -> None:
    with socket.socket() as connected:
        make_wire(tcp_keepalive=wanted).connect(extra={"socket": connected})
        assert bool(connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)) is wanted


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no Unix domain sockets")
async def test_other_sockets_are_left_alone(wire: Wire) -> None:
    with socket.socket(socket.AF_UNIX) as connected:
        wire.connect(extra={"socket": connected})
        assert not connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


async def test_a_socket_that_is_closed_already_does_no_harm(wire: Wire) -> None:
    connected = socket.socket()
    connected.close()
    transport = wire.connect(extra={"socket": connected})
    transport.feed(wire.get())
    assert wire.statuses(transport.take()) == [200]

from __future__ import annotations

import socket
from typing import Any

from tidewire.compat import _protocols as protocols


class Transport:
    """Notes what is asked of it."""

    def __init__(self, sock: Any = None) -> None:
        self.asked: list[str] = []
        self.sock = sock

    def get_extra_info(self, name: str) -> Any:
        return self.sock

    def pause_reading(self) -> None:
        self.asked.append("pause")

    def resume_reading(self) -> None:
        raise RuntimeError("not paused")

    def is_closing(self) -> bool:
        return "close" in self.asked

    def close(self) -> None:
        self.asked.append("close")


def test_a_protocol_knows_its_transport() -> None:
    transport = Transport()
    protocol = protocols.ResponseHandler(loop=None)
    assert not protocol.is_connected()
    protocol.connection_made(transport)
    assert protocol.connected
    protocol.pause_reading()
    protocol.resume_reading()
    protocol.pause_writing()
    protocol.resume_writing()
    assert protocol.is_connected()
    protocol.close()
    assert transport.asked == ["pause", "close"]
    assert not protocol.is_connected()
    protocol.connection_lost(None)
    assert protocol.transport is None


def test_options_of_sockets_are_set() -> None:
    with socket.socket() as sock:
        protocols.tcp_nodelay(Transport(sock), True)
        protocols.tcp_keepalive(Transport(sock))
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    protocols.tcp_nodelay(Transport(), True)
    protocols.tcp_keepalive(Transport())

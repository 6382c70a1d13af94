from __future__ import annotations

import socket

import pytest

from tidewire_testing.web import get_port_socket, get_unused_port_socket, unused_port


def test_an_unused_port_can_be_bound() -> None:
    port = unused_port()
    with get_port_socket("127.0.0.1", port) as sock:
        assert sock.getsockname() == ("127.0.0.1", port)


def test_a_socket_of_an_unused_port_is_bound_and_nobody_else_gets_its_port() -> None:
    with get_unused_port_socket("127.0.0.1") as sock, get_unused_port_socket("127.0.0.1") as other:
        assert sock.getsockname()[1] != other.getsockname()[1]
        assert sock.family is socket.AF_INET


def test_a_port_that_is_listened_at_is_refused() -> None:
    with get_unused_port_socket("127.0.0.1") as sock:
        sock.listen()
        with pytest.raises(OSError, match="in use"):
            get_port_socket("127.0.0.1", sock.getsockname()[1])

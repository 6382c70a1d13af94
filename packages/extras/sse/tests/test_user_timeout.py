"""TCP_USER_TIMEOUT, on real sockets."""

from __future__ import annotations

import socket

import pytest

from tidewire_sse._user_timeout import UserTimeout

needs_option = pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no such option"
)


@needs_option
@pytest.mark.parametrize(("seconds", "milliseconds"), [(120, 120000), (0.5, 500), (0.0001, 1)])
def test_it_is_set_and_set_back(seconds: float, milliseconds: int) -> None:
    with socket.socket() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 7000)
        timeout = UserTimeout(sock)
        timeout.set(seconds)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == milliseconds
        timeout.restore()
        timeout.restore()
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 7000


@needs_option
def test_a_socket_that_is_closed_is_left_alone() -> None:
    sock = socket.socket()
    timeout = UserTimeout(sock)
    timeout.set(1)
    sock.close()
    timeout.restore()
    timeout.set(1)
    timeout.restore()


def test_other_sockets_and_none_are_left_alone() -> None:
    one, other = socket.socketpair()
    with one, other:
        for sock in (one, None):
            timeout = UserTimeout(sock)
            timeout.set(1)
            timeout.restore()

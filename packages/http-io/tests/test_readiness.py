"""What the system says of a socket."""

from __future__ import annotations

import socket

from tidewire_http_io import is_readable
from tidewire_http_io._readiness import last_words


def test_a_socket_with_bytes_or_their_end_is_readable() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert not is_readable(one.fileno())
        other.send(b"x")
        assert is_readable(one.fileno())
        one.recv(1)
        assert not is_readable(one.fileno())
        other.close()
        assert is_readable(one.fileno())
        one.close()
        assert not is_readable(one.fileno())


def test_a_listening_socket_with_a_client_is_readable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not is_readable(listener.fileno())
        with socket.create_connection(listener.getsockname()):
            assert is_readable(listener.fileno())


def test_what_was_said_last_can_be_read() -> None:
    peer, own = socket.socketpair()
    own.setblocking(False)
    peer.sendall(b"last words")
    assert list(last_words(own.fileno(), 4)) == [b"last", b" wor", b"ds"]
    peer.close()
    assert list(last_words(own.fileno(), 4)) == []
    own.close()
    assert list(last_words(own.fileno(), 4)) == []

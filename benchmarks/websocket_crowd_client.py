"""A crowd of websockets: `python websocket_crowd_client.py PORT COUNT SECONDS`.

When all are there, a line is printed. A line from standard input has the first of them send messages of 64 bytes, each of
which the server sends to all, for some seconds; the number of messages that came is printed then. With 0 seconds they stay
as they are until the line comes.
"""

from __future__ import annotations

import os
import resource
import select
import socket
import sys
import time

from websocket_client import HANDSHAKE, masked_frame, payload_of

__all__ = ["main"]

_PER_ADDRESS = 1000
_SIZE = 64
# What comes of a message: a head of two bytes and the payload.
_REPLY = 2 + _SIZE


def _open(port: int, index: int) -> socket.socket:
    # From several addresses of the loopback network, as one address has ports for 28,000 only.
    source = (f"127.0.0.{2 + index // _PER_ADDRESS}", 0)
    connection = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=source)
    connection.sendall((HANDSHAKE + "\r\n").encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        if not piece:
            raise ConnectionError(f"no handshake: {head!r}")
        head += piece
    connection.setblocking(False)
    return connection


def _deliver(connections: list[socket.socket], seconds: float) -> int:
    """Have messages sent to all for some seconds; return how many came."""
    came = select.epoll()
    by_number = {connection.fileno(): connection for connection in connections}
    for number in by_number:
        came.register(number, select.EPOLLIN)
    frame = masked_frame(0x81, payload_of(_SIZE))
    delivered = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connections[0].sendall(frame)
        missing = len(connections) * _REPLY
        while missing:
            for number, _ in came.poll(20):
                piece = by_number[number].recv(65536)
                if not piece:
                    raise ConnectionError("the server has closed")
                missing -= len(piece)
        delivered += len(connections)
    return delivered


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    port, count, seconds = int(arguments[0]), int(arguments[1]), float(arguments[2])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    connections = [_open(port, index) for index in range(count)]
    print("ready", flush=True)
    sys.stdin.readline()
    print(_deliver(connections, seconds) if seconds else count, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Holds idle keep-alive connections: `python idle_client.py PORT COUNT`.

Each connection asks once and then stays. When all are there, a line is printed; when one is read from standard input,
every connection asks once more, and how many of them did not get their answer is printed.
The connections come from several addresses of the loopback network, as one address has ports for 28,000 only.
"""

from __future__ import annotations

import contextlib
import resource
import socket
import sys

__all__ = ["main"]

_ASKED = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
_END = b"Hello, World!"
_PER_ADDRESS = 1000
# Few enough that none has to wait long, and enough that the two processes need not take turns for each.
_AT_ONCE = 100


def _wrong(connections: list[socket.socket]) -> int:
    """Ask on each connection; return how many have no answer, or a wrong one."""
    wrong = 0
    for start in range(0, len(connections), _AT_ONCE):
        asked = connections[start : start + _AT_ONCE]
        for connection in asked:
            with contextlib.suppress(OSError):
                connection.sendall(_ASKED)
        wrong += sum(not _answered(connection) for connection in asked)
    return wrong


def _answered(connection: socket.socket) -> bool:
    data = b""
    with contextlib.suppress(OSError):
        while not data.endswith(_END) and (piece := connection.recv(4096)):
            data += piece
    return data.startswith(b"HTTP/1.1 200 ") and data.endswith(_END)


def _open(port: int, index: int) -> socket.socket:
    source = (f"127.0.0.{2 + index // _PER_ADDRESS}", 0)
    return socket.create_connection(("127.0.0.1", port), timeout=30, source_address=source)


def main() -> None:
    """Do what the command line says."""
    port, count = int(sys.argv[1]), int(sys.argv[2])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    connections: list[socket.socket] = []
    wrong = 0
    for start in range(0, count, _AT_ONCE):
        opened = [_open(port, index) for index in range(start, min(count, start + _AT_ONCE))]
        wrong += _wrong(opened)
        connections += opened
    print(wrong, flush=True)
    sys.stdin.readline()
    print(_wrong(connections), flush=True)


if __name__ == "__main__":
    main()

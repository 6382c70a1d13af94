"""Uploads or downloads one long body after the other: `python transfer_client.py PORT upload|download BYTES SECONDS`.

Only the server's time counts, so what this does is what costs the least: it sends zeros, and looks at nothing of a
download but its head, its length and its end. Prints how many were done.
"""

from __future__ import annotations

import socket
import sys
import time

__all__ = ["main"]

_PIECE = 1 << 20
_END = b"\r\n0\r\n\r\n"


def _answer(connection: socket.socket) -> bytes:
    """The whole of a short answer that has Content-Length."""
    data = b""
    while True:
        head, found, body = data.partition(b"\r\n\r\n")
        if found:
            fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
            if len(body) >= int(fields[b"content-length"]):
                return data
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("the server closed in the middle of an answer")
        data += piece


def upload(connection: socket.socket, count: int) -> None:
    """Send one body."""
    zeros = memoryview(bytes(_PIECE))
    head = "POST /upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\n"
    connection.sendall(f"{head}Content-Length: {count}\r\n\r\n".encode("ascii"))
    for start in range(0, count, _PIECE):
        connection.sendall(zeros[: min(_PIECE, count - start)])
    answer = _answer(connection)
    if not answer.startswith(b"HTTP/1.1 200 ") or not answer.endswith(
        b"\r\n\r\n" + str(count).encode("ascii")
    ):
        raise ValueError(f"a wrong answer: {answer!r}")


def download(connection: socket.socket, count: int) -> None:
    """Read one chunked body, which is all zeros, so that its end is the only one that looks like it."""
    connection.sendall(b"GET /download HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    buffer = bytearray(_PIECE)
    received, start, end = 0, b"", b""
    while end != _END:
        size = connection.recv_into(buffer)
        if not size:
            raise ConnectionError("the server closed in the middle of an answer")
        if not received:
            start = bytes(buffer[: min(size, 13)])
        end = (end + bytes(buffer[max(0, size - len(_END)) : size]))[-len(_END) :]
        received += size
    if start != b"HTTP/1.1 200 " or received < count:
        raise ValueError(f"a wrong answer of {received} bytes: {start!r}")


def main() -> None:
    """Do what the command line says, at least once."""
    port, count, seconds = int(sys.argv[1]), int(sys.argv[3]), float(sys.argv[4])
    transfer = {"upload": upload, "download": download}[sys.argv[2]]
    done = 0
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        ends = time.monotonic() + seconds
        while done == 0 or time.monotonic() < ends:
            transfer(connection, count)
            done += 1
    print(done)


if __name__ == "__main__":
    main()

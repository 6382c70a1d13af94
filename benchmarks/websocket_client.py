"""The load of the websockets benchmark: echoes from raw sockets, in a process that never sleeps.

    python websocket_client.py PORT KIND SIZE CONNECTIONS IN_FLIGHT SECONDS [deflate]

Each connection sends a batch of messages at once and, when all have come back, the next one. The client asks again and
again what has come: one that sleeps has to be woken by the server's writes, and what that costs the server depends on how
fast it is. Prints the number of echoes as soon as the time is over.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import time
import zlib

__all__ = ["HANDSHAKE", "main", "masked_frame", "payload_of"]

_KEY = b"\x37\xfa\x21\x3d"
HANDSHAKE = (
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
_ROOM = bytearray(1 << 20)
_TAIL = b"\x00\x00\xff\xff"


def payload_of(size: int) -> bytes:
    """Text of records, as compressible as such things are."""
    pieces: list[bytes] = []
    length = 0
    number = 12345
    while length < size:
        number = number * 1103515245 + 12345 & 0x7FFFFFFF
        piece = f'{{"id": {number}, "name": "user-{number % 977}", "active": true}}\n'.encode()
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)[:size]


def masked_frame(first: int, payload: bytes) -> bytes:
    """A frame as clients send it."""
    size = len(payload)
    if size < 126:
        head = bytes([first, 0x80 | size])
    elif size < 65536:
        head = bytes([first, 0x80 | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([first, 0x80 | 127]) + size.to_bytes(8, "big")
    stream = (_KEY * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload, "little") ^ int.from_bytes(stream, "little")
    return head + _KEY + masked.to_bytes(size, "little")


class Echoes:
    """One connection.

    Args:
        port: the server's port.
        opcode: 1 for text, 2 for bytes.
        payload: the message.
        in_flight: messages in a batch.
        deflate: whether messages are compressed.
    """

    def __init__(self, port: int, opcode: int, payload: bytes, in_flight: int, deflate: bool) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(20)
        self._shake_hands(deflate)
        self._deflate = deflate
        self._in_flight = in_flight
        sent = payload
        if deflate:
            compressor = zlib.compressobj(wbits=-15)
            sent = (compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]
        frame = masked_frame(0x80 | opcode | (0x40 if deflate else 0), sent)
        self._check(frame, opcode, payload)
        self._batch = memoryview(frame * in_flight)
        self._unsent = self._batch
        plain_head = 2 if len(payload) < 126 else 4 if len(payload) < 65536 else 10
        self._reply_size = plain_head + len(payload)
        self._came = 0  # bytes of a batch, where nothing is compressed
        self._pending = b""  # the beginning of a frame, where something is
        self._skip = 0
        self._left = in_flight
        self._socket.setblocking(False)

    def _shake_hands(self, deflate: bool) -> None:
        offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if deflate else ""
        self._socket.sendall((HANDSHAKE + offer + "\r\n").encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = self._socket.recv(1)
            if not piece:
                raise ConnectionError(f"no handshake: {head!r}")
            head += piece
        if b" 101 " not in head or (b"permessage-deflate" in head) != deflate:
            raise ConnectionError(f"another handshake: {head!r}")

    def _check(self, frame: bytes, opcode: int, payload: bytes) -> None:
        """Have one message echoed, and compare."""
        self._socket.sendall(frame)
        first, size = self._exactly(2)
        if size > 125:
            size = int.from_bytes(self._exactly(2 if size == 126 else 8), "big")
        echo = self._exactly(size)
        if first & 0x40:
            echo = zlib.decompressobj(wbits=-15).decompress(echo + _TAIL)
        if first & 0x8F != 0x80 | opcode or bool(first & 0x40) != self._deflate or echo != payload:
            raise ConnectionError("another message came back")

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            piece = self._socket.recv(size - len(data))
            if not piece:
                raise ConnectionError("the server has closed")
            data += piece
        return bytes(data)

    def fileno(self) -> int:
        """The socket's number."""
        return self._socket.fileno()

    @property
    def sending(self) -> bool:
        """Whether not all of the batch is sent."""
        return len(self._unsent) > 0

    def send(self) -> None:
        """Send of the batch what goes now."""
        with contextlib.suppress(BlockingIOError):
            self._unsent = self._unsent[self._socket.send(self._unsent) :]

    def receive(self) -> int:
        """Receive what has come; return how many messages it completes. After the last one the next batch begins."""
        count = self._socket.recv_into(_ROOM)
        if not count:
            raise ConnectionError("the server has closed")
        came = self._count_frames(_ROOM[:count]) if self._deflate else self._count_bytes(count)
        self._left -= came
        if not self._left:
            self._left = self._in_flight
            self._unsent = self._batch
            self.send()
        return came

    def _count_bytes(self, count: int) -> int:
        before = self._came // self._reply_size
        self._came += count
        came = self._came // self._reply_size - before
        if self._came == self._reply_size * self._in_flight:
            self._came = 0
        return came

    def _count_frames(self, data: bytearray) -> int:
        """Count frames that end in a piece of data; each is a message."""
        came = 0
        piece = self._pending + bytes(data)
        at = 0
        while at < len(piece):
            if self._skip:
                step = min(self._skip, len(piece) - at)
                self._skip -= step
                at += step
                came += not self._skip
                continue
            more = {126: 2, 127: 8}.get(piece[at + 1], 0) if len(piece) > at + 1 else 99
            if len(piece) < at + 2 + more:
                break
            size = int.from_bytes(piece[at + 2 : at + 2 + more], "big") if more else piece[at + 1]
            self._skip = size
            at += 2 + more
            came += not size
        self._pending = piece[at:]
        return came


def main(arguments: list[str]) -> None:
    """Load a server for some seconds; the time begins when all connections are there."""
    port, kind, size, connections, in_flight = int(arguments[0]), arguments[1], *map(int, arguments[2:5])
    seconds = float(arguments[5])
    payload = payload_of(size)
    opcode = 1 if kind == "text" else 2
    everyone = [Echoes(port, opcode, payload, in_flight, "deflate" in arguments) for _ in range(connections)]
    print("ready", flush=True)
    sys.stdin.readline()
    echoes = 0
    came = select.epoll()
    by_number = {one.fileno(): one for one in everyone}
    for number in by_number:
        came.register(number, select.EPOLLIN)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for one in everyone:
            if one.sending:
                one.send()
        for number, _ in came.poll(0):
            echoes += by_number[number].receive()
    print(echoes, flush=True)
    # Not in order: what is under way is not to be counted.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])

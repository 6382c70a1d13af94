"""What the clients of the websockets benchmark talk to: echoes from raw sockets, in a process that never sleeps.

    python websocket_origin.py PORT

The first message of a connection is read, and sent back as it came; of all others, which have to be as long as that, only
the bytes are counted, and each is answered with the first. So the server needs little, and its clients are never waited
for by anything but the kernel.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import select
import socket
import sys

__all__ = ["Counter", "main"]

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_ROOM = memoryview(bytearray(1 << 20))
_LONGEST_HEAD = 14


class Counter:
    """What of a connection is known: the length of its messages, and what each is answered with."""

    def __init__(self) -> None:
        self._upgraded = False
        self._data = b""  # as long as it is read
        self._size = 0  # of a frame that comes; 0 before the first
        self._came = 0
        self._reply = b""

    def reply_to(self, data: bytes | memoryview) -> bytes:
        """Take what has come; return what is to be sent."""
        if self._size:
            self._came += len(data)
            if self._came == self._size:
                self._came = 0
                return self._reply
        else:
            self._data += data
            if not self._upgraded:
                return self._upgrade()
            self._read_first()
        if self._size and self._came >= self._size:
            messages, self._came = divmod(self._came, self._size)
            return self._reply * messages
        return b""

    def _upgrade(self) -> bytes:
        if b"\r\n\r\n" not in self._data:
            return b""
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        fields: dict[bytes, bytes] = {}
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            fields[name.lower()] = value.strip()
        accept = hashlib.sha1(fields[b"sec-websocket-key"] + _GUID, usedforsecurity=False).digest()
        self._upgraded = True
        return (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(accept) + b"\r\n\r\n"
        )

    def _read_first(self) -> None:
        """Read the first frame, if it is there as a whole."""
        data = self._data
        if len(data) < _LONGEST_HEAD:
            return
        more = {126: 2, 127: 8}.get(data[1] & 0x7F, 0)
        size = int.from_bytes(data[2 : 2 + more], "big") if more else data[1] & 0x7F
        start = 2 + more + 4
        if len(data) < start + size:
            return
        stream = (data[start - 4 : start] * (size // 4 + 1))[:size]
        payload = int.from_bytes(data[start : start + size], "little") ^ int.from_bytes(stream, "little")
        head = bytes([data[0], data[1] & 0x7F]) + data[2 : 2 + more]
        self._reply = head + payload.to_bytes(size, "little")
        self._size = start + size
        self._came = len(data)
        self._data = b""


class _Talk:
    """One connection."""

    def __init__(self, own: socket.socket) -> None:
        self.socket = own
        own.setblocking(False)
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._counter = Counter()
        self._unsent: bytes | memoryview = b""

    @property
    def sending(self) -> bool:
        """Whether there is something to be sent."""
        return len(self._unsent) > 0

    def receive(self) -> bool:
        """Receive what has come, and answer; tell whether the connection goes on."""
        count = self.socket.recv_into(_ROOM)
        if not count:
            return False
        reply = self._counter.reply_to(_ROOM[:count])
        if reply:
            self._unsent = memoryview(bytes(self._unsent) + reply if self._unsent else reply)
            self.send()
        return True

    def send(self) -> None:
        """Send what goes now."""
        with contextlib.suppress(BlockingIOError):
            while self._unsent:
                self._unsent = self._unsent[self.socket.send(self._unsent) :]


def main(port: int) -> None:
    """Serve for ever."""
    listener = socket.create_server(("127.0.0.1", port), backlog=128)
    listener.setblocking(False)
    events = select.epoll()
    events.register(listener, select.EPOLLIN)
    talks: dict[int, _Talk] = {}
    while True:
        # With nobody there it may sleep.
        for number, _ in events.poll(0 if talks else 1):
            talk = talks.get(number)
            if talk is None:
                talk = _Talk(listener.accept()[0])
                talks[talk.socket.fileno()] = talk
                events.register(talk.socket, select.EPOLLIN)
                continue
            goes_on = False
            with contextlib.suppress(ConnectionError):
                goes_on = talk.receive()
            if not goes_on:
                events.unregister(talk.socket)
                del talks[number]
                talk.socket.close()
        for talk in talks.values():
            if talk.sending:
                with contextlib.suppress(ConnectionError):
                    talk.send()


if __name__ == "__main__":
    main(int(sys.argv[1]))

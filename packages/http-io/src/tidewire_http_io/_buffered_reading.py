"""Reading into buffers of the receiver's: the protocol that a tunnel's transport has once that is wanted.

asyncio asks for an instance of `BufferedProtocol`, so it is a class of its own and not a part of the connection. A
transport keeps it: each change costs uvloop several calls of the system.
"""

from __future__ import annotations

import threading
from asyncio import BufferedProtocol
from typing import Any, Final

__all__: list[str] = []

# Bytes that are read at once where the receiver wants them nowhere in particular.
_ROOM: Final = 65536


class _Rooms(threading.local):
    """One room for each event loop: what comes into it is taken out in the same callback."""

    def __init__(self) -> None:
        self.room = memoryview(bytearray(_ROOM))


_ROOMS: Final = _Rooms()


class BufferedReading(BufferedProtocol):
    """Hands buffers to the transport, and everything that is not data to the connection.

    Args:
        connection: the protocol that the transport had before.
        receiver: the `BufferReceiver`.
    """

    __slots__ = ("_connection", "_direct", "_get_buffer", "_receiver", "_room")

    def __init__(self, connection: Any, receiver: Any) -> None:
        self._connection = connection
        self._receiver = receiver
        self._get_buffer = receiver.get_buffer
        self._room = _ROOMS.room
        self._direct = False  # whether the last buffer was the receiver's

    def get_buffer(self, sizehint: int) -> memoryview:
        """Tell the transport where to put what comes."""
        buffer: memoryview | None = self._get_buffer()
        if buffer is None:
            self._direct = False
            return self._room
        self._direct = True
        return buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes have come."""
        if self._direct:
            self._receiver.buffer_updated(nbytes)
        else:
            self._connection.data_received(bytes(self._room[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """Bytes have come in a transport that knows no such protocols."""
        self._connection.data_received(data)

    def eof_received(self) -> Any:
        """See the connection."""
        return self._connection.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """See the connection."""
        self._connection.connection_lost(exc)

    def pause_writing(self) -> None:
        """See the connection."""
        self._connection.pause_writing()

    def resume_writing(self) -> None:
        """See the connection."""
        self._connection.resume_writing()

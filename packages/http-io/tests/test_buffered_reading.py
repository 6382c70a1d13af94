"""Reading into buffers of the receiver's."""

from __future__ import annotations

from typing import Any

from tidewire_http_io._buffered_reading import BufferedReading


class Connection:
    """The protocol that the transport had before; keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def data_received(self, data: bytes) -> None:
        self.told.append(data)

    def eof_received(self) -> bool:
        self.told.append("eof")
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.told.append(exc)

    def pause_writing(self) -> None:
        self.told.append("pause")

    def resume_writing(self) -> None:
        self.told.append("resume")


class Receiver:
    """Has a buffer of its own as long as it wants more bytes."""

    def __init__(self, size: int) -> None:
        self.data = bytearray(size)
        self.filled = 0

    def get_buffer(self) -> memoryview | None:
        return memoryview(self.data)[self.filled :] if self.filled < len(self.data) else None

    def buffer_updated(self, size: int) -> None:
        self.filled += size


def fill(reading: BufferedReading, data: bytes) -> int:
    """Do what a transport does with what comes; return how much of it there was room for."""
    buffer = reading.get_buffer(-1)
    size = min(len(buffer), len(data))
    buffer[:size] = data[:size]
    reading.buffer_updated(size)
    return size


def test_bytes_come_into_the_buffer_of_the_receiver_and_then_into_one_for_all() -> None:
    connection, receiver = Connection(), Receiver(5)
    reading = BufferedReading(connection, receiver)
    assert fill(reading, b"abc") == 3
    assert fill(reading, b"defg") == 2
    assert bytes(receiver.data) == b"abcde"
    assert connection.told == []
    assert fill(reading, b"fg") == 2
    assert fill(reading, b"h") == 1
    assert connection.told == [b"fg", b"h"]


def test_everything_else_is_the_connection_s() -> None:
    connection = Connection()
    reading = BufferedReading(connection, Receiver(0))
    reading.data_received(b"a")
    reading.pause_writing()
    reading.resume_writing()
    assert reading.eof_received() is True
    error = OSError()
    reading.connection_lost(error)
    assert connection.told == [b"a", "pause", "resume", "eof", error]

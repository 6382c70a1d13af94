"""Two protocols joined in memory: what one writes, the other receives when the test pumps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ._memory_transport import MemoryTransport
from ._protocol_like import ProtocolLike

__all__ = ["MemoryPipe", "memory_pipe"]

Splitter = Callable[[bytes], Iterable[bytes]]


class MemoryPipe:
    """A pair of connected transports, made by `memory_pipe`.

    Attributes:
        a: the transport of the first protocol; hold its writes or lose it as a test needs.
        b: the transport of the second protocol.
    """

    def __init__(self, a: MemoryTransport, b: MemoryTransport, *, splitter: Splitter | None = None) -> None:
        """Join two transports.

        Args:
            a: one end, connected or about to be.
            b: the other end.
            splitter: how bytes are cut on their way, as `byte_by_byte`; whole without one.
        """
        self.a = a
        self.b = b
        self._ways = (_Way(a, b, splitter), _Way(b, a, splitter))

    def pump(self, *, max_rounds: int = 1000) -> int:
        """Carry bytes and endings both ways, first from `a` to `b`, until nothing moves any more.

        An end that has closed, or called `write_eof()`, is an end of file to the other one, after all it
        has sent; an aborted or lost one is a `ConnectionResetError`. What is sent to an end that has closed
        is forgotten. Both transports are settled in each round.

        Args:
            max_rounds: after so many rounds the protocols are taken to chatter without end.

        Returns:
            how many bytes were carried.

        Raises:
            RuntimeError: something still moved after `max_rounds` rounds.
            ValueError: the splitter lost or changed bytes.
        """
        carried = 0
        for _ in range(max_rounds):
            before = carried
            ended = False
            for way in self._ways:
                carried += way.carry()
                ended = way.carry_end() or ended
            lost = (self.a.lost, self.b.lost)
            self.a.settle()
            self.b.settle()
            if carried == before and not ended and lost == (self.a.lost, self.b.lost):
                return carried
        raise RuntimeError(f"the two protocols were not quiet after {max_rounds} rounds")


class _Way:
    """One direction of a pipe, and how far it has been carried."""

    def __init__(self, source: MemoryTransport, target: MemoryTransport, splitter: Splitter | None) -> None:
        self._source = source
        self._target = target
        self._splitter = splitter
        self._offset = 0
        self._eof_carried = False
        self._reset_carried = False

    def carry(self) -> int:
        data = self._source.sent[self._offset :]
        self._offset += len(data)
        for piece in self._pieces(data):
            self._target.feed(piece)
        return len(data)

    def carry_end(self) -> bool:
        """Carry the source's end if it came since the last time; return whether it did."""
        source = self._source
        if len(source.sent) > self._offset:
            return False
        if source.was_reset:
            first = not self._reset_carried
            self._reset_carried = True
            self._target.lose(ConnectionResetError("the other end of the pipe broke off"))
            return first
        finished = source.eof_sent or (source.is_closing() and not source.get_write_buffer_size())
        if self._eof_carried or not finished:
            return False
        self._eof_carried = True
        self._target.feed_eof()
        return True

    def _pieces(self, data: bytes) -> list[bytes]:
        if not data:
            return []
        if self._splitter is None:
            return [data]
        pieces = list(self._splitter(data))
        if b"".join(pieces) != data:
            raise ValueError("the splitter's pieces do not join to what they were cut from")
        return [piece for piece in pieces if piece]


def memory_pipe(
    a_protocol: ProtocolLike,
    b_protocol: ProtocolLike,
    *,
    splitter: Splitter | None = None,
    a_extra: Mapping[str, Any] | None = None,
    b_extra: Mapping[str, Any] | None = None,
) -> MemoryPipe:
    """Join two protocols and connect both, `a_protocol` first.

    Nothing is carried before `MemoryPipe.pump()`, so that a test decides when bytes arrive.

    Args:
        a_protocol: one protocol.
        b_protocol: the other one.
        splitter: how bytes are cut on their way, as `byte_by_byte`; whole without one.
        a_extra: what the first transport answers in `get_extra_info`.
        b_extra: what the second one answers.

    Returns:
        the pipe, with both transports.
    """
    a = MemoryTransport(a_protocol, extra=a_extra)
    b = MemoryTransport(b_protocol, extra=b_extra)
    pipe = MemoryPipe(a, b, splitter=splitter)
    a.connect()
    b.connect()
    return pipe

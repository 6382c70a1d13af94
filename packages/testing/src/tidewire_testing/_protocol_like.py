"""The methods that transports call on a protocol, as a type."""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["ProtocolLike"]


class ProtocolLike(Protocol):
    """What a protocol has to offer to be driven by a `MemoryTransport`.

    Any subclass of `asyncio.Protocol` does, and so does a class of one's own with these methods.
    """

    def connection_made(self, transport: Any, /) -> None:
        """Take the transport, once, before anything else is called."""

    def connection_lost(self, exc: Exception | None, /) -> None:
        """Learn of the end, once, and last of all."""

    def data_received(self, data: bytes, /) -> None:
        """Take one piece of what the peer sent; it is never empty."""

    def eof_received(self) -> bool | None:
        """Learn that the peer sends no more; a false result has the transport closed."""

    def pause_writing(self) -> None:
        """Learn that more than the high-water mark is unsent."""

    def resume_writing(self) -> None:
        """Learn that no more than the low-water mark is unsent."""

"""Why a body could not be written on."""

from __future__ import annotations

from tidewire_http_parser import LocalProtocolError

__all__ = ["BodyLengthMismatch", "PeerGone"]


class BodyLengthMismatch(LocalProtocolError):
    """More or fewer bytes were written than were declared.

    Args:
        declared: the bytes of body that were announced.
        written: the bytes that were written, those included that were refused.
    """

    def __init__(self, declared: int, written: int) -> None:
        super().__init__("more body than declared" if written > declared else "less body than declared")
        self.args = (declared, written)
        self.declared = declared
        self.written = written

    def __str__(self) -> str:
        return f"{self.problem}: {self.written} of {self.declared} bytes"


class PeerGone(ConnectionResetError):
    """The peer has gone, or the exchange was reset: nothing that is written would be sent."""

    def __init__(self) -> None:
        super().__init__("the peer has gone")
        self.args = ()

    def __str__(self) -> str:
        return "the peer has gone"

"""What the conformance tests of the exchange need of a codec: its peer, one stream for each exchange."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from wire import Recorder

    from tidewire_http_io import ServerExchange


@dataclass
class Seen:
    """What the peer has got of a response."""

    interims: list[int] = field(default_factory=list)
    status: int | None = None
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    trailers: list[tuple[str, str]] = field(default_factory=list)
    ended: bool = False
    broken: bool = False


class Stream(Protocol):
    """The peer's side of one exchange."""

    exchange: ServerExchange

    @property
    def seen(self) -> Seen:
        """What has come so far."""

    @property
    def may_send(self) -> bool:
        """Whether the peer has credit for more body."""

    def send(self, data: bytes) -> None:
        """Send a piece of body, as far as there is credit; the rest follows as credit comes."""

    def end(self, *trailers: tuple[str, str]) -> None:
        """End the body."""

    def leave(self) -> None:
        """Break the exchange off."""

    def hold(self) -> None:
        """Read no more of the response."""

    def release(self) -> None:
        """Read on."""


class Harness(Protocol):
    """A codec under test."""

    read_window: int
    """Bytes of body that the peer may send before credit is given back, at least."""
    write_window: int
    """Bytes that may be written before the peer reads, about."""

    def open(self, method: str = "GET", *, has_body: bool = False, length: int | None = None) -> Stream:
        """Send the head of a request.

        Args:
            method: its method.
            has_body: whether a body follows, of unknown length.
            length: the length of the body that follows, where that is known.
        """

    def recorder(self, exchange: ServerExchange | None = None) -> Recorder:
        """A receiver, which gives credit back where it knows the exchange."""

    async def turn(self) -> None:
        """Let the loop go round."""

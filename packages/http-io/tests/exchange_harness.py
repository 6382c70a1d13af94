"""What the conformance tests of the exchange need of a codec: its peer, one stream for each exchange."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from wire import Recorder

    from tidewire_http_io import ByteChannel, Exchange

E_co = TypeVar("E_co", bound="Exchange", covariant=True)


@dataclass
class Seen:
    """What the peer has got of a message; of a tunnel, its bytes and its end."""

    interims: list[int] = field(default_factory=list)
    status: int | None = None
    method: str | None = None
    target: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    trailers: list[tuple[str, str]] = field(default_factory=list)
    ended: bool = False
    broken: bool = False


class Stream(Protocol[E_co]):
    """The peer's side of one exchange."""

    @property
    def exchange(self) -> E_co:
        """The side under test."""

    @property
    def channel(self) -> ByteChannel:
        """What the exchange has become, of a stream by `Harness.open_tunnel()`."""

    @property
    def seen(self) -> Seen:
        """What has come so far."""

    @property
    def may_send(self) -> bool:
        """Whether the peer has credit for more body."""

    def begin(self, body_length: int | None = None) -> None:
        """Have the exchange send the head of a message with a body, of a length that is known or not."""

    def answer(self, status: int, body: bytes | None = None) -> None:
        """Send the head of a response, an interim one too, and a whole body; the client's harnesses have it."""

    def send(self, data: bytes) -> None:
        """Send a piece of body, as far as there is credit; the rest follows as credit comes."""

    def end(self, *trailers: tuple[str, str]) -> None:
        """End the body, or this side of a tunnel."""

    def leave(self) -> None:
        """Break the exchange off."""

    def hold(self) -> None:
        """Read no more of what is sent."""

    def release(self) -> None:
        """Read on."""


class Harness(Protocol[E_co]):
    """A codec under test, on one side."""

    read_window: int
    """Bytes of body that the peer may send before credit is given back, at least."""
    write_window: int
    """Bytes that may be written before the peer reads, about."""

    def open(self, method: str = "GET", *, has_body: bool = False, length: int | None = None) -> Stream[E_co]:
        """Begin an exchange: on the server a request has come, on the client nothing is sent yet.

        Args:
            method: the method of the request.
            has_body: whether the peer's message has a body, of unknown length.
            length: the length of that body, where it is known.
        """

    def open_tunnel(self, first: bytes = b"") -> Stream[E_co]:
        """Begin an exchange that becomes a tunnel at once; the peer's first bytes come right behind the switch."""

    def recorder(self, exchange: Exchange | None = None) -> Recorder:
        """A receiver, which gives credit back where it knows the exchange."""

    async def turn(self) -> None:
        """Let the loop go round."""

# Compiled by mypyc.
"""How a server's connection waits for its peer, and how it ends.

It has one deadline, for whatever the peer is to do next. Two of the things to wait for have nothing to do with HTTP:
that the peer takes what was written, and, when all is said, that it closes its own side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_io._carrier import Carrier
from tidewire_http_io._server_context import ServerContext

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# What the deadline is about, here; subclasses have others, of higher numbers.
LINGER: Final = 1  # the peer's own close
SEND: Final = 2  # that the peer takes of what waits for it


class LingeringCarrier(Carrier):
    """A carrier that closes so that its peer gets all that was written, in its time.

    Args:
        context: what it shares with the server's other connections.

    Attributes:
        deadline: when `deadline_passed()` is due, by the sweep's clock; 0.0 for never.
    """

    __slots__ = ("_context", "_deadline_kind", "_lingering", "_unsent", "deadline")

    def __init__(self, context: ServerContext) -> None:
        super().__init__(context.loop, context.options.write_bufsize)
        self._context = context
        self.deadline = 0.0
        self._deadline_kind: i64 = 0
        self._lingering = False  # whether all is said, and the peer's close is awaited
        self._unsent: i64 = 0  # bytes that waited for the peer when that was last looked at

    def close(self) -> None:
        """Close the connection once everything is sent, or the peer takes no more of it."""
        if not self.lost:
            super().close()
            self._await_sending()

    def deadline_passed(self) -> None:
        """The peer was too slow to take what was written, or to close."""
        moved = self._is_sending()
        if self._lingering and self._unsent == 0:
            # The peer has its time from when it has got everything.
            if moved:
                self._await(LINGER, self._context.options.lingering_time)
            elif self.lost or self._is_half_closable():
                self.drop()
            else:
                self.close()  # TLS has more to send, and may have kept some of what was written to itself
        elif moved or self._deadline_kind == LINGER:
            self._await(SEND, self._context.options.send_timeout)
        else:
            self.drop()

    # What subclasses call.

    def _may_stay_open(self) -> bool:
        """Whether this side can be kept open for what is still to be sent; TLS has no half-closed connections."""
        return not self.lost and not self._lingering and self.info("ssl_object", None) is None

    def _close_lingering(self, awaited: bool) -> None:
        """Everything is said. Close this side, and read on until the peer has closed its own.

        Closing at once with bytes unread would reset the connection, and with it what the peer has not read yet
        (RFC 9112, section 9.6). How many bytes come meanwhile does not matter: the peer has its time, and no more. With
        TLS, which closes both sides or none, this side stays open.

        Args:
            awaited: whether the peer sees only by this side's being closed that it has everything, or that the connection
                is not kept.
        """
        if self.lost or self._lingering:
            return
        self.uncork()
        transport = self.transport
        if transport is None or self.peer_gone or (awaited and not transport.can_write_eof()):
            self.close()
            return
        self._lingering = True
        self._unsent = transport.get_write_buffer_size()
        if transport.can_write_eof():
            transport.write_eof()
        self.resume_reading()
        self._await(LINGER, self._context.options.lingering_time)

    def _is_half_closable(self) -> bool:
        """Whether this side can be closed alone, which with TLS it cannot."""
        return self.transport is None or self.transport.can_write_eof()

    def _await(self, kind: i64, seconds: float) -> None:
        """Set the deadline, for what the peer is to do next."""
        self._deadline_kind = kind
        self.deadline = self._context.sweep.after(seconds) if seconds > 0 else 0.0

    def _await_nothing(self) -> None:
        """Set no deadline: it is not the peer's turn."""
        self._deadline_kind = 0
        self.deadline = 0.0

    def _await_sending(self) -> None:
        """Set the deadline for the peer to take something of what waits for it."""
        self._unsent = self.unsent
        self._await(SEND, self._context.options.send_timeout)

    def _is_sending(self) -> bool:
        """Whether the peer has taken some of the bytes that waited for it at the last look."""
        before = self._unsent
        self._unsent = self.unsent
        return self._unsent < before

# Compiled by mypyc.
"""How a server's connection ends: when all is said, it waits for its peer to close its own side."""

from __future__ import annotations

from typing import Final

from tidewire_http_io._server_context import ServerContext
from tidewire_http_io._timed_carrier import SEND, TimedCarrier

__all__: list[str] = []

# What the deadline is about, beside what every `TimedCarrier` waits for.
LINGER: Final = 2  # the peer's own close


class LingeringCarrier(TimedCarrier):
    """A carrier that closes so that its peer gets all that was written, in its time.

    Args:
        context: what it shares with the server's other connections.
    """

    __slots__ = ("_context", "_lingering")

    def __init__(self, context: ServerContext) -> None:
        options = context.options
        super().__init__(context.loop, context.sweep, options.write_bufsize, options.send_timeout)
        self._context = context
        self._lingering = False  # whether all is said, and the peer's close is awaited

    def deadline_passed(self) -> None:
        """The peer was too slow to take what was written, or to close."""
        moved = self._is_sending()
        if self._lingering and self._unsent == 0:
            # The peer has its time from when it has got everything.
            if moved:
                self._await(LINGER, self._context.options.lingering_time)
            elif self.lost or self.is_half_closable():
                self.drop()
            else:
                self.close()  # TLS has more to send, and may have kept some of what was written to itself
        elif moved or self._deadline_kind == LINGER:
            self._await(SEND, self._send_timeout)
        else:
            self.drop()

    # What subclasses call.

    def _may_stay_open(self) -> bool:
        """Whether this side can be kept open for what is still to be sent."""
        return not self.lost and not self._lingering and self.is_half_closable()

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
        seconds = self._context.options.lingering_time
        if transport is None or self.peer_gone or seconds <= 0 or (awaited and not self.is_half_closable()):
            self.close()
            return
        self._lingering = True
        self._unsent = transport.get_write_buffer_size()
        if self.is_half_closable():
            transport.write_eof()
        self.resume_reading()
        self._await(LINGER, seconds)

"""Whether the peer is still there, and how far away it is: heartbeats, and the time from a ping to its pong."""

from __future__ import annotations

import secrets
from asyncio import Future
from collections.abc import Callable
from typing import Final

from tidewire_websocket._errors import WebSocketClosed
from tidewire_websocket.asyncio._types import Cancellable, Clock

__all__: list[str] = []

# Pings that wait for their pongs; more than anybody who measures has under way.
_MAX_PINGS: Final = 32


class Keepalive:
    """Sends pings and takes pongs.

    Args:
        clock: tells the time and wakes up.
        heartbeat: seconds of silence after which a ping is sent; None for no heartbeats.
        send_ping: sends a ping.
        heard_at: tells when anything was heard of the peer last.
        is_deaf: tells whether nothing can be heard, as this side does not read.
        gone: called once with the seconds for which the peer has not answered.

    Attributes:
        latency: seconds from the last ping that was answered to its pong; None where there is none.
    """

    __slots__ = (
        "_clock",
        "_gone",
        "_heard_at",
        "_heartbeat",
        "_is_deaf",
        "_pinged_at",
        "_pings",
        "_send_ping",
        "_timer",
        "latency",
    )

    def __init__(
        self,
        clock: Clock,
        heartbeat: float | None,
        *,
        send_ping: Callable[[bytes], None],
        heard_at: Callable[[], float],
        is_deaf: Callable[[], bool],
        gone: Callable[[float], None],
    ) -> None:
        self._clock = clock
        self._heartbeat = heartbeat
        self._send_ping = send_ping
        self._heard_at = heard_at
        self._is_deaf = is_deaf
        self._gone = gone
        self._timer: Cancellable | None = None
        self._pings: dict[bytes, tuple[float, Future[float] | None]] = {}
        self._pinged_at = 0.0
        self.latency: float | None = None
        if heartbeat is not None:
            self._timer = clock.call_later(heartbeat, self._look)

    def stop(self) -> None:
        """Send no pings any more; whoever waits for a pong is told that it does not come."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        pings, self._pings = self._pings, {}
        for _, waiter in pings.values():
            if waiter is not None and not waiter.done():
                waiter.set_exception(WebSocketClosed())

    def ping(self, waiter: Future[float] | None = None) -> None:
        """Send a ping of which the pong is recognised."""
        payload = secrets.token_bytes(8)
        self._send_ping(payload)
        self._pings[payload] = self._clock.time(), waiter
        if len(self._pings) > _MAX_PINGS:
            _, oldest = self._pings.pop(next(iter(self._pings)))
            if oldest is not None and not oldest.done():
                oldest.set_exception(TimeoutError("too many pings without an answer"))

    def ponged(self, payload: bytes) -> None:
        """Take note of a pong, which answers the pings before it, too (RFC 6455, section 5.5.3)."""
        if payload not in self._pings:
            return
        now = self._clock.time()
        for sent in list(self._pings):
            sent_at, waiter = self._pings.pop(sent)
            if waiter is not None and not waiter.done():
                waiter.set_result(now - sent_at)
            if sent == payload:
                self.latency = now - sent_at
                break

    def _look(self) -> None:
        """The peer may have been silent for long enough."""
        assert self._heartbeat is not None
        now = self._clock.time()
        due = self._heard_at() + self._heartbeat
        if due > now or self._is_deaf():
            self._timer = self._clock.call_later(due - now if due > now else self._heartbeat / 2, self._look)
            return
        self._pinged_at = now
        self._timer = self._clock.call_later(self._heartbeat / 2, self._look_for_answer)
        self.ping()

    def _look_for_answer(self) -> None:
        assert self._heartbeat is not None
        if self._heard_at() >= self._pinged_at or self._is_deaf():
            self._look()
        else:
            self._timer = None
            self._gone(self._heartbeat / 2)

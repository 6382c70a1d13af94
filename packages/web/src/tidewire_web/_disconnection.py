"""Who wants to know that a client has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tidewire_http_io import ServerExchange

__all__: list[str] = []


class Disconnection:
    """Shares the one notification that an exchange gives among those who wait for it.

    Args:
        exchange: the exchange.
    """

    __slots__ = ("_callbacks", "_calls", "_exchange", "_waiters")

    def __init__(self, exchange: ServerExchange) -> None:
        self._exchange = exchange
        self._callbacks: list[Callable[[], None]] = []
        self._waiters: set[asyncio.Future[None]] = set()
        self._calls = True
        if not self.ended:
            exchange.when_disconnected(self._tell, or_finished=True)

    @property
    def ended(self) -> bool:
        """Whether the client has gone, or the response is complete."""
        return self._exchange.finished or self._exchange.disconnected

    def add_callback(self, callback: Callable[[], None]) -> None:
        """Have a callback called when the client goes before the response is complete; at once where it has gone.

        What it raises when the client goes is told to the event loop's exception handler.
        """
        if not self._calls:
            return
        if not self.ended:
            self._callbacks.append(callback)
        elif not self._exchange.finished:
            callback()

    def forget_callbacks(self) -> None:
        """Call none of them any more, nor any that is added; whoever waits is still told."""
        self._callbacks.clear()
        self._calls = False

    async def wait(self) -> None:
        """Wait until the client has gone, or the response is complete."""
        if self.ended:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)

    def _tell(self) -> None:
        callbacks, self._callbacks = self._callbacks, []
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        if self._exchange.finished:
            return
        for callback in callbacks:
            try:
                callback()
            except Exception as error:
                # Another one may be the server's, which cancels the handler; and the connection has yet to be ended.
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "A callback for a client that has gone has failed", "exception": error}
                )

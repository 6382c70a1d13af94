"""A queue with one end: what arrives piece by piece, and is then over."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Generic, Self, TypeVar

__all__ = ["DataQueue", "EofStream"]

_T = TypeVar("_T")


class EofStream(Exception):
    """There is nothing more to read from a `DataQueue`."""


class DataQueue(Generic[_T]):
    """Hands things from one task or callback to one that waits for them, until the end or an error.

    Args:
        loop: ignored: the event loop is the running one.
    """

    def __init__(self, loop: Any = None) -> None:
        self._items: deque[_T] = deque()
        self._ended = False
        self._error: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._items)

    def is_eof(self) -> bool:
        """Tell whether the end was fed."""
        return self._ended

    def at_eof(self) -> bool:
        """Tell whether the end was fed and everything is read."""
        return self._ended and not self._items

    def exception(self) -> BaseException | None:
        """Return the error that ended the queue; None where there is none."""
        return self._error

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        """End the queue with an error.

        Args:
            exc: the error, for whoever reads.
            exc_cause: its cause.
        """
        if exc_cause is not None:
            exc.__cause__ = exc_cause
        self._ended = True
        self._error = exc
        self._wake()

    def feed_data(self, data: _T, size: int = 0) -> None:
        """Add something.

        Args:
            data: what is read later.
            size: ignored: nothing is counted.
        """
        self._items.append(data)
        self._wake()

    def feed_eof(self) -> None:
        """Say that nothing more comes."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    async def read(self) -> _T:
        """Take what came first, waiting for it where there is nothing.

        Raises:
            EofStream: nothing more comes.
            RuntimeError: somebody else is waiting.
        """
        while not self._items:
            if self._error is not None:
                raise self._error
            if self._ended:
                raise EofStream
            if self._waiter is not None:
                raise RuntimeError("one reader at a time")
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._items.popleft()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _T:
        try:
            return await self.read()
        except EofStream:
            raise StopAsyncIteration from None

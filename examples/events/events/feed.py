"""A feed: one writer, any number of readers, and a history that is as long for all of them."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator
from typing import NamedTuple

__all__ = ["Entry", "Feed", "Missed"]


class Entry(NamedTuple):
    """What a feed holds.

    Attributes:
        number: its place in the feed, from 1.
        kind: the type of the event.
        data: the text.
    """

    number: int
    kind: str
    data: str


class Missed(NamedTuple):
    """What a reader finds in the place of entries that were dropped.

    Attributes:
        number: the place of the last of them.
        dropped: how many there were.
    """

    number: int
    dropped: int


class Feed:
    """Keeps the newest entries, and gives them to its readers.

    A reader has a place in the history and nothing else: one that is slow costs no memory, and finds that entries are
    missing when the history has gone past its place.

    Args:
        history: how many entries are kept.
        epoch: what tells this feed from that of an earlier run, whose numbers began at 1 as well; None for a random one.
    """

    def __init__(self, history: int = 1000, epoch: str | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=history)
        self._last = 0
        self._news = asyncio.Event()
        self._closed = False
        self.epoch = epoch or secrets.token_hex(4)

    def publish(self, kind: str, data: str) -> None:
        """Add an entry; readers that wait get to see it."""
        self._last += 1
        self._entries.append(Entry(self._last, kind, data))
        news, self._news = self._news, asyncio.Event()
        news.set()

    def event_id(self, number: int) -> str:
        """Return the id of an entry, by which a client that comes back says how far it has read."""
        return f"{self.epoch}-{number}"

    def place_of(self, event_id: str | None) -> int:
        """Return the number after which a reader goes on.

        A client that is new, or was with an earlier run, begins with the whole history.

        Args:
            event_id: what the client says, which may be anything.
        """
        epoch, _, digits = (event_id or "").partition("-")
        if epoch != self.epoch or not (digits.isascii() and digits.isdigit() and len(digits) < 16):
            return 0
        return min(int(digits), self._last)

    def close(self) -> None:
        """Have every reader come to its end."""
        self._closed = True
        self._news.set()

    async def read(self, after: int) -> AsyncGenerator[Entry | Missed, None]:
        """Yield the entries behind a place, and then each new one, until the feed is closed.

        Args:
            after: the number of the last entry that was read; 0 for none, which begins with what there is.
        """
        begun = after > 0
        while not self._closed:
            news = self._news
            before_oldest = self._last - len(self._entries)
            if after < before_oldest:
                missed, after = before_oldest - after, before_oldest
                if begun:
                    yield Missed(after, missed)
            elif after < self._last:
                entry = self._entries[after - self._last]
                after = entry.number
                begun = True
                yield entry
            else:
                begun = True
                await news.wait()

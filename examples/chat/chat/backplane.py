"""What all processes of a chat share: who is in which room, what was said there, and what happens now."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

# Rooms that are remembered although nobody is in them.
EMPTY_ROOMS: Final = 256

Deliver = Callable[[str, str], Awaitable[None]]
"""Called with a room and an event, as JSON, in every process."""


class Backplane(Protocol):
    """What processes share. A visit is one websocket; somebody with two tabs has two, under one name."""

    async def start(self, deliver: Deliver) -> None:
        """Begin to deliver what is published."""

    async def stop(self) -> None:
        """Deliver no more."""

    async def enter(self, room: str, visit: str, name: str) -> bool:
        """Note a visit; return whether it is the first under that name."""

    async def leave(self, room: str, visit: str, name: str) -> bool:
        """Note the end of a visit; return whether it was the last under that name."""

    async def members(self, room: str) -> tuple[str, ...]:
        """Return the names in a room, each once, in the order of the alphabet."""

    async def publish(self, room: str, event: str, *, keep: bool) -> None:
        """Have an event delivered everywhere.

        Args:
            room: where it happens.
            event: what happens, as JSON.
            keep: whether it belongs to the room's history.
        """

    async def history(self, room: str) -> list[str]:
        """Return what was kept, the oldest first."""


class MemoryBackplane:
    """For one process: everything is in memory, and gone with it.

    Args:
        history: events that are kept of each room.
    """

    def __init__(self, history: int) -> None:
        self._limit = history
        self._rooms: OrderedDict[str, _Room] = OrderedDict()
        self._deliver: Deliver | None = None

    async def start(self, deliver: Deliver) -> None:
        """See `Backplane`."""
        self._deliver = deliver

    async def stop(self) -> None:
        """See `Backplane`."""
        self._deliver = None

    async def enter(self, room: str, visit: str, name: str) -> bool:
        """See `Backplane`."""
        visits = self._room(room).visits
        first = name not in visits.values()
        visits[visit] = name
        return first

    async def leave(self, room: str, visit: str, name: str) -> bool:
        """See `Backplane`."""
        visits = self._room(room).visits
        visits.pop(visit, None)
        return name not in visits.values()

    async def members(self, room: str) -> tuple[str, ...]:
        """See `Backplane`."""
        return tuple(sorted(set(self._room(room).visits.values())))

    async def publish(self, room: str, event: str, *, keep: bool) -> None:
        """See `Backplane`."""
        if keep:
            self._room(room).history.append(event)
        if self._deliver is not None:
            await self._deliver(room, event)

    async def history(self, room: str) -> list[str]:
        """See `Backplane`."""
        return list(self._room(room).history)

    def _room(self, name: str) -> _Room:
        """Find or make a room; forget the one that was empty for longest, where there are too many."""
        room = self._rooms.get(name)
        if room is None:
            room = self._rooms[name] = _Room(self._limit)
            empty = [each for each, other in self._rooms.items() if not other.visits and other is not room]
            for each in empty[: max(0, len(empty) - EMPTY_ROOMS)]:
                del self._rooms[each]
        self._rooms.move_to_end(name)
        return room


class _Room:
    def __init__(self, history: int) -> None:
        self.visits: dict[str, str] = {}
        self.history: deque[str] = deque(maxlen=history)

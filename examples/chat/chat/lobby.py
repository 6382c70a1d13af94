"""Who is here, in this process, and who is told what."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from chat.backplane import Backplane
from chat.events import Event
from tidewire import web


@dataclass(frozen=True)
class Visit:
    """Somebody in a room, with one websocket."""

    key: str
    room: str
    name: str
    websocket: web.WebSocketResponse


class Lobby:
    """The visits of this process.

    Args:
        backplane: what it shares with others.
    """

    def __init__(self, backplane: Backplane) -> None:
        self._backplane = backplane
        self._rooms: defaultdict[str, dict[str, Visit]] = defaultdict(dict)
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return sum(map(len, self._rooms.values()))

    @asynccontextmanager
    async def visit(self, room: str, name: str, websocket: web.WebSocketResponse) -> AsyncIterator[Visit]:
        """Have somebody in a room for as long as the context lasts, whatever ends it.

        Args:
            room: the room.
            name: what they call themselves.
            websocket: a prepared one.
        """
        visit = Visit(secrets.token_hex(8), room, name, websocket)
        # From now on they are told what happens. That may be before the welcome, or be in its history too.
        self._rooms[room][visit.key] = visit
        try:
            await self._welcome(visit)
            yield visit
        finally:
            await self._part(visit)

    async def _welcome(self, visit: Visit) -> None:
        """Tell somebody what was said, and the others that somebody has come."""
        first = await self._backplane.enter(visit.room, visit.key, visit.name)
        members = await self._backplane.members(visit.room)
        history = [json.loads(event) for event in await self._backplane.history(visit.room)]
        welcome = {"type": "welcome", "name": visit.name, "members": members, "history": history}
        await visit.websocket.send_json(welcome)
        if first:
            await self._publish(visit.room, Event(type="joined", name=visit.name, members=members))

    async def _part(self, visit: Visit) -> None:
        """Forget somebody, and tell the others."""
        visits = self._rooms[visit.room]
        visits.pop(visit.key, None)
        if not visits:
            del self._rooms[visit.room]
        if await self._backplane.leave(visit.room, visit.key, visit.name):
            members = await self._backplane.members(visit.room)
            await self._publish(visit.room, Event(type="left", name=visit.name, members=members))

    async def say(self, visit: Visit, text: str) -> None:
        """Tell everybody in the room what somebody says."""
        await self._publish(visit.room, Event(type="said", name=visit.name, text=text), keep=True)

    async def _publish(self, room: str, event: Event, *, keep: bool = False) -> None:
        await self._backplane.publish(room, event.to_json(), keep=keep)

    async def deliver(self, room: str, event: str) -> None:
        """Send an event to those who are in its room, in this process. Nobody is waited for."""
        if room not in self._rooms:
            return
        websockets = [visit.websocket for visit in self._rooms[room].values()]
        for slow in await web.broadcast(websockets, event):
            # They come back by themselves, and find what they have missed in the history.
            self._start(slow.close(code=web.WSCloseCode.TRY_AGAIN_LATER, message=b"too slow"))

    async def close(self) -> None:
        """Send everybody away, since the server stops."""
        everybody = [visit.websocket for visits in self._rooms.values() for visit in visits.values()]
        for websocket in everybody:
            self._start(websocket.close(code=web.WSCloseCode.GOING_AWAY, message=b"the server stops"))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

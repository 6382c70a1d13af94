"""A client for files: threads are waited for by the clock, and every descriptor is accounted for."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable

from web_client import Answer, Client, request

from tidewire_web._file_plan import ContentNotAtHand
from tidewire_web._file_planner import FilePlanner, Look, T


def descriptors() -> set[str]:
    """The descriptors that this process has open."""
    return set(os.listdir("/proc/self/fd" if os.path.exists("/proc/self/fd") else "/dev/fd"))


def are_back_to(before: set[str]) -> bool:
    """Whether no other descriptors are open than before, once threads are through with what they do."""
    deadline = time.monotonic() + 5
    while descriptors() != before and time.monotonic() < deadline:
        pass
    return descriptors() == before


class PlannerAtOnce(FilePlanner):
    """One that makes every plan on the loop, as if all files were in use."""

    async def plan(self, path: str, look: Look[T]) -> T:
        try:
            return look(self._read)
        except ContentNotAtHand:
            return await super().plan(path, look)


async def until(condition: Callable[[], object]) -> None:
    """Let the loop go round until something is so, which a thread may have to do."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def fetch(client: Client, target: str = "/", *lines: str, method: str = "GET") -> Answer:
    """Send a request, and wait for the answer however long threads take."""
    connection = client.connect()
    connection.send(request(target, *lines, method=method), method)
    await until(
        lambda: any(answer.complete for answer in connection.look()) or connection.transport.is_closing()
    )
    return connection.answers[0]

"""The tasks in which handlers run: who cancels them, and who waits for them."""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import Any, Final

from tidewire_web._request import BaseRequest

__all__: list[str] = []

# Seconds that cancelled handlers have at least to come to their end, so that what is cleaned up after them is not
# cleaned up under them.
_CANCEL_GRACE: Final = 1.0


class HandlerTasks:
    """The tasks of the requests that have begun to wait.

    Args:
        handler_cancellation: whether a handler is cancelled when its client goes, where its route does not say.

    Attributes:
        requests: the requests, by their tasks.
        handler_cancellation: as given.
    """

    __slots__ = ("handler_cancellation", "requests")

    def __init__(self, handler_cancellation: bool) -> None:
        self.handler_cancellation = handler_cancellation
        self.requests: dict[asyncio.Task[Any], BaseRequest] = {}

    def cancel_without_client(self, task: asyncio.Task[Any], request: BaseRequest) -> None:
        """Cancel a task when its client goes, if its route or else the server wants that by then."""
        request.add_disconnect_callback(functools.partial(self._cancel, task))

    def _cancel(self, task: asyncio.Task[Any]) -> None:
        request = self.requests.get(task)
        if request is not None:
            wanted = getattr(request.match.route, "handler_cancellation", None)
            if self.handler_cancellation if wanted is None else wanted:
                task.cancel()

    async def end(self, timeout: float | None, logger: logging.Logger) -> None:
        """Wait for the tasks, cancel those that are left and wait for them.

        Args:
            timeout: seconds to wait, once before they are cancelled and once after, then a second at least; None to wait
                for ever.
            logger: told where some go on all the same.
        """
        await self._wait(timeout)
        for task in self._others():
            task.cancel()
        await self._wait(None if timeout is None else max(timeout, _CANCEL_GRACE))
        if left := self._others():
            logger.warning("%d handlers go on though they were cancelled", len(left))

    async def _wait(self, timeout: float | None) -> None:
        if tasks := self._others():
            await asyncio.wait(tasks, timeout=timeout)

    def _others(self) -> list[asyncio.Task[Any]]:
        """The tasks, but for that of a handler which shuts its own server down."""
        current = asyncio.current_task()
        return [task for task in self.requests if task is not current]


def has_route_options(app: Any) -> bool:
    """Whether a route of an application wants its handler to be cancelled, whatever the server does."""
    routes = app.router.routes() if app is not None else ()
    return any(getattr(route, "handler_cancellation", None) for route in routes)

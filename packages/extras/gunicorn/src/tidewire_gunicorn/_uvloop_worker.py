"""The worker on uvloop."""

from __future__ import annotations

import asyncio

from tidewire_gunicorn._worker import GunicornWebWorker

__all__ = ["GunicornUVLoopWebWorker"]


class GunicornUVLoopWebWorker(GunicornWebWorker):
    """`GunicornWebWorker` with an event loop of uvloop; `tidewire-gunicorn[uvloop]` requires that."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Make an event loop of uvloop.

        Raises:
            ImportError: uvloop is not installed.
        """
        import uvloop  # who has no uvloop takes the other worker from the same facade

        return uvloop.new_event_loop()

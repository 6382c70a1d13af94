"""Sites at named pipes, of Windows."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Any

from tidewire_web._base_runner import BaseRunner
from tidewire_web._sites import BaseSite

__all__ = ["NamedPipeSite"]


class NamedPipeSite(BaseSite):
    r"""A named pipe of Windows.

    Args:
        runner: the runner, which has been set up.
        path: the pipe's name, such as `\\.\pipe\name`.

    Raises:
        RuntimeError: the event loop knows no named pipes: it is not the proactor loop of Windows.
    """

    def __init__(self, runner: BaseRunner, path: str) -> None:
        if not hasattr(asyncio.get_running_loop(), "start_serving_pipe"):
            raise RuntimeError("there are named pipes only in the proactor event loop of Windows")
        super().__init__(runner)
        self._path = path

    @property
    def name(self) -> str:
        """The pipe's name."""
        return self._path

    @property
    def addresses(self) -> list[Any]:
        """The pipe's name, where the site listens."""
        return [self._path] if self in self._runner.sites else []

    async def _bind(self, loop: Any) -> Any:
        (pipe,) = await loop.start_serving_pipe(self._handlers, self._path)
        return _Listener(pipe)


class _Listener:
    """A pipe that listens already."""

    sockets: Sequence[socket.socket] = ()

    def __init__(self, pipe: Any) -> None:
        self.close = pipe.close

    async def start_serving(self) -> None:
        pass

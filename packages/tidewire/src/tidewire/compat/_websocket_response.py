"""Websockets whose methods are coroutine functions: libraries ask `inspect.iscoroutinefunction()` whether to await."""

from __future__ import annotations

from typing import Any

import tidewire_web
from tidewire.compat._stand_in import StandIn

__all__: list[str] = []


class WebSocketResponse(tidewire_web.WebSocketResponse, metaclass=StandIn):
    """A websocket; see `tidewire_web.WebSocketResponse`.

    There the methods are functions that return what is to be awaited, which saves a coroutine for each message.
    """

    async def send_str(self, data: str, compress: Any = None) -> None:
        """Send text."""
        await super().send_str(data, compress)

    async def send_bytes(self, data: Any, compress: Any = None) -> None:
        """Send bytes."""
        await super().send_bytes(data, compress)

    async def send_json(self, data: Any, compress: Any = None, **options: Any) -> None:
        """Send JSON."""
        await super().send_json(data, compress, **options)

    async def send_json_bytes(self, data: Any, compress: Any = None, **options: Any) -> None:
        """Send JSON as bytes."""
        await super().send_json_bytes(data, compress, **options)

    async def send_frame(self, message: Any, opcode: Any, compress: Any = None) -> None:
        """Send a frame."""
        await super().send_frame(message, opcode, compress)

    async def ping(self, message: Any = b"") -> None:
        """Send a ping."""
        await super().ping(message)

    async def pong(self, message: Any = b"") -> None:
        """Send a pong."""
        await super().pong(message)

    async def close(self, **options: Any) -> bool:
        """Close the websocket."""
        return await super().close(**options)

    async def receive(self, timeout: float | None = None) -> Any:
        """Receive a message."""
        return await super().receive(timeout)

    async def receive_str(self, **options: Any) -> Any:
        """Receive text."""
        return await super().receive_str(**options)

    async def receive_bytes(self, **options: Any) -> bytes:
        """Receive bytes."""
        return await super().receive_bytes(**options)

    async def receive_json(self, **options: Any) -> Any:
        """Receive JSON."""
        return await super().receive_json(**options)

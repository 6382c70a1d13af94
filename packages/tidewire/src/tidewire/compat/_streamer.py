"""The decorator `streamer`, which asynchronous generators have replaced."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tidewire.compat._deprecations import warn_of
from tidewire_http_io.payloads import BodyWriter, Payload, PayloadError, payload_type

__all__: list[str] = []

Coroutine = Callable[..., Awaitable[None]]


class StreamWrapper:
    """A body that a coroutine function writes.

    Args:
        function: the coroutine function; it takes a writer and the arguments.
        args: the arguments.
        kwargs: those with names.
    """

    def __init__(self, function: Coroutine, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs

    async def __call__(self, writer: Any) -> None:
        """Write the body."""
        await self.function(writer, *self.args, **self.kwargs)


class streamer:  # noqa: N801 - a decorator
    """Makes bodies of a coroutine function that writes them; deprecated: use an asynchronous generator.

    Args:
        coro: the coroutine function; it takes a writer first.
    """

    def __init__(self, coro: Coroutine) -> None:
        warn_of("@streamer is deprecated, use async generators instead")
        self.coro = coro

    def __call__(self, *args: Any, **kwargs: Any) -> StreamWrapper:
        """Make a body."""
        return StreamWrapper(self.coro, args, kwargs)


@payload_type(StreamWrapper)
class StreamWrapperPayload(Payload):
    """The payload of what `streamer` gives."""

    async def write(self, writer: BodyWriter) -> None:
        """Write the body."""
        await self._value(writer)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Refuse: what is written is not known before.

        Raises:
            PayloadError: always.
        """
        raise PayloadError("what a coroutine function writes cannot be decoded")


@payload_type(streamer)
class StreamPayload(StreamWrapperPayload):
    """The payload of a decorated function that was not called."""

    def __init__(self, value: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(value(), *args, **kwargs)

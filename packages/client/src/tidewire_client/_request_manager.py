"""What a session's methods return: to be awaited, or entered."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import TracebackType
from typing import Any, TypeVar

from tidewire_client._client_response import ClientResponse

__all__ = ["RequestManager"]

ResultT = TypeVar("ResultT")


class ManagedCoroutine(Coroutine[Any, Any, ResultT]):
    """A coroutine that can be entered with `async with` too, by its subclasses, and is its own result's guard there.

    Args:
        coroutine: what is run when this is awaited or entered.
    """

    __slots__ = ("_coroutine", "_result")

    def __init__(self, coroutine: Coroutine[Any, Any, ResultT]) -> None:
        self._coroutine = coroutine
        self._result: ResultT | None = None

    def send(self, value: Any) -> Any:
        """See `Coroutine`."""
        return self._coroutine.send(value)

    def throw(self, *args: Any) -> Any:
        """See `Coroutine`."""
        return self._coroutine.throw(*args)

    def close(self) -> None:
        """See `Coroutine`."""
        self._coroutine.close()

    def __await__(self) -> Generator[Any, None, ResultT]:
        return self._coroutine.__await__()

    async def __aenter__(self) -> ResultT:
        self._result = result = await self._coroutine
        return result


class RequestManager(ManagedCoroutine[ClientResponse]):
    """A request that is sent when it is awaited; in `async with` its response is released at the end.

    Sessions make them.
    """

    __slots__ = ()

    async def __aenter__(self) -> ClientResponse:
        self._result = response = await self._coroutine
        response._in_context = True
        return response

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        response = self._result
        if response is not None:
            self._result = None
            response._in_context = False
            response.let_go()
            if response._upload is not None:
                await response.wait_for_close()

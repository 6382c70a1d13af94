"""What a session's methods return: to be awaited, or entered."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import TracebackType
from typing import Any

from tidewire_client._client_response import ClientResponse

__all__: list[str] = []


class RequestManager(Coroutine[Any, Any, ClientResponse]):
    """A request that is sent when it is awaited; in `async with` its response is released at the end.

    Args:
        coroutine: sends it.
    """

    __slots__ = ("_coroutine", "_response")

    def __init__(self, coroutine: Coroutine[Any, Any, ClientResponse]) -> None:
        self._coroutine = coroutine
        self._response: ClientResponse | None = None

    def send(self, value: Any) -> Any:
        """See `Coroutine`."""
        return self._coroutine.send(value)

    def throw(self, *args: Any) -> Any:
        """See `Coroutine`."""
        return self._coroutine.throw(*args)

    def close(self) -> None:
        """See `Coroutine`."""
        self._coroutine.close()

    def __await__(self) -> Generator[Any, None, ClientResponse]:
        return self._coroutine.__await__()

    async def __aenter__(self) -> ClientResponse:
        self._response = response = await self._coroutine
        response._in_context = True
        return response

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        response = self._response
        if response is not None:
            self._response = None
            response._in_context = False
            response.let_go()
            if response._upload is not None:
                await response.wait_for_close()

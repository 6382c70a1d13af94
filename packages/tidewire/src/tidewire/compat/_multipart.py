"""Readers of multipart bodies that are made of a response."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import tidewire_http_io.forms
from tidewire.compat._stand_in import StandIn

__all__: list[str] = []


class MultipartResponseWrapper:
    """The parts of a response's body; the response is released behind the last of them.

    Args:
        resp: the response.
        stream: reads its parts.
    """

    def __init__(self, resp: Any, stream: Any) -> None:
        self.resp = resp
        self.stream = stream

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        part = await self.next()
        if part is None:
            raise StopAsyncIteration
        return part

    def at_eof(self) -> bool:
        """Tell whether the body has been read to its end."""
        return bool(self.resp.content.at_eof())

    async def next(self) -> Any:
        """Return the next part; None behind the last one."""
        part = await self.stream.next()
        if self.stream.at_eof():
            await self.release()
        return part

    async def release(self) -> None:
        """Release the response."""
        await self.resp.release()


class MultipartReader(tidewire_http_io.forms.MultipartReader, metaclass=StandIn):
    """Reads multipart bodies; see `tidewire_http_io.forms.MultipartReader`."""

    response_wrapper_cls: ClassVar[type[MultipartResponseWrapper]] = MultipartResponseWrapper
    """What `from_response()` returns."""

    @classmethod
    def from_response(cls, response: Any) -> MultipartResponseWrapper:
        """Read the parts of a client's response."""
        return cls.response_wrapper_cls(response, cls(response.headers, response.content))

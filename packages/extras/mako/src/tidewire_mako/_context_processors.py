"""Context processors: what every template of an application gets to see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tidewire_mako._keys import APP_CONTEXT_PROCESSORS_KEY, REQUEST_CONTEXT_KEY
from tidewire_web import Request, StreamResponse, middleware

__all__ = ["context_processors_middleware", "request_processor"]


@middleware
async def context_processors_middleware(
    request: Request, handler: Callable[[Request], Awaitable[StreamResponse]]
) -> StreamResponse:
    """Ask the application's context processors before the handler runs; `setup()` adds this where there are some.

    Where several give the same name, the last one counts.
    """
    outer = request.get(REQUEST_CONTEXT_KEY)
    context: dict[str, Any] = {} if outer is None else dict(outer)
    for processor in request.config_dict.get(APP_CONTEXT_PROCESSORS_KEY) or ():
        context.update(await processor(request))
    request[REQUEST_CONTEXT_KEY] = context
    return await handler(request)


async def request_processor(request: Request) -> dict[str, Request]:
    """A context processor that lets templates see the request, as `request`."""
    return {"request": request}

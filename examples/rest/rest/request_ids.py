"""A name for each request, by which it is found again in logs: the client's, where it has one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Final

from tidewire_web import Request, RequestKey, StreamResponse, middleware

__all__ = ["REQUEST_ID", "request_ids"]

REQUEST_ID: Final = RequestKey[str]("REQUEST_ID")

# What may be written to a log and sent back as it is.
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


@middleware
async def request_ids(
    request: Request, handler: Callable[[Request], Awaitable[StreamResponse]]
) -> StreamResponse:
    """Name the request, and tell the client."""
    given = request.headers.get("X-Request-ID", "")
    request[REQUEST_ID] = given if _NAME.fullmatch(given) else str(uuid.uuid4())
    response = await handler(request)
    response.headers["X-Request-ID"] = request[REQUEST_ID]
    return response

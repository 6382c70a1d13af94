"""Errors as problem details (RFC 9457): JSON, whoever has found them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from multidict import CIMultiDict

from rest.request_ids import REQUEST_ID
from tidewire_web import (
    HTTPException,
    Request,
    Response,
    StreamResponse,
    json_response,
    middleware,
)

__all__ = ["InvalidInput", "problems"]

_log = logging.getLogger("rest")

_OF_THE_BODY: Final = ("Content-Encoding", "Content-Length", "Content-Type")


class InvalidInput(Exception):
    """What a client has sent does not say what it should.

    Args:
        detail: what is wrong, for people.
        status: the status code: 400 where it cannot be read, 422 where it can.
    """

    def __init__(self, detail: str, status: int = 422) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


@middleware
async def problems(
    request: Request, handler: Callable[[Request], Awaitable[StreamResponse]]
) -> StreamResponse:
    """Answer errors with problem details: those of handlers, and those that the framework raises."""
    try:
        return await handler(request)
    except InvalidInput as error:
        title = "The content is not valid" if error.status == 422 else "The content cannot be read"
        return _problem(request, error.status, title, error.detail)
    except HTTPException as error:
        if error.status < 400:
            raise
        fields = CIMultiDict(error.headers)
        for name in _OF_THE_BODY:
            fields.popall(name, None)
        return _problem(request, error.status, error.reason, _detail_of(error), fields)
    except Exception:
        # The client gets to know no more than where to look for it.
        _log.exception("request %s has failed", request[REQUEST_ID])
        return _problem(request, 500, "Internal Server Error", None)


def _problem(
    request: Request, status: int, title: str, detail: str | None, fields: CIMultiDict[str] | None = None
) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if detail is not None:
        body["detail"] = detail
    body["instance"] = f"urn:request:{request[REQUEST_ID]}"
    return json_response(body, status=status, headers=fields, content_type="application/problem+json")


def _detail_of(error: HTTPException) -> str | None:
    """Return what an exception says beyond its reason."""
    text = error.text or ""
    return None if text == f"{error.status}: {error.reason}" else text

"""Responses without a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from json import dumps
from typing import Any, Final

from tidewire_client import (
    ClientHandlerType,
    ClientMiddlewareType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    StrOrURL,
)
from tidewire_testing.client._memory_connector import MemoryConnector

__all__ = ["answer_with", "build_response"]

_NO_JSON: Final = object()  # None is JSON


def answer(
    request: ClientRequest,
    status: int,
    reason: str | None,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    *,
    cookies: bool = True,
) -> ClientResponse:
    """Make the response to a request, and keep its cookies in the session's jar."""
    response: ClientResponse = request.response_class.build(
        request, status=status, reason=reason, headers=headers, body=body
    )
    values = response.headers.getall("Set-Cookie", [])
    if cookies and values and request.session is not None:
        request.session.cookie_jar.update_cookies_from_headers(values, request.url)
    return response


def answer_with(
    status: int = 200,
    *,
    reason: str | None = None,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    json: Any = _NO_JSON,
) -> ClientMiddlewareType:
    """Make a middleware of sessions that answers every request itself; nothing is sent.

    Args:
        status: the status code.
        reason: the reason phrase; None for the usual one.
        headers: the fields.
        body: the body.
        json: what the body is in JSON, in place of `body`; Content-Type says so unless `headers` have one.

    Raises:
        TypeError: `json` cannot be written so.
        ValueError: there are both, `body` and `json`.
    """
    fields = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
    if json is not _NO_JSON:
        if body:
            raise ValueError("a response has a body or json, not both")
        body = dumps(json).encode()
        if not any(name.lower() == "content-type" for name, _ in fields):
            fields.append(("Content-Type", "application/json"))

    async def answering(request: ClientRequest, _handler: ClientHandlerType) -> ClientResponse:
        return answer(request, status, reason, fields, body)

    return answering


async def build_response(
    method: str,
    url: StrOrURL,
    *,
    status: int = 200,
    reason: str | None = None,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    json: Any = _NO_JSON,
    session: ClientSession | None = None,
    **request_options: Any,
) -> ClientResponse:
    """Make a response as a session gives it, without a server: redirects are not followed, cookies are kept.

    Args:
        method: the method of its request.
        url: the URL of its request.
        status: the status code.
        reason: the reason phrase; None for the usual one.
        headers: the fields.
        body: the body.
        json: what the body is in JSON, in place of `body`; see `answer_with()`.
        session: the session whose response it is to be; one of its own where None.
        request_options: see `tidewire_client.ClientSession.request()`.

    Raises:
        RuntimeError: there is no running event loop.
        TypeError: `json` cannot be written so.
        ValueError: there are both, `body` and `json`.
    """
    answer = answer_with(status, reason=reason, headers=headers, body=body, json=json)
    options: dict[str, Any] = {"allow_redirects": False, **request_options, "middlewares": (answer,)}
    if session is not None:
        return await session.request(method, url, **options)
    async with ClientSession(connector=MemoryConnector({})) as own:
        return await own.request(method, url, **options)

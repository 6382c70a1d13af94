"""Responses without a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

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
) -> ClientMiddlewareType:
    """Make a middleware of sessions that answers every request itself; nothing is sent.

    Args:
        status: the status code.
        reason: the reason phrase; None for the usual one.
        headers: the fields.
        body: the body.
    """
    fields = list(headers.items()) if isinstance(headers, Mapping) else list(headers)

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
        session: the session whose response it is to be; one of its own where None.
        request_options: see `tidewire_client.ClientSession.request()`.

    Raises:
        RuntimeError: there is no running event loop.
    """
    answer = answer_with(status, reason=reason, headers=headers, body=body)
    options: dict[str, Any] = {"allow_redirects": False, **request_options, "middlewares": (answer,)}
    if session is not None:
        return await session.request(method, url, **options)
    async with ClientSession(connector=MemoryConnector({})) as own:
        return await own.request(method, url, **options)

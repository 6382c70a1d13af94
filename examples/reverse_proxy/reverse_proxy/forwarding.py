"""Passing a request on, and its response back, each as it comes: nothing is kept but what is on its way."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from multidict import CIMultiDict
from yarl import URL

from reverse_proxy.config import Config, Route
from reverse_proxy.fields import request_fields, request_target, response_fields
from tidewire_client import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ConnectionTimeoutError,
    ServerTimeoutError,
)
from tidewire_http_parser import LocalProtocolError
from tidewire_web import (
    HTTPBadGateway,
    HTTPException,
    HTTPGatewayTimeout,
    HTTPRequestEntityTooLarge,
    HTTPServiceUnavailable,
    Request,
    RequestPayloadError,
    ResponseKey,
    StreamResponse,
    send_interim,
)

__all__ = ["UNTYPED", "first_reachable", "forward"]

UNTYPED: Final = ResponseKey[bool]("untyped")
"""Whether the upstream says nothing of the body's type; a proxy does not either."""

_BAD_GATEWAY: Final = "502: the server behind this proxy does not answer as it should\n"

_log = logging.getLogger("reverse_proxy")


async def forward(request: Request, route: Route, session: ClientSession, config: Config) -> StreamResponse:
    """Pass a request on to an upstream, and its response back to the client.

    Args:
        request: the request.
        route: where it goes.
        session: the client.
        config: the settings.

    Raises:
        HTTPException: there is no response, or the client has sent what is not passed on.
    """
    if 0 < config.max_body < (request.content_length or 0):
        raise HTTPRequestEntityTooLarge(config.max_body, request.content_length or 0)
    return await first_reachable(route, lambda upstream: _forward_to(upstream, request, session, config))


async def first_reachable(
    route: Route, attempt: Callable[[URL], Awaitable[StreamResponse]]
) -> StreamResponse:
    """Ask the upstreams of a route in turn.

    One that cannot be connected to has got nothing of the request, so that the next one is asked.

    Args:
        route: where the request goes.
        attempt: asks one of them.

    Raises:
        HTTPException: there is no answer.
    """
    failure: ClientError | None = None
    for upstream in route.in_turn():
        try:
            return await attempt(upstream)
        except ClientError as error:
            if not isinstance(error, ClientConnectorError) and _clock(error) != "sock_connect":
                raise _error_for(error) from error
            _log.warning("%s cannot be reached: %s", upstream, error)
            failure = error
    assert failure is not None  # a route has an upstream
    raise _error_for(failure) from failure


async def _forward_to(
    upstream: URL, request: Request, session: ClientSession, config: Config
) -> StreamResponse:
    async with session.request(
        request.method,
        URL(f"{upstream}{request_target(request)}", encoded=True),
        headers=request_fields(request, upstream, config),
        data=_body(request, config.max_body) if request.body_exists else None,
        # The upstream decides whether it wants the body.
        expect100="Expect" in request.headers,
        allow_redirects=False,
    ) as answer:
        return await _pass_back(answer, request, response_fields(answer, upstream, config))


async def _body(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Yield the body of a request as it comes."""
    if "Expect" in request.headers:
        # The client of the upstream asks for the first piece when the upstream wants it.
        await send_interim(request, 100)
    size = 0
    async for piece in request.content.iter_any():
        size += len(piece)
        if 0 < limit < size:
            raise HTTPRequestEntityTooLarge(limit, size)
        yield piece


async def _pass_back(answer: ClientResponse, request: Request, fields: CIMultiDict[str]) -> StreamResponse:
    """Send the client what the upstream answers.

    Raises:
        HTTPBadGateway: the answer has what may not go out; a client is more tolerant than a server.
    """
    response = StreamResponse(status=answer.status, reason=answer.reason, headers=fields)
    response[UNTYPED] = "Content-Type" not in fields
    try:
        await response.prepare(request)
    except LocalProtocolError as error:
        raise HTTPBadGateway(text=_BAD_GATEWAY) from error
    try:
        async for piece in answer.content.iter_any():
            await response.write(piece)
    except ClientError as error:
        _log.warning("%s breaks off: %s", answer.url, error)
        await _break_off(request)
    else:
        response.trailers.extend(answer.trailers)
        await response.write_eof()
    return response


async def _break_off(request: Request) -> None:
    """End the connection in the middle of a response, so that nobody takes it for complete."""
    if request.transport is not None:
        request.transport.abort()
    await request.wait_disconnected()


def _error_for(error: ClientError) -> Exception:
    """Return what the client is told where there is no response."""
    cause = error.__cause__
    if isinstance(cause, HTTPException | RequestPayloadError):
        return cause  # what went wrong while the body was read: the fault is not the upstream's
    if _clock(error) == "pool":
        return HTTPServiceUnavailable(
            text="503: too many requests are on their way\n", headers={"Retry-After": "1"}
        )
    if isinstance(error, ServerTimeoutError):
        return HTTPGatewayTimeout(text="504: the server behind this proxy takes too long\n")
    return HTTPBadGateway(text=_BAD_GATEWAY)


def _clock(error: ClientError) -> str | None:
    """Return which time-out of a connection has expired; None where it was something else."""
    return error.clock if isinstance(error, ConnectionTimeoutError) else None

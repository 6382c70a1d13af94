"""The way of a request: middlewares, redirects, time, traces, and what is to happen to its response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from yarl import URL

from tidewire_client._client_request import ClientRequest, RequestScope
from tidewire_client._client_response import ClientResponse
from tidewire_client._errors import ClientPayloadError, TooManyRedirects, TotalTimeoutError
from tidewire_client._hops import Hops
from tidewire_client._middlewares import ClientHandlerType, Given, chain
from tidewire_client._redirects import REDIRECTS, next_hop
from tidewire_client._request_options import RequestOptions
from tidewire_client._sending import send
from tidewire_client._session_services import SessionServices
from tidewire_client._total_clock import TotalClock
from tidewire_client._tracing import Trace
from tidewire_http_io.payloads import Payload, PayloadConsumed

__all__: list[str] = []

_NO_TRACES: list[Trace] = []


async def perform(
    services: SessionServices, method: str, url: URL, options: RequestOptions
) -> ClientResponse:
    """Send a request, follow its redirects, and return the response.

    Args:
        services: what its session has.
        method: the method.
        url: where it goes.
        options: what it is sent with.

    Raises:
        ClientError: there is no response.
        TotalTimeoutError: it took too long.
    """
    clock = TotalClock(options.timeout, services.connector.sweep, services.loop)
    scope = RequestScope(
        services, options, clock, _traces(services, options) if services.trace_configs else _NO_TRACES
    )
    hops: Hops | None = None
    request: ClientRequest | None = None
    response: ClientResponse | None = None
    handler: ClientHandlerType = send
    given: Given | None = None
    if options.middlewares:
        given = Given(send)
        handler = chain(given, options.middlewares)
    try:
        if options.upload_tracker is not None:
            options.upload_tracker.claim()
        hops = Hops(scope, method, url)
        request = hops.plain()
        if request is None:
            request = await hops.first()
        for trace in scope.traces:
            await trace.request_start(method, request.url, request.headers)
        response = await handler(request)
        if response.status in REDIRECTS and options.allow_redirects:
            response = await _follow(hops, handler, response)
        if options.raise_for_status:
            await _raise_for_status(response, options.raise_for_status)
        if scope.traces:
            last = hops.request or request
            for trace in scope.traces:
                await trace.request_end(last.method, last.url, last.headers, response)
    except BaseException as error:
        clock.stop()
        failure = error
        if clock.expired and clock.take_back() and isinstance(error, asyncio.CancelledError):
            failure = TotalTimeoutError(clock.seconds)
        if response is not None:
            response.close()  # nobody gets it
        if given is not None:
            given.close()
        await _end(hops, None, options)
        request = None if hops is None else hops.request
        if request is not None:
            for trace in scope.traces:
                await trace.request_exception(request.method, request.url, request.headers, failure)
        try:
            if failure is error:
                raise
            raise failure from error
        finally:
            del failure  # it has this frame
    _go_on(clock, response)
    if hops.payload is not None:
        await _end(hops, response, options)
    elif options.upload_tracker is not None:
        options.upload_tracker.end()
    return response


def _go_on(clock: TotalClock, response: ClientResponse) -> None:
    """Let the clock of the total time run until the body is complete."""
    exchange = response._exchange
    connection = response._connection
    if exchange is None or connection is None or exchange.body_complete:
        clock.end()
    else:
        clock.go_on_with(exchange)
        connection.add_callback(clock.stop)


def _traces(services: SessionServices, options: RequestOptions) -> list[Trace]:
    session = services.session()
    return [
        Trace(session, config, config.trace_config_ctx(trace_request_ctx=options.trace_request_ctx))
        for config in services.trace_configs
    ]


async def _follow(hops: Hops, handler: ClientHandlerType, response: ClientResponse) -> ClientResponse:
    """Follow redirects until there is a response that is none, or that does not say where to.

    Raises:
        ClientPayloadError: the body would have to be sent again, and cannot be.
        RedirectClientError: a location that no request can be sent to.
        TooManyRedirects: more of them than are allowed.
    """
    scope = hops.scope
    services = scope.services
    limit = scope.options.max_redirects
    history: list[ClientResponse] = []
    while response.status in REDIRECTS:
        location = response.headers.get("Location") or response.headers.get("URI")
        if location is None:
            break
        history.append(response)
        request = response.request
        try:
            for trace in scope.traces:
                await trace.request_redirect(hops.method, request.url, request.headers, response)
            if limit and len(history) >= limit:
                raise TooManyRedirects(
                    history[0].request_info, tuple(history), message=f"max_redirects={limit} is reached"
                )
            hop = next_hop(
                hops.method,
                hops.url,
                response.status,
                location,
                requote=services.requote,
                schemes=services.connector.allowed_protocol_schema_set,
            )
        except BaseException:
            response.close()
            raise
        await response.wait_for_close()
        payload = hops.payload
        if payload is not None:
            if not hop.keeps_body:
                await payload.close()
            else:
                _rewind(payload)
        scope.history = tuple(history)
        response = await handler(await hops.next(hop))
    return response


def _rewind(payload: Payload) -> None:
    try:
        payload.rewind()
    except PayloadConsumed as error:
        raise ClientPayloadError(f"the body cannot be sent again: {error}") from error


async def _raise_for_status(response: ClientResponse, how: bool | Callable[[Any], Awaitable[None]]) -> None:
    """Raise an error where the response is not what the request, or its session, lets pass."""
    try:
        if how is True:
            await response.raise_for_status_with_body()
        elif callable(how):
            await how(response)
    except BaseException:
        response.close()
        raise


async def _end(hops: Hops | None, response: ClientResponse | None, options: RequestOptions) -> None:
    """Let go of the body, when it is not sent any more."""
    upload = None if response is None else response._upload
    tracker = options.upload_tracker
    payload = None if hops is None else hops.payload
    if upload is not None and not upload.task.done():
        upload.when_over(payload)
        return
    if tracker is not None:
        tracker.end()
    if payload is not None and not payload.autoclose:
        await payload.close()

"""Sending a request over a connection, and once more where that is safe."""

from __future__ import annotations

from typing import Final

from tidewire_client._client_request import ClientRequest
from tidewire_client._client_response import ClientResponse
from tidewire_client._connection import Connection
from tidewire_client._connection_errors import ServerDisconnectedError
from tidewire_client._errors import ClientError, ClientPayloadError
from tidewire_client._failures import exchange_failure, upload_failure
from tidewire_client._head_scan import scan_head
from tidewire_client._read_clock import ReadClock
from tidewire_client._retry import may_send_again
from tidewire_client._upload import Upload
from tidewire_http_io import ClientExchange, ResetReason
from tidewire_http_io.payloads import Payload, PayloadConsumed
from tidewire_http_parser import FieldBlock, Fields

__all__: list[str] = []

_SETS_COOKIES: Final = 1
_TRANSFER_CODED: Final = 4
_CODED: Final = 6
_UNTIL_CLOSE: Final = -2


async def send(request: ClientRequest) -> ClientResponse:
    """Send a request and wait for the head of its response.

    Raises:
        ClientError: there is none; its subclasses tell why.
        tidewire_http_parser.LocalProtocolError: a method, URL or field that may not go out.
    """
    scope = request.scope
    services = scope.services
    options = scope.options
    connector = services.connector
    key, target, fields, block = request.route()
    repeatable = options.retry
    while True:
        payload = request.payload
        if payload is not None and request.attempts:
            _rewind(payload)
        connection = None if scope.traces else connector.acquire(key)
        if connection is None:
            connection = await connector.connect(key, options.timeout, scope.traces)
        request.attempts += 1
        try:
            exchange: ClientExchange = connection.open_exchange()
        except ServerDisconnectedError:
            if not repeatable:
                raise
            repeatable = False
            continue
        response = await _exchange(request, connection, exchange, target, fields, block)
        if isinstance(response, ClientResponse):
            return response
        if not repeatable or not may_send_again(
            request.method,
            exchange.reset_reason,
            reused=connection.reused,
            begun=exchange.response_begun,
            replayable=payload is None or payload.replayable,
        ):
            try:
                raise response
            finally:
                del response  # it has this frame
        repeatable = False


async def _exchange(
    request: ClientRequest,
    connection: Connection,
    exchange: ClientExchange,
    target: str,
    fields: Fields,
    block: FieldBlock | None,
) -> ClientResponse | ClientError:
    """Have one exchange; an error that comes of the connection is returned, others are raised."""
    scope = request.scope
    options = scope.options
    clock: ReadClock | None = None
    upload: Upload | None = None
    try:
        sock_read = options.timeout.sock_read
        if sock_read and sock_read > max(0.0, options.timeout.ceil_threshold):
            connection.set_timeouts(sock_read)
            sock_read = None
        payload = request.payload
        if payload is not None:
            upload = _send_with_body(request, payload, exchange, target, fields, block)
        elif scope.services.http_1_1:
            exchange.send_request(request.method, target, fields, b"", block)
        else:
            exchange.send_head(request.method, target, _together(block, fields), http_1_1=False, end=True)
        if sock_read and sock_read > 0:
            clock = ReadClock(scope.services.loop, sock_read, exchange)
            connection.add_callback(clock.stop)
        if scope.traces:
            await _trace_sending(request, payload, upload)
        head = await exchange.response()
        if upload is not None:
            upload.head_received()
        if head is None:
            if upload is not None and upload.task.done() and exchange.reset_reason is ResetReason.INTERNAL:
                raise upload_failure(upload.error) from upload.error
            failure = exchange_failure(request, exchange)
            if upload is not None:
                upload.cancel()
            connection.close()  # its transport may be about to go only
            return failure
    except BaseException:
        if upload is not None:
            upload.cancel()
        connection.close()
        raise
    found = scan_head(head.fields)
    # A transfer coding but chunked is an error when the body is read, whether or not that is to be decoded.
    encoded = head.body_length != 0 and found & (_CODED if options.auto_decompress else _TRANSFER_CODED) != 0
    response: ClientResponse = scope.services.response_class(request, head, exchange, connection, encoded)
    if upload is not None:
        response._upload = upload
    if clock is not None:
        clock.waits = False
        response._read_clock = clock
    if found & _SETS_COOKIES and scope.services.jar_in_use:
        _keep_cookies(request, head.fields)
    if not options.read_until_eof and head.body_length == _UNTIL_CLOSE and not head.offers_switch:
        response._body = b""
        connection.close()
    return response


def _keep_cookies(request: ClientRequest, fields: Fields) -> None:
    values = [value for name, value in fields if name == "Set-Cookie"]
    request.scope.services.jar.update_cookies_from_headers(values, request.url)


def _send_with_body(
    request: ClientRequest,
    payload: Payload,
    exchange: ClientExchange,
    target: str,
    fields: Fields,
    block: FieldBlock | None,
) -> Upload | None:
    """Send a request with a body: at once where it is at hand, else beginning with the head."""
    options = request.scope.options
    http_1_1 = request.scope.services.http_1_1
    tracker = options.upload_tracker
    if tracker is not None:
        tracker.begin()
    # Whoever says nothing of fields has none that expects anything, but for those of the session.
    expects = (options.own_head or block is None or "Expect" in request.scope.services.headers) and _expects(
        _together(block, fields)
    )
    coding = request.compress
    whole = None if coding or expects else payload.whole()
    if whole is not None and http_1_1:
        exchange.send_request(request.method, target, fields, whole, block)
        if tracker is not None:
            tracker.progress(len(whole), len(whole))
            tracker.end_attempt(None)
        return None
    length = None if coding else payload.size
    fields = _together(block, fields)
    exchange.send_head(request.method, target, fields, body_length=length, http_1_1=http_1_1)
    return Upload(request, payload, exchange, expects=expects)


def _expects(fields: Fields) -> bool:
    """Tell whether the server is asked if it wants the body (RFC 9110, section 10.1.1)."""
    for name, value in fields:
        if len(name) == 6 and name.lower() == "expect":
            return "100-continue" in value.lower()
    return False


def _together(block: FieldBlock | None, fields: Fields) -> Fields:
    return fields if block is None else block.fields + fields


async def _trace_sending(request: ClientRequest, payload: Payload | None, upload: Upload | None) -> None:
    """Tell what was sent."""
    for trace in request.scope.traces:
        await trace.request_headers_sent(request.method, request.url, request.headers)
    if payload is not None and upload is None:
        whole = payload.whole()
        for trace in request.scope.traces:
            await trace.request_chunk_sent(request.method, request.url, whole or b"")


def _rewind(payload: Payload) -> None:
    try:
        payload.rewind()
    except PayloadConsumed as error:
        raise ClientPayloadError(f"the body cannot be sent again: {error}") from error

"""What went wrong with a request, in the words of the client."""

from __future__ import annotations

import errno
from typing import Any

from tidewire_client._client_request import ClientRequest
from tidewire_client._connection_errors import (
    ClientConnectionError,
    ClientConnectionResetError,
    ClientOSError,
    ServerDisconnectedError,
    SocketTimeoutError,
)
from tidewire_client._errors import (
    ClientError,
    ClientPayloadError,
    ClientResponseError,
    TotalTimeoutError,
    UploadSourceError,
)
from tidewire_http_io import ClientExchange, ResetReason, StreamReset
from tidewire_http_parser import IncompleteMessage, RemoteProtocolError, ResponseHead

__all__: list[str] = []

# What the connection gives a server that takes nothing of a request.
_SEND_TIMEOUT = 60.0
_NO_RESPONSE_STATUS = 400


def exchange_failure(request: ClientRequest, exchange: ClientExchange) -> ClientError:
    """Tell why there is no response.

    Args:
        request: the request.
        exchange: its exchange, which was reset.
    """
    reason = exchange.reset_reason
    cause = exchange.reset_error
    failure: ClientError
    if reason is ResetReason.TIMEOUT:
        failure = socket_timeout(request, sent=exchange.finished and exchange.is_writable)
    elif isinstance(cause, OSError):
        failure = client_os_error(cause)
    elif isinstance(cause, RemoteProtocolError) and not isinstance(cause, IncompleteMessage):
        failure = ClientResponseError(
            request.request_info, request.scope.history, status=_NO_RESPONSE_STATUS, message=str(cause)
        )
    else:
        failure = ServerDisconnectedError()
    failure.__cause__ = cause
    return failure


def socket_timeout(request: ClientRequest, *, sent: bool = True) -> SocketTimeoutError:
    """Tell that the server was too slow: to answer, or to take the request, of which not all was sent."""
    seconds = request.scope.options.timeout.sock_read
    if seconds and sent:
        return SocketTimeoutError(clock="sock_read", seconds=seconds)
    return SocketTimeoutError(
        f"the server took nothing of the request for {_SEND_TIMEOUT:g} s", clock=None, seconds=_SEND_TIMEOUT
    )


def client_os_error(error: OSError) -> ClientOSError:
    """Tell what the operating system says of a connection."""
    return ClientOSError(
        error.errno or errno.ECONNRESET, error.strerror or str(error) or "the connection was lost"
    )


def upload_failure(error: BaseException | None) -> ClientError:
    """Tell why the body of a request could not be sent.

    Args:
        error: what was raised where it was made, read or written.
    """
    if isinstance(error, ClientError):
        return error
    if isinstance(error, ConnectionResetError):
        return ClientConnectionResetError("Cannot write to closing transport")
    return UploadSourceError(f"the body could not be sent: {error}")


def body_failure(request: ClientRequest, head: ResponseHead, received: int, error: Exception) -> Exception:
    """Tell why a body cannot be read on.

    Args:
        request: the request.
        head: the head of the response.
        received: bytes of the body that have come.
        error: what the stream says.
    """
    cause: Any = error.__cause__ if isinstance(error, StreamReset) else error
    failure: Exception
    if isinstance(error, StreamReset) and request.scope.clock.expired:
        failure = TotalTimeoutError(request.scope.clock.seconds)
    elif isinstance(error, StreamReset) and error.reason is ResetReason.TIMEOUT:
        failure = socket_timeout(request)
    elif isinstance(error, StreamReset) and cause is None and error.reason is ResetReason.CANCEL:
        failure = ClientConnectionError("Connection closed")
    else:
        framing = "chunked" if head.chunked else "content-length" if head.body_length >= 0 else "close"
        expected = head.body_length if head.body_length >= 0 else None
        message = (
            "Response payload is not completed"
            if isinstance(error, StreamReset)
            else "Can not decode the body"
        )
        if cause is not None:
            message = f"{message}: {cause}"
        failure = ClientPayloadError(message, received=received, expected=expected, framing=framing)
    failure.__cause__ = cause
    return failure

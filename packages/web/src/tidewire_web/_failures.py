"""What failures of handlers mean: whose they are, and what is answered."""

from __future__ import annotations

from typing import Any, Final

from tidewire_http_io import BodyTooLarge, ResetReason, StreamReset
from tidewire_http_io.forms import (
    FormTooLarge,
    InvalidText,
    InvalidTransferEncoding,
    UnsupportedTransferEncoding,
)
from tidewire_http_parser import (
    REASONS,
    InvalidContentCoding,
    InvalidMultipart,
    LocalProtocolError,
    RemoteProtocolError,
    UnsupportedContentCoding,
)
from tidewire_web._error_page import error_page
from tidewire_web._response import Response

__all__: list[str] = []

# What is wrong with a form, or with a part of it.
_IN_FORMS: Final = (
    FormTooLarge,
    InvalidContentCoding,
    InvalidMultipart,
    InvalidText,
    InvalidTransferEncoding,
    UnsupportedContentCoding,
    UnsupportedTransferEncoding,
)


def is_cancelled(task: Any) -> bool:
    """Whether somebody has cancelled a task, as opposed to something that it waits for."""
    cancelling = getattr(task, "cancelling", None)
    return cancelling is None or cancelling() > 0


def is_abort(exception: BaseException) -> bool:
    """Whether an exception is what a handler gets to see when its client has gone."""
    return isinstance(exception, (ConnectionError, LocalProtocolError))


def answer_to_failure(request: Any, exception: BaseException, debug: bool) -> Response:
    """Make the answer to a request whose handler has failed; the connection is closed after it.

    What a client has sent is the client's fault, as long as it is known to be: a body that is malformed, too slow or too
    large. TimeoutError, asyncio's too, is 504, and everything else 500.

    Args:
        request: the request.
        exception: what the handler has raised.
        debug: whether the traceback is shown.
    """
    error: BaseException | None = exception
    if isinstance(exception, StreamReset):
        if exception.reason is ResetReason.TIMEOUT:
            return _refusal(408, "the body took too long")
        error = exception.__cause__
        if isinstance(error, RemoteProtocolError):
            return _refusal(error.status, error.problem)
        if exception.reason is ResetReason.PROTOCOL:
            return _refusal(400, "malformed body")
    elif isinstance(error, _IN_FORMS):
        return _refusal(error.status, error.problem)
    elif isinstance(error, BodyTooLarge):
        return _refusal(error.status, str(error))
    status = 504 if isinstance(exception, TimeoutError) else 500
    return error_page(request, status, exception, debug)


def _refusal(status: int, problem: str) -> Response:
    response = Response(status=status, text=f"{status}: {REASONS.get(status, '')}\n\n{problem}\n")
    response.force_close()
    return response

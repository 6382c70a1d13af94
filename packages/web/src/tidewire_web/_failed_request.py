"""What becomes of a request whose handler has failed: what its client gets to know, and what the log."""

from __future__ import annotations

from asyncio import CancelledError

from tidewire_http_io import ResetReason, ServerExchange, StreamReset
from tidewire_http_parser import FieldBlock
from tidewire_web._access_log_format import shown_address
from tidewire_web._failures import answer_to_failure, is_abort
from tidewire_web._request import BaseRequest
from tidewire_web._response import Response
from tidewire_web._stream_response import break_off
from tidewire_web._types import Services

__all__: list[str] = []


async def send_failure(
    request: BaseRequest, exception: Exception | CancelledError, services: Services
) -> Response | None:
    """Answer that a handler, or the sending of its response, has failed; break off where that cannot be said.

    It is logged here and nowhere else, so that there is one record of a request at most (S17).

    Args:
        request: the request.
        exception: what was raised.
        services: what the server has.

    Returns:
        the response that was sent; None where the client has gone, or had been sent another head.
    """
    exchange = request.exchange
    response = answer_to_failure(request, exception, services.debug)
    if exchange.disconnected and is_abort(exception) and response.status >= 500:
        services.logger.debug("The client has gone: %.100s %.100r", request.method, exchange.head.target)
        exchange.reset(ResetReason.CANCEL)
        return None
    if not isinstance(exception, StreamReset) and response.status >= 500:
        services.logger.error(
            "Error handling request from %s: %.100s %.100r",
            shown_address(request.remote),
            request.method,
            exchange.head.target,
            exc_info=exception,
        )
    if exchange.head_sent:
        # It cannot be said any more; in the middle of a body it would be taken for a part of that.
        if not exchange.finished:
            break_off_answer(request)
        return None
    try:
        await response.send(request)
    except Exception:
        # What has a say in every response, such as a receiver of `on_response_prepare`, has failed again.
        return _send_bare(exchange, response, services.standard_fields)
    return response


def _send_bare(exchange: ServerExchange, response: Response, standard_fields: FieldBlock) -> Response | None:
    """Send the answer to a failure without anybody having a say in it."""
    if exchange.head_sent:
        exchange.reset(ResetReason.INTERNAL)
        return None
    text = f"{response.status} {response.reason}\n".encode()
    fields = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")]
    exchange.respond(response.status, None, fields, text, standard_fields)
    return response


def break_off_answer(request: BaseRequest) -> None:
    """Break a response off whose head is sent; what was written goes out first, as by `StreamResponse.abort()`.

    A client that gets nothing may take it that nothing was done, and ask again. But what was held back until now and
    would look complete does not go out: nobody would know that something has failed. Nor does a head alone, of which
    the length may be what is wrong.

    Args:
        request: the request that it answers.
    """
    exchange = request.exchange
    sink = request._sink
    if sink is not None and sink.accepted > 0 and (sink.length is None or sink.accepted < sink.length):
        exchange.info("transport")  # asking for it lets what is held back go first
    break_off(exchange)

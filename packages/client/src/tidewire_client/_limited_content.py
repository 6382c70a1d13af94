"""The body of a response that may have so many bytes and no more, whatever a few become when they are decoded."""

from __future__ import annotations

from collections.abc import Callable

from tidewire_client._client_request import ClientRequest
from tidewire_client._errors import ContentTooLargeError
from tidewire_client._read_clock import ReadClock
from tidewire_client._response_content import ResponseContent, decodable
from tidewire_http_io import BodyTooLarge, ClientExchange, ResetReason
from tidewire_http_parser import ResponseHead

__all__: list[str] = []


class LimitedContent(ResponseContent):
    """Reads a body up to the request's `max_body_size`. Above that every read fails, and the connection is closed.

    Where the length is declared and is that of the content, nothing of a body that is too large is read.

    Args:
        request: the request.
        head: the head of the response.
        content_encoding: the value of Content-Encoding where it is to be decoded.
        exchange: the exchange.
        clock: the clock of the wait for more of it.
        on_progress: called with the bytes that have come each time that there are more; None for nobody.

    Raises:
        ClientPayloadError: see `ResponseContent`.
    """

    __slots__ = ("_limit",)

    def __init__(
        self,
        request: ClientRequest,
        head: ResponseHead,
        content_encoding: str,
        exchange: ClientExchange,
        clock: ReadClock | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        limit = request.options.max_body_size
        assert limit is not None
        self._limit = limit
        super().__init__(request, head, content_encoding, exchange, clock, on_progress)
        if head.body_length > limit and not decodable(content_encoding):
            self.set_exception(BodyTooLarge(limit))
            exchange.reset(ResetReason.CANCEL)
        else:
            self.max_size = limit

    def failure_error(self, failure: BaseException) -> BaseException:
        """See `StreamReader`; closes the connection where the body is too large."""
        if not isinstance(failure, BodyTooLarge):
            return super().failure_error(failure)
        self._exchange.reset(ResetReason.CANCEL)
        return ContentTooLargeError(self._limit)  # each read has one of its own, so that none is in a circle

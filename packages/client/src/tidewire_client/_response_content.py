"""The body of a response, as it comes from the exchange."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tidewire_client._client_request import ClientRequest
from tidewire_client._connection import Connection
from tidewire_client._errors import ClientPayloadError
from tidewire_client._failures import body_failure, upload_failure
from tidewire_client._read_clock import ReadClock
from tidewire_client._upload import Upload
from tidewire_http_io import ClientExchange, ResetReason, StreamReader, StreamReset
from tidewire_http_parser import Fields, IncompleteMessage, RemoteProtocolError, ResponseHead

__all__: list[str] = []

# Codings whose libraries may be missing; others that are not known are left alone.
_KNOWN: Final = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "identity"})


class ResponseContent(StreamReader):
    """Reads the body of a response; what goes wrong is told in terms of the client.

    Args:
        request: the request.
        head: the head of the response.
        content_encoding: the value of Content-Encoding where it is to be decoded.
        consumed: the exchange's.
        clock: the clock of the wait for more of it.
        on_progress: called with the bytes that have come each time that there are more; None for nobody.

    Raises:
        ClientPayloadError: a content coding whose library is not installed, or too many of them; a transfer coding
            other than chunked.
    """

    __slots__ = ("_clock", "_exchange", "_head", "_on_progress", "_request", "_source_error", "on_end")

    def __init__(
        self,
        request: ClientRequest,
        head: ResponseHead,
        content_encoding: str,
        exchange: ClientExchange,
        clock: ReadClock | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        self._on_progress = on_progress
        self._source_error: BaseException | None = None
        self.on_end: tuple[Connection, Upload] | None = None
        if head.body_length < 0:
            check_transfer_codings(head.fields)
        try:
            super().__init__(
                exchange.consumed if clock is None else self._consumed,
                content_encoding=decodable(content_encoding),
            )
        except RemoteProtocolError as error:
            raise ClientPayloadError(f"Can not decode the body: {error}") from error
        self._request = request
        self._head = head
        self._clock = clock
        self._exchange = exchange
        if clock is not None:
            clock.progress()
        exchange.receive(self)

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        """See `Receiver`."""
        if self._clock is not None:
            self._clock.unread += len(data)
            self._clock.progress()
        super().data_received(data, ends_chunk, inner_ends)
        if self._on_progress is not None:
            self._on_progress(self.total_raw_bytes)

    def pieces_received(self, pieces: list[bytes], chunk_ends: list[int]) -> None:
        """See `Receiver`."""
        if self._clock is not None:
            self._clock.unread += sum(map(len, pieces))
            self._clock.progress()
        super().pieces_received(pieces, chunk_ends)
        if self._on_progress is not None:
            self._on_progress(self.total_raw_bytes)

    def _consumed(self, size: int, pieces: int) -> None:
        """Give credit back, and take note that somebody reads."""
        if self._clock is not None:
            self._clock.unread -= size
            self._clock.progress()
        self._exchange.consumed(size, pieces)

    def end_received(self, trailers: Fields) -> None:
        """See `Receiver`."""
        super().end_received(trailers)
        if self.on_end is not None:
            connection, upload = self.on_end
            self.on_end = None
            if upload.task.done() and upload.error is not None:
                connection.close()  # the request will not be completed

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        """See `Receiver`."""
        if self.on_end is not None:
            self._source_error = self.on_end[1].error
            self.on_end = None
        if error is None and reason is ResetReason.CANCEL and self._exchange.info("transport") is None:
            # It was not this side that has closed: so ends TLS on uvloop where the server does not say goodbye.
            error = IncompleteMessage("the connection was lost before the end")
        super().reset_received(reason, error)

    def reading_error(self, error: Exception) -> Exception:
        """See `StreamReader`."""
        source_error = self._source_error if self.on_end is None else self.on_end[1].error
        if (
            source_error is not None
            and isinstance(error, StreamReset)
            and error.reason is ResetReason.INTERNAL
        ):
            failure = upload_failure(source_error)
            if failure is not source_error:
                failure.__cause__ = source_error
            return failure
        return body_failure(self._request, self._head, self.total_raw_bytes, error)


class Discard:
    """Takes the rest of a body that nobody wants, so that its connection can be used again; but not much of it.

    Args:
        connection: the connection, which is closed where there is more.
        exchange: the exchange.
        limit: bytes.
    """

    __slots__ = ("_connection", "_exchange", "_left")

    def __init__(self, connection: Connection, exchange: ClientExchange, limit: int) -> None:
        self._connection: Connection | None = connection
        self._exchange = exchange
        self._left = limit
        # The lease goes on a little after the end of the body, and ends with its last reference.
        connection.add_callback(self._over)

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        """See `Receiver`."""
        connection = self._connection
        if connection is None:
            return
        self._left -= len(data)
        if self._left < 0:
            connection.close()
        else:
            self._exchange.consumed(len(data), 1 if inner_ends is None else 1 + len(inner_ends))

    def end_received(self, trailers: Fields) -> None:
        """See `Receiver`."""

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        """See `Receiver`."""

    def _over(self) -> None:
        self._connection = None


def check_transfer_codings(fields: Fields) -> None:
    """See to it that a body is its content, apart from chunks, which the exchange has taken off.

    Nobody asks servers for other codings (RFC 9112, section 7.4), so none is removed here; and what is still coded is
    not the content that the other fields speak of.

    Raises:
        ClientPayloadError: there is another one.
    """
    for name, value in fields:
        if name == "Transfer-Encoding":
            for coding in value.split(","):
                if coding.strip(" \t").lower() not in {"chunked", "identity", ""}:
                    raise ClientPayloadError(f"Can not decode the body: transfer coding {coding.strip()!r}")


def decodable(content_encoding: str) -> str:
    """Return a Content-Encoding whose codings are all known; of another one nothing is decoded."""
    for coding in content_encoding.split(","):
        name = coding.strip().lower()
        if name and name not in _KNOWN:
            return ""
    return content_encoding

"""A response, as its receiver sees it: the body, and what can be made of it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from multidict import CIMultiDict, CIMultiDictProxy

from tidewire_client._client_request import ClientRequest
from tidewire_client._connection import Connection
from tidewire_client._connection_errors import ClientConnectionError
from tidewire_client._errors import (
    ClientPayloadError,
    ClientResponseError,
    ContentTooLargeError,
    ContentTypeError,
)
from tidewire_client._leased_response import LeasedResponse
from tidewire_client._limited_content import LimitedContent
from tidewire_client._read_clock import ReadClock
from tidewire_client._response_content import ResponseContent
from tidewire_client._response_head import is_expected_type
from tidewire_http_io import EMPTY_PAYLOAD, ClientExchange, StreamReader
from tidewire_http_io.forms import InvalidText, charset_codec
from tidewire_http_parser import REASONS, ResponseHead

if TYPE_CHECKING:
    from tidewire_http_parser import Fields

__all__ = ["ClientResponse"]

# Bytes of a body that an error keeps.
_BODY_CAP: Final = 65536
# Media types whose text is UTF-8 whatever is said (RFC 8259, section 8.1; RFC 7483, section 3).
_UTF_8_TYPES: Final = frozenset({"application/json", "application/rdap+json"})


class ClientResponse(LeasedResponse):
    """A response. Its head is there; its body is read with `read()`, `text()`, `json()` or from `content`.

    Sessions make them; `build()` makes one by hand.

    Args:
        request: the request.
        head: the head.
        exchange: the exchange that it comes by; None for one that is whole.
        connection: the connection.
        encoded: whether it has a Content-Encoding that is to be decoded.

    Attributes:
        request: the request.
        status: the status code.
        history: the responses that redirected here.
        attempts: how often the request was sent for it; more than 1 where a connection was lost before an answer.
        on_progress: a function that is called with `bytes_received` each time that there are more; to be set before
            the first read. An error of it ends the connection.
    """

    on_progress: Callable[[int], None] | None = None

    _read_clock: ReadClock | None = None

    def __init__(
        self,
        request: ClientRequest,
        head: ResponseHead,
        exchange: ClientExchange | None,
        connection: Connection | None,
        encoded: bool,
    ) -> None:
        self.request = request
        self.head = head
        self.status: int = head.status
        self.history: tuple[ClientResponse, ...] = request.scope.history
        self.attempts = request.attempts
        self._exchange = exchange
        self._connection = connection
        self._encoded = encoded
        self._body: bytes | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({str(self.url)[:200]}) [{self.status} {self.reason[:100]}]>"

    @classmethod
    def build(
        cls,
        request: ClientRequest,
        *,
        status: int = 200,
        reason: str | None = None,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> Self:
        """Make a response without a server: for a middleware that answers by itself, such as a cache, and for tests.

        Args:
            request: the request.
            status: the status code.
            reason: the reason phrase, None for the usual one.
            headers: the fields.
            body: the body, not encoded.
        """
        head = ResponseHead(status, REASONS.get(status, "") if reason is None else reason, True)
        fields: Fields = list(CIMultiDict(headers).items())
        head.fields = fields
        head.body_length = len(body)
        response = cls(request, head, None, None, False)
        response._body = body
        return response

    @property
    def trailers(self) -> CIMultiDictProxy[str]:
        """The fields behind the body; empty before its end."""
        source = self._exchange if self._content is None else self._content
        trailers = [] if source is None else source.trailers
        return CIMultiDictProxy(CIMultiDict(trailers))

    # The body.

    @property
    def content(self) -> StreamReader:
        """The body as a stream, its content codings taken off.

        Raises:
            ClientPayloadError: a content coding whose library is not installed.
        """
        content = self._content
        if content is None:
            content = self._content = self._open_content()
        return content

    def _open_content(self) -> StreamReader:
        exchange = self._exchange
        if self._body is not None or exchange is None:
            if not self._body:
                return EMPTY_PAYLOAD
            content = StreamReader()
            content.feed_data(self._body)
            content.feed_eof()
            return content
        if self._released:
            content = StreamReader()
            content.set_exception(ClientConnectionError("Connection closed"))
            return content
        encoding = ""
        if self._encoded:
            encoding = ", ".join(self.headers.getall("Content-Encoding", []))
        if self._read_clock is not None:
            self._read_clock.waits = True
        # The class for limits costs more where it waits, which nobody else has to pay for.
        kind = ResponseContent if self.request.scope.options.max_body_size is None else LimitedContent
        stream = kind(self.request, self.head, encoding, exchange, self._read_clock, self.on_progress)
        if self._upload is not None and self._connection is not None:
            if exchange.body_complete:
                self._end_unfinished(self._connection)
            else:
                stream.on_end = (self._connection, self._upload)
        return stream

    @property
    def bytes_received(self) -> int:
        """How many bytes of the body have come, before its content codings are taken off; for showing progress."""
        if self._content is not None:
            return self._content.total_raw_bytes
        return 0 if self._body is None else len(self._body)

    async def read(self) -> bytes:
        """Read the whole body; a second call gives the same.

        Raises:
            ClientConnectionError: the response was closed before.
            ClientPayloadError: the body breaks off, or cannot be decoded.
            ContentTooLargeError: it has more than `max_body_size` bytes.
            SocketTimeoutError: the server was too slow.
            TotalTimeoutError: the request as a whole was.
        """
        body = self._body
        if body is None:
            exchange = self._exchange
            if self._released:
                raise ClientConnectionError("Connection closed")
            if (
                self._content is None
                and not self._encoded
                and self._upload is None
                and exchange is not None
                and exchange.body_complete
                and (
                    (limit := self.request.scope.options.max_body_size) is None
                    or 0 <= self.head.body_length <= limit
                )
            ):
                body = exchange.take_body()
                if self.on_progress is not None:
                    self.on_progress(len(body))
            else:
                try:
                    body = await self.content.read()
                except BaseException:
                    self.close()
                    raise
            self._body = body
            for trace in self.request.scope.traces:
                await trace.response_chunk_received(self.method, self.url, body)
        return body

    async def read_at_most(self, limit: int) -> bytes | None:
        """Read the whole body where it has no more than so many bytes; leave another one to be read.

        Args:
            limit: bytes, after the content codings are taken off.

        Returns:
            The body; None where there is more of it, or where it breaks off, which the next reads tell.

        Raises:
            ClientConnectionError: the response was closed before.
            SocketTimeoutError: the server was too slow.
            TotalTimeoutError: the request as a whole was.
        """
        if self._body is not None:
            return self._body if len(self._body) <= limit else None
        content = self.content
        pieces: list[bytes] = []
        left = limit
        try:
            while left >= 0 and (piece := await content.read(left + 1)):
                pieces.append(piece)
                left -= len(piece)
        except ClientPayloadError:
            left = -1
        except BaseException:
            self.close()
            raise
        body = b"".join(pieces)
        if left < 0:
            with contextlib.suppress(ContentTooLargeError):  # which the next reads raise
                content.unread_data(body)
            return None
        self._body = body
        for trace in self.request.scope.traces:
            await trace.response_chunk_received(self.method, self.url, body)
        return body

    def get_encoding(self) -> str:
        """Return the charset of the body.

        Raises:
            RuntimeError: nothing is said of it, and the body, which could tell, is not read.
        """
        charset = self.charset
        if charset is not None:
            try:
                return charset_codec(charset)
            except InvalidText:
                pass
        if self.content_type in _UTF_8_TYPES:
            return "utf-8"
        if self._body is None:
            raise RuntimeError("Cannot compute fallback encoding of a not yet read body")
        return self.request.scope.services.fallback_charset(self, self._body)

    async def text(self, encoding: str | None = None, errors: str = "strict") -> str:
        """Read the body as text.

        Args:
            encoding: its charset; None for what the response says.
            errors: what happens to bytes that are no text, as with `bytes.decode()`.

        Raises:
            UnicodeDecodeError: it is no text.
        """
        body = await self.read()
        return body.decode(encoding or self.get_encoding(), errors)

    async def json(
        self,
        *,
        encoding: str | None = None,
        loads: Callable[[str], Any] = json.loads,
        content_type: str | None = "application/json",
    ) -> Any:
        """Read the body as JSON; an empty one gives None.

        Args:
            encoding: its charset; None for what the response says.
            loads: decodes it.
            content_type: the media type that it has to have; None for any.

        Raises:
            ContentTypeError: it has another.
            ValueError: it is no JSON.
        """
        body = await self.read()
        if content_type and not is_expected_type(self.content_type, content_type):
            raise ContentTypeError(
                self.request_info,
                self.history,
                status=self.status,
                message=f"Attempt to decode JSON with unexpected mimetype: {self.headers.get('Content-Type', '')}",
                headers=self.headers,
                body=body[:_BODY_CAP],
            )
        stripped = body.strip()
        if not stripped:
            return None
        return loads(stripped.decode(encoding or self.get_encoding()))

    def raise_for_status(self) -> None:
        """Raise an error for a status of 400 or more; it has what is there of the body, up to 64 KiB.

        Raises:
            ClientResponseError: the status is 400 or more.
        """
        if self.ok:
            return
        body = self._peek()
        if not self._in_context:
            self.let_go()
        raise self._status_error(body)

    async def raise_for_status_with_body(self) -> None:
        """Raise an error for a status of 400 or more, after its body was read, up to 64 KiB of it.

        Raises:
            ClientResponseError: the status is 400 or more.
        """
        if self.ok:
            return
        try:
            if self._body is None:
                body = b""
                while len(body) < _BODY_CAP and (piece := await self.content.read(_BODY_CAP - len(body))):
                    body += piece
            else:
                body = self._body[:_BODY_CAP]
        except (ClientPayloadError, ClientConnectionError):
            body = b""
        self.let_go()
        raise self._status_error(body)

    def _status_error(self, body: bytes | None) -> ClientResponseError:
        return ClientResponseError(
            self.request_info,
            self.history,
            status=self.status,
            message=self.reason,
            headers=self.headers,
            body=body,
        )

    def _peek(self) -> bytes | None:
        """Return what is there of the body, which can still be read."""
        if self._body is not None:
            return self._body[:_BODY_CAP]
        try:
            content = self.content
            data = content.read_nowait(_BODY_CAP)
            if data:
                content.unread_data(data)
        except (RuntimeError, ClientPayloadError, ClientConnectionError, OSError):
            return None
        return data

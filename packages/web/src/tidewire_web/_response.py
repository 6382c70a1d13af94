"""Responses whose body is given as a whole: what handlers return mostly."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from typing import Any, Final

from multidict import CIMultiDict

from tidewire_http_io import BodySink, ServerExchange
from tidewire_http_io.payloads import LookupError as NoPayload
from tidewire_http_io.payloads import Payload, get_payload
from tidewire_http_parser import FieldBlock, Fields
from tidewire_http_parser.codings import ContentEncoder
from tidewire_web._compression import SMALL, Compression, tell_coding
from tidewire_web._response_head import CONTENT_LENGTH, CONTENT_TYPE, OCTETS, LooseHeaders, checked_reason
from tidewire_web._stream_response import StreamResponse
from tidewire_web._types import RequestLike

__all__ = ["Response"]

# A Content-Type alone, as a list of fields, which is what exchanges take. These are shared, and nobody changes them.
NO_TYPE: Final[Fields] = []
TEXT: Final[Fields] = [(CONTENT_TYPE, "text/plain; charset=utf-8")]
_BYTES: Final[Fields] = [(CONTENT_TYPE, OCTETS)]
# Those that text has mostly; others are put together.
_TEXT_TYPES: Final[dict[str, Fields]] = {
    media_type: [(CONTENT_TYPE, f"{media_type}; charset=utf-8")]
    for media_type in ("application/json", "text/css", "text/html", "text/plain", "text/xml")
}
# Bytes up to which content is encoded on the event loop. The way into a thread and back costs as much as 5 KiB of JSON
# take gzip, and nobody notices what 32 KiB take, half a millisecond.
_INLINE: Final = 32768


class Response(StreamResponse):
    """A response whose body is given as a whole.

    Args:
        body: bytes; text; a payload of `tidewire_http_io.payloads`, a `MultipartWriter` among them; or whatever a
            payload can be made of: files, streams, async iterables.
        status: the status code.
        reason: the reason phrase, None for the usual one.
        text: the body as text; not together with `body`.
        headers: fields of the head.
        content_type: the media type, `text/plain` for text and `application/octet-stream` for bytes where None.
        charset: how text is encoded, UTF-8 where None.
        zlib_executor_size: bytes of body above which it is compressed in an executor; 32 KiB where None.
        zlib_executor: that executor; the event loop's own where None.

    Raises:
        TypeError: the text is of another type.
        ValueError: body and text, a body of a type that nothing can be made of, a Content-Type in the headers together
            with `content_type` or `charset`, a charset within `content_type`, or control characters in the reason
            phrase.
    """

    _payload: Payload | None = None  # the body, where it is none of bytes
    _encoded: bytes | None = None  # what compression has made of the body
    _zlib_executor_size = _INLINE
    _zlib_executor: Executor | None = None
    # Whether head and body can go out at once.
    _plain = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # Whoever sends in a way of their own is let do so.
        if cls.prepare is not Response.prepare or cls.write_eof is not Response.write_eof:
            cls._plain = False

    def __init__(
        self,
        *,
        body: Any = None,
        status: int = 200,
        reason: str | None = None,
        text: str | None = None,
        headers: LooseHeaders | None = None,
        content_type: str | None = None,
        charset: str | None = None,
        zlib_executor_size: int | None = None,
        zlib_executor: Executor | None = None,
    ) -> None:
        # Written out, for super().__init__() would cost as much as all of it.
        self._status = status if type(status) is int else int(status)
        self._reason = None if reason is None else checked_reason(reason)
        self._headers = None
        self._exchange = None
        # The Content-Type, as long as nobody has asked for the headers.
        self._type: Fields
        self._body: bytes | None
        if zlib_executor_size is not None:
            self._zlib_executor_size = zlib_executor_size
        if zlib_executor is not None:
            self._zlib_executor = zlib_executor
        if text is not None and headers is None and charset is None and body is None:
            # The most common kind, without a detour.
            try:
                self._body = text.encode()
            except AttributeError:
                raise TypeError(f"text is a str, not {type(text).__name__}") from None
            self._type = TEXT if content_type is None else _text_type(content_type)
            return
        if type(body) is bytes and headers is None and charset is None and text is None:
            self._type = _BYTES if content_type is None else _whole_type(content_type, None)
            self._body = body
            return
        self._type = NO_TYPE
        self._body = None
        declared = False
        if headers is not None:
            self._headers = CIMultiDict(headers)
            declared = CONTENT_TYPE in self._headers
            if declared and (content_type is not None or charset is not None):
                raise ValueError(
                    "content_type and charset are not for use together with a Content-Type header"
                )
        if text is not None:
            if body is not None:
                raise ValueError("body and text are not for use together")
            self._begin_with_text(text, declared, content_type, charset)
        else:
            if content_type is not None or charset is not None:
                self._type = _whole_type(content_type or OCTETS, charset)
            if body is not None:
                self._set_body(body)

    def _begin_with_text(
        self, text: str, declared: bool, content_type: str | None, charset: str | None
    ) -> None:
        if declared:
            self._body = _encode(text, self.charset or "utf-8")
            return
        if charset is None:
            self._body = _encode(text, "utf-8")
            self._type = TEXT if content_type is None else _text_type(content_type)
            return
        self._type = _whole_type(content_type or "text/plain", charset)
        self._body = _encode(text, charset)

    def _set_body(self, body: Any) -> None:
        if self._payload is not None:
            self._payload = None
        self._body = None
        compression = self._compression
        if compression is not None and compression.begun:
            # A receiver of on_response_prepare gives another body: that is to be encoded too.
            compression.begun = False
            self._encoded = self._encoder = None
            self.headers.pop("Content-Encoding", None)
        if isinstance(body, (bytes, bytearray, memoryview)):
            self._body = bytes(body)
            self._default_to(_BYTES)
        elif isinstance(body, str):
            self._default_to(TEXT)
            self._body = _encode(body, self.charset or "utf-8")
        elif body is not None:
            try:
                self._payload = payload = get_payload(body)
            except NoPayload as error:
                raise ValueError(f"no body can be made of {type(body).__name__}") from error
            self._plain = False
            headers = self.headers
            for name, value in payload.headers.items():
                if name not in headers and name.lower() != "content-length":
                    headers[name] = value

    def _default_to(self, content_type: Fields) -> None:
        if not self._type and (self._headers is None or CONTENT_TYPE not in self._headers):
            self._type = content_type

    # What it holds.

    @property
    def headers(self) -> CIMultiDict[str]:
        """The fields of the head; what is changed after it was sent has no effect."""
        headers = self._headers
        if headers is None:
            self._headers = headers = CIMultiDict()
        if self._type:
            headers[CONTENT_TYPE] = self._type[0][1]
            self._type = NO_TYPE
        return headers

    @property
    def body(self) -> bytes | Payload | None:
        """The body: bytes, or a payload where it was made of something else; None where there is none.

        It may be set to whatever the constructor takes. The Content-Type remains as it is, if there is one.
        """
        return self._body if self._payload is None else self._payload

    @body.setter
    def body(self, value: Any) -> None:
        self._set_body(value)

    @property
    def text(self) -> str | None:
        """The body as text; None where there is none.

        It may be set: it is encoded by the charset of Content-Type, UTF-8 where that has none.

        Raises:
            TypeError: the body has to be read first.
        """
        charset = self.charset or "utf-8"
        if self._payload is not None:
            return self._payload.decode(charset)
        return None if self._body is None else self._body.decode(charset)

    @text.setter
    def text(self, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError(f"text is a str, not {type(value).__name__}")
        if self.content_type == OCTETS:
            self.content_type = "text/plain"
        charset = self.charset
        if charset is None:
            self.charset = charset = "utf-8"
        self._set_body(value.encode(charset))

    @property
    def content_length(self) -> int | None:
        """The length of the body in bytes; None where it is not known, as before it is compressed."""
        if CONTENT_LENGTH in self.headers:
            return super().content_length
        if self._chunked:
            return None
        if self._compression is not None and not self._compression.begun:
            return None
        return None if self._encoder is not None else self._size()

    @content_length.setter
    def content_length(self, value: int | None) -> None:
        raise RuntimeError("the content length of a Response is that of its body")

    # How it is sent.

    def send_at_once(self, request: RequestLike) -> bool:
        """Send head and body together, without waiting for anything, where that can be done.

        Returns:
            Whether it was done; otherwise `send()` does it.

        Raises:
            tidewire_http_parser.LocalProtocolError: a value that may not go out, or another response was sent. Nothing
                has been sent then.
        """
        if self._exchange is not None or not self._plain or request.prepare_receivers or self._status == 205:
            return False
        exchange = request.exchange
        block: FieldBlock | None = request.services.standard_fields
        fields = self._type
        if self._headers is not None:
            fields, block = self._fields_at_once(request)
        body = self._body
        exchange.respond(self._status, self._reason, fields, b"" if body is None else body, block)
        self._exchange = exchange
        return True

    async def send(self, request: RequestLike) -> None:
        """See `StreamResponse`."""
        if not self.send_at_once(request):
            try:
                await self.prepare(request)
                await self.write_eof()
            finally:
                if self._payload is not None and self._exchange in (None, request.exchange):
                    await self._payload.close()

    async def write_eof(self, data: bytes | bytearray | memoryview = b"") -> None:
        """Send the body and end the response; nothing happens where it has ended.

        Raises:
            RuntimeError: the response is not prepared, or there is data: the body is the response's own.
            ConnectionResetError: the peer has gone before a payload was sent.
            tidewire_http_io.payloads.PayloadReadError: what a payload is read from failed.
        """
        if self._has_ended():
            return
        sink = self._sink
        if sink is None:
            raise self._closed()
        if data:
            raise RuntimeError("the body of a Response is its own; a StreamResponse takes pieces")
        exchange = self._exchange
        assert exchange is not None
        if self._payload is None:
            self._send_whole(exchange, self._whole() or b"")
        else:
            try:
                await self._send_payload(exchange, self._payload, sink)
            finally:
                await self._payload.close()
        self._end()

    def _send_whole(self, exchange: ServerExchange, body: bytes) -> None:
        # Not through the sink: what is here is sent also to a peer that has closed its side, as by `send_at_once()`.
        trailers = self._trailer_fields()
        exchange.send_data(b"" if self._status == 205 else body, end=trailers is None)
        if trailers is not None:
            exchange.send_trailers(trailers)

    async def _send_payload(self, exchange: ServerExchange, payload: Payload, sink: BodySink) -> None:
        whole = self._whole()
        if whole is not None:
            self._send_whole(exchange, whole)
            return
        if not self._is_bodiless(exchange) and self._status != 205:
            await payload.write_with_length(sink, self.content_length)
        await sink.write_eof(trailers=self._trailer_fields())

    def _fields_at_once(self, request: RequestLike) -> tuple[Fields, FieldBlock | None]:
        """The fields of the head, and the block of those that every response has, where the head has none of them."""
        headers = self.headers
        if self._closes or self._cookies is not None or self._status < 200 or self._status == 204:
            self._adjust_fields(request.exchange)
        if self._body and CONTENT_TYPE not in headers:
            headers[CONTENT_TYPE] = OCTETS
        standard = request.services.standard_fields
        for name, _ in standard.fields:
            if name in headers:
                self._add_usual_fields(request)
                return list(headers.items()), None
        return list(headers.items()), standard

    async def _begin_compression(self, request: RequestLike, compression: Compression) -> None:
        coding = self._choose_coding(request, compression)
        if coding == "identity":
            return
        body = self._whole()
        if body is None:
            self._encoder = compression.encoder(coding)
        else:
            if len(body) < SMALL and not compression.forced:
                return
            if len(body) > self._zlib_executor_size:
                loop = asyncio.get_running_loop()
                encoded = await loop.run_in_executor(self._zlib_executor, compression.encode, coding, body)
            else:
                encoded = compression.encode(coding, body)
            if len(encoded) >= len(body) and not compression.forced:
                return
            self._encoded = encoded
        tell_coding(self.headers, coding)

    def _needs_care(self) -> None:
        self._plain = False

    def _has_body(self) -> bool:
        return bool(self._body) or self._payload is not None

    def _length(self, exchange: ServerExchange) -> int | None:
        if self._status == 205:
            return 0  # RFC 9110, section 15.3.6
        if (self._trailers or self._chunked) and exchange.head.version >= (1, 1):
            return None
        if self._encoder is not None:
            return None
        return super().content_length if CONTENT_LENGTH in self.headers else self._size()

    def _new_sink(
        self, exchange: ServerExchange, length: int | None, encoder: ContentEncoder | None
    ) -> BodySink:
        return BodySink(
            exchange,
            length=length,
            encoder=encoder,
            executor=self._zlib_executor,
            inline_limit=self._zlib_executor_size,
        )

    def _whole(self) -> bytes | None:
        """The body as it goes out, where it is at hand."""
        if self._encoded is not None:
            return self._encoded
        if self._payload is not None:
            return None if self._encoder is not None else self._payload.whole()
        return self._body or b""

    def _size(self) -> int | None:
        if self._encoded is not None:
            return len(self._encoded)
        return len(self._body or b"") if self._payload is None else self._payload.size


def _text_type(media_type: str) -> Fields:
    """The Content-Type of a text in UTF-8."""
    known = _TEXT_TYPES.get(media_type)
    return _whole_type(media_type, "utf-8") if known is None else known


def _whole_type(media_type: str, charset: str | None) -> Fields:
    if "charset" in media_type:
        raise ValueError("charset is an argument of its own, not a part of content_type")
    return [(CONTENT_TYPE, media_type if charset is None else f"{media_type}; charset={charset}")]


def _encode(text: object, charset: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"text is a str, not {type(text).__name__}")
    return text.encode(charset)

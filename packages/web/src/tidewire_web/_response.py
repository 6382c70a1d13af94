"""Responses: what a handler returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from multidict import CIMultiDict

from tidewire_http_io import ServerExchange
from tidewire_http_parser import REASONS, Fields
from tidewire_http_parser.field_values import parse_media_type
from tidewire_web._types import RequestLike, Services

__all__ = ["LooseHeaders", "Response", "StreamResponse"]

LooseHeaders = Mapping[str, str] | Iterable[tuple[str, str]]

_CONTENT_TYPE = "Content-Type"
_CONTENT_LENGTH = "Content-Length"
_CONNECTION = "Connection"

_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"


class StreamResponse:
    """A response whose body is written piece by piece.

    A response answers one request: `prepare()` sends its head, `write()` pieces of its body, `write_eof()` ends it.

    Args:
        status: the status code.
        reason: the reason phrase, None for the usual one.
        headers: fields of the head.
    """

    # No __slots__: an HTTPException is an exception too, and two layouts do not go together. And no defaults in the
    # class: CPython does not specialise the setting of an attribute that the class has too.

    def __init__(
        self, *, status: int = 200, reason: str | None = None, headers: LooseHeaders | None = None
    ) -> None:
        self._status = int(status)
        self._reason = reason
        self._headers: CIMultiDict[str] | None = None if headers is None else CIMultiDict(headers)
        self._exchange: ServerExchange | None = None
        self._force_close = False

    def __repr__(self) -> str:
        state = "not prepared" if self._exchange is None else "prepared"
        return f"<{type(self).__name__} {self._status} {self.reason} {state}>"

    @property
    def status(self) -> int:
        """The status code."""
        return self._status

    @property
    def reason(self) -> str:
        """The reason phrase."""
        return REASONS.get(self._status, "") if self._reason is None else self._reason

    def set_status(self, status: int, reason: str | None = None) -> None:
        """Set status code and reason phrase.

        Raises:
            RuntimeError: the head has been sent.
        """
        if self._exchange is not None:
            raise RuntimeError("cannot change the status after the head was sent")
        self._status = int(status)
        self._reason = reason

    @property
    def headers(self) -> CIMultiDict[str]:
        """The fields of the head; what is changed after it was sent has no effect."""
        if self._headers is None:
            self._headers = CIMultiDict()
        return self._headers

    @property
    def prepared(self) -> bool:
        """Whether the head has been sent."""
        return self._exchange is not None

    @property
    def content_type(self) -> str:
        """The media type of the body, without its parameters."""
        return parse_media_type(self.headers.get(_CONTENT_TYPE, _BYTES))[0] or _BYTES

    @property
    def charset(self) -> str | None:
        """The charset parameter of Content-Type."""
        return parse_media_type(self.headers.get(_CONTENT_TYPE, _BYTES))[1].get("charset")

    @property
    def content_length(self) -> int | None:
        """The length that Content-Length declares, in bytes."""
        value = self.headers.get(_CONTENT_LENGTH)
        return None if value is None else int(value)

    @content_length.setter
    def content_length(self, value: int | None) -> None:
        if value is None:
            self.headers.pop(_CONTENT_LENGTH, None)
        else:
            self.headers[_CONTENT_LENGTH] = str(int(value))

    def force_close(self) -> None:
        """Close the connection after this response."""
        self._force_close = True

    async def prepare(self, request: RequestLike) -> None:
        """Send the head; nothing happens where it has been sent already.

        Raises:
            RuntimeError: the response answers another request already.
            tidewire_http_parser.LocalProtocolError: a value that may not go out.
        """
        exchange = request.exchange
        if self._exchange is not None:
            if self._exchange is not exchange:
                raise RuntimeError("a response answers one request; make a new one for each")
            return
        length = self.content_length
        exchange.send_head(self._status, self._reason, self._fields(request.services), body_length=length)
        self._exchange = exchange

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send a piece of the body, and wait until the peer keeps up.

        Raises:
            TypeError: it is not bytes-like.
            RuntimeError: the response is not prepared, or has ended.
            ConnectionResetError: the peer has gone.
        """
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"a piece of a body is bytes-like, not {type(data).__name__}")
        exchange = self._writable_exchange()
        if exchange.disconnected:
            raise ConnectionResetError("the peer has gone")
        exchange.send_data(bytes(data))
        if not exchange.is_writable:
            await exchange.writable()

    async def write_eof(self, data: bytes = b"") -> None:
        """Send the last piece of the body and end the response; nothing happens where it has ended.

        Raises:
            RuntimeError: the response is not prepared.
        """
        if self._exchange is None:
            raise RuntimeError("the response is not prepared")
        if not self._exchange.finished:
            self._exchange.send_data(data, end=True)

    async def send(self, request: RequestLike) -> None:
        """Do what is left to do for the request; what the server calls with what a handler returned."""
        await self.prepare(request)
        await self.write_eof()

    def _writable_exchange(self) -> ServerExchange:
        if self._exchange is None:
            raise RuntimeError("the response is not prepared")
        if self._exchange.finished:
            raise RuntimeError("the response has ended")
        return self._exchange

    def _has_body(self) -> bool:
        """Whether there may be a body, which has to have a type."""
        return True

    def _fields(self, services: Services) -> Fields:
        """The fields of the head, with those that every response has."""
        headers = self.headers
        if self._status < 200 or self._status == 204:
            # There is no body to tell of (RFC 9110, section 8.6, RFC 9112, section 6.1).
            headers.pop(_CONTENT_LENGTH, None)
            headers.pop("Transfer-Encoding", None)
        if _CONTENT_TYPE not in headers and self._has_body():
            headers[_CONTENT_TYPE] = _BYTES
        for name, value in services.standard_fields.fields:
            headers.setdefault(name, value)
        if self._force_close:
            headers[_CONNECTION] = "close"
        return list(headers.items())


class Response(StreamResponse):
    """A response whose body is there as a whole.

    Args:
        body: the body as bytes.
        status: the status code.
        reason: the reason phrase, None for the usual one.
        text: the body as text; not together with `body`.
        headers: fields of the head.
        content_type: the media type, `text/plain` for text and `application/octet-stream` for bytes where None.
        charset: how text is encoded, UTF-8 where None.

    Raises:
        TypeError: body or text are of another type.
        ValueError: body and text, a Content-Type in the headers together with `content_type` or `charset`, or a charset
            within `content_type`.
    """

    def __init__(
        self,
        *,
        body: bytes | bytearray | memoryview | None = None,
        status: int = 200,
        reason: str | None = None,
        text: str | None = None,
        headers: LooseHeaders | None = None,
        content_type: str | None = None,
        charset: str | None = None,
    ) -> None:
        # Written out, for super().__init__() would cost as much as all of it.
        self._status = int(status)
        self._reason = reason
        self._headers = None
        self._exchange = None
        self._force_close = False
        if text is not None and headers is None and content_type is None and charset is None and body is None:
            # The most common kind, without a detour.
            if not isinstance(text, str):
                raise TypeError(f"text is a str, not {type(text).__name__}")
            # The Content-Type, as long as nobody has asked for the headers.
            self._content_type: str | None = _TEXT
            self._body = text.encode()
            return
        self._content_type = None
        self._body = b""
        declared = False
        if headers is not None:
            self._headers = CIMultiDict(headers)
            declared = _CONTENT_TYPE in self._headers
            if declared and (content_type is not None or charset is not None):
                raise ValueError(
                    "content_type and charset are not for use together with a Content-Type header"
                )
        if text is not None:
            if body is not None:
                raise ValueError("body and text are not for use together")
            self._set_text(text, declared, content_type, charset)
        else:
            self._set_body(body, declared, content_type, charset)

    def _set_text(self, text: str, declared: bool, content_type: str | None, charset: str | None) -> None:
        if declared:
            self._body = _encode(text, self.charset or "utf-8")
            return
        _check_content_type(content_type)
        self._body = _encode(text, charset or "utf-8")
        self._content_type = f"{content_type or 'text/plain'}; charset={charset or 'utf-8'}"

    def _set_body(
        self,
        body: bytes | bytearray | memoryview | None,
        declared: bool,
        content_type: str | None,
        charset: str | None,
    ) -> None:
        if isinstance(body, (bytes, bytearray, memoryview)):
            self._body = bytes(body)
        elif body is not None:
            raise TypeError(f"a body is bytes-like, not {type(body).__name__}")
        if content_type is not None or charset is not None:
            _check_content_type(content_type)
            self._content_type = content_type or _BYTES
            if charset is not None:
                self._content_type += f"; charset={charset}"
        elif body is not None and not declared:
            self._content_type = _BYTES

    @property
    def headers(self) -> CIMultiDict[str]:
        """The fields of the head; what is changed after it was sent has no effect."""
        headers = super().headers
        if self._content_type is not None:
            headers[_CONTENT_TYPE] = self._content_type
            self._content_type = None
        return headers

    @property
    def body(self) -> bytes:
        """The body."""
        return self._body

    @property
    def text(self) -> str:
        """The body as text."""
        return self._body.decode(self.charset or "utf-8")

    @property
    def content_length(self) -> int | None:
        """The length of the body in bytes."""
        return len(self._body)

    @content_length.setter
    def content_length(self, value: int | None) -> None:
        raise RuntimeError("the content length of a Response is that of its body")

    async def write_eof(self, data: bytes = b"") -> None:
        """Send the body and end the response; nothing happens where it has ended."""
        if self._exchange is not None and not self._exchange.finished:
            await super().write_eof(self._body + data)

    async def send(self, request: RequestLike) -> None:
        """Do what is left to do for the request; what the server calls with what a handler returned."""
        if not self.send_at_once(request.exchange, request.services):
            await self.prepare(request)
            await self.write_eof()

    def send_at_once(self, exchange: ServerExchange, services: Services) -> bool:
        """Send head and body together. Tells whether that was possible, which it is unless the head is out."""
        if self._exchange is not None:
            return False
        self._exchange = exchange
        if self._headers is None and not self._force_close:
            content_type = self._content_type
            fields = [] if content_type is None else [(_CONTENT_TYPE, content_type)]
            exchange.respond(self._status, self._reason, fields, self._body, services.standard_fields)
        else:
            exchange.respond(self._status, self._reason, self._fields(services), self._body)
        return True

    def _has_body(self) -> bool:
        return bool(self._body)


def _check_content_type(content_type: str | None) -> None:
    if content_type is not None and "charset" in content_type:
        raise ValueError("charset is an argument of its own, not a part of content_type")


def _encode(text: object, charset: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"text is a str, not {type(text).__name__}")
    return text.encode(charset)

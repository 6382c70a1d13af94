"""Responses whose body is written piece by piece, and what every response does to be sent."""

from __future__ import annotations

import contextlib
import socket
import struct
from asyncio import Task
from collections.abc import Mapping
from typing import Any, Final

from multidict import CIMultiDict

from tidewire_http_io import BodySink, PeerGone, ResetReason, ServerExchange
from tidewire_http_parser import Fields
from tidewire_http_parser.codings import ContentEncoder
from tidewire_web._compression import Compression, ContentCoding, tell_coding
from tidewire_web._response_head import (
    CONTENT_LENGTH,
    CONTENT_TYPE,
    OCTETS,
    LooseHeaders,
    ResponseHead,
    checked_reason,
)
from tidewire_web._types import RequestLike

__all__ = ["StreamResponse"]

_CONNECTION: Final = "Connection"
_TRAILER: Final = "Trailer"
_TRANSFER_ENCODING: Final = "Transfer-Encoding"
# Of final responses those that are never in chunks, behind which trailers could come (RFC 9112, section 7.1.2).
_WITHOUT_CHUNKS: Final = frozenset({204, 205, 304})
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})
# For SO_LINGER: what closes a socket tells the peer by a reset, at once.
_RESET: Final = struct.pack("ii", 1, 0)


class StreamResponse(ResponseHead):
    """A response whose body is written piece by piece; a mapping for what is to be kept with it.

    A response answers one request: `prepare()` sends its head, `write()` pieces of its body, `write_eof()` ends it,
    also before the handler returns.

    Args:
        status: the status code.
        reason: the reason phrase, None for the usual one.
        headers: fields of the head.

    Raises:
        ValueError: control characters in the reason phrase.
    """

    # No __slots__: an HTTPException is an exception too, and two layouts do not go together. Of attributes that each
    # response sets there are no defaults in the class: CPython does not specialise the setting of an attribute that the
    # class has too.
    _sink: BodySink | None = None  # where the body goes, from the head to the end
    _request: RequestLike | None = None  # the same
    _compression: Compression | None = None
    _encoder: ContentEncoder | None = None  # what encodes pieces
    _trailers: CIMultiDict[str] | None = None
    _ended = False

    def __init__(
        self, *, status: int = 200, reason: str | None = None, headers: LooseHeaders | None = None
    ) -> None:
        self._status = int(status)
        self._reason = None if reason is None else checked_reason(reason)
        self._headers = None if headers is None else CIMultiDict(headers)
        self._exchange = None

    def __repr__(self) -> str:
        state = "not prepared" if self._exchange is None else "ended" if self._has_ended() else "prepared"
        return f"<{type(self).__name__} {self._status} {self.reason} {state}>"

    # What is known of it.

    @property
    def prepared(self) -> bool:
        """Whether the response answers a request; its head is out, or about to be."""
        return self._exchange is not None

    @property
    def task(self) -> Task[Any] | None:
        """The task of the handler, while the response is being sent."""
        return None if self._request is None else self._request.task

    @property
    def keep_alive(self) -> bool | None:
        """Whether the connection may live on after the response; None before that is known."""
        if self._closes:
            return False
        if self._exchange is None:
            return None
        return self._exchange.head.keep_alive and not _names_close(self.headers)

    @property
    def chunked(self) -> bool:
        """Whether the body goes out in chunks, without its length being told before."""
        return self._chunked

    @property
    def compression(self) -> bool:
        """Whether compression is enabled."""
        return self._compression is not None

    @property
    def body_length(self) -> int:
        """Bytes that the response had on the wire, its head included; 0 before its end."""
        exchange = self._exchange
        return exchange.bytes_sent if exchange is not None and exchange.finished else 0

    @property
    def trailers(self) -> CIMultiDict[str]:
        """Fields that are sent behind the body (RFC 9110, section 6.5); they may be set until it ends.

        They go out with a body in chunks only, and to HTTP/1.0 clients not at all. A `Response` that has some when it
        is sent goes out in chunks. The names of those that are there when the head goes out are announced in it.
        """
        if self._trailers is None:
            self._trailers = CIMultiDict()
            self._needs_care()
        return self._trailers

    # How it is sent.

    def force_close(self) -> None:
        """Close the connection after this response."""
        self._closes = True
        self._headers = self.headers  # from now on there is a field to add

    def enable_chunked_encoding(self) -> None:
        """Do not tell the length of the body before it: with HTTP/1.1 it goes out in chunks.

        For a client of HTTP/1.0, which knows no chunks, the body ends with the connection.

        Raises:
            RuntimeError: Content-Length is set.
        """
        if CONTENT_LENGTH in self.headers:
            raise RuntimeError("the length of the body is told by Content-Length already")
        self._chunked = True
        self._needs_care()

    def enable_compression(self, force: ContentCoding | None = None, strategy: int | None = None) -> None:
        """Encode the body so that it gets smaller.

        Nothing is encoded that has a Content-Encoding already, or is a part of something (206). Pieces that are written
        may be held back, to be encoded with later ones; see `flush()`.

        Args:
            force: the coding; where None, the one that the request's Accept-Encoding likes best, if any, of zstd, br,
                gzip and deflate; the response then says with Vary that others would get another.
            strategy: one of zlib's strategies, for gzip and deflate; None for the usual one.

        Raises:
            RuntimeError: the library of the coding is not installed.
            TypeError: `force` is no coding.
        """
        if force is not None and not isinstance(force, ContentCoding):
            raise TypeError(f"a ContentCoding or None, not {type(force).__name__}")
        self._compression = Compression(force, strategy)
        self._needs_care()

    async def prepare(self, request: RequestLike) -> BodySink | None:
        """Send the head; nothing happens where that was done for the same request.

        Before it goes out, the receivers of `on_response_prepare` see it, complete, and may change it.

        Args:
            request: the request that is answered.

        Returns:
            What the body is written to; None where it has ended already.

        Raises:
            RuntimeError: the response answers another request already.
            tidewire_http_parser.LocalProtocolError: a value that may not go out, or another response was sent.
        """
        exchange = request.exchange
        if self._exchange is not None:
            if self._exchange is not exchange:
                raise RuntimeError(f"{self!r} answers another request already; make a new one for each")
            return self._sink
        self._exchange = exchange
        self._request = request
        try:
            await self._send_head(request, exchange)
        finally:
            if self._sink is None:
                # It may be mended, and be sent then.
                self._exchange = None
                self._request = None
        return self._sink

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send a piece of the body, and wait until the peer keeps up.

        Raises:
            RuntimeError: the response is not prepared, or has ended.
            TypeError: the data is not bytes-like.
            ConnectionResetError: the peer has gone.
            tidewire_http_io.BodyLengthMismatch: more than Content-Length declares.
        """
        sink = self._sink
        if sink is None:
            raise self._closed()
        await sink.write(data)

    async def flush(self) -> None:
        """Send what compression holds back, so that the peer can read all that was written.

        Raises:
            RuntimeError: the response is not prepared, or has ended.
            ConnectionResetError: the peer has gone.
        """
        sink = self._sink
        if sink is None:
            raise self._closed()
        await sink.flush()
        if self._exchange is not None and self._exchange.disconnected:
            raise PeerGone

    async def write_eof(self, data: bytes | bytearray | memoryview = b"") -> None:
        """Send the last piece of the body, and trailers, and end the response; nothing happens where it has ended.

        Raises:
            RuntimeError: the response is not prepared.
            TypeError: the data is not bytes-like.
            ConnectionResetError: the peer has gone, and there is data.
            tidewire_http_io.BodyLengthMismatch: more or less than Content-Length declares.
        """
        if self._has_ended():
            return
        sink = self._sink
        if sink is None:
            raise self._closed()
        await sink.write_eof(data, trailers=self._trailer_fields())
        self._end()

    def abort(self) -> None:
        """Break the response off: the connection ends without the end of the body, so that the client knows of it.

        For what cannot be told any more once the head is out, such as a source that has failed half way. What was
        written before goes out as far as the system takes it at once. Nothing happens where the response has ended;
        otherwise it has now, whatever the handler returns. A body of HTTP/1.0 without a length ends with the
        connection: there the client is told by a reset, where the system lets one be sent.

        Raises:
            RuntimeError: the response is not prepared.
        """
        if self._has_ended():
            return
        exchange = self._exchange
        if exchange is None:
            raise self._closed()
        if self._request is not None:
            self._request.forget_disconnect_callbacks()  # which would cancel the handler
        exchange.info("transport")  # asking for it lets what is held back go first
        break_off(exchange, has_length=CONTENT_LENGTH in self.headers)
        self._end()

    async def send(self, request: RequestLike) -> None:
        """Do what is left to do for the request; what the server calls with what a handler returned.

        Raises:
            RuntimeError: the response answers another request already.
            tidewire_http_parser.LocalProtocolError: a value that may not go out, or another response was sent.
        """
        await self.prepare(request)
        await self.write_eof()

    # The head.

    async def _send_head(self, request: RequestLike, exchange: ServerExchange) -> None:
        if self._compression is not None:
            await self._compress(request, self._compression)
        self._adjust_fields(exchange)
        self._add_usual_fields(request)
        length = self._length(exchange)
        if request.prepare_receivers:
            length = await self._call_receivers(request, exchange, length)
        exchange.send_head(self._status, self._reason, list(self.headers.items()), body_length=length)
        bodiless = self._is_bodiless(exchange)
        if length is None and not bodiless:
            if exchange.head.version >= (1, 1):
                self._chunked = True
            else:
                self._closes = True
        encoder = None if bodiless else self._encoder
        declared = self.content_length if length is None else length
        sink = self._new_sink(exchange, None if bodiless or encoder else declared, encoder)
        self._sink = sink
        request.note_sink(None if bodiless else sink)

    def _adjust_fields(self, exchange: ServerExchange) -> None:
        """Bring the fields into line with what was asked of the response; done again, only what is new is done."""
        headers = self.headers
        if self._status < 200 or self._status == 204:
            # There is no body to tell of (RFC 9110, section 8.6, RFC 9112, section 6.1).
            headers.pop(CONTENT_LENGTH, None)
            headers.pop(_TRANSFER_ENCODING, None)
        if self._closes and not _names_close(headers):
            headers[_CONNECTION] = "close"
        if self._cookies is not None:
            self._cookies.write(headers)
        if self._trailers and (self._status < 200 or self._status in _WITHOUT_CHUNKS):
            headers.pop(_TRAILER, None)  # a receiver may have made it one of these since
        elif self._trailers and _TRAILER not in headers and exchange.head.version >= (1, 1):
            headers[_TRAILER] = ", ".join(dict.fromkeys(self._trailers))

    def _add_usual_fields(self, request: RequestLike) -> None:
        headers = self.headers
        if CONTENT_TYPE not in headers and self._has_body():
            headers[CONTENT_TYPE] = OCTETS
        for name, value in request.services.standard_fields.fields:
            headers.setdefault(name, value)

    async def _call_receivers(
        self, request: RequestLike, exchange: ServerExchange, length: int | None
    ) -> int | None:
        """Let receivers see and change the whole head; returns the length of the body, which may be another now."""
        headers = self.headers
        status = self._status
        added = exchange.hop_by_hop_fields(status, list(headers.items()), body_length=length)
        for name, value in added:
            headers.add(name, value)
        for receiver in request.prepare_receivers:
            await receiver(request, self)
        headers = self.headers
        # What was only shown is taken out again: it is for the exchange to add what is right now.
        shown = {name: value for name, value in added if name.lower() in _FRAMING}
        kept = {name: value for name, value in shown.items() if headers.getall(name, []) == [value]}
        for name in kept:
            del headers[name]
        if self._compression is not None:
            await self._compress(request, self._compression)
        self._adjust_fields(exchange)
        if CONTENT_LENGTH in shown and CONTENT_LENGTH not in kept and CONTENT_LENGTH not in headers:
            return None  # somebody does not want it to be told
        new_length = self._length(exchange)
        if new_length == length and status == self._status and not any(name in headers for name in _FRAMING):
            headers.extend(kept)
        return new_length

    async def _compress(self, request: RequestLike, compression: Compression) -> None:
        if not compression.begun:
            await self._begin_compression(request, compression)
            compression.begun = True

    async def _begin_compression(self, request: RequestLike, compression: Compression) -> None:
        coding = self._choose_coding(request, compression)
        if coding != "identity":
            tell_coding(self.headers, coding)
            self._encoder = compression.encoder(coding)

    def _choose_coding(self, request: RequestLike, compression: Compression) -> str:
        accepted = request.headers.getall("Accept-Encoding", ())
        return compression.choose(accepted, self._status, self.headers)

    # What subclasses know better.

    def _needs_care(self) -> None:
        """Take note that more is to be done than to send head and body."""

    def _has_body(self) -> bool:
        """Whether there may be a body, which has to have a type."""
        return self._status != 304

    def _length(self, exchange: ServerExchange) -> int | None:
        """Bytes of body that will follow the head; None where that is not known."""
        if self._status == 205:
            return 0  # RFC 9110, section 15.3.6
        return None if self._chunked else self.content_length

    def _new_sink(
        self, exchange: ServerExchange, length: int | None, encoder: ContentEncoder | None
    ) -> BodySink:
        return BodySink(exchange, length=length, encoder=encoder)

    # What all do.

    def _is_bodiless(self, exchange: ServerExchange) -> bool:
        """Whether there is no body on the wire, whatever is written (RFC 9110, section 6.4.1)."""
        method = exchange.head.method
        status = self._status
        return (
            status < 200 or status in (204, 304) or method == "HEAD" or (method == "CONNECT" and status < 300)
        )

    def _has_ended(self) -> bool:
        # A response that went out at once has no note of its own.
        return self._ended or (self._sink is None and self._exchange is not None and self._exchange.finished)

    def _closed(self) -> RuntimeError:
        return RuntimeError(f"the response {'has ended' if self._has_ended() else 'is not prepared'}")

    def _trailer_fields(self) -> Fields | None:
        return list(self._trailers.items()) if self._trailers else None

    def _end(self) -> None:
        self._ended = True
        self._sink = None
        self._request = None


def break_off(exchange: ServerExchange, *, has_length: bool = False) -> None:
    """Break a response off whose head is sent, so that the client knows that there is more to it, if there is.

    Args:
        exchange: the exchange.
        has_length: whether the head tells the length of the body.
    """
    if exchange.head.version < (1, 1) and not has_length and not exchange.finished:
        # The end of the connection would be that of the body (RFC 9112, section 8).
        connected = exchange.info("socket")
        if connected is not None:
            with contextlib.suppress(OSError):
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    exchange.reset(ResetReason.INTERNAL)


def _names_close(headers: Mapping[str, str]) -> bool:
    """Whether Connection names close."""
    options = headers.get(_CONNECTION, "").lower().split(",")
    return any(option.strip() == "close" for option in options)

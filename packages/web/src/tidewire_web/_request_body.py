"""The body of a request, as it comes from the exchange."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from tidewire_http_io import BodyTooLarge, ServerExchange, StreamReader
from tidewire_http_io.forms import InvalidText, charset_codec
from tidewire_http_parser import RemoteProtocolError
from tidewire_web._http_exceptions import HTTPRequestEntityTooLarge
from tidewire_web._payload_errors import PayloadAccessError, payload_error

__all__: list[str] = []

_JSON: Final = json.JSONDecoder()


class RequestContent(StreamReader):
    """Reads the body of a request; what goes wrong is told in terms of requests.

    Args:
        exchange: the exchange that it comes by.
        content_encoding: the value of Content-Encoding where it is to be decoded.

    Raises:
        RequestPayloadError: a content coding that is not understood.
    """

    __slots__ = ("_exchange",)

    def __init__(self, exchange: ServerExchange, content_encoding: str = "") -> None:
        try:
            super().__init__(exchange.consumed, content_encoding=content_encoding)
        except RemoteProtocolError as error:
            raise payload_error(error) from error
        self._exchange = exchange
        exchange.receive(self)

    def reading_error(self, error: Exception) -> Exception:
        """See `StreamReader`."""
        return PayloadAccessError() if self._exchange.finished else payload_error(error)


@contextmanager
def limited(content: StreamReader, limit: int) -> Iterator[None]:
    """Let a body have no more than so many bytes while something that keeps it reads it.

    Args:
        content: the body.
        limit: bytes, decoded; 0 for any number.

    Raises:
        HTTPRequestEntityTooLarge: it has more.
    """
    content.max_size = limit or math.inf
    try:
        yield
    except BodyTooLarge:
        raise HTTPRequestEntityTooLarge(limit, content.total_bytes) from None
    finally:
        content.max_size = math.inf


def kept_content(body: bytes) -> StreamReader:
    """A body that was read before, to be read once more."""
    content = StreamReader()
    content.feed_data(body)
    content.feed_eof()
    return content


def checked_limit(name: str, limit: int) -> int:
    """Return a limit of what a request may have, if it is one.

    Args:
        name: the option that it is the value of.
        limit: the number; 0 for any.

    Raises:
        TypeError: it is no number. Later each request would fail for that.
        ValueError: it is negative, or not a number. That would let everything through.
    """
    if not isinstance(limit, (int, float)):
        raise TypeError(f"{name} is a number, 0 for any number, not {limit!r}")
    if not limit >= 0:
        raise ValueError(f"{name} is not negative, 0 for any number, nor {limit!r}")
    return limit


def check_size(limit: int, size: int) -> None:
    """Check that so many bytes may be kept.

    Args:
        limit: how many may; 0 for any number.
        size: how many there are.

    Raises:
        HTTPRequestEntityTooLarge: there are more than that.
    """
    if 0 < limit < size:
        raise HTTPRequestEntityTooLarge(limit, size)


def text_charset(charset: str | None) -> str:
    """The charset to decode a body by, UTF-8 where it declares none.

    Raises:
        LookupError: Python has none of this name, or it is none of the web: those of host names need half a minute
            for a MiB.
    """
    if charset is None:
        return "utf-8"
    try:
        return charset_codec(charset)
    except InvalidText as error:
        raise LookupError(f"{charset[:100]!r} is no charset of a body") from error


def decode_json(text: str) -> Any:
    """Do what `json.loads()` does, in fewer steps where there is no white space around the JSON.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        value, end = _JSON.raw_decode(text)
    except ValueError:
        return json.loads(text)  # which says what is wrong, if it is
    return value if end == len(text) else json.loads(text)

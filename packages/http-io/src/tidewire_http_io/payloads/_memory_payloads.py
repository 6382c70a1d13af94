"""Payloads of what is in memory already."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO, Any, Final

from multidict import CIMultiDict

from tidewire_http_io.payloads._body_writers import BodyWriter
from tidewire_http_io.payloads._payload import Headers, Payload
from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.field_values import format_media_type, parse_media_type

__all__ = ["BytesPayload", "JsonBytesPayload", "JsonPayload", "StringIOPayload", "StringPayload"]

# A memoryview up to this size is copied where a caller wants it whole; a larger one may be a mapped file.
_WHOLE: Final = 262144
_PLAIN: Final = "text/plain; charset=utf-8"


class BytesPayload(Payload):
    """Bytes.

    Args:
        value: bytes, a bytearray, which is copied, or a memoryview, which is not and must not change.
        headers: as with `Payload`.
        content_type: as with `Payload`.
        filename: as with `Payload`.
        encoding: as with `Payload`.

    Raises:
        TypeError: the value is not bytes-like.
    """

    _value: bytes | memoryview

    def __init__(
        self,
        value: bytes | bytearray | memoryview,
        headers: Headers | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        encoding: str | None = None,
    ) -> None:
        content: bytes | memoryview
        if isinstance(value, (bytes, bytearray)):
            content = bytes(value)
        elif isinstance(value, memoryview):
            copied = value.nbytes <= _WHOLE or not value.c_contiguous
            content = value.tobytes() if copied else value.cast("B")
        else:
            raise TypeError(f"the body is bytes-like, not {type(value).__name__}")
        super().__init__(content, headers, content_type, filename, encoding)

    @property
    def size(self) -> int:
        """See `Payload`."""
        return len(self._value)

    @property
    def autoclose(self) -> bool:
        """See `Payload`."""
        return True

    def whole(self) -> bytes | None:
        """See `Payload`."""
        return self._value if isinstance(self._value, bytes) else None

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """See `Payload`."""
        return bytes(self._value).decode(encoding, errors)

    async def write(self, writer: BodyWriter) -> None:
        """See `Payload`."""
        if self._value:
            await writer.write(self._value)

    async def write_with_length(self, writer: BodyWriter, content_length: int | None) -> None:
        """See `Payload`."""
        content = self._value if content_length is None else self._value[:content_length]
        if content:
            await writer.write(content)

    async def as_bytes(self) -> bytes:
        """See `Payload`."""
        return bytes(self._value)


class StringPayload(BytesPayload):
    """Text, encoded.

    Args:
        value: the text.
        headers: as with `Payload`.
        content_type: the media type; where None, `text/plain` with the charset.
        filename: as with `Payload`.
        encoding: the charset; where None, the one that the media type names, that of `headers` first, or UTF-8.

    Raises:
        tidewire_http_parser.LocalProtocolError: an encoding that nobody knows.
        TypeError: the value is no str.
        UnicodeEncodeError: text that the encoding does not have.
    """

    def __init__(
        self,
        value: str,
        headers: Headers | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        encoding: str | None = None,
    ) -> None:
        if not isinstance(value, str):
            raise TypeError(f"the body is a str, not {type(value).__name__}")
        headers, content_type = media_type_of(headers, content_type)
        encoding, content_type = text_type(encoding, content_type)
        super().__init__(encode_text(value, encoding), headers, content_type, filename, encoding)


class StringIOPayload(StringPayload):
    """The text of an `io.StringIO`, or another text file in memory, from its position on; it is read at once.

    Args:
        value: the file.
        headers: as with `Payload`.
        content_type: as with `StringPayload`.
        filename: as with `Payload`.
        encoding: as with `StringPayload`.
    """

    def __init__(
        self,
        value: IO[str],
        headers: Headers | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        encoding: str | None = None,
    ) -> None:
        super().__init__(value.read(), headers, content_type, filename, encoding)


class JsonPayload(BytesPayload):
    """A value as JSON.

    Args:
        value: what `dumps` takes.
        encoding: the charset; anything else than UTF-8 is read by few (RFC 8259, section 8.1).
        content_type: the media type.
        dumps: makes a str of the value.
        headers: as with `Payload`.
        filename: as with `Payload`.

    Raises:
        tidewire_http_parser.LocalProtocolError: an encoding that nobody knows.
        TypeError: what `dumps` returns is no str; or what it raises of itself.
    """

    def __init__(
        self,
        value: Any,
        encoding: str = "utf-8",
        content_type: str = "application/json",
        dumps: Callable[[Any], str] = json.dumps,
        headers: Headers | None = None,
        filename: str | None = None,
    ) -> None:
        text = dumps(value)
        if not isinstance(text, str):
            raise TypeError(f"dumps returns a str, not {type(text).__name__}; JsonBytesPayload takes bytes")
        super().__init__(encode_text(text, encoding), headers, content_type, filename, encoding)


class JsonBytesPayload(BytesPayload):
    """A value as JSON, by an encoder that makes bytes, such as orjson's.

    Args:
        value: what `dumps` takes.
        dumps: makes bytes of the value, in UTF-8.
        content_type: the media type.
        headers: as with `Payload`.
        filename: as with `Payload`.

    Raises:
        TypeError: what `dumps` returns is not bytes-like; or what it raises of itself.
    """

    def __init__(
        self,
        value: Any,
        dumps: Callable[[Any], bytes],
        content_type: str = "application/json",
        headers: Headers | None = None,
        filename: str | None = None,
    ) -> None:
        super().__init__(dumps(value), headers, content_type, filename, "utf-8")


def media_type_of(headers: Headers | None, content_type: str | None) -> tuple[Headers | None, str | None]:
    """Return header fields, which can be looked at again, and the media type, which they may tell."""
    if headers is None:
        return None, content_type
    given = CIMultiDict(headers)
    return given, given.get("Content-Type", content_type)


def text_type(encoding: str | None, content_type: str | None) -> tuple[str, str]:
    """Return encoding and media type of a text, of which either may be left to the other."""
    if encoding is None:
        encoding = (
            "utf-8" if content_type is None else parse_media_type(content_type)[1].get("charset", "utf-8")
        )
    if content_type is None:
        usual = encoding == "utf-8"
        content_type = _PLAIN if usual else format_media_type("text/plain", {"charset": encoding})
    return encoding, content_type


def encode_text(text: str, encoding: str) -> bytes:
    """Encode a text.

    Raises:
        LocalProtocolError: there is no such encoding.
        UnicodeEncodeError: it does not have a character of the text.
    """
    try:
        return text.encode(encoding)
    except LookupError as error:
        raise LocalProtocolError(f"no charset: {encoding[:100]!r}") from error

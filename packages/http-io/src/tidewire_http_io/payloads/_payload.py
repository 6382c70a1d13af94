"""A body that can be written, with what is known of it before."""

from __future__ import annotations

import mimetypes
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from multidict import CIMultiDict

from tidewire_http_io._exchange import SendFile
from tidewire_http_io.payloads._body_writers import BodyWriter, Collector, LimitedWriter
from tidewire_http_io.payloads._payload_errors import PayloadConsumed
from tidewire_http_parser import FieldBlock, LocalProtocolError
from tidewire_http_parser.field_values import format_content_disposition

__all__ = ["Payload"]

Headers = Mapping[str, str] | Iterable[tuple[str, str]]

_CONTENT_TYPE: Final = "Content-Type"
_UNKNOWN: Final = "application/octet-stream"
# What a file is whose name has a second ending of a compression: the content goes out as it is in the file.
_COMPRESSED: Final[Mapping[str, str]] = {
    "br": "application/x-brotli",
    "bzip2": "application/x-bzip2",
    "compress": "application/x-compress",
    "gzip": "application/gzip",
    "xz": "application/x-xz",
}


class Payload(ABC):
    """A body, or a part of one, and its header fields.

    Whoever sends one looks at `whole()` first; where that has nothing it awaits `write()`. Either way it awaits
    `close()` in the end, however sending ended. In between a payload that is `replayable` may be written again, to
    follow a redirect or to try another time.

    A payload of one's own needs `write()`, and `size` where it is known.

    Args:
        value: what is written.
        headers: header fields of this body; a Content-Type among them counts more than `content_type`.
        content_type: its media type; where None, the one that the file name hints at, or the usual one of the class.
        filename: a file name that goes with it.
        encoding: the charset of text.

    Raises:
        tidewire_http_parser.LocalProtocolError: a header field that may not go out.
        TypeError: an argument of another type.
    """

    default_content_type: ClassVar[str] = _UNKNOWN

    def __init__(
        self,
        value: Any,
        headers: Headers | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        encoding: str | None = None,
    ) -> None:
        if content_type is not None:
            _require_text("content_type", content_type)
            # What can be printed holds no control byte, and is not looked at twice.
            if not content_type.isprintable():
                check_fields([(_CONTENT_TYPE, content_type)])
        if filename is not None:
            _require_text("filename", filename)
        if encoding is not None:
            _require_text("encoding", encoding)
        self._value = value
        self._content_type = content_type
        self._filename = filename
        self._encoding = encoding
        self._headers: CIMultiDict[str] | None = None
        if headers is not None:
            given = CIMultiDict(headers)
            check_fields(given.items())
            if _CONTENT_TYPE not in given:
                given[_CONTENT_TYPE] = self.content_type
            self._headers = given

    def __repr__(self) -> str:
        size = "unknown size" if self.size is None else f"{self.size} bytes"
        return f"<{type(self).__name__} {self.content_type} {size}>"

    @property
    def value(self) -> Any:
        """What is written from."""
        return self._value

    @property
    def size(self) -> int | None:
        """Bytes that `write()` writes; None where that is not known before."""
        return None

    @property
    def headers(self) -> CIMultiDict[str]:
        """The header fields, Content-Type among them; they may be changed."""
        if self._headers is None:
            self._headers = CIMultiDict({_CONTENT_TYPE: self.content_type})
        return self._headers

    @property
    def has_headers(self) -> bool:
        """Whether anybody has given header fields, or asked for them, so that there may be more than Content-Type."""
        return self._headers is not None

    @property
    def content_type(self) -> str:
        """The media type, with its parameters."""
        if self._headers is not None and _CONTENT_TYPE in self._headers:
            return self._headers[_CONTENT_TYPE]
        if self._content_type is not None:
            return self._content_type
        return self.default_content_type if self._filename is None else _type_of(self._filename)

    @property
    def filename(self) -> str | None:
        """The file name that goes with it."""
        return self._filename

    @property
    def encoding(self) -> str | None:
        """The charset of text."""
        return self._encoding

    @property
    def replayable(self) -> bool:
        """Whether it can be written again after it was written."""
        return True

    @property
    def consumed(self) -> bool:
        """Whether it was written or closed, and cannot be written any more."""
        return False

    @property
    def autoclose(self) -> bool:
        """Whether nothing is held that `close()` would have to let go."""
        return False

    def set_content_disposition(self, disptype: str, quote_fields: bool = True, **params: str) -> None:
        """Set the Content-Disposition (RFC 6266; RFC 7578, section 4.2, for `form-data`).

        Args:
            disptype: the disposition type, such as `attachment`.
            quote_fields: without effect: what a name holds goes out in the one form that is read by everyone.
            params: the parameters, such as `filename`.

        Raises:
            tidewire_http_parser.LocalProtocolError: the type or a name is no token, or a text may not go out.
            TypeError: an argument of another type.
        """
        self.headers["Content-Disposition"] = format_content_disposition(disptype, params)

    def whole(self) -> bytes | None:
        """Return the body where it is at hand, so that it can be sent together with a head; else None.

        It is of any size where it was given as bytes or text, and small where it would have to be copied. Sending what is
        returned takes the place of `write()`.
        """
        return None

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the body as text, where it is at hand.

        Raises:
            TypeError: it would have to be read first; see `as_bytes()`.
        """
        body = self.whole()
        if body is None:
            raise TypeError(f"a {type(self).__name__} has to be read first: await as_bytes()")
        return body.decode(encoding, errors)

    @abstractmethod
    async def write(self, writer: BodyWriter) -> None:
        """Write the body, from its beginning.

        Args:
            writer: takes it; a `BodySink`, or another with its `write()`.

        Raises:
            PayloadConsumed: it cannot be written again.
            PayloadReadError: what it is read from failed.
        """

    async def write_with_length(self, writer: BodyWriter, content_length: int | None) -> None:
        """Write the body, but no more than some bytes of it.

        Args:
            writer: takes it.
            content_length: how many; None for all.

        Raises:
            PayloadConsumed: it cannot be written again.
            PayloadReadError: what it is read from failed.
        """
        if content_length is not None:
            writer = LimitedWriter(writer, content_length)
        await self.write(writer)

    async def send_by(self, sendfile: SendFile) -> int:
        """Have the system send the whole body, where it is one that the system has.

        Args:
            sendfile: that of the exchange.

        Returns:
            How many bytes were sent; where these are none, `write()` has to do it.
        """
        return 0

    async def as_bytes(self) -> bytes:
        """Return what `write()` writes; all of it is in memory then.

        Raises:
            PayloadConsumed: it cannot be read any more.
            PayloadReadError: what it is read from failed.
        """
        collector = Collector()
        await self.write(collector)
        return collector.collected()

    def rewind(self) -> None:
        """Make sure that it can be written, before a redirect is followed or a request is repeated.

        Raises:
            PayloadConsumed: it cannot.
        """
        if self.consumed:
            raise PayloadConsumed(repr(self), "it was written, and cannot be written again")

    async def close(self) -> None:  # noqa: B027
        """Let go of what is held, such as a file; a second time nothing happens."""


def check_fields(fields: Iterable[tuple[str, Any]]) -> None:
    """Check that header fields of a payload may go out (S6).

    Raises:
        LocalProtocolError: one may not.
        TypeError: a name or a value is no str.
    """
    others = []
    for name, value in fields:
        if name.lower() != "content-length":
            others.append((name, value))
        elif not (isinstance(value, str) and value.isascii() and value.isdigit()):
            raise LocalProtocolError(f"Content-Length is digits, not {value!r:.100}")
    FieldBlock(others)


def _require_text(name: str, text: object) -> None:
    if not isinstance(text, str):
        raise TypeError(f"{name} is a str, not {type(text).__name__}")


def _type_of(filename: str) -> str:
    kind, compression = mimetypes.guess_type(os.path.basename(filename), strict=False)
    if compression is not None:
        return _COMPRESSED.get(compression, _UNKNOWN)
    return kind or _UNKNOWN

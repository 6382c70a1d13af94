"""Multipart content that is written, made of payloads (RFC 2046, section 5.1; RFC 7578)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from multidict import CIMultiDict

from tidewire_http_io.forms._part_codings import PartEncoder, is_encoded
from tidewire_http_io.forms._part_sink import LOT, PartSink
from tidewire_http_io.forms._urlencoded import format_urlencoded
from tidewire_http_io.payloads import BodyWriter, BytesPayload, JsonPayload, Payload, get_payload
from tidewire_http_parser import Fields, LocalProtocolError
from tidewire_http_parser.field_values import format_media_type, parse_content_disposition
from tidewire_http_parser.multipart import MultipartEncoder, make_boundary

__all__ = ["MultipartWriter"]

Headers = Mapping[str, str] | Iterable[tuple[str, str]]

# What RFC 7578, sections 4.7 and 4.8, does not have in a part of a form.
_NOT_IN_FORMS: Final = ("Content-Encoding", "Content-Length", "Content-Transfer-Encoding")


class _Part(NamedTuple):
    """A part, with the encodings that its header fields named when it was appended."""

    payload: Payload
    content_encoding: str
    transfer_encoding: str

    @property
    def is_encoded(self) -> bool:
        return is_encoded(self.transfer_encoding, self.content_encoding)


class MultipartWriter(Payload):
    """A payload of parts, which are payloads themselves; another `MultipartWriter` among them, if wanted.

    The size is known where that of all parts is, and none of them is encoded. It can be written again where all of
    them can. `with` may be used, and does nothing.

    A part with a Content-Encoding header is compressed, with one coding; one with a Content-Transfer-Encoding of
    `base64` or `quoted-printable` is encoded so.

    Args:
        subtype: what comes after `multipart/`.
        boundary: the boundary; where None, a random one. Parts that hold the one given are refused when written.

    Raises:
        tidewire_http_parser.LocalProtocolError: the subtype is no token; or the boundary is not 1 to 70 of the
            characters that boundaries may have, or ends in a space.
        TypeError: an argument of another type.
    """

    def __init__(self, subtype: str = "mixed", boundary: str | None = None) -> None:
        if not isinstance(subtype, str):
            raise TypeError(f"subtype is a str, not {type(subtype).__name__}")
        self._boundary = make_boundary() if boundary is None else MultipartEncoder(boundary).boundary
        super().__init__(
            None, content_type=format_media_type(f"multipart/{subtype}", {"boundary": self._boundary})
        )
        self._is_form_data = subtype.lower() == "form-data"
        self._parts: list[_Part] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass

    def __iter__(self) -> Iterator[tuple[Payload, str, str]]:
        """Iterate over the parts: payload, Content-Encoding and Content-Transfer-Encoding, empty where there is none."""
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __bool__(self) -> bool:
        return True

    @property
    def boundary(self) -> str:
        """The boundary."""
        return self._boundary

    # Appending.

    def append(self, obj: Any, headers: Headers | None = None) -> Payload:
        """Append a part.

        Args:
            obj: a payload, or what one is registered for.
            headers: header fields of the part; they replace those that the payload has.

        Returns:
            The part's payload.

        Raises:
            tidewire_http_parser.LocalProtocolError: a header field that may not go out, or an encoding that is
                unknown.
            TypeError: there is no payload for the object, or an argument of another type.
        """
        given = CIMultiDict[str]() if headers is None else CIMultiDict(headers)
        if not isinstance(obj, Payload):
            return self.append_payload(get_payload(obj, headers=given))
        obj.headers.update(given)
        return self.append_payload(obj)

    def append_payload(self, payload: Payload) -> Payload:
        """Append a payload, with the header fields that it has; see `append()`."""
        if not isinstance(payload, Payload):
            raise TypeError(f"a payload is needed, not {type(payload).__name__}")
        if payload is self:
            raise LocalProtocolError("a multipart within itself")
        headers = payload.headers
        if self._is_form_data:
            for name in _NOT_IN_FORMS:
                if name in headers:
                    raise LocalProtocolError(f"no {name} in the part of a form")
            if "Content-Disposition" not in headers:
                payload.set_content_disposition("form-data", name=f"section-{len(self._parts)}")
            elif parse_content_disposition(headers["Content-Disposition"]).name is None:
                raise LocalProtocolError("the part of a form has a name in its Content-Disposition")
        part = _Part(
            payload,
            ", ".join(headers.getall("Content-Encoding", ())),
            ", ".join(headers.getall("Content-Transfer-Encoding", ())),
        )
        # What is wrong is said here, and not when half of the content is out.
        PartEncoder(part.transfer_encoding, part.content_encoding)
        MultipartEncoder(self._boundary).begin_part(self._fields(part, payload.size))
        self._parts.append(part)
        return payload

    def append_json(
        self, obj: Any, headers: Headers | None = None, *, dumps: Callable[[Any], str] = json.dumps
    ) -> Payload:
        """Append a value as JSON; see `append()`."""
        return self.append(JsonPayload(obj, dumps=dumps), headers)

    def append_form(
        self, obj: Mapping[str, Any] | Iterable[tuple[str, Any]], headers: Headers | None = None
    ) -> Payload:
        """Append names and values as application/x-www-form-urlencoded, in UTF-8; see `append()`."""
        pairs = obj.items() if isinstance(obj, Mapping) else obj
        form = format_urlencoded((name, str(value)) for name, value in pairs)
        return self.append(BytesPayload(form, content_type="application/x-www-form-urlencoded"), headers)

    # What is known of it.

    @property
    def size(self) -> int | None:
        """See `Payload`."""
        parts: list[tuple[Fields, int]] = []
        for part in self._parts:
            size = None if part.is_encoded else part.payload.size
            if size is None:
                return None
            parts.append((self._fields(part, size), size))
        return MultipartEncoder(self._boundary).size(parts)

    @property
    def replayable(self) -> bool:
        """See `Payload`."""
        return all(part.payload.replayable for part in self._parts)

    @property
    def consumed(self) -> bool:
        """See `Payload`; true where that is so of any part."""
        return any(part.payload.consumed for part in self._parts)

    @property
    def autoclose(self) -> bool:
        """See `Payload`."""
        return all(part.payload.autoclose for part in self._parts)

    # Writing.

    def whole(self) -> bytes | None:
        """See `Payload`."""
        encoder = MultipartEncoder(self._boundary)
        pieces: list[bytes] = []
        size = 0
        for part in self._parts:
            body = None if part.is_encoded else part.payload.whole()
            if body is None:
                return None
            pieces.append(encoder.begin_part(self._fields(part, len(body))))
            pieces.append(encoder.data(body))
            size += len(pieces[-2]) + len(body)
            if size > LOT:
                return None
        pieces.append(encoder.end())
        return b"".join(pieces)

    async def write(self, writer: BodyWriter, close_boundary: bool = True) -> None:
        """Write all parts.

        Args:
            writer: takes them.
            close_boundary: whether the closing delimiter is written too.

        Raises:
            PayloadConsumed: a part cannot be written again.
            PayloadReadError: what a part is read from failed.
            tidewire_http_parser.LocalProtocolError: a part has the boundary in it, or a header field that may not go
                out.
        """
        encoder = MultipartEncoder(self._boundary)
        sink = PartSink(writer, encoder)
        for part in self._parts:
            size = part.payload.size
            await sink.add(encoder.begin_part(self._fields(part, size)))
            body = None if part.is_encoded else part.payload.whole()
            if body is not None and len(body) <= LOT:
                await sink.add(encoder.data(body))
                continue
            if size is None:
                await sink.flush()  # it may take a while before there is anything
            if part.is_encoded:
                sink.begin_codings(PartEncoder(part.transfer_encoding, part.content_encoding))
            await part.payload.write(sink)
            await sink.end_codings()
        if close_boundary:
            await sink.add(encoder.end())
        await sink.flush()

    async def as_bytes(self) -> bytes:
        """See `Payload`; what could be written only once is kept, so that it can be written again."""
        for part in self._parts:
            if not part.payload.replayable:
                await part.payload.as_bytes()
        return await super().as_bytes()

    def rewind(self) -> None:
        """See `Payload`."""
        for part in self._parts:
            part.payload.rewind()

    async def close(self) -> None:
        """Close all parts, also if this is cancelled; where some fail, the first error is raised when all were closed."""
        failure: BaseException | None = None
        for part in self._parts:
            try:
                await part.payload.close()
            except asyncio.CancelledError as error:
                failure = error
            except Exception as error:
                failure = failure or error
        if failure is not None:
            try:
                raise failure
            finally:
                del failure  # it knows this frame: together they would be a circle

    def _fields(self, part: _Part, size: int | None) -> Fields:
        """Return the header fields of a part as they go out; what it is comes first, as browsers send it.

        Args:
            part: the part.
            size: that of its payload, for which a multipart asks all its parts, and those theirs: once is enough.
        """
        fields = [
            (name, value) for name, value in part.payload.headers.items() if name.lower() != "content-length"
        ]
        fields.sort(key=_is_not_disposition)
        if size is not None and not self._is_form_data and not part.is_encoded:
            fields.append(("Content-Length", str(size)))
        return fields


def _is_not_disposition(field: tuple[str, str]) -> bool:
    return field[0].lower() != "content-disposition"

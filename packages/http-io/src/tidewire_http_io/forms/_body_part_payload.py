"""A part that was received, sent on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from multidict import CIMultiDict

from tidewire_http_io.forms._body_part_reader import BodyPartReader
from tidewire_http_io.payloads import AsyncIterablePayload, Order, payload_type
from tidewire_http_parser.field_values import format_content_disposition

__all__ = ["BodyPartReaderPayload"]

_PIECE: Final = 65536


@payload_type(BodyPartReader, order=Order.try_first)
class BodyPartReaderPayload(AsyncIterablePayload):
    """A part of a multipart that was received, as a part or body of its own.

    It is written as it is read, decoded, and once; `as_bytes()` keeps what it has read, as that of its base class. Where
    there are no header fields that say otherwise, its type and names are those that came with it.

    Args:
        value: the part; what was read of it already is not written.
        headers: as with `Payload`.
        content_type: as with `Payload`; where None, that of the part.
        filename: as with `Payload`; where None, that of the part.
        encoding: as with `Payload`.

    Raises:
        tidewire_http_parser.LocalProtocolError: a header field or a file name that may not go out.
        TypeError: the value is no `BodyPartReader`.
    """

    def __init__(
        self,
        value: BodyPartReader,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        encoding: str | None = None,
    ) -> None:
        if not isinstance(value, BodyPartReader):
            raise TypeError(f"a BodyPartReader is needed, not {type(value).__name__}")
        if content_type is None:
            content_type = value.headers.get("Content-Type")
        if filename is None:
            filename = value.filename
        given = None if headers is None else CIMultiDict(headers)
        super().__init__(value.iter_decoded(_PIECE), given, content_type, filename, encoding)
        self._part = value
        names = {"name": value.name, "filename": filename}
        present = {name: text for name, text in names.items() if text is not None}
        if present and "Content-Disposition" not in self.headers:
            kind = "form-data" if value.content_disposition.type == "form-data" else "attachment"
            self.headers["Content-Disposition"] = format_content_disposition(kind, present)

    @property
    def value(self) -> BodyPartReader:
        """See `Payload`."""
        return self._part

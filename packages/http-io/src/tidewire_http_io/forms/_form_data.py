"""A form that is sent: urlencoded where it can be, multipart where it holds more than text."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterable, Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple

from multidict import CIMultiDict, MultiMapping

from tidewire_http_io.forms._body_part_reader import BodyPartReader
from tidewire_http_io.forms._multipart_writer import MultipartWriter
from tidewire_http_io.forms._urlencoded import format_urlencoded
from tidewire_http_io.payloads import BytesPayload, Payload, StringPayload, get_payload, payload_type
from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.field_values import (
    format_content_disposition,
    format_media_type,
    format_quoted_string,
    parse_media_type,
)

__all__ = ["FormData"]

_URLENCODED: Final = "application/x-www-form-urlencoded"
_NOT_IN_FORMS: Final = ("Content-Encoding", "Content-Length", "Content-Transfer-Encoding")
_NOT_TEXT: Final = (io.IOBase, bytes, bytearray, memoryview, Payload)


class _Field(NamedTuple):
    """A field as it was added."""

    name: str
    value: Any
    content_type: str | None
    filename: str | None


class FormData:
    """A form to be sent; called, it gives the payload.

    It is multipart/form-data where one of its fields is a file, bytes, or has a file name or media type of its own,
    otherwise application/x-www-form-urlencoded.

    Args:
        fields: a mapping, pairs of name and value, one such pair as a tuple, or an open file.
        quote_fields: whether names and file names are escaped as browsers do it (WHATWG HTML, section 4.10.21.8), so
            that a quote and line ends can be in them; where not, quotes and backslashes are preceded by a backslash,
            and line ends refused.
        charset: the charset of text; UTF-8 where None.
        default_to_multipart: whether it is multipart in any case.

    Raises:
        tidewire_http_parser.LocalProtocolError: a name, file name or media type that may not go out.
        TypeError: fields of another type.
    """

    def __init__(
        self,
        fields: Any = (),
        quote_fields: bool = True,
        charset: str | None = None,
        *,
        default_to_multipart: bool = False,
    ) -> None:
        self._fields: list[_Field] = []
        self._writer: MultipartWriter | None = None
        self._is_multipart = default_to_multipart
        self._quote_fields = quote_fields
        self._charset = charset
        if isinstance(fields, Mapping):
            self.add_fields(*fields.items())
        elif isinstance(fields, tuple) and len(fields) == 2 and isinstance(fields[0], str):
            self.add_fields(fields)
        elif _is_open_file(fields):
            self.add_fields(fields)
        elif isinstance(fields, Iterable) and not isinstance(fields, (str, bytes, bytearray, memoryview)):
            self.add_fields(*fields)
        else:
            raise TypeError(
                "the fields of a form are a mapping, pairs of name and value, or an open file, not "
                f"{type(fields).__name__}"
            )

    def __repr__(self) -> str:
        kind = "multipart" if self._is_multipart else "urlencoded"
        return f"<{type(self).__name__} {kind}, {len(self._fields)} fields>"

    @property
    def is_multipart(self) -> bool:
        """Whether it will be sent as multipart/form-data."""
        return self._is_multipart

    def add_field(
        self, name: str, value: Any, *, content_type: str | None = None, filename: str | None = None
    ) -> None:
        """Add a field.

        Args:
            name: its name.
            value: text, bytes, a file, a payload, or what one is registered for. In a urlencoded form a list, or another
                collection, is a field for each of its values, and anything else goes out as `str()` gives it.
            content_type: its media type.
            filename: the file name; where None, that of a payload, if it has one, or a file's own, or the field's name.

        Raises:
            tidewire_http_parser.LocalProtocolError: a name, file name or media type that may not go out.
            RuntimeError: the payload has been made.
            TypeError: an argument of another type.
        """
        if self._writer is not None:
            raise RuntimeError("the payload of this form has been made")
        _require_str("name", name)
        if content_type is not None:
            _require_str("content_type", content_type)
        if filename is not None:
            _require_str("filename", filename)
        elif isinstance(value, Payload):
            filename = value.filename
        elif _is_file(value):
            filename = _name_of(value) or name
        if content_type is not None or filename is not None or isinstance(value, _NOT_TEXT):
            self._is_multipart = True
            _disposition(name, filename, self._quote_fields)
            if content_type is not None and not content_type.isprintable():
                raise LocalProtocolError(f"no media type: {content_type[:100]!r}")
        self._fields.append(_Field(name, value, content_type, filename))

    def add_fields(self, *fields: Any) -> None:
        """Add several fields.

        Args:
            fields: each a pair of name and value, a mapping with several values for a name (`MultiDict`), or an open
                file, which has its file name for a name.

        Raises:
            tidewire_http_parser.LocalProtocolError: a name or file name that may not go out.
            TypeError: a field of another type.
        """
        for field in fields:
            if _is_open_file(field):
                self.add_field(_name_of(field) or "unknown", field)
            elif isinstance(field, MultiMapping):
                self.add_fields(*field.items())
            elif isinstance(field, (tuple, list)) and len(field) == 2:
                self.add_field(field[0], field[1])
            else:
                raise TypeError(
                    f"a field is a pair of name and value, a MultiDict or a file, not {field!r:.100}"
                )

    def __call__(self) -> Payload:
        """Return the payload; of a multipart form always the same one.

        Raises:
            tidewire_http_parser.LocalProtocolError: a name that may not go out, or an unknown charset.
            TypeError: there is no payload for a value.
        """
        if not self._is_multipart:
            return self._urlencoded()
        if self._writer is None:
            writer = MultipartWriter("form-data")
            for field in self._fields:
                writer.append_payload(self._part(field))
            self._writer = writer
        return self._writer

    def _urlencoded(self) -> Payload:
        charset = self._charset or "utf-8"
        parameters = {} if charset.lower() == "utf-8" else {"charset": charset}
        return BytesPayload(
            format_urlencoded(
                ((field.name, text) for field in self._fields for text in _texts(field.value)),
                charset=charset,
            ),
            content_type=format_media_type(_URLENCODED, parameters),
        )

    def _part(self, field: _Field) -> Payload:
        headers = CIMultiDict(
            {"Content-Disposition": _disposition(field.name, field.filename, self._quote_fields)}
        )
        if field.content_type is not None:
            headers["Content-Type"] = field.content_type
        if isinstance(field.value, Payload):
            payload = field.value
            payload.headers.update(headers)
        elif isinstance(field.value, str):
            encoding = self._charset
            if field.content_type is not None:
                encoding = parse_media_type(field.content_type)[1].get("charset") or encoding
            payload = StringPayload(field.value, headers, field.content_type, encoding=encoding)
        else:
            payload = get_payload(field.value, headers=headers)
        for name in _NOT_IN_FORMS:
            payload.headers.popall(name, None)
        return payload


def _texts(value: Any) -> Iterable[str]:
    """Return a value of a urlencoded form as text; several where it is several."""
    if isinstance(value, Collection) and not isinstance(value, (str, Mapping)):
        return map(str, value)
    return (str(value),)


def _require_str(what: str, value: object) -> None:
    """Check that an argument is a str.

    Raises:
        TypeError: it is not.
    """
    if not isinstance(value, str):
        raise TypeError(f"{what} is a str, not {type(value).__name__}")


def _is_open_file(value: Any) -> bool:
    """Tell whether something is a file, whose lines are no fields; those that tempfile names are of no class of `io`."""
    return isinstance(value, io.IOBase) or (hasattr(value, "read") and hasattr(value, "__iter__"))


def _is_file(value: Any) -> bool:
    """Tell whether a value is a file, or something like it: what is named by tempfile, a stream, a part."""
    return isinstance(value, (io.IOBase, AsyncIterable)) or hasattr(value, "read")


def _disposition(name: str, filename: str | None, quote_fields: bool) -> str:
    parameters = {"name": name} if filename is None else {"name": name, "filename": filename}
    if quote_fields:
        return format_content_disposition("form-data", parameters)
    return "; ".join(
        ["form-data", *(f"{key}={format_quoted_string(text)}" for key, text in parameters.items())]
    )


def _name_of(file: Any) -> str | None:
    """Return the last part of a file's name; None where it has none, as one made of a descriptor."""
    if isinstance(file, BodyPartReader):
        return file.filename
    name = getattr(file, "name", None)
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    if not isinstance(name, str) or not name or (name[0] == "<" and name[-1] == ">"):
        return None
    return os.path.basename(name) or None


@payload_type(FormData)
def _payload_of(form: FormData, **options: Any) -> Payload:
    """Make the payload of a form; header fields that are given replace those that it has."""
    payload = form()
    headers = options.get("headers")
    if headers is not None:
        payload.headers.update(headers)
    return payload

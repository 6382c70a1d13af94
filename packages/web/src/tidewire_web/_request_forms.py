"""Forms that come with a request: their fields, and their files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from multidict import MultiDict

from tidewire_http_io.forms import (
    BodyPartReader,
    FormLimits,
    FormTooLarge,
    MultipartReader,
    parse_urlencoded,
)
from tidewire_web._file_field import FileField, FormFiles
from tidewire_web._http_exceptions import HTTPRequestEntityTooLarge
from tidewire_web._payload_errors import InvalidForm

__all__: list[str] = []

FormValue = str | bytes | FileField

URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
# What content has a meaning for that is a form's (RFC 9110, section 9.3; of TRACE and DELETE servers take it too).
METHODS: Final = frozenset({"DELETE", "PATCH", "POST", "PUT", "TRACE"})

# Bytes of a file that are asked for at once.
_PIECE: Final = 65536


def urlencoded_form(body: bytes, charset: str | None, max_fields: int) -> MultiDict[FormValue]:
    """Read a form of type application/x-www-form-urlencoded.

    Args:
        body: the body.
        charset: the charset that came with it, None for UTF-8.
        max_fields: fields that it may have; 0 for any number.

    Raises:
        HTTPRequestEntityTooLarge: it has more.
        tidewire_http_io.forms.InvalidText: there is no such charset, or the text is not in it.
    """
    # Its bytes are bounded by those of the body.
    limits = FormLimits(fields=max_fields or sys.maxsize, field=sys.maxsize, total=sys.maxsize)
    try:
        fields = parse_urlencoded(body.rstrip(), charset=charset or "utf-8", limits=limits)
    except FormTooLarge:
        raise _too_many_fields(max_fields) from None
    return MultiDict(fields)


async def multipart_form(
    reader: MultipartReader, files: Callable[[], FormFiles], max_fields: int
) -> MultiDict[FormValue]:
    """Read a form of type multipart/form-data (RFC 7578).

    Args:
        reader: reads its parts.
        files: makes what its files are kept in, or returns what was made.
        max_fields: fields and files that it may have; 0 for any number.

    Raises:
        HTTPRequestEntityTooLarge: it has more.
        InvalidForm: a field has no name, or is a multipart itself.
        tidewire_http_parser.RemoteProtocolError: it is malformed in another way.
    """
    form: MultiDict[FormValue] = MultiDict()
    async for part in reader:
        if 0 < max_fields <= len(form):
            raise _too_many_fields(max_fields)
        if not isinstance(part, BodyPartReader):
            raise InvalidForm("a multipart within a form")
        name = part.name
        if name is None:
            raise InvalidForm("a field of a form without a name")
        filename = part.filename
        # Browsers send an empty name where no file was chosen.
        if filename:
            form.add(name, await _file(part, name, filename, files()))
        else:
            form.add(name, await _value(part))
    return form


async def _value(part: BodyPartReader) -> str | bytes:
    content_type = part.headers.get("Content-Type")
    if content_type is None or content_type[:5].lower() == "text/":
        return await part.text()
    return await part.read(decode=True)


async def _file(part: BodyPartReader, name: str, filename: str, files: FormFiles) -> FileField:
    start = files.size
    async for piece in part.iter_decoded(_PIECE):
        await files.append(piece)
    content_type = part.headers.get("Content-Type", "application/octet-stream")
    return FileField(name, filename, files.open(start), content_type, part.headers)


def _too_many_fields(max_fields: int) -> HTTPRequestEntityTooLarge:
    return HTTPRequestEntityTooLarge(max_fields, text=f"413: a form of more than {max_fields} fields")

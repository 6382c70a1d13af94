"""Functions about field values that `aiohttp.helpers` has."""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from multidict import MultiDict, MultiDictProxy

from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import (
    format_content_disposition,
    format_date,
    format_quoted_string,
    parse_date,
    parse_media_type,
)

__all__: list[str] = []


class MimeType(NamedTuple):
    """A media type, taken apart.

    Attributes:
        type: what is before the slash, in lower case.
        subtype: what is behind it.
        suffix: what is behind a plus sign in that.
        parameters: the parameters.
    """

    type: str
    subtype: str
    suffix: str
    parameters: MultiDictProxy[str]


def parse_mimetype(mimetype: str) -> MimeType:
    """Take a media type apart."""
    found, parameters = parse_media_type("*/*" if mimetype == "*" else mimetype)
    kind, _, rest = found.partition("/")
    subtype, _, suffix = rest.partition("+")
    return MimeType(kind, subtype, suffix, MultiDictProxy(MultiDict(parameters)))


def quoted_string(content: str) -> str:
    """Write text as a quoted string."""
    return format_quoted_string(content)[1:-1]


def content_disposition_header(
    disptype: str,
    quote_fields: bool = True,
    _charset: str = "utf-8",
    params: Mapping[str, str] | None = None,
    **parameters: str,
) -> str:
    """Write the value of Content-Disposition."""
    given = {**(params or {}), **parameters}
    return format_content_disposition(disptype, given) if given else disptype


def guess_filename(obj: Any, default: str | None = None) -> str | None:
    """Return the last part of an open file's name; a default where it has none."""
    name = getattr(obj, "name", None)
    if isinstance(name, str) and name and name[0] != "<" and name[-1] != ">":
        return os.path.basename(name)
    return default


def is_ip_address(host: str | bytes | bytearray | memoryview | None) -> bool:
    """Tell whether a host is an address."""
    if host is None:
        return False
    text = host if isinstance(host, str) else bytes(host).decode("ascii", "replace")
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def rfc822_formatted_time() -> str:
    """Return the time as fields have it."""
    return format_date(int(time.time()))


def parse_http_date(date_str: str | None) -> datetime | None:
    """Read a time; None for what is none."""
    if date_str is None:
        return None
    try:
        return datetime.fromtimestamp(parse_date(date_str, int(time.time())), UTC)
    except InvalidFieldValue:
        return None


def must_be_empty_body(method: str, code: int) -> bool:
    """Tell whether a response has no body."""
    return method == "HEAD" or code in (204, 304) or 100 <= code < 200 or (method == "CONNECT" and code < 300)

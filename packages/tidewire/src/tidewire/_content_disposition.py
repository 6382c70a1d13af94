"""Content-Disposition (RFC 6266) by the functions that users know; the reading is tidewire-http-parser's."""

from __future__ import annotations

from collections.abc import Mapping

from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import ContentDisposition
from tidewire_http_parser.field_values import parse_content_disposition as parse

__all__ = [
    "BadContentDispositionHeader",
    "BadContentDispositionParam",
    "content_disposition_filename",
    "parse_content_disposition",
]


class BadContentDispositionHeader(RuntimeWarning):
    """A Content-Disposition that cannot be read. Never issued: a peer's mistake is no warning for an operator."""


class BadContentDispositionParam(RuntimeWarning):
    """A parameter of Content-Disposition that cannot be read. Never issued; see `BadContentDispositionHeader`."""


def parse_content_disposition(header: str | None) -> tuple[str | None, Mapping[str, str]]:
    """Take the value of a Content-Disposition field apart.

    Args:
        header: the value; None where there is no such field.

    Returns:
        The disposition type in lower case and the parameters by their names; None and nothing where it cannot be read.
    """
    if not header:
        return None, {}
    try:
        found = parse(header)
    except InvalidFieldValue:
        return None, {}
    return found.type, found.parameters


def content_disposition_filename(params: Mapping[str, str], name: str = "filename") -> str | None:
    """Return the name of a file among the parameters of Content-Disposition.

    Args:
        params: what `parse_content_disposition()` has found.
        name: the parameter; `name*` counts more, then `name*0`, `name*1` and so on.

    Returns:
        The name; None where there is none that can be decoded. It is what the peer sent: it may hold any path.
    """
    return ContentDisposition("attachment", dict(params)).parameter(name)

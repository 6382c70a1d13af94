"""Boundaries: what a sender chooses to tell the parts of a multipart from each other (RFC 2046, section 5.1.1)."""

from __future__ import annotations

import secrets

from tidewire_http_parser._errors import InvalidMultipart
from tidewire_http_parser.field_values._media_types import parse_media_type
from tidewire_http_parser.multipart._delimiters import problem_of_boundary

__all__ = ["boundary_from_content_type", "make_boundary"]


def boundary_from_content_type(value: str) -> str:
    """Take the boundary out of a peer's Content-Type.

    Args:
        value: the field's value, such as `multipart/form-data; boundary="x"`.

    Returns:
        The boundary, which is one that `MultipartParser` takes.

    Raises:
        InvalidMultipart: the type is not of multipart content, or has no boundary of 1 to 70 of the characters that
            RFC 2046, section 5.1.1, gives to boundaries.
        TypeError: the value is no str.
    """
    if not isinstance(value, str):
        raise TypeError(f"str expected; got {type(value).__name__}")
    excerpt = value.encode("utf-8", "backslashreplace")
    essence, parameters = parse_media_type(value)
    if not essence.startswith("multipart/"):
        raise InvalidMultipart("not a multipart media type", excerpt)
    boundary = parameters.get("boundary")
    if boundary is None:
        raise InvalidMultipart("multipart media type without a boundary", excerpt)
    problem = problem_of_boundary(boundary)
    if problem:
        raise InvalidMultipart(problem, excerpt)
    return boundary


def make_boundary() -> str:
    """Make a boundary that no data holds unless by a chance of 1 in 2**128; it needs no quotes in a Content-Type."""
    return secrets.token_hex(16)

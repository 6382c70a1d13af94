# Compiled by mypyc.
"""Quoted strings (RFC 9110, section 5.6.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.field_values._syntax import (
    DQUOTE,
    ascii_of,
    malformed,
    quoted,
    quoted_end,
    unescape,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["format_quoted_string", "parse_quoted_string"]


def parse_quoted_string(value: str) -> str:
    """Return the text of a quoted string.

    Args:
        value: the quoted string, with its quotes and nothing around them.

    Raises:
        InvalidFieldValue: it is no quoted string.
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    if end == 0 or data[0] != DQUOTE or quoted_end(data, 0, end) != end:
        raise malformed("quoted string", value)
    return unescape(value[1 : end - 1])


def format_quoted_string(text: str) -> str:
    """Write a text as a quoted string.

    Args:
        text: any text without control bytes but HTAB.

    Raises:
        LocalProtocolError: there is a control byte in it, or what is no text.
        TypeError: the text is none.
    """
    if INTERPRETED:
        require((text, str))
    return quoted(text)

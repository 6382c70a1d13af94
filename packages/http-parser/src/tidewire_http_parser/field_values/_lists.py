# Compiled by mypyc.
"""Lists that are separated by commas (RFC 9110, section 5.6.1), such as Connection, Vary, Allow and Trailer.

The values of several field lines of one name are one list, joined by commas (RFC 9110, section 5.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._errors import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser._grammar import INTERPRETED, is_token
from tidewire_http_parser.field_values._syntax import (
    COMMA,
    DQUOTE,
    MAX_ELEMENTS,
    ascii_of,
    malformed,
    next_element,
    quoted_end,
    skip_space,
    skip_space_back,
    token_end,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["format_token_list", "parse_list", "parse_token_list"]


def parse_list(value: str) -> list[str]:
    """Take a list apart, whatever its elements are; a comma in a quoted string separates nothing.

    Args:
        value: the list.

    Returns:
        The elements as they are, without the white space around them; empty ones are left out.

    Raises:
        InvalidFieldValue: a quoted string is not closed or has a control byte in it, or there are more than 1024
            elements.
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    elements: list[str] = []
    pos: i64 = next_element(data, 0, end)
    while pos < end:
        start: i64 = pos
        while pos < end and data[pos] != COMMA:
            if data[pos] == DQUOTE:
                pos = quoted_end(data, pos, end)
                if pos < 0:
                    raise malformed("list", value)
            else:
                pos += 1
        add_element(elements, value[start : skip_space_back(data, pos, start)])
        pos = next_element(data, pos, end)
    return elements


def parse_token_list(value: str) -> list[str]:
    """Take a list of tokens apart.

    Args:
        value: the list, such as `gzip, chunked`.

    Returns:
        The tokens as they are; empty elements are left out.

    Raises:
        InvalidFieldValue: an element is no token, or there are more than 1024.
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    elements: list[str] = []
    pos: i64 = next_element(data, 0, end)
    while pos < end:
        start: i64 = pos
        stop: i64 = token_end(data, pos, end)
        pos = skip_space(data, stop, end)
        if stop == start or (pos < end and data[pos] != COMMA):
            raise malformed("list of tokens", value)
        add_element(elements, value[start:stop])
        pos = next_element(data, pos, end)
    return elements


def add_element(elements: list[str], element: str) -> None:
    """Add an element to a list.

    Raises:
        InvalidFieldValue: there are as many as there may be.
    """
    if len(elements) == MAX_ELEMENTS:
        raise InvalidFieldValue("more elements in a list than the limit")
    elements.append(element)


def format_token_list(tokens: list[str]) -> str:
    """Write a list of tokens.

    Args:
        tokens: the tokens.

    Raises:
        LocalProtocolError: one is no token.
        TypeError: they are no list of texts.
    """
    if INTERPRETED:
        require((tokens, list))
    for token in tokens:
        if INTERPRETED:
            require((token, str))
        if not is_token(token):
            raise LocalProtocolError(f"an element is a token, not {token[:100]!r}")
    return ", ".join(tokens)

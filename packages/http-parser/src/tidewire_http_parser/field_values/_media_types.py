# Compiled by mypyc.
"""Media types with their parameters (RFC 9110, section 8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser._grammar import INTERPRETED, TOKEN, is_token
from tidewire_http_parser.field_values._syntax import (
    BACKSLASH,
    DQUOTE,
    EQUALS,
    MAX_PARAMETERS,
    SEMICOLON,
    ascii_of,
    lowered,
    skip_space,
    skip_space_back,
    token_end,
    unescape,
    word,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["format_media_type", "parse_media_type"]

_SLASH: Final = 0x2F


def parse_media_type(value: str) -> tuple[str, dict[str, str]]:
    """Take a field value such as that of Content-Type apart.

    Args:
        value: the value, such as `text/html; charset="utf-8"`.

    Returns:
        The type in lower case, and its parameters by their names in lower case. Of a parameter that is there twice
        the first counts; what is no parameter, or is behind the first 64, is passed over. Where the value
        is no media type the type is empty.

    Raises:
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    start: i64 = skip_space(data, 0, end)
    slash: i64 = token_end(data, start, end)
    pos: i64 = slash
    essence = ""
    if slash > start and slash < end and data[slash] == _SLASH:
        pos = token_end(data, slash + 1, end)
        stop: i64 = pos
        pos = skip_space(data, pos, end)
        if stop > slash + 1 and (pos == end or data[pos] == SEMICOLON):
            essence = lowered(value, data, start, stop)
    parameters: dict[str, str] = {}
    if pos < end:
        pos = data.find(b";", pos, end)
        if pos >= 0:
            read_parameters(value, data, pos + 1, end, parameters, False)
    return essence, parameters


def read_parameters(
    value: str, data: bytes, pos: i64, end: i64, parameters: dict[str, str], lenient: bool
) -> None:
    """Read parameters up to the end of a value, and pass over what is none.

    Args:
        value: the value.
        data: its octets.
        pos: where the first parameter begins.
        end: where the value ends.
        parameters: what they are added to, by their names in lower case.
        lenient: whether backslashes of quoted strings may stand for themselves, as in paths of Windows.
    """
    token = TOKEN
    count: i64 = 0
    while pos < end:
        pos = skip_space(data, pos, end)
        start: i64 = pos
        while pos < end and token[data[pos]]:
            pos += 1
        name_end: i64 = pos
        pos = skip_space(data, pos, end)
        well_formed = name_end > start and pos < end and data[pos] == EQUALS
        while pos < end and data[pos] != EQUALS and data[pos] != SEMICOLON:
            pos += 1
        if pos == end or data[pos] == SEMICOLON:
            pos += 1
            continue
        pos = skip_space(data, pos + 1, end)
        text_start: i64 = pos
        if pos < end and data[pos] == DQUOTE:
            text_start += 1
            pos = _closing_quote(data, text_start, end)
            text_end: i64 = pos
        else:
            text_end = -1
        while pos < end and data[pos] != SEMICOLON:
            pos += 1
        if well_formed:
            if count == MAX_PARAMETERS:
                return
            count += 1
            name = lowered(value, data, start, name_end)
            if name not in parameters:
                if text_end < 0:
                    parameters[name] = value[text_start : skip_space_back(data, pos, text_start)]
                else:
                    parameters[name] = unescape(value[text_start:text_end], lenient)
        pos += 1


def _closing_quote(data: bytes, pos: i64, end: i64) -> i64:
    """Return where the quote is that ends a quoted string; the end, if it is not there."""
    while pos < end and data[pos] != DQUOTE:
        if data[pos] == BACKSLASH and pos + 1 < end:
            pos += 1
        pos += 1
    return pos


def format_media_type(essence: str, parameters: dict[str, str]) -> str:
    """Write a media type with its parameters, those that are no tokens as quoted strings.

    Args:
        essence: type and subtype, such as `text/html`.
        parameters: names and texts.

    Raises:
        LocalProtocolError: the type is no media type, a name is no token, or a text has a control byte in it.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((essence, str), (parameters, dict))
    kind, _, subtype = essence.partition("/")
    if not is_token(kind) or not is_token(subtype):
        raise LocalProtocolError(f"no media type: {essence[:100]!r}")
    return essence + formatted_parameters(parameters) if parameters else essence


def formatted_parameters(parameters: dict[str, str]) -> str:
    """Write parameters, each with what separates it from what is before it.

    Raises:
        LocalProtocolError: a name is no token, or a text has a control byte in it.
    """
    parts: list[str] = []
    for name, text in parameters.items():
        if INTERPRETED:
            require((name, str), (text, str))
        if not is_token(name):
            raise LocalProtocolError(f"a parameter's name is a token, not {name[:100]!r}")
        parts.append(f"; {name}={word(text)}")
    return "".join(parts)

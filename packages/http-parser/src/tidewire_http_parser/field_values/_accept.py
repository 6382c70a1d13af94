# Compiled by mypyc.
"""What a user agent prefers: Accept, Accept-Charset, Accept-Encoding, Accept-Language (RFC 9110, section 12.5).

These fields are wishes, and a response that disregards one is still a response (RFC 9110, section 12.1). So nothing
here raises for what a peer sent: an element that is malformed is dropped, with all that stands up to the next
comma, and so is what is behind the first 1024 elements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.field_values._syntax import (
    COMMA,
    EQUALS,
    MAX_ELEMENTS,
    MAX_PARAMETERS,
    SEMICOLON,
    ascii_of,
    element_end,
    lowered,
    next_element,
    read_parameter,
    skip_space,
    token_end,
)
from tidewire_http_parser.field_values._value_types import MediaRange, Preference, make

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = [
    "parse_accept",
    "parse_accept_charset",
    "parse_accept_encoding",
    "parse_accept_language",
]

_ASTERISK: Final = 0x2A
_DOT: Final = 0x2E
_SLASH: Final = 0x2F
_ZERO: Final = 0x30


def parse_accept(value: str) -> list[MediaRange]:
    """Read the value of Accept.

    `*` is taken for `*/*`, and a weight such as `.2` for `0.2`, as a client in wide use sends them.

    Args:
        value: the value, such as `text/html, */*;q=0.1`.

    Returns:
        The media ranges, what is preferred first; of equal weights the more specific one, of equal ones of these
        the one that was sent first.

    Raises:
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    elements: list[MediaRange] = []
    ranks: list[int] = []
    pos: i64 = next_element(data, 0, end)
    while pos < end and len(elements) < MAX_ELEMENTS:
        start: i64 = pos
        slash: i64 = token_end(data, pos, end)
        pos = slash
        if slash > start and slash < end and data[slash] == _SLASH:
            pos = token_end(data, slash + 1, end)
        kind = lowered(value, data, start, slash)
        subtype = lowered(value, data, slash + 1, pos)
        if slash == pos and kind == "*":
            subtype = "*"
        parameters: dict[str, str] = {}
        weight, pos = _read_parameters(value, data, pos, end, parameters)
        if pos < 0 or not kind or not subtype or (kind == "*" and subtype != "*"):
            pos = element_end(data, start, end)
        else:
            elements.append(make(MediaRange, (kind, subtype, parameters, weight / 1000)))
            narrow: i64 = (0 if kind == "*" else 1) + (0 if subtype == "*" else 1) + len(parameters)
            ranks.append(-weight * 100 - narrow)
        pos = next_element(data, pos, end)
    return [elements[index] for index in _order(ranks)] if _unordered(ranks) else elements


def parse_accept_charset(value: str) -> list[Preference]:
    """Read the value of Accept-Charset (RFC 9110, section 12.5.2; deprecated).

    Args:
        value: the value, such as `iso-8859-5, utf-8;q=0.8`.

    Returns:
        The charsets, what is preferred first, those of equal weights as they were sent.

    Raises:
        TypeError: the value is no text.
    """
    return _preferences(value)


def parse_accept_encoding(value: str) -> list[Preference]:
    """Read the value of Accept-Encoding (RFC 9110, section 12.5.3), or of TE, which has the same form.

    Args:
        value: the value, such as `gzip, *;q=0`.

    Returns:
        The codings, what is preferred first, those of equal weights as they were sent.

    Raises:
        TypeError: the value is no text.
    """
    return _preferences(value)


def parse_accept_language(value: str) -> list[Preference]:
    """Read the value of Accept-Language (RFC 9110, section 12.5.4).

    Args:
        value: the value, such as `da, en-gb;q=0.8, en;q=0.7`.

    Returns:
        The language ranges, what is preferred first, those of equal weights as they were sent.

    Raises:
        TypeError: the value is no text.
    """
    return _preferences(value)


def _preferences(value: str) -> list[Preference]:
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    elements: list[Preference] = []
    ranks: list[int] = []
    parameters: dict[str, str] = {}
    pos: i64 = next_element(data, 0, end)
    while pos < end and len(elements) < MAX_ELEMENTS:
        start: i64 = pos
        stop: i64 = token_end(data, pos, end)
        weight, pos = _read_parameters(value, data, stop, end, parameters)
        if pos < 0 or stop == start:
            pos = element_end(data, start, end)
        else:
            elements.append(make(Preference, (lowered(value, data, start, stop), weight / 1000)))
            ranks.append(-weight)
        pos = next_element(data, pos, end)
    return [elements[index] for index in _order(ranks)] if _unordered(ranks) else elements


def _unordered(ranks: list[int]) -> bool:
    last: i64 = -(10**6)
    for rank in ranks:
        if rank < last:
            return True
        last = rank
    return False


def _order(ranks: list[int]) -> list[int]:
    return sorted(range(len(ranks)), key=ranks.__getitem__)


def _read_parameters(
    value: str, data: bytes, pos: i64, end: i64, parameters: dict[str, str]
) -> tuple[i64, i64]:
    """Read the parameters of one element; one called `q` is the weight, wherever it stands.

    Returns:
        The weight in thousandths, 1000 where there is none, and where the element ends; -1 if it is malformed.
    """
    weight: i64 = 1000
    count: i64 = 0
    pos = skip_space(data, pos, end)
    while pos < end and data[pos] == SEMICOLON:
        pos = skip_space(data, pos + 1, end)
        if pos == end or data[pos] == SEMICOLON or data[pos] == COMMA:
            continue
        if (data[pos] | 0x20) == 0x71 and pos + 1 < end and data[pos + 1] == EQUALS:
            weight, pos = _read_weight(data, pos + 2, end)
            if pos < 0:
                return 0, -1
        else:
            count += 1
            name, text, pos = read_parameter(value, data, pos, end)
            if pos < 0 or count > MAX_PARAMETERS or name == "q":
                return 0, -1
            parameters.setdefault(name, text)
        pos = skip_space(data, pos, end)
    if pos < end and data[pos] != COMMA:
        return 0, -1
    return weight, pos


def _read_weight(data: bytes, pos: i64, end: i64) -> tuple[i64, i64]:
    """Read a qvalue (RFC 9110, section 12.4.2): 0 to 1 with up to three decimals.

    Returns:
        It in thousandths, and where it ends; -1 if it is malformed.
    """
    weight: i64 = 0
    start: i64 = pos
    if pos < end and (data[pos] == _ZERO or data[pos] == _ZERO + 1):
        weight = (data[pos] - _ZERO) * 1000
        pos += 1
    digits: i64 = 0
    if pos < end and data[pos] == _DOT:
        pos += 1
        scale: i64 = 100
        while pos < end and digits < 3 and data[pos] >= _ZERO and data[pos] <= _ZERO + 9:
            weight += (data[pos] - _ZERO) * scale
            scale //= 10
            digits += 1
            pos += 1
        if digits == 0 and pos == start + 1:
            return 0, -1
    if pos == start or weight > 1000:
        return 0, -1
    return weight, pos

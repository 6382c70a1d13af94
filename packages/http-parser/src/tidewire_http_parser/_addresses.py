# Compiled by mypyc.
"""IP addresses as text (RFC 3986, section 3.2.2), told apart from what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._grammar import HEX

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

_DOT: Final = 0x2E
_ZERO: Final = 0x30
_COLON: Final = 0x3A


def is_ipv4(data: bytes, pos: i64, end: i64) -> bool:
    """Tell whether bytes are four decimal numbers up to 255, without leading zeros, with dots between."""
    if end - pos > 15:
        return False
    numbers: i64 = 0
    while pos < end:
        start: i64 = pos
        number: i64 = 0
        while pos < end and data[pos] >= _ZERO and data[pos] <= _ZERO + 9:
            number = number * 10 + data[pos] - _ZERO
            pos += 1
        if pos == start or number > 255 or (data[start] == _ZERO and pos - start > 1):
            return False
        numbers += 1
        if pos == end:
            return numbers == 4
        if data[pos] != _DOT:
            return False
        pos += 1
    return False


def is_ipv6(data: bytes, pos: i64, end: i64) -> bool:
    """Tell whether bytes are an IPv6 address, without brackets and zone."""
    if end - pos < 2 or end - pos > 45:
        return False
    groups: i64 = 0
    compressed = False
    if data[pos] == _COLON:
        if data[pos + 1] != _COLON:
            return False
        compressed = True
        pos += 2
    hexadecimal = HEX
    while pos < end:
        start: i64 = pos
        while pos < end and hexadecimal[data[pos]] != 255:
            pos += 1
        if pos == start or pos - start > 4:
            return False
        if pos < end and data[pos] == _DOT:
            if not is_ipv4(data, start, end):
                return False
            groups += 2
            break
        groups += 1
        if pos == end:
            break
        if data[pos] != _COLON or pos + 1 == end:
            return False
        pos += 1
        if data[pos] == _COLON:
            if compressed:
                return False
            compressed = True
            pos += 1
    return groups <= 7 if compressed else groups == 8

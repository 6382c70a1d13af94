# Compiled by mypyc.
"""Chunk-size lines of the chunked transfer coding (RFC 9112, section 7.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._errors import InvalidChunk, LineTooLong
from tidewire_http_parser._grammar import FIELD_VALUE, HEX, TOKEN

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# 15 hexadecimal digits fit 63 bits; i64 wraps silently in the compiled build.
_SIZE_DIGITS: Final = 15


def parse_chunk_size(data: bytes, pos: i64, limit: i64, spaces: bool) -> tuple[i64, i64, i64]:
    """Read a complete chunk-size line; extensions are checked and dropped.

    Args:
        data: the bytes; an LF is somewhere behind `pos`.
        pos: where the line begins.
        limit: how long it may be, CRLF not counted.
        spaces: whether white space may follow the size.

    Returns:
        The chunk's size in bytes, the length of what stands behind it in the line, and where its data begins.

    Raises:
        InvalidChunk, LineTooLong: by the first byte that is wrong.
    """
    start: i64 = pos
    size: i64 = 0
    hexadecimal = HEX
    while hexadecimal[data[pos]] != 255:
        if pos - start >= _SIZE_DIGITS:
            _refuse(data, start, pos, limit, "chunk size out of range")
        size = size * 16 + hexadecimal[data[pos]]
        pos += 1
    if pos == start:
        _refuse(data, start, pos, limit, "malformed chunk size")
    size_end: i64 = pos
    if spaces:
        while data[pos] == 0x20 or data[pos] == 0x09:
            pos += 1
    if data[pos] == 0x3B:
        pos = _extensions_end(data, start, pos, limit)
    if data[pos] != 0x0D or data[pos + 1] != 0x0A or pos - start > limit:
        _refuse(data, start, pos, limit, "malformed chunk-size line")
    return size, pos - size_end, pos + 2


def check_partial_chunk_size(data: bytes, pos: i64, limit: i64, spaces: bool) -> None:
    """Refuse a chunk-size line that is still incomplete when it is already too long."""
    if len(data) - pos > limit + 1:
        parse_chunk_size(data[pos : pos + limit + 2] + b"\r\n", 0, limit, spaces)


def _extensions_end(data: bytes, start: i64, pos: i64, limit: i64) -> i64:
    """Return where chunk extensions end (RFC 9112, section 7.1.1); white space around `;` and `=` is refused."""
    token = TOKEN
    while data[pos] == 0x3B:
        pos += 1
        name_start: i64 = pos
        while token[data[pos]]:
            pos += 1
        if pos == name_start:
            _refuse(data, start, pos, limit, "malformed chunk extension")
        if data[pos] != 0x3D:
            continue
        pos += 1
        if data[pos] == 0x22:
            pos += 1
            while data[pos] != 0x22:
                if data[pos] == 0x5C:
                    pos += 1
                if not FIELD_VALUE[data[pos]]:
                    _refuse(data, start, pos, limit, "malformed chunk extension")
                pos += 1
            pos += 1
            continue
        value_start: i64 = pos
        while token[data[pos]]:
            pos += 1
        if pos == value_start:
            _refuse(data, start, pos, limit, "malformed chunk extension")
    return pos


def _refuse(data: bytes, start: i64, pos: i64, limit: i64, problem: str) -> None:
    line = data[start : data.find(b"\n", start)]
    if pos - start > limit:
        raise LineTooLong("chunk-size line too long", limit, line, 400)
    raise InvalidChunk(problem, line)

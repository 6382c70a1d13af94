# Compiled by mypyc.
"""The building blocks of field values (RFC 9110, section 5.6): tokens, white space, quoted strings, parameters, lists.

A value is read through its octets, one for each character, so that one position serves both: what is read is decided
by tables over the octets, and what is kept is cut from the text. Characters beyond ASCII become question marks there,
which are no part of a token, end nothing, and may be in quoted strings, as those characters may.

Positions are passed in and returned; -1 stands for what is malformed. Each function looks at each octet once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._errors import InvalidFieldValue
from tidewire_http_parser._field_lines import check_value
from tidewire_http_parser._grammar import FIELD_VALUE, TOKEN, is_token

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# More than any peer has reason to send, and few enough to be harmless whatever is done with them.
MAX_ELEMENTS: Final = 1024
MAX_PARAMETERS: Final = 64

HTAB: Final = 0x09
SP: Final = 0x20
DQUOTE: Final = 0x22
COMMA: Final = 0x2C
SEMICOLON: Final = 0x3B
EQUALS: Final = 0x3D
BACKSLASH: Final = 0x5C

# qdtext (RFC 9110, section 5.6.4): what is in a quoted string as it is.
_QDTEXT: Final = bytes([FIELD_VALUE[octet] and octet not in b'"\\' for octet in range(256)])

_UPPERCASE: Final = bytes([0x41 <= octet <= 0x5A for octet in range(256)])


def ascii_of(value: str) -> bytes:
    """Return one octet for each character of a value, a question mark for one beyond ASCII."""
    return value.encode("ascii", "replace")


def lowered(value: str, data: bytes, start: i64, stop: i64) -> str:
    """Return a token in lower case; most are already."""
    uppercase = _UPPERCASE
    pos: i64 = start
    while pos < stop:
        if uppercase[data[pos]]:
            return value[start:stop].lower()
        pos += 1
    return value[start:stop]


def malformed(what: str, value: str) -> InvalidFieldValue:
    """Make the error for a value that is not as its grammar says."""
    return InvalidFieldValue(f"malformed {what}", value[:100].encode("utf-8", "backslashreplace"))


def skip_space(data: bytes, pos: i64, end: i64) -> i64:
    """Return where optional white space ends."""
    while pos < end and (data[pos] == SP or data[pos] == HTAB):
        pos += 1
    return pos


def skip_space_back(data: bytes, pos: i64, start: i64) -> i64:
    """Return where the optional white space before a position begins."""
    while pos > start and (data[pos - 1] == SP or data[pos - 1] == HTAB):
        pos -= 1
    return pos


def token_end(data: bytes, pos: i64, end: i64) -> i64:
    """Return where a token ends; where it begins if there is none."""
    token = TOKEN
    while pos < end and token[data[pos]]:
        pos += 1
    return pos


def quoted_end(data: bytes, pos: i64, end: i64) -> i64:
    """Return the position behind a quoted string that begins at `pos`; -1 if it is not closed or not clean."""
    qdtext = _QDTEXT
    pos += 1
    while pos < end:
        if qdtext[data[pos]]:
            pos += 1
        elif data[pos] == DQUOTE:
            return pos + 1
        elif data[pos] == BACKSLASH and pos + 1 < end and FIELD_VALUE[data[pos + 1]]:
            pos += 2
        else:
            return -1
    return -1


def unescape(text: str, lenient: bool = False) -> str:
    """Undo the quoted pairs of what stood between quotes; a backslash at the end stays.

    Args:
        text: the text without its quotes.
        lenient: whether a backslash before anything but a quote or a backslash stands for itself.
    """
    if "\\" not in text:
        return text
    pieces = text.split("\\")
    parts = [pieces[0]]
    position: i64 = 1
    count: i64 = len(pieces)
    while position < count:
        piece = pieces[position]
        if not piece:  # Two backslashes in a row, or one at the end; what follows the second is as it is.
            parts.append("\\")
            position += 1
            if position < count:
                parts.append(pieces[position])
        elif lenient and not piece.startswith('"'):
            parts.append("\\")
            parts.append(piece)
        else:
            parts.append(piece)
        position += 1
    return "".join(parts)


def read_word(value: str, data: bytes, pos: i64, end: i64) -> tuple[str, i64]:
    """Read a token or a quoted string.

    Returns:
        Its text, and where it ends; -1 if there is neither.
    """
    if pos < end and data[pos] == DQUOTE:
        stop: i64 = quoted_end(data, pos, end)
        if stop < 0:
            return "", -1
        return unescape(value[pos + 1 : stop - 1]), stop
    stop = token_end(data, pos, end)
    if stop == pos:
        return "", -1
    return value[pos:stop], stop


def read_parameter(value: str, data: bytes, pos: i64, end: i64) -> tuple[str, str, i64]:
    """Read one parameter (RFC 9110, section 5.6.6); white space around its `=` is bad, and taken.

    Returns:
        Its name in lower case, its text, and where it ends; -1 if it is malformed.
    """
    stop: i64 = token_end(data, pos, end)
    if stop == pos:
        return "", "", -1
    name = lowered(value, data, pos, stop)
    pos = skip_space(data, stop, end)
    if pos == end or data[pos] != EQUALS:
        return "", "", -1
    text, pos = read_word(value, data, skip_space(data, pos + 1, end), end)
    return name, text, pos


def next_element(data: bytes, pos: i64, end: i64) -> i64:
    """Return where the next element of a list begins; empty ones are passed over (RFC 9110, section 5.6.1.2)."""
    while pos < end and (data[pos] == COMMA or data[pos] == SP or data[pos] == HTAB):
        pos += 1
    return pos


def element_end(data: bytes, pos: i64, end: i64) -> i64:
    """Return where an element ends, whatever is in it: at a comma that is in no quoted string, or at the end."""
    while pos < end and data[pos] != COMMA:
        if data[pos] == DQUOTE:
            pos += 1
            while pos < end and data[pos] != DQUOTE:
                pos += 2 if data[pos] == BACKSLASH else 1
        pos += 1
    return min(end, pos)


def quoted(text: str) -> str:
    """Write a quoted string (RFC 9110, section 5.6.4).

    Raises:
        LocalProtocolError: there is a control byte in it, or what is no text.
    """
    if not text.isprintable():
        check_value(text)
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if '"' in text:
        text = text.replace('"', '\\"')
    return f'"{text}"'


def word(text: str) -> str:
    """Write a text as a token if it is one, else as a quoted string.

    Raises:
        LocalProtocolError: there is a control byte in it, or what is no text.
    """
    return text if is_token(text) else quoted(text)

# Compiled by mypyc.
r"""The Cookie field (RFC 6265bis, sections 4.2 and 5.8).

Names and values are what was sent, quotation marks included. Software on the server's side that writes cookies
as the standard library's http.cookies does puts a value that is no plain word into quotation marks, with backslashes
and octal numbers; `quote_cookie_value` and `unquote_cookie_value` do the same, for those who want it.

The field is read with tolerance, since a server cannot choose what other hosts of its domain have set, and since one
odd cookie must not lose the others:

- Only semicolons separate. White space and quotation marks do not: whoever lets a quoted value go past
  a semicolon, or a blank end a cookie, lets who sets one cookie of a domain put others into its value,
  such with a `__Host-` in their name among them.
- A name may be any text, blanks, quotation marks and brackets included, but not empty. A name without `=` has an
  empty value.
- A pair with a control character is dropped, HTAB included, which RFC 6265bis would keep.
- Names that begin with `$`, attributes in the time of RFC 2965, are names as others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import require, require_fields
from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.field_values._octets import is_text

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["format_cookies", "parse_cookies", "quote_cookie_value", "unquote_cookie_value"]

# Browsers keep 180 cookies for a domain; a field value with more pairs than this has been made to cost something.
_LIMIT: Final = 1000

# Characters that http.cookies leaves alone in a value without quotation marks.
_WORD: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~:")
# What it writes for characters that may not be in quotation marks as they are.
_ESCAPES: Final[dict[int, str]] = {
    code: f"\\{code:03o}" for code in [*range(0x20), 0x2C, 0x3B, *range(0x7F, 0x100)]
} | {0x22: '\\"', 0x5C: "\\\\"}


def parse_cookies(value: str, limit: int = _LIMIT) -> list[tuple[str, str]]:
    """Read a Cookie field.

    Args:
        value: the field value. Several fields are joined with `; `, which is what HTTP/2 splits.
        limit: how many pairs are read; what follows is left.

    Returns:
        Names and values in the order in which they were sent, as they were sent but for white space around
        them. A name may be there twice; servers mostly take the last.
        Pairs without a name, and those with a control character, are left out.

    Raises:
        TypeError: an argument of another type. Nothing else is raised, whatever is sent.
    """
    if INTERPRETED:
        require((value, str), (limit, int))
    pairs: list[tuple[str, str]] = []
    # Nothing that cannot be printed: no control character in any pair.
    clean = value.isprintable()
    length: int = len(value)
    start: int = 0
    left = limit
    while start < length and left > 0:
        end = value.find(";", start)
        if end < 0:
            end = length
        equals = value.find("=", start, end)
        if equals < 0:
            name = _trimmed(value, start, end)
            text = ""
        else:
            name = _trimmed(value, start, equals)
            text = _trimmed(value, equals + 1, end)
        if name and (clean or not (has_control(name) or has_control(text))):
            pairs.append((name, text))
            left -= 1
        start = end + 1
        # Most senders write one blank behind a semicolon: skipped here, it costs no second copy.
        if start < length and value[start] == " ":
            start += 1
    return pairs


def _trimmed(value: str, start: int, end: int) -> str:
    """Cut a piece out of a text, without white space around it."""
    return value[start:end].strip(" \t")


def has_control(text: str) -> bool:
    """Tell whether a text holds a control character, or a surrogate that stands for no octet."""
    if text.isprintable():
        return False
    for character in text:
        code = ord(character)
        if code < 0x20 or code == 0x7F:
            return True
    return not is_text(text)


def format_cookies(pairs: list[tuple[str, str]]) -> str:
    """Make the value of a Cookie field.

    A client sends back what a server has set. So names and values may be as lenient as those that
    `parse_set_cookie` takes; what is refused is what a server would read as something else.

    Args:
        pairs: names and values, at least one, in the order in which they are sent.

    Raises:
        LocalProtocolError: there is no pair; a name is empty or has a `=`; a name or value has a semicolon, a
            control character or white space around it, or is no text.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require_fields(pairs)
    if not pairs:
        raise LocalProtocolError("a Cookie field has a cookie")
    parts: list[str] = []
    for name, value in pairs:
        if not name or "=" in name or is_unsafe(name):
            raise LocalProtocolError(f"not the name of a cookie: {name[:100]!r}")
        if is_unsafe(value):
            raise LocalProtocolError(f"not the value of a cookie: {value[:100]!r}")
        parts.append(f"{name}={value}")
    return "; ".join(parts)


def is_unsafe(text: str) -> bool:
    """Tell whether a name or value would not be read as it was written."""
    return ";" in text or text.strip(" \t") != text or has_control(text)


def quote_cookie_value(value: str) -> str:
    r"""Put a value into quotation marks where it needs them, as http.cookies does.

    Letters, digits and ``!#$%&'*+-.^_`|~:`` need none. In quotation marks a quotation mark and a backslash have
    a backslash before them; control characters, comma, semicolon and the characters U+007F to U+00FF become a
    backslash with three octal digits.

    Args:
        value: any text.

    Returns:
        A value that `unquote_cookie_value` makes the same text of.

    Raises:
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    for character in value:
        if character not in _WORD:
            break
    else:
        if value:
            return value
    return f'"{value.translate(_ESCAPES)}"'


def unquote_cookie_value(value: str) -> str:
    r"""Take a value out of its quotation marks, as http.cookies does.

    A backslash with three octal digits, the first not above 3, is the character of that number; before anything
    else a backslash is left out. A value that does not begin and end with a quotation mark is not changed.

    Args:
        value: the value of a cookie.

    Returns:
        The text, which may hold any character, control characters and semicolons too.

    Raises:
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    inner = value[1:-1]
    escape = inner.find("\\")
    if escape < 0:
        return inner
    pieces: list[str] = []
    start = 0
    last = len(inner) - 1
    while 0 <= escape < last:
        pieces.append(inner[start:escape])
        code = _octal(inner[escape + 1 : escape + 4])
        if code >= 0:
            pieces.append(chr(code))
            start = escape + 4
        else:
            pieces.append(inner[escape + 1])
            start = escape + 2
        escape = inner.find("\\", start)
    pieces.append(inner[start:])
    return "".join(pieces)


def _octal(digits: str) -> i64:
    """Read three octal digits that make at most 255; gives -1 for others."""
    if len(digits) != 3 or not digits.isascii():
        return -1
    number: i64 = 0
    for octet in digits.encode("ascii"):
        if octet < 0x30 or octet > 0x37:
            return -1
        number = number * 8 + octet - 0x30
    return number if number <= 255 else -1

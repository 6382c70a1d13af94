# Compiled by mypyc.
"""Set-Cookie fields as a user agent reads them (RFC 6265bis, section 5.6).

A field that is to be ignored gives None instead of an error: a cookie jar has no use for its reason, and one bad cookie
among others is nothing that a request should fail for. What a line says by itself is judged here, with what
section 5.7 asks of prefixes; what depends on the host, the connection and the clock is left to the jar.

Where this differs from RFC 6265bis:

- A cookie without a name is ignored. Its value would go back to the server as if it were a name.
- HTAB within a name or value makes the field ignored, as other control characters do.
- Of more than 32 attributes those behind the 32nd are not read.
- `Partitioned` is known, and nothing is asked of a cookie that has it.

As there, and other than in http.cookies, a semicolon ends a value within quotation marks too: a client that keeps
semicolons in a value sends with it whatever cookies the value spells. Attributes lose no quotation marks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.field_values._cookie_dates import cookie_date
from tidewire_http_parser.field_values._cookies import has_control
from tidewire_http_parser.field_values._dates import NO_MOMENT
from tidewire_http_parser.field_values._octets import octets_of
from tidewire_http_parser.field_values._set_cookie import (
    LONGEST_ATTRIBUTE,
    LONGEST_PAIR,
    SAME_SITE,
    SetCookie,
    problem_of_prefix,
    set_cookie_of,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["parse_set_cookie", "parse_set_cookies"]

# Browsers look at 16 at most.
_ATTRIBUTES: Final = 32
_LIMIT: Final = 50

_LARGEST: Final = 999999999999999999


def parse_set_cookie(value: str) -> SetCookie | None:
    """Read one Set-Cookie field.

    Args:
        value: the field value; one field is one cookie, and commas separate nothing.

    Returns:
        The cookie, or None for a field that is ignored: it has a control character, or a surrogate that stands for
        no octet; it has no `=` before the first semicolon, or nothing before the `=`; name and value have more than
        4096 octets; its domain is not ASCII; or the prefix of its name asks for what it has not: `Secure` for
        `__Secure-`; `Secure`, `Path=/` and no domain for `__Host-`.

    Raises:
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    length: int = len(value)
    end: int = value.find(";")
    if end < 0:
        end = length
    equals = value.find("=", 0, end)
    if equals < 0:
        return None
    name = value[:equals].strip(" \t")
    text = value[equals + 1 : end].strip(" \t")
    if not name or _size(name) + _size(text) > LONGEST_PAIR:
        return None
    # The tab is the one control character that may be in a field, but not in a name or value.
    if not value.isprintable() and (
        has_control(value.replace("\t", " ")) or has_control(name) or has_control(text)
    ):
        return None
    fields: dict[str, object] = {"name": name, "value": text}
    if not _add_attributes(fields, value, end + 1):
        return None
    cookie = set_cookie_of(fields)
    if name.startswith("__") and problem_of_prefix(cookie) is not None:
        return None
    return cookie


def parse_set_cookies(values: list[str], limit: int = _LIMIT) -> list[SetCookie]:
    """Read the Set-Cookie fields of a response.

    Args:
        values: the field values, in the order in which they came.
        limit: how many cookies are taken; fields behind them are not read.

    Returns:
        The cookies of the fields that are not ignored, each of them even where several have one name.

    Raises:
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((values, list), (limit, int))
    cookies: list[SetCookie] = []
    for value in values:
        if len(cookies) >= limit:
            break
        cookie = parse_set_cookie(value)
        if cookie is not None:
            cookies.append(cookie)
    return cookies


def _add_attributes(fields: dict[str, object], value: str, start: int) -> bool:
    """Read the attributes of a cookie, from a place in its field on; tell whether the cookie is to be kept."""
    length: int = len(value)
    left: int = _ATTRIBUTES
    while start < length and left > 0:
        end = value.find(";", start)
        if end < 0:
            end = length
        equals = value.find("=", start, end)
        if equals < 0:
            name = value[start:end].strip(" \t")
            text = ""
        else:
            name = value[start:equals].strip(" \t")
            text = value[equals + 1 : end].strip(" \t")
        if name:
            left -= 1
            if _size(text) <= LONGEST_ATTRIBUTE and not _take(fields, name.lower(), text):
                return False
        start = end + 1
    return True


def _take(fields: dict[str, object], name: str, text: str) -> bool:
    """Take one attribute; of those that are there twice the last counts, if its value is one.

    Gives False for one with which the whole cookie is ignored.
    """
    if name == "path":
        fields["path"] = text if text.startswith("/") else None
    elif name == "domain":
        if not text.isascii():
            return False
        fields["domain"] = text.removeprefix(".").lower() or None
    elif name == "expires":
        moment = cookie_date(octets_of(text))
        if moment != NO_MOMENT:
            fields["expires"] = moment
    elif name == "max-age":
        if _is_number(text):
            fields["max_age"] = _seconds(text)
    elif name == "secure":
        fields["secure"] = True
    elif name == "httponly":
        fields["http_only"] = True
    elif name == "samesite":
        fields["same_site"] = SAME_SITE.get(text.lower())
    elif name == "partitioned":
        fields["partitioned"] = True
    return True


def _size(text: str) -> int:
    """Count the octets of a text."""
    return len(text) if text.isascii() else len(octets_of(text))


def _is_number(value: str) -> bool:
    """Tell whether a text is digits, behind a minus or not."""
    digits = value.removeprefix("-")
    return digits.isascii() and digits.isdigit()


def _seconds(value: str) -> int:
    """Read a number; one of more than 18 digits is the largest that has as many."""
    negative = value.startswith("-")
    digits = value.removeprefix("-").lstrip("0")
    number: i64 = _LARGEST if len(digits) > 18 else int(digits or "0")
    return -number if negative else number

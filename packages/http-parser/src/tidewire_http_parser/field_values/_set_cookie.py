"""What a Set-Cookie field says, as a value, and how it is written (RFC 6265bis, section 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tidewire_http_parser._argument_types import INT_OR_NONE, STR_OR_NONE, require
from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser._grammar import is_token
from tidewire_http_parser.field_values._cookies import is_unsafe
from tidewire_http_parser.field_values._dates import format_date

__all__ = ["SetCookie", "format_set_cookie"]

# What browsers take: more octets in name and value together, or in one attribute, and they pass it over.
LONGEST_PAIR: Final = 4096
LONGEST_ATTRIBUTE: Final = 1024

# cookie-octet: no control characters, blank, quotation mark, comma, semicolon, backslash.
_COOKIE_OCTETS: Final = frozenset(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '",;\\')
_HOST: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
SAME_SITE: Final = {"strict": "Strict", "lax": "Lax", "none": "None"}
# The first moment of 1601: browsers take no earlier date, and would keep the cookie instead of forgetting it.
_FIRST_MOMENT: Final = -11644473600
_MAX_AGES_END: Final = 10**18


@dataclass(frozen=True, kw_only=True)
class SetCookie:
    """A cookie as one Set-Cookie field describes it.

    A value that is made by hand is validated when it is formatted.

    Attributes:
        name: the name.
        value: the value as it is on the wire, quotation marks included.
        expires: when it ends, seconds since the epoch; None where nothing, or no date, was said.
        max_age: after how many seconds it ends, at once where that is not above 0; goes before `expires`.
        domain: the domain, in lower case and without a leading dot; None for the host only.
        path: the path, which begins with a slash; None for the default path of the request.
        secure: whether it goes over secure connections only.
        http_only: whether it is hidden from scripts.
        same_site: `Strict`, `Lax` or `None`; None where nothing, or nothing known, was said.
        partitioned: whether each top-level site has a cookie of its own.
    """

    name: str
    value: str
    expires: int | None = None
    max_age: int | None = None
    domain: str | None = None
    path: str | None = None
    secure: bool = False
    http_only: bool = False
    same_site: str | None = None
    partitioned: bool = False


def set_cookie_of(fields: dict[str, object]) -> SetCookie:
    """Make a cookie of its fields by their names; those that are not there have their defaults.

    This takes a fifth of the time of the constructor, which sets ten attributes of a class that does not let it.
    """
    cookie = object.__new__(SetCookie)
    vars(cookie).update(fields)
    return cookie


def format_set_cookie(cookie: SetCookie) -> str:
    """Make the value of a Set-Cookie field.

    Attributes are written in the order of the alphabet, as http.cookies writes them.

    Args:
        cookie: the cookie. Its name is a token. Its value is of printable ASCII without blank, quotation mark,
            comma, semicolon and backslash (RFC 6265bis, section 4.1.1); or it is in quotation marks, and
            then may hold other characters, but no control character, no semicolon and no quotation mark without
            a backslash before it: that is what `quote_cookie_value` makes.

    Raises:
        LocalProtocolError: the name, the value or an attribute may not go out; name and value have more than 4096
            octets together, or an attribute more than 1024, which browsers do not take; a name with `__Secure-`
            without `secure`; a name with `__Host-` without `secure`, without `path="/"` or with a domain.
        TypeError: an argument of another type.
    """
    require((cookie, SetCookie))
    require((cookie.name, str), (cookie.value, str))
    if not is_token(cookie.name):
        raise LocalProtocolError(f"the name of a cookie is a token, not {cookie.name[:100]!r}")
    if not _is_value(cookie.value):
        raise LocalProtocolError(f"not the value of a cookie: {cookie.value[:100]!r}")
    if len(cookie.name) + len(cookie.value.encode("utf-8", "surrogateescape")) > LONGEST_PAIR:
        raise LocalProtocolError(f"a cookie's name and value have at most {LONGEST_PAIR} octets")
    problem = problem_of_prefix(cookie)
    if problem is not None:
        raise LocalProtocolError(problem)
    parts = [f"{cookie.name}={cookie.value}"]
    if cookie.domain is not None:
        parts.append(f"Domain={_domain(cookie.domain)}")
    if cookie.expires is not None:
        parts.append(f"Expires={_expires(cookie.expires)}")
    if cookie.http_only:
        parts.append("HttpOnly")
    if cookie.max_age is not None:
        parts.append(f"Max-Age={_max_age(cookie.max_age)}")
    if cookie.partitioned:
        parts.append("Partitioned")
    if cookie.path is not None:
        parts.append(f"Path={_path(cookie.path)}")
    if cookie.same_site is not None:
        parts.append(f"SameSite={_same_site(cookie.same_site)}")
    if cookie.secure:
        parts.append("Secure")
    return "; ".join(parts)


def _is_value(value: str) -> bool:
    if _COOKIE_OCTETS.issuperset(value):
        return True
    if len(value) < 2 or value[0] != '"' or value[-1] != '"' or is_unsafe(value):
        return False
    inner = value[1:-1]
    # Without what backslashes stand before, and without those, no quotation mark and no backslash is left over.
    inner = inner.replace("\\\\", "").replace('\\"', "")
    return '"' not in inner and not inner.endswith("\\")


def problem_of_prefix(cookie: SetCookie) -> str | None:
    """Tell what is missing for the prefix of a cookie's name, in any case (RFC 6265bis, section 4.1.3)."""
    prefix = cookie.name[:9].lower()
    if prefix == "__secure-" and not cookie.secure:
        return "a cookie with __Secure- has to be secure"
    if prefix.startswith("__host-") and not (cookie.secure and cookie.path == "/" and cookie.domain is None):
        return "a cookie with __Host- has to be secure, of path / and without a domain"
    return None


def _domain(domain: str) -> str:
    require((domain, str))
    labels = domain.removeprefix(".")
    if not labels or not _HOST.issuperset(labels) or len(domain) > LONGEST_ATTRIBUTE:
        raise LocalProtocolError(f"not the domain of a cookie: {domain[:100]!r}")
    if labels[0] == "." or ".." in labels:
        raise LocalProtocolError(f"a domain with an empty label: {domain[:100]!r}")
    return domain


def _path(path: str) -> str:
    require((path, str))
    if not path.startswith("/") or is_unsafe(path) or not path.isascii():
        raise LocalProtocolError(f"not the path of a cookie: {path[:100]!r}")
    if len(path) > LONGEST_ATTRIBUTE:
        raise LocalProtocolError(f"a cookie's path has at most {LONGEST_ATTRIBUTE} octets")
    return path


def _expires(expires: int) -> str:
    require((expires, INT_OR_NONE))
    if expires < _FIRST_MOMENT:
        raise LocalProtocolError("a cookie cannot expire before the year 1601")
    try:
        return format_date(expires)
    except ValueError as error:
        raise LocalProtocolError("a cookie cannot expire after the year 9999") from error


def _max_age(max_age: int) -> int:
    require((max_age, INT_OR_NONE))
    if not -_MAX_AGES_END < max_age < _MAX_AGES_END:
        raise LocalProtocolError("a cookie's Max-Age has at most 18 digits")
    return int(max_age)


def _same_site(same_site: str) -> str:
    require((same_site, STR_OR_NONE))
    known = SAME_SITE.get(same_site.lower())
    if known is None:
        raise LocalProtocolError(f"SameSite is Strict, Lax or None, not {same_site[:100]!r}")
    return known

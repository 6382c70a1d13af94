"""Cookies as the standard library has them: what users of a jar see."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from http.cookies import Morsel
from typing import Any

from tidewire_client._cookie_store import StoredCookie
from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import SetCookie, format_date, parse_cookie_date, unquote_cookie_value

__all__: list[str] = []


def morsel(name: str, value: str, coded: str) -> Morsel[str]:
    """Make a Morsel; its own constructor and `set()` refuse names that servers use all the same."""
    made: Morsel[str] = Morsel()
    made.__setstate__({"key": name, "value": value, "coded_value": coded})  # type: ignore[attr-defined]
    return made


def morsel_of(cookie: StoredCookie) -> Morsel[str]:
    """Make the Morsel of a cookie, with its attributes."""
    made = morsel(cookie.name, cookie.value, cookie.coded)
    attributes: dict[str, Any] = {
        "domain": cookie.domain,
        "path": cookie.path,
        "expires": cookie.said_expires,
        "max-age": cookie.said_max_age,
        "secure": cookie.secure or "",
        "httponly": cookie.http_only or "",
        "samesite": cookie.same_site,
    }
    made.update(attributes)
    if cookie.partitioned:
        _set_partitioned(made)
    return made


def morsel_of_field(cookie: SetCookie) -> Morsel[str]:
    """Make the Morsel of a Set-Cookie field."""
    made = morsel(cookie.name, unquote_cookie_value(cookie.value), cookie.value)
    attributes: dict[str, Any] = {
        "domain": cookie.domain or "",
        "path": cookie.path or "",
        "expires": "" if cookie.expires is None else date_of(cookie.expires),
        "max-age": "" if cookie.max_age is None else str(cookie.max_age),
        "secure": cookie.secure or "",
        "httponly": cookie.http_only or "",
        "samesite": cookie.same_site or "",
    }
    made.update(attributes)
    if cookie.partitioned:
        _set_partitioned(made)
    return made


def date_of(moment: float) -> str:
    """Write a moment as a date; empty where it is none that can be written."""
    try:
        return format_date(moment)
    except ValueError:
        return ""


def expiry_of(made: Morsel[str], now: float) -> float | None:
    """Tell when a Morsel ends; its Max-Age goes before its Expires."""
    age = str(made["max-age"])
    if age:
        digits = age.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) < 18:
            return now + int(age)
    expires = made["expires"]
    if not expires:
        return None
    try:
        return float(parse_cookie_date(str(expires)))
    except InvalidFieldValue:
        pass
    try:
        return parsedate_to_datetime(str(expires)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _set_partitioned(made: Morsel[str]) -> None:
    # Before Python 3.14 Morsels do not know it.
    dict.__setitem__(made, "partitioned", True)

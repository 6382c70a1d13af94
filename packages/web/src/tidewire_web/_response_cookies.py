"""The cookies that a response sets."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime
from typing import Final

from multidict import CIMultiDict

from tidewire_http_parser.field_values import (
    SetCookie,
    format_set_cookie,
    parse_cookie_date,
    quote_cookie_value,
)

__all__ = ["ResponseCookies"]

_FIELD: Final = "Set-Cookie"
# What a value may be made of to go out as it is (RFC 6265bis, section 4.1.1).
_COOKIE_OCTETS: Final = frozenset(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '",;\\')


class ResponseCookies(MutableMapping[str, SetCookie]):
    """The cookies that a response sets, by their names.

    Browsers tell cookies apart by name, domain and path, and so does this: of one name there may be several, each on a
    path of its own. As a mapping it has the last one of each name.

    Each goes out as a Set-Cookie field. It is validated when it comes in here, not when the head goes out.
    """

    __slots__ = ("_cookies", "_written")

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str | None, str | None], tuple[SetCookie, str]] = {}
        self._written: list[str] = []  # the fields that `write()` has put into the headers

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'; '.join(line for _, line in self._cookies.values())[:200]}>"

    def __getitem__(self, name: str) -> SetCookie:
        return self.getall(name)[-1]

    def __setitem__(self, name: str, cookie: SetCookie | str) -> None:
        """Have a cookie take the place of all of this name.

        Args:
            name: the name.
            cookie: the cookie; a text is the value of one for this host and the path of the request.

        Raises:
            ValueError: the cookie has another name.
            tidewire_http_parser.LocalProtocolError: it may not go out.
        """
        if isinstance(cookie, str):
            cookie = SetCookie(name=name, value=wire_value(cookie))
        elif cookie.name != name:
            raise ValueError(f"a cookie named {cookie.name[:100]!r} is not {name[:100]!r}")
        line = format_set_cookie(cookie)
        if name in self:
            del self[name]
        self._cookies[_identity(cookie)] = (cookie, line)

    def __delitem__(self, name: str) -> None:
        """Take all cookies of a name back; that deletes none that a browser has."""
        for identity in [_identity(cookie) for cookie in self.getall(name)]:
            del self._cookies[identity]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(identity[0] for identity in self._cookies))

    def __len__(self) -> int:
        return len({identity[0] for identity in self._cookies})

    def add(self, cookie: SetCookie) -> None:
        """Add a cookie; it takes the place of one with the same name, domain and path.

        Args:
            cookie: the cookie, with its value as it is on the wire.

        Raises:
            tidewire_http_parser.LocalProtocolError: it may not go out.
            TypeError: it is none.
        """
        line = format_set_cookie(cookie)
        identity = _identity(cookie)
        self._cookies.pop(identity, None)
        self._cookies[identity] = (cookie, line)

    def getall(self, name: str) -> list[SetCookie]:
        """Return all cookies of a name, in the order in which they were set.

        Raises:
            KeyError: there is none.
        """
        found = [cookie for cookie, _ in self._cookies.values() if cookie.name == name]
        if not found:
            raise KeyError(name)
        return found

    def write(self, headers: CIMultiDict[str]) -> None:
        """Make fields of the cookies; those that were made before, and are not right any more, are taken out."""
        lines = [line for _, line in self._cookies.values()]
        present = headers.getall(_FIELD, [])
        wanted = [value for value in present if value not in self._written] + lines
        if wanted != present:
            headers.popall(_FIELD, None)
            for value in wanted:
                headers.add(_FIELD, value)
        self._written = lines


def wire_value(value: str) -> str:
    """Make a cookie's value of a text.

    What a value may hold goes out as it is; everything else is put into quotation marks as the standard library's
    http.cookies does, so that a request's `cookies` give the same text back.

    Raises:
        TypeError: it is no text.
    """
    if not isinstance(value, str):
        raise TypeError(f"the value of a cookie is a str, not {type(value).__name__}")
    return value if _COOKIE_OCTETS.issuperset(value) else quote_cookie_value(value)


def expiry_of(expires: str | float | datetime | None) -> int | None:
    """Give the seconds since the epoch of a moment in any form that it is known in.

    Raises:
        tidewire_http_parser.InvalidFieldValue: a text that is no date.
    """
    if expires is None:
        return None
    if isinstance(expires, str):
        return parse_cookie_date(expires)
    if isinstance(expires, datetime):
        if expires.tzinfo is None:
            expires = expires.replace(tzinfo=UTC)
        return int(expires.timestamp())
    return int(expires)


def _identity(cookie: SetCookie) -> tuple[str, str | None, str | None]:
    domain = cookie.domain
    return cookie.name, None if domain is None else domain.removeprefix(".").lower(), cookie.path

"""The cookies of a jar: found by domain, path and name, and no more of them than there may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tidewire_client._cookie_matching import domains_of, path_matches

__all__: list[str] = []

# Above the first so many of them go that the second are left, so that not every new cookie has to look for one.
_DOMAIN_LIMITS: Final = (180, 150)
_TOTAL_LIMITS: Final = (3300, 3000)

SHARED: Final = ""
"""The domain of cookies that go everywhere."""


class StoredCookie:
    """One cookie.

    Args:
        name: its name.
        value: what it means.
        coded: its value on the wire.

    Attributes:
        domain: its domain, SHARED for all hosts.
        path: its path.
        host_only: whether it is for that very host only.
        secure: whether it goes over secure connections only.
        http_only: whether it is hidden from scripts.
        same_site: `Strict`, `Lax`, `None` or empty.
        partitioned: whether each top-level site has its own.
        expires: when it ends, seconds since the epoch; None with the session.
        said_expires: its Expires as it was given, for those who look at it.
        said_max_age: its Max-Age likewise.
        made: counts cookies in the order in which they were made.
        used: counts uses, of all cookies.
    """

    __slots__ = (
        "coded",
        "domain",
        "expires",
        "host_only",
        "http_only",
        "made",
        "name",
        "partitioned",
        "path",
        "said_expires",
        "said_max_age",
        "same_site",
        "secure",
        "used",
        "value",
    )

    def __init__(self, name: str, value: str, coded: str) -> None:
        self.name = name
        self.value = value
        self.coded = coded
        self.domain = SHARED
        self.path = "/"
        self.host_only = False
        self.secure = False
        self.http_only = False
        self.same_site = ""
        self.partitioned = False
        self.expires: float | None = None
        self.said_expires = ""
        self.said_max_age = ""
        self.made = 0
        self.used = 0

    def __repr__(self) -> str:
        return f"<StoredCookie {self.name} of {self.domain}{self.path}>"


class CookieStore:
    """Keeps cookies, each under its domain, path and name.

    Where a domain has too many of them, or all have, some go: first those that are over, then those that are not
    secure, the least recently used first, and secure ones only where one has to make room for another secure one.

    Args:
        bounded: whether there can be too many.
    """

    __slots__ = ("_bounded", "_count", "_domains", "_secure", "_sequence", "soonest")

    def __init__(self, *, bounded: bool = True) -> None:
        self._bounded = bounded
        self._domains: dict[str, dict[tuple[str, str], StoredCookie]] = {}
        # Those that are secure, by name and then by domain and path: each cookie without TLS is looked up there.
        self._secure: dict[str, dict[tuple[str, str], StoredCookie]] = {}
        self._count = 0
        self._sequence = 0
        # No cookie is over before this.
        self.soonest = float("inf")

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[StoredCookie]:
        for cookies in self._domains.values():
            yield from cookies.values()

    def put(self, cookie: StoredCookie, now: float) -> None:
        """Keep a cookie, in the place of one with the same domain, path and name; one that is over removes that."""
        cookies = self._domains.get(cookie.domain)
        if cookies is None:
            cookies = self._domains[cookie.domain] = {}
        key = (cookie.path, cookie.name)
        old = cookies.pop(key, None)
        if old is None:
            self._count += 1
        elif old.secure:
            self._forget_secure(old)
        if cookie.secure:
            self._secure.setdefault(cookie.name, {})[cookie.domain, cookie.path] = cookie
        self._sequence += 1
        cookie.made = self._sequence if old is None else old.made
        cookie.used = self._sequence
        cookies[key] = cookie
        if cookie.expires is not None:
            self.soonest = min(self.soonest, cookie.expires)
            if cookie.expires <= now:
                self._remove(cookie)
                return
        if not self._bounded:
            return
        if len(cookies) > _DOMAIN_LIMITS[0]:
            self._evict(list(cookies.values()), len(cookies) - _DOMAIN_LIMITS[1], cookie, now)
        if self._count > _TOTAL_LIMITS[0]:
            self._evict(list(self), self._count - _TOTAL_LIMITS[1], cookie, now)

    def holds_secure(self, cookie: StoredCookie) -> bool:
        """Tell whether a cookie that is not secure would take the place of one that is (RFC 6265bis, section 5.7)."""
        for other in self._secure.get(cookie.name, {}).values():
            if path_matches(cookie.path, other.path):
                if other.domain == cookie.domain:
                    return True
                if other.domain.endswith("." + cookie.domain) or cookie.domain.endswith("." + other.domain):
                    return True
        return False

    def remove_if(self, predicate: Callable[[StoredCookie], bool]) -> None:
        """Remove the cookies of which a predicate is true."""
        for cookie in [cookie for cookie in self if predicate(cookie)]:
            self._remove(cookie)

    def expire(self, now: float) -> None:
        """Remove the cookies that are over."""
        if now < self.soonest:
            return
        self.remove_if(lambda cookie: cookie.expires is not None and cookie.expires <= now)
        self.soonest = min(
            (cookie.expires for cookie in self if cookie.expires is not None), default=float("inf")
        )

    def find(self, host: str | None, path: str, *, secure: bool) -> list[StoredCookie]:
        """Return the cookies for a request, in the order in which they are sent (RFC 6265bis, section 5.8.3).

        Args:
            host: the host; None for shared cookies only.
            path: the path of its URL.
            secure: whether those that are secure may go.
        """
        found: list[StoredCookie] = []
        for domain in [SHARED] if host is None else [SHARED, *domains_of(host)]:
            for cookie in self._domains.get(domain, {}).values():
                if cookie.host_only and cookie.domain != host:
                    continue
                if (secure or not cookie.secure) and path_matches(path, cookie.path):
                    found.append(cookie)
        if len(found) > 1:
            found.sort(key=lambda cookie: (-len(cookie.path), cookie.made))
        self._sequence += 1
        for cookie in found:
            cookie.used = self._sequence
        return found

    def _remove(self, cookie: StoredCookie) -> None:
        cookies = self._domains[cookie.domain]
        if cookies.pop((cookie.path, cookie.name), None) is not None:
            self._count -= 1
            if cookie.secure:
                self._forget_secure(cookie)
        if not cookies:
            del self._domains[cookie.domain]

    def _forget_secure(self, cookie: StoredCookie) -> None:
        named = self._secure[cookie.name]
        del named[cookie.domain, cookie.path]
        if not named:
            del self._secure[cookie.name]

    def _evict(self, cookies: list[StoredCookie], excess: int, newest: StoredCookie, now: float) -> None:
        """Remove so many of some cookies."""
        cookies.sort(key=lambda cookie: cookie.used)
        over: list[StoredCookie] = []
        plain: list[StoredCookie] = []
        secure: list[StoredCookie] = []
        for cookie in cookies:
            ended = cookie.expires is not None and cookie.expires <= now
            (over if ended else secure if cookie.secure else plain).append(cookie)
        candidates = over + plain
        if newest.secure:
            candidates += secure
        elif not candidates:
            candidates = [newest]
        for cookie in candidates[:excess]:
            self._remove(cookie)

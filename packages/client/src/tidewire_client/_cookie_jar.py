"""Cookie jars: one that follows RFC 6265bis, and one that keeps nothing."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http.cookies import BaseCookie, Morsel, SimpleCookie
from types import MappingProxyType
from typing import Any

from yarl import URL

from tidewire_client._abstract_cookie_jar import AbstractCookieJar, LooseCookies
from tidewire_client._cookie_file import load_cookies, save_cookies
from tidewire_client._cookie_matching import default_path, domain_matches, domain_of, is_address
from tidewire_client._cookie_store import SHARED, CookieStore, StoredCookie
from tidewire_client._morsels import date_of, expiry_of, morsel, morsel_of
from tidewire_http_parser.field_values import (
    SetCookie,
    parse_set_cookies,
    quote_cookie_value,
    unquote_cookie_value,
)

__all__ = ["CookieJar", "DummyCookieJar"]

# Browsers keep no cookie for longer (RFC 6265bis, section 5.5).
_LONGEST = 400 * 86400.0
# What goes out with one request; a server that wants more refuses the request.
_MOST_PAIRS = 150
_MOST_OCTETS = 8190


class CookieJar(AbstractCookieJar):
    """Keeps cookies as browsers do (RFC 6265bis).

    Values that came from a server go back as they came.

    Args:
        unsafe: whether cookies of hosts that are IP addresses are kept.
        quote_cookie: whether values that are set by hand are put into quotation marks where they need them.
        treat_as_secure_origin: origins that get secure cookies although they are not behind TLS.
        loop: ignored; deprecated.

    Raises:
        RuntimeError: there is no running event loop.
        TypeError: an origin is no URL.
    """

    def __init__(
        self,
        *,
        unsafe: bool = False,
        quote_cookie: bool = True,
        treat_as_secure_origin: URL | str | Iterable[URL | str] | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(loop=loop)
        self._unsafe = unsafe
        self._quote_cookie = quote_cookie
        self._secure_origins = _origins(treat_as_secure_origin)
        self._store = CookieStore()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} cookies>"

    @property
    def unsafe(self) -> bool:
        """Whether cookies of hosts that are IP addresses are kept."""
        return self._unsafe

    @property
    def quote_cookie(self) -> bool:
        """Whether values are put into quotation marks where they need them."""
        return self._quote_cookie

    @property
    def treat_as_secure_origin(self) -> frozenset[URL]:
        """Origins that get secure cookies although they are not behind TLS."""
        return self._secure_origins

    @property
    def cookies(self) -> Mapping[tuple[str, str], BaseCookie[str]]:
        """The cookies by domain and path, not for writing."""
        found: dict[tuple[str, str], SimpleCookie] = {}
        for cookie in self._store:
            held = found.setdefault((cookie.domain, cookie.path), SimpleCookie())
            dict.__setitem__(held, cookie.name, morsel_of(cookie))
        return MappingProxyType(found)

    @property
    def host_only_cookies(self) -> frozenset[tuple[str, str, str]]:
        """Domain, path and name of those that are for that very host."""
        return frozenset((each.domain, each.path, each.name) for each in self._store if each.host_only)

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[Morsel[str]]:
        self._store.expire(time.time())
        return iter([morsel_of(cookie) for cookie in self._store])

    # In.

    def update_cookies(self, cookies: LooseCookies, response_url: URL = URL()) -> None:  # noqa: B008
        """Keep cookies; see `AbstractCookieJar`.

        Raises:
            TypeError: they are text.
        """
        given: Any = cookies
        if isinstance(given, str | bytes):
            raise TypeError(f"cookies are a mapping or pairs of name and value, not {type(given).__name__}")
        host = response_url.raw_host
        if host is not None and not self._unsafe and is_address(host):
            return
        now = time.time()
        pairs: Iterable[tuple[str, Any]] = cookies.items() if isinstance(cookies, Mapping) else cookies
        for name, value in pairs:
            if not isinstance(value, Morsel):
                text = str(value)
                self._keep(StoredCookie(name, text, self._coded(text)), "", "", response_url, now)
                continue
            cookie = StoredCookie(name, str(value.value), str(value.coded_value))
            cookie.secure = bool(value["secure"])
            cookie.http_only = bool(value["httponly"])
            cookie.same_site = str(value["samesite"])
            cookie.partitioned = bool(value.get("partitioned"))
            cookie.said_expires = str(value["expires"])
            cookie.said_max_age = str(value["max-age"])
            cookie.expires = expiry_of(value, now)
            domain = str(value["domain"]).removeprefix(".").lower()
            self._keep(cookie, domain, str(value["path"]), response_url, now)

    def update_cookies_from_headers(self, headers: Sequence[str], response_url: URL) -> None:
        """Keep the cookies of a response; see `AbstractCookieJar`.

        One that comes without TLS can neither be secure nor take the place of a secure one.
        """
        host = response_url.raw_host
        if host is not None and not self._unsafe and is_address(host):
            return
        now = time.time()
        for said in parse_set_cookies(list(headers)):
            cookie = self._stored(said, now)
            if not self._is_secure(response_url):
                if cookie.secure:
                    continue
                place = domain_of(host or "", said.domain)
                if place is not None:
                    cookie.domain = place[0]
                    cookie.path = said.path or default_path(response_url.raw_path)
                    if self._store.holds_secure(cookie):
                        continue
            self._keep(cookie, said.domain or "", said.path or "", response_url, now)

    def _stored(self, said: SetCookie, now: float) -> StoredCookie:
        cookie = StoredCookie(said.name, unquote_cookie_value(said.value), said.value)
        cookie.secure = said.secure
        cookie.http_only = said.http_only
        cookie.same_site = said.same_site or ""
        cookie.partitioned = said.partitioned
        if said.max_age is not None:
            cookie.said_max_age = str(said.max_age)
            cookie.expires = now + said.max_age
        if said.expires is not None:
            cookie.said_expires = date_of(said.expires)
            if said.max_age is None:
                cookie.expires = float(said.expires)
        if cookie.expires is not None:
            cookie.expires = min(cookie.expires, now + _LONGEST)
        return cookie

    def _keep(self, cookie: StoredCookie, domain: str, path: str, url: URL, now: float) -> None:
        """Put a cookie where it belongs, if it may be there."""
        host = url.raw_host
        if host is None:
            cookie.domain = SHARED if domain.endswith(".") else domain
        else:
            place = domain_of(host, domain)
            if place is None:
                return
            cookie.domain, cookie.host_only = place
        cookie.path = path if path.startswith("/") else default_path(url.raw_path)
        self._store.put(cookie, now)

    def _coded(self, text: str) -> str:
        return quote_cookie_value(text) if self._quote_cookie else text

    # Out.

    def filter_cookies(self, request_url: URL = URL()) -> BaseCookie[str]:  # noqa: B008
        """Return the cookies for a request; see `AbstractCookieJar`."""
        filtered: BaseCookie[str] = SimpleCookie() if self._quote_cookie else BaseCookie()
        for cookie in reversed(self._find(request_url)):
            dict.__setitem__(filtered, cookie.name, morsel(cookie.name, cookie.value, cookie.coded))
        return filtered

    def pairs_for(self, request_url: URL) -> list[tuple[str, str]]:
        """Return names and values for a request, as they are sent; two of one name where they are of two paths."""
        pairs: list[tuple[str, str]] = []
        left = _MOST_OCTETS
        for cookie in self._find(request_url)[:_MOST_PAIRS]:
            left -= len(cookie.name) + len(cookie.coded.encode("utf-8", "surrogateescape")) + 3
            if left < 0:
                break
            pairs.append((cookie.name, cookie.coded))
        return pairs

    def _find(self, url: URL) -> list[StoredCookie]:
        if not self._store:
            return []
        self._store.expire(time.time())
        host = url.raw_host
        if host is not None and not self._unsafe and is_address(host):
            host = None
        return self._store.find(host, url.raw_path, secure=self._is_secure(url))

    def _is_secure(self, url: URL) -> bool:
        if url.scheme in {"https", "wss"}:
            return True
        return bool(self._secure_origins) and url.absolute and url.origin() in self._secure_origins

    # Less, and files.

    def clear(self, predicate: Callable[[Morsel[str]], bool] | None = None) -> None:
        """Remove all cookies, or those of which a predicate is true."""
        if predicate is None:
            self._store = CookieStore()
        else:
            self._store.remove_if(lambda cookie: predicate(morsel_of(cookie)))

    def clear_domain(self, domain: str) -> None:
        """Remove the cookies of a domain and of those below it."""
        self._store.remove_if(lambda cookie: bool(cookie.domain) and domain_matches(cookie.domain, domain))

    def save(self, file_path: str | os.PathLike[str]) -> None:
        """Write the cookies to a file, which only its owner can read.

        Raises:
            OSError: it cannot be written.
        """
        self._store.expire(time.time())
        save_cookies(file_path, self._store)

    def load(self, file_path: str | os.PathLike[str]) -> None:
        """Read the cookies of a file that `save()` has written; they take the place of those that are here.

        Raises:
            OSError: it cannot be read.
            ValueError: it is no such file. The cookies that are here are still here.
        """
        now = time.time()
        store = CookieStore()
        for cookie in load_cookies(file_path):
            store.put(cookie, now)
        self._store = store


class GivenCookies(CookieJar):
    """The cookies that one request is given: by the rules of domains and of TLS, but as many as there are."""

    def __init__(self, cookies: LooseCookies, jar: AbstractCookieJar) -> None:
        super().__init__(
            unsafe=True, quote_cookie=jar.quote_cookie, treat_as_secure_origin=jar.treat_as_secure_origin
        )
        self._store = CookieStore(bounded=False)
        self.update_cookies(cookies)

    def pairs_for(self, request_url: URL) -> list[tuple[str, str]]:
        """See `AbstractCookieJar`."""
        return [(cookie.name, cookie.coded) for cookie in self._find(request_url)]


class DummyCookieJar(AbstractCookieJar):
    """Keeps no cookies, for sessions that are to have none.

    Args:
        loop: ignored; deprecated.
    """

    @property
    def unsafe(self) -> bool:
        """No."""
        return False

    @property
    def quote_cookie(self) -> bool:
        """Yes."""
        return True

    @property
    def cookies(self) -> Mapping[tuple[str, str], BaseCookie[str]]:
        """None."""
        return MappingProxyType({})

    @property
    def host_only_cookies(self) -> frozenset[tuple[str, str, str]]:
        """None."""
        return frozenset()

    def clear(self, predicate: Callable[[Morsel[str]], bool] | None = None) -> None:
        """Nothing happens."""

    def clear_domain(self, domain: str) -> None:
        """Nothing happens."""

    def update_cookies(self, cookies: LooseCookies, response_url: URL = URL()) -> None:  # noqa: B008
        """Nothing happens."""

    def update_cookies_from_headers(self, headers: Sequence[str], response_url: URL) -> None:
        """Nothing happens; they are not even read."""

    def filter_cookies(self, request_url: URL = URL()) -> BaseCookie[str]:  # noqa: B008
        """Return no cookies."""
        return SimpleCookie()

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Morsel[str]]:
        return iter(())


def _origins(given: URL | str | Iterable[URL | str] | None) -> frozenset[URL]:
    if given is None:
        return frozenset()
    found: set[URL] = set()
    for each in [given] if isinstance(given, URL | str) else given:
        if not isinstance(each, URL | str):
            raise TypeError(f"an origin is a URL, not {type(each).__name__}")
        found.add(URL(each).origin())
    return frozenset(found)

"""What a session needs of a cookie jar."""

from __future__ import annotations

import asyncio
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from http.cookies import BaseCookie, Morsel
from typing import Any, TypeAlias

from yarl import URL

from tidewire_client._morsels import morsel_of_field
from tidewire_http_parser.field_values import parse_set_cookies

__all__ = ["AbstractCookieJar", "LooseCookies"]

LooseCookies: TypeAlias = (
    Mapping[str, "str | Morsel[Any]"] | Iterable[tuple[str, "str | Morsel[Any]"]] | BaseCookie[str]
)
"""Cookies as they can be given: a mapping, pairs, or what `http.cookies` has."""


class AbstractCookieJar(Sized, Iterable["Morsel[str]"], ABC):
    """Keeps the cookies of a session; the base of those of one's own.

    Args:
        loop: ignored; deprecated.

    Raises:
        RuntimeError: there is no running event loop.
    """

    def __init__(self, *, loop: asyncio.AbstractEventLoop | None = None) -> None:
        if loop is None:
            asyncio.get_running_loop()
        else:
            warnings.warn("the loop argument is ignored", DeprecationWarning, stacklevel=3)

    @property
    @abstractmethod
    def unsafe(self) -> bool:
        """Whether cookies of hosts that are IP addresses are kept."""

    @property
    @abstractmethod
    def quote_cookie(self) -> bool:
        """Whether values are put into quotation marks where they need them."""

    @property
    @abstractmethod
    def cookies(self) -> Mapping[tuple[str, str], BaseCookie[str]]:
        """The cookies by domain and path, not for writing."""

    @property
    @abstractmethod
    def host_only_cookies(self) -> frozenset[tuple[str, str, str]]:
        """Domain, path and name of those that are for that very host."""

    @property
    def treat_as_secure_origin(self) -> frozenset[URL]:
        """Origins that get secure cookies although they are not behind TLS."""
        return frozenset()

    @abstractmethod
    def clear(self, predicate: Callable[[Morsel[str]], bool] | None = None) -> None:
        """Remove all cookies, or those of which a predicate is true."""

    @abstractmethod
    def clear_domain(self, domain: str) -> None:
        """Remove the cookies of a domain and of those below it."""

    @abstractmethod
    def update_cookies(self, cookies: LooseCookies, response_url: URL = URL()) -> None:  # noqa: B008
        """Keep cookies.

        Args:
            cookies: the cookies.
            response_url: where they come from; without a host they go everywhere.
        """

    def update_cookies_from_headers(self, headers: Sequence[str], response_url: URL) -> None:
        """Keep the cookies of a response.

        Args:
            headers: the values of its Set-Cookie fields.
            response_url: where it comes from.
        """
        pairs = [(cookie.name, morsel_of_field(cookie)) for cookie in parse_set_cookies(list(headers))]
        if pairs:
            self.update_cookies(pairs, response_url)

    @abstractmethod
    def filter_cookies(self, request_url: URL = URL()) -> BaseCookie[str]:  # noqa: B008
        """Return the cookies for a request; of several with one name the one of the longest path."""

    def pairs_for(self, request_url: URL) -> list[tuple[str, str]]:
        """Return names and values for a request, as they are sent."""
        return [(made.key, made.coded_value) for made in self.filter_cookies(request_url).values()]

    @abstractmethod
    def __len__(self) -> int:
        """How many cookies there are."""

    @abstractmethod
    def __iter__(self) -> Iterator[Morsel[str]]:
        """Iterate over the cookies."""

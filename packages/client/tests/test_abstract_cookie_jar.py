from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http.cookies import BaseCookie, Morsel, SimpleCookie
from typing import Any

import pytest
from service import Service
from yarl import URL

from tidewire_client import AbstractCookieJar, ClientSession, LooseCookies


class OwnJar(AbstractCookieJar):
    """The least that a jar has to have."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: SimpleCookie = SimpleCookie()

    unsafe = False
    quote_cookie = True

    @property
    def cookies(self) -> Mapping[tuple[str, str], BaseCookie[str]]:
        return {}

    @property
    def host_only_cookies(self) -> frozenset[tuple[str, str, str]]:
        return frozenset()

    def clear(self, predicate: Callable[[Morsel[str]], bool] | None = None) -> None:
        self.kept.clear()

    def clear_domain(self, domain: str) -> None:
        self.kept.clear()

    def update_cookies(self, cookies: LooseCookies, response_url: URL = URL()) -> None:  # noqa: B008
        pairs: Any = cookies
        self.kept.update(dict(pairs))

    def filter_cookies(self, request_url: URL = URL()) -> BaseCookie[str]:  # noqa: B008
        return self.kept

    def __len__(self) -> int:
        return len(self.kept)

    def __iter__(self) -> Iterator[Morsel[str]]:
        return iter(self.kept.values())


async def test_a_jar_of_ones_own_works(service: Service) -> None:
    service.on(
        "/", lambda seen: seen.answer_with(200, [("Set-Cookie", 'a="1 2"; Path=/'), ("Set-Cookie", "bad")])
    )
    jar = OwnJar()
    async with ClientSession(cookie_jar=jar) as session:
        await session.get(service.url())
        await session.get(service.url())
    assert service.last.headers["Cookie"] == 'a="1 2"'
    assert jar.kept["a"].value == "1 2"
    assert jar.treat_as_secure_origin == frozenset()


async def test_the_base_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        AbstractCookieJar()  # type: ignore[abstract]

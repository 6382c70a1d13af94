"""Credentials of the Basic scheme as an object, which is deprecated in aiohttp."""

from __future__ import annotations

from typing import Any, Self

from yarl import URL

import tidewire_client
from tidewire.compat._deprecations import warn_of
from tidewire.compat._stand_in import StandIn

__all__: list[str] = []


class BasicAuth(tidewire_client.BasicAuth, metaclass=StandIn):
    """User and password; see `tidewire_client.BasicAuth`."""

    __slots__ = ()

    def __new__(cls, login: str, password: str = "", encoding: str = "latin1", **options: Any) -> Self:
        """Make one, with a warning."""
        warn_of("BasicAuth is deprecated; use headers={'Authorization': encode_basic_auth(login, password)}")
        return super().__new__(cls, login, password, encoding, **options)


def strip_auth_from_url(url: URL) -> tuple[URL, tidewire_client.BasicAuth | None]:
    """Take user and password out of a URL.

    Returns:
        The URL without them, and them.
    """
    auth = tidewire_client.BasicAuth.from_url(url)
    return (url, None) if auth is None else (url.with_user(None), auth)

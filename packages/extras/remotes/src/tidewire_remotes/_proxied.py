"""What proxies say, as far as it can be what they mean."""

from __future__ import annotations

from typing import Final

from tidewire_remotes._errors import InvalidHeader
from tidewire_remotes._hosts import normalise_host

__all__: list[str] = []

_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


def checked_scheme(name: str, scheme: str) -> str:
    """Return a scheme in its usual form, `http` or `https`.

    Args:
        name: the field that it is from.
        scheme: the scheme.

    Raises:
        InvalidHeader: it is another one.
    """
    found = _SCHEMES.get(scheme.strip(" \t").lower())
    if found is None:
        raise InvalidHeader(name, scheme)
    return found


def checked_host(name: str, host: str) -> str:
    """Return a host, with its port if it has one, as it was sent.

    Args:
        name: the field that it is from.
        host: the host.

    Raises:
        InvalidHeader: it is malformed.
    """
    text = host.strip(" \t")
    if normalise_host(text) is None:
        raise InvalidHeader(name, text)
    return text


def number_of_proxies(num: int) -> int:
    """Return a number of proxies.

    Raises:
        TypeError: it is no number.
        ValueError: it is less than 1.
    """
    given: object = num
    if not isinstance(given, int) or isinstance(given, bool):
        raise TypeError(f"a number of proxies, not {num!r}")
    if num < 1:
        raise ValueError(f"at least one proxy, not {num}")
    return num

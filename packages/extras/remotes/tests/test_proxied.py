"""What proxies say, as far as it can be what they mean."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_remotes import InvalidHeader
from tidewire_remotes._proxied import checked_host, checked_scheme, number_of_proxies


@pytest.mark.parametrize(
    ("scheme", "found"), [("http", "http"), (" HTTPS ", "https"), ("ws", "http"), ("wss", "https")]
)
def test_schemes_are_http_and_https(scheme: str, found: str) -> None:
    assert checked_scheme("Forwarded", scheme) == found


@pytest.mark.parametrize("scheme", ["", "ftp", "javascript", "http:", "https, http", "\u017fttp"])
def test_other_schemes_are_refused(scheme: str) -> None:
    with pytest.raises(InvalidHeader, match="malformed Forwarded"):
        checked_scheme("Forwarded", scheme)


def test_hosts_are_left_as_they_are() -> None:
    assert checked_host("Forwarded", " Example.com:80") == "Example.com:80"
    for wrong in ("", "a b", "a/b", "a@b"):
        with pytest.raises(InvalidHeader):
            checked_host("Forwarded", wrong)


@pytest.mark.parametrize(
    ("wrong", "error"), [(0, ValueError), (-1, ValueError), ("1", TypeError), (True, TypeError)]
)
def test_there_is_one_proxy_at_least(wrong: Any, error: type[Exception]) -> None:
    assert number_of_proxies(3) == 3
    with pytest.raises(error):
        number_of_proxies(wrong)

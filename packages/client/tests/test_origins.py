from __future__ import annotations

import pytest
from yarl import URL

from tidewire_client._origins import same_origin


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://h/a", "http://h:80/b?c", True),
        ("https://H/", "https://h:443/", True),
        ("http://u:p@h/", "http://h/", True),
        ("http://h/", "https://h/", False),
        ("http://h/", "http://h:81/", False),
        ("http://h/", "http://g/", False),
        ("http://h/", "ws://h/", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    assert same_origin(URL(one), URL(other)) is same

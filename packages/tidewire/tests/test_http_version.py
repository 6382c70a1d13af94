from __future__ import annotations

from tidewire import HttpVersion, HttpVersion10, HttpVersion11


def test_a_version_is_a_tuple_with_names() -> None:
    assert HttpVersion(1, 1) == (1, 1) == HttpVersion11
    assert HttpVersion10.minor == 0
    assert HttpVersion10 < HttpVersion11

"""Hosts, as requests and proxies name them."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_remotes._hosts import HostPattern, normalise_host


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Example.COM", ("example.com", "")),
        ("example.com.", ("example.com", "")),
        ("example.com.:80", ("example.com", "80")),
        ("192.0.2.1:8080", ("192.0.2.1", "8080")),
        ("[2001:DB8:0::1]:80", ("[2001:db8::1]", "80")),
        ("[::1]", ("[::1]", "")),
        ("a_b-c~d", ("a_b-c~d", "")),
        ("", None),
        (".", None),
        (":80", None),
        ("a:port", None),
        ("a b", None),
        ("a/b", None),
        ("a@b", None),
        ("a,b", None),
        ("::1", None),
        ("[::1", None),
        ("[::1]x", None),
        ("[1.2.3.4]", None),
        ("\u00e4.example", None),
        ("a\r\nb", None),
    ],
)
def test_hosts_have_one_form(text: str, host: tuple[str, str] | None) -> None:
    assert normalise_host(text) == host


@pytest.mark.parametrize(
    ("pattern", "host", "matches"),
    [
        ("example.com", "example.com", True),
        ("example.com", "example.com:8080", True),
        ("EXAMPLE.com.", "example.COM", True),
        ("example.com:80", "example.com:80", True),
        ("example.com:80", "example.com", False),
        ("example.com:80", "example.com:81", False),
        ("example.com", "www.example.com", False),
        ("example.com", "notexample.com", False),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "a.b.example.com:80", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "notexample.com", False),
        ("[::1]", "[0:0::1]:80", True),
    ],
)
def test_patterns_are_hosts_with_or_without_a_port(pattern: str, host: str, matches: bool) -> None:
    found = normalise_host(host)
    assert found is not None
    assert HostPattern(pattern).matches(*found) == matches


@pytest.mark.parametrize(
    ("wrong", "error"), [(1, TypeError), ("", ValueError), ("a b", ValueError), ("a.*", ValueError)]
)
def test_other_patterns_are_refused(wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        HostPattern(wrong)

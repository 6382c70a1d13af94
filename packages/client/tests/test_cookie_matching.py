from __future__ import annotations

import pytest

from tidewire_client._cookie_matching import (
    default_path,
    domain_matches,
    domain_of,
    domains_of,
    is_address,
    path_matches,
)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "fe80::1"])
def test_addresses_are_known(host: str) -> None:
    assert is_address(host)


@pytest.mark.parametrize("host", ["example.com", "1.2.3", "a1", "1.2.3.4.example", ""])
def test_names_are_no_addresses(host: str) -> None:
    assert not is_address(host)


@pytest.mark.parametrize(
    ("host", "domain", "matches"),
    [
        ("example.com", "example.com", True),
        ("a.b.example.com", "example.com", True),
        ("badexample.com", "example.com", False),
        ("example.com", "a.example.com", False),
        ("1.127.0.0", "127.0.0", False),
        ("10.0.0.1", "0.0.1", False),
        ("10.0.0.1", "10.0.0.1", True),
    ],
)
def test_a_host_is_in_its_domain_and_those_above(host: str, domain: str, matches: bool) -> None:
    assert domain_matches(host, domain) is matches


@pytest.mark.parametrize(
    ("host", "said", "expected"),
    [
        ("www.example.com", None, ("www.example.com", True)),
        ("www.example.com", "", ("www.example.com", True)),
        ("www.example.com", "example.com", ("example.com", False)),
        ("www.example.com", "www.example.com", ("www.example.com", False)),
        ("www.example.com", "com", None),
        ("www.example.com", "example.com.", None),
        ("www.example.com", "other.example", None),
        ("example.com", "www.example.com", None),
        ("localhost", "localhost", ("localhost", True)),
        ("127.0.0.1", "127.0.0.1", ("127.0.0.1", True)),
        ("127.0.0.1", "0.0.1", None),
    ],
)
def test_a_host_sets_cookies_for_its_own_domains(
    host: str, said: str | None, expected: tuple[str, bool] | None
) -> None:
    assert domain_of(host, said) == expected


@pytest.mark.parametrize(
    ("path", "cookie_path", "matches"),
    [
        ("/", "/", True),
        ("/a/b", "/", True),
        ("/a/b", "/a", True),
        ("/a", "/a", True),
        ("/ab", "/a", False),
        ("/a/b", "/a/", True),
        ("/a", "/a/", False),
        ("/b", "/a", False),
    ],
)
def test_a_path_is_at_or_below_that_of_a_cookie(path: str, cookie_path: str, matches: bool) -> None:
    assert path_matches(path, cookie_path) is matches


@pytest.mark.parametrize(
    ("path", "expected"), [("", "/"), ("/", "/"), ("/a", "/"), ("/a/b", "/a"), ("/a/b/", "/a/b")]
)
def test_the_default_path_is_the_folder(path: str, expected: str) -> None:
    assert default_path(path) == expected


def test_the_domains_of_a_host_are_those_above_it() -> None:
    assert domains_of("a.b.c") == ["a.b.c", "b.c", "c"]
    assert domains_of("127.0.0.1") == ["127.0.0.1"]

from __future__ import annotations

import pytest
from multidict import CIMultiDict
from yarl import URL

from tidewire_client import InvalidUrlRedirectClientError, NonHttpUrlRedirectClientError
from tidewire_client._redirects import NextHop, fields_of_next, next_hop

SCHEMES = frozenset({"", "http", "https", "ws", "wss"})
HERE = URL("https://example.com/a/b?q=1")


def follow(
    location: str, *, method: str = "GET", status: int = 302, url: URL = HERE, requote: bool = True
) -> NextHop:
    return next_hop(method, url, status, location, requote=requote, schemes=SCHEMES)


@pytest.mark.parametrize(
    ("method", "status", "expected", "keeps_body"),
    [
        ("GET", 301, "GET", True),
        ("HEAD", 302, "HEAD", True),
        ("POST", 301, "GET", False),
        ("POST", 302, "GET", False),
        ("PUT", 301, "PUT", True),
        ("PUT", 303, "GET", False),
        ("GET", 303, "GET", False),
        ("HEAD", 303, "HEAD", True),
        ("POST", 307, "POST", True),
        ("POST", 308, "POST", True),
        ("DELETE", 308, "DELETE", True),
    ],
)
def test_the_status_decides_on_method_and_body(
    method: str, status: int, expected: str, keeps_body: bool
) -> None:
    hop = follow("/x", method=method, status=status)
    assert (hop.method, hop.keeps_body) == (expected, keeps_body)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/x", "https://example.com/x"),
        ("x", "https://example.com/a/x"),
        ("?p=2", "https://example.com/a/b?p=2"),
        ("//other.example/x", "https://other.example/x"),
        ("http://other.example", "http://other.example"),
        ("https:x", "https://example.com/a/x"),
        ("http:/x", "https://example.com/x"),
        ("/x y", "https://example.com/x%20y"),
        ("/x#there", "https://example.com/x#there"),
        ("/caf\xe9", "https://example.com/caf%C3%A9"),
        ("/caf\udce9?\udcff", "https://example.com/caf%E9?%FF"),
    ],
)
def test_the_location_is_a_reference(location: str, target: str) -> None:
    assert str(follow(location).url) == target


def test_the_fragment_goes_along() -> None:
    assert follow("/x", url=HERE.with_fragment("part")).url.fragment == "part"
    assert follow("/x#own", url=HERE.with_fragment("part")).url.fragment == "own"


def test_a_location_can_be_taken_as_it_is() -> None:
    assert follow("/%7Ex%2F", requote=False).url.raw_path == "/%7Ex%2F"
    assert follow("/%7Ex", requote=True).url.raw_path == "/~x"


@pytest.mark.parametrize(
    ("location", "same"),
    [
        ("/x", True),
        ("https://example.com:443/x", True),
        ("https://EXAMPLE.com/x", True),
        ("http://example.com/x", False),
        ("https://example.com:8443/x", False),
        ("https://a.example.com/", False),
        ("https://example.com@evil.example/", False),
    ],
)
def test_the_origin_is_scheme_host_and_port(location: str, same: bool) -> None:
    assert follow(location).same_origin is same


@pytest.mark.parametrize(
    "location", ["ftp://host/", "mailto:me", "javascript:alert(1)", "file:///etc/passwd"]
)
def test_other_schemes_are_refused(location: str) -> None:
    with pytest.raises(NonHttpUrlRedirectClientError):
        follow(location)


@pytest.mark.parametrize(
    "location", ["http://[::1/", "http://host:99999/", "http://", "http:///x", "https:////x/y"]
)
def test_what_is_no_url_is_refused(location: str) -> None:
    with pytest.raises((InvalidUrlRedirectClientError, NonHttpUrlRedirectClientError)):
        follow(location, url=URL("unix://x/")) if location == "http://" else follow(location)


FIELDS = [
    ("Authorization", "a"),
    ("authorization", "b"),
    ("Cookie", "c"),
    ("Proxy-Authorization", "d"),
    ("Host", "e"),
    ("Referer", "f"),
    ("Content-Type", "g"),
    ("Content-Length", "3"),
    ("X", "h"),
]


def test_credentials_stay_with_their_origin() -> None:
    kept = fields_of_next(CIMultiDict(FIELDS), follow("https://other.example/"))
    assert list(kept) == ["Referer", "Content-Type", "Content-Length", "X"]


def test_credentials_go_along_within_an_origin() -> None:
    given = CIMultiDict(FIELDS)
    kept = fields_of_next(given, follow("/x"))
    assert list(kept.items()) == FIELDS
    kept["X"] = "changed"
    assert given["X"] == "h"


def test_a_referer_does_not_leave_tls() -> None:
    assert "Referer" not in fields_of_next(CIMultiDict(FIELDS), follow("http://example.com/"))


def test_what_is_about_a_body_goes_with_it() -> None:
    kept = fields_of_next(CIMultiDict(FIELDS), follow("/x", method="POST"))
    assert {"Content-Type", "Content-Length"}.isdisjoint(kept)


@pytest.mark.parametrize("location", ["/a b", "/\udcff", "/\x7f", "/\u00e4", "/?a b"])
def test_what_is_not_quoted_cannot_be_followed_as_it_is(location: str) -> None:
    with pytest.raises(InvalidUrlRedirectClientError, match="would have to be quoted"):
        follow(location, requote=False)


@pytest.mark.parametrize("requote", [True, False])
@pytest.mark.parametrize("location", ["http://a b/", "http://a\x7f/", 'http://a"b/'])
def test_a_host_that_no_request_can_name_is_refused(location: str, requote: bool) -> None:
    with pytest.raises(InvalidUrlRedirectClientError):
        follow(location, requote=requote)


def test_hosts_are_compared_whatever_their_case() -> None:
    hop = follow("https://EXAMPLE.com/%7e", requote=False)
    assert hop.same_origin
    assert str(hop.url) == "https://example.com/%7e"
    assert follow("https://caf\xe9.example/", requote=False).url.raw_host == "xn--caf-dma.example"

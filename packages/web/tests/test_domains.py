"""Rules that look at the host."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from tidewire_web import AbstractRuleMatching, Domain, MaskDomain


@pytest.mark.parametrize(
    ("domain", "canonical", "matching", "others"),
    [
        ("example.com", "example.com", ["example.com", "EXAMPLE.com", "example.com:8080", "example.com."],
         ["www.example.com", "example.org", "", "example.com.evil", "exampleXcom", "[::1]:80"]),
        ("Example.COM.", "example.com", ["example.com"], ["example"]),
        ("example.com:80", "example.com", ["example.com", "example.com:80", "example.com:81"], []),
        ("example.com:8080", "example.com:8080", ["example.com:8080"], ["example.com", "example.com:80"]),
        ("bücher.example", "xn--bcher-kva.example", ["xn--bcher-kva.example"], ["bucher.example"]),
        ("127.0.0.1", "127.0.0.1", ["127.0.0.1:8080"], ["127.0.0.2"]),
    ],
)  # fmt: skip
async def test_a_domain(domain: str, canonical: str, matching: list[str], others: list[str]) -> None:
    rule = Domain(domain)
    assert isinstance(rule, AbstractRuleMatching)
    assert (rule.canonical, rule.get_info()) == (canonical, {"domain": canonical})
    assert repr(rule) == f"<Domain {canonical}>"
    for host in matching:
        assert rule.match_domain(host)
        assert await rule.match(SimpleNamespace(host=host))
    for host in others:
        assert not rule.match_domain(host)


@pytest.mark.parametrize(
    ("domain", "matching", "others"),
    [
        (
            "*.example.com",
            ["a.example.com", "a.b.example.com:1", "A.EXAMPLE.COM"],
            ["example.com", "a.example.org"],
        ),
        ("*", ["a", "a.b:80"], []),
        ("a*b.c", ["ab.c", "axb.c", "a.b.c"], ["a.c", "b.c"]),
        ("a*a", ["aa", "aba"], ["a"]),
        ("*.a.*.b", ["x.a.y.b", "x.a.a.y.b"], [".a.b", "x.a.b"]),
        ("*.example.com:8080", ["a.example.com:8080"], ["a.example.com", "a.example.com:80"]),
        ("example.com", ["example.com"], ["a.example.com"]),
    ],
)
def test_a_mask(domain: str, matching: list[str], others: list[str]) -> None:
    rule = MaskDomain(domain)
    assert rule.canonical == domain
    for host in matching:
        assert rule.match_domain(host), host
    for host in others:
        assert not rule.match_domain(host), host


@pytest.mark.parametrize(
    "domain",
    [
        "", ".", "http://example.com", "-a.b", "a-.b", "a..b", "a_b.c", "a" * 64, "a/b", "a b", "user@a", "a:x", "a:0",
        "a:65536", "a:", "a:1\u0660", "a?b", "[::1]", "::1", "*.b", "a:80:80", "%61.b",
    ],
)  # fmt: skip
def test_what_is_no_domain(domain: str) -> None:
    with pytest.raises(ValueError, match=r"domain|host|port"):
        Domain(domain)


def test_a_domain_is_text() -> None:
    domain: Any = b"example.com"
    for kind in (Domain, MaskDomain):
        with pytest.raises(TypeError):
            kind(domain)


def test_many_asterisks_cost_linear_time() -> None:
    rule = MaskDomain(".".join(["*a"] * 20))
    started = time.process_time()
    assert not rule.match_domain("a." * 50_000 + "b")
    assert time.process_time() - started < 1


def test_an_abstract_rule_cannot_be_made() -> None:
    abstract: Any = AbstractRuleMatching
    with pytest.raises(TypeError):
        abstract()

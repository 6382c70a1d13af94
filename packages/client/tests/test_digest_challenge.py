from __future__ import annotations

import pytest
from yarl import URL

from tidewire_client import ClientError
from tidewire_client._digest_challenge import DigestChallenge, find_challenge, is_within, protection_space
from tidewire_http_parser.field_values import parse_challenges

# RFC 7616, section 3.9.1.
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
EXAMPLE = {"realm": "http-auth@example.org", "nonce": NONCE, "qop": "auth, auth-int", "opaque": "FQhe"}


def answer(parameters: dict[str, str], body: bytes | None = None, login: str = "Mufasa") -> dict[str, str]:
    value = DigestChallenge(parameters).credentials(
        login, "Circle of Life", "GET", "/dir/index.html", body, CNONCE
    )
    assert value.startswith("Digest ")
    return parse_challenges(value)[0].parameters


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ("sha256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ("", "8ca523f5e9506fed4657c9700eebdbec"),
    ],
)
def test_the_examples_of_the_rfc(algorithm: str, response: str) -> None:
    parameters = answer({**EXAMPLE, "algorithm": algorithm} if algorithm else EXAMPLE)
    assert parameters["response"] == response
    assert parameters["username"] == "Mufasa"
    assert parameters["uri"] == "/dir/index.html"
    assert parameters["qop"] == "auth"
    assert parameters["nc"] == "00000001"
    assert parameters["cnonce"] == CNONCE
    assert parameters["opaque"] == "FQhe"
    assert parameters.get("algorithm", "") == algorithm


def test_the_legacy_form_has_no_count() -> None:
    # RFC 2617, section 3.5, without qop.
    parameters = answer({"realm": "r", "nonce": "n"})
    assert {"qop", "nc", "cnonce", "algorithm", "opaque"}.isdisjoint(parameters)


def test_the_body_is_protected_where_that_can_be() -> None:
    assert answer(EXAMPLE, b"")["qop"] == "auth-int"
    assert answer(EXAMPLE, b"x")["response"] != answer(EXAMPLE, b"y")["response"]


@pytest.mark.parametrize("algorithm", ["MD5-sess", "SHA-256-sess", "SHA-512", "SHA", "SHA-512-SESS"])
def test_other_algorithms_make_other_answers(algorithm: str) -> None:
    assert answer({**EXAMPLE, "algorithm": algorithm})["response"] != answer(EXAMPLE)["response"]


def test_names_are_hashed_and_escaped() -> None:
    parameters = answer({**EXAMPLE, "userhash": "true"})
    assert parameters["userhash"] == "true"
    assert parameters["username"] != "Mufasa"
    assert answer(EXAMPLE, login='a"b\\c')["username"] == 'a"b\\c'


def test_each_use_of_a_nonce_is_counted() -> None:
    challenge = DigestChallenge(EXAMPLE)
    for count in ("00000001", "00000002"):
        assert f"nc={count}" in challenge.credentials("a", "b", "GET", "/", None)
    challenge.renewed("next")
    value = challenge.credentials("a", "b", "GET", "/", None)
    assert "nc=00000001" in value
    assert 'nonce="next"' in value


@pytest.mark.parametrize(
    "parameters",
    [
        {"realm": "r"},
        {"nonce": "n"},
        {"realm": "r", "nonce": ""},
        {"realm": "r", "nonce": "n", "algorithm": "ROT13"},
        {"realm": "r", "nonce": "n", "qop": "auth-conf"},
    ],
)
def test_what_is_not_supported_is_an_error(parameters: dict[str, str]) -> None:
    with pytest.raises(ClientError):
        DigestChallenge(parameters)


@pytest.mark.parametrize(
    "values",
    [
        ['Digest realm="r", nonce="n"'],
        ['Basic realm="b", Digest realm="r", nonce="n", Bearer'],
        ['Basic realm="b"', 'digest nonce=n, realm="r"'],
        ["==malformed==", 'Digest realm="r", nonce="n"'],
        ['Digest realm="r", nonce="x", algorithm=ROT13, Digest realm="r", nonce="n"'],
    ],
)
def test_a_challenge_is_found_wherever_it_stands(values: list[str]) -> None:
    challenge = find_challenge(values)
    assert challenge is not None
    assert (challenge.realm, challenge.nonce) == ("r", "n")


def test_others_are_none() -> None:
    assert find_challenge([]) is None
    assert find_challenge(["Basic realm=x", "Digestive x"]) is None
    with pytest.raises(ClientError, match="ROT13"):
        find_challenge(['Digest realm="r", nonce="x", algorithm=ROT13'])


@pytest.mark.parametrize(
    ("domain", "url", "inside"),
    [
        ("", "http://h/any", True),
        ("", "http://other/any", False),
        ("/a", "http://h/a", True),
        ("/a", "http://h/a/b", True),
        ("/a", "http://h/ab", False),
        ("/a/", "http://h/a/b", True),
        ("/a /b", "http://h/b/c", True),
        ("http://other/x http://[", "http://other/x/y", True),
        ("http://other/x", "http://h/x", False),
    ],
)
def test_the_domain_is_the_protection_space(domain: str, url: str, inside: bool) -> None:
    challenge = DigestChallenge({**EXAMPLE, "domain": domain})
    spaces = protection_space(challenge, URL("http://h/here"))
    assert any(is_within(URL(url), space) for space in spaces) is inside

from __future__ import annotations

import hashlib

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


@pytest.mark.skipif("sha512_256" not in hashlib.algorithms_available, reason="hashlib without SHA-512/256")
def test_the_example_of_the_rfc_for_a_hashed_user() -> None:
    # RFC 7616, section 3.9.2, with erratum 4897.
    challenge = DigestChallenge(
        {
            "realm": "api@example.org",
            "qop": "auth",
            "algorithm": "SHA-512-256",
            "nonce": "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
            "opaque": "HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS",
            "charset": "UTF-8",
            "userhash": "true",
        }
    )
    cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"
    value = challenge.credentials("J\xe4s\xf8n Doe", "Secret, or not?", "GET", "/doe.json", None, cnonce)
    parameters = parse_challenges(value)[0].parameters
    assert parameters["username"] == "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
    assert parameters["response"] == "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"


@pytest.mark.parametrize("name", ["realm", "nonce", "opaque"])
def test_octets_that_are_no_utf_8_go_back_as_they_came(name: str) -> None:
    assert answer({**EXAMPLE, name: "caf\udce9"})[name] == "caf\udce9"


def test_a_nonce_that_comes_again_is_counted_on() -> None:
    challenge = DigestChallenge(EXAMPLE)
    challenge.credentials("u", "p", "GET", "/", None)
    again = DigestChallenge(EXAMPLE)
    again.goes_on_from(challenge)
    assert "nc=00000002," in again.credentials("u", "p", "GET", "/", None)
    other = DigestChallenge({**EXAMPLE, "nonce": "other"})
    other.goes_on_from(again)
    assert "nc=00000001," in other.credentials("u", "p", "GET", "/", None)


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

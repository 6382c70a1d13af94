"""Challenges and credentials, both ways; secrets are in no error and no representation."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import (
    BasicCredentials,
    Challenge,
    Credentials,
    format_basic_credentials,
    format_challenges,
    format_credentials,
    parse_basic_credentials,
    parse_challenges,
    parse_credentials,
)

NAMES = st.text(alphabet="abc-._", min_size=1, max_size=5)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
TOKENS = st.tuples(st.text(alphabet="aZ0-._~+/", min_size=1), st.sampled_from(["", "=", "=="])).map("".join)
CHALLENGES = st.builds(Challenge, NAMES, st.dictionaries(NAMES, TEXTS, max_size=3), st.none()) | st.builds(
    Challenge, NAMES, st.just({}), TOKENS
)


@pytest.mark.parametrize(
    ("value", "challenges"),
    [
        ("", []),
        ("Basic", [Challenge("basic", {})]),
        ('Basic realm="simple"', [Challenge("basic", {"realm": "simple"})]),
        ("Negotiate, NTLM", [Challenge("negotiate", {}), Challenge("ntlm", {})]),
        (
            "Negotiate YII=, Basic realm=x",
            [Challenge("negotiate", {}, "YII="), Challenge("basic", {"realm": "x"})],
        ),
        (
            'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
            [
                Challenge("basic", {"realm": "simple"}),
                Challenge("newauth", {"realm": "apps", "type": "1", "title": 'Login to "apps"'}),
            ],
        ),
        (
            'Digest REALM = "a, b" ,qop="auth, auth-int",, nonce=n , Bearer',
            [
                Challenge("digest", {"realm": "a, b", "qop": "auth, auth-int", "nonce": "n"}),
                Challenge("bearer", {}),
            ],
        ),
        (", ,Basic ,", [Challenge("basic", {})]),
        ("A b, C", [Challenge("a", {}, "b"), Challenge("c", {})]),
        ("A b=c, d=e, F g=h", [Challenge("a", {"b": "c", "d": "e"}), Challenge("f", {"g": "h"})]),
        ("A b=, C", [Challenge("a", {}, "b="), Challenge("c", {})]),
    ],
)
def test_challenges(value: str, challenges: list[Challenge]) -> None:
    assert parse_challenges(value) == challenges


@pytest.mark.parametrize(
    "value",
    [
        "=",
        'realm="x"',
        'Basic, realm="x"',
        'Basic realm="x',
        'Basic realm="x" y',
        'Basic realm="x" charset="y"',
        "Basic realm=x, realm=y",
        "Basic a b",
        "Basic\trealm=x",
        "é",
        "Basic é",
        "Basic a=b=c",
        "Basic realm=x, é",
        'Basic realm="\0"',
        'A b="c"d',
    ],
)
def test_malformed_challenges(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_challenges(value)


@pytest.mark.parametrize(
    ("value", "credentials"),
    [
        ("Bearer mF_9.B5f-4.1JqM", Credentials("bearer", {}, "mF_9.B5f-4.1JqM")),
        (" Basic  QWxh== ", Credentials("basic", {}, "QWxh==")),
        (
            'Digest username="M\\"", uri="/a?b,c", nc=00000001,qop=auth',
            Credentials("digest", {"username": 'M"', "uri": "/a?b,c", "nc": "00000001", "qop": "auth"}),
        ),
        ("Negotiate", Credentials("negotiate", {})),
    ],
)
def test_credentials(value: str, credentials: Credentials) -> None:
    assert parse_credentials(value) == credentials


@pytest.mark.parametrize(
    "value",
    ["", " ", ",", "Bearer a, Bearer b", "Bearer a b", "Bearer a, b=c", "A b=c, D", "A, B", 'A b="', "A é"],
)
def test_malformed_credentials(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_credentials(value)


@pytest.mark.slow
@given(st.lists(CHALLENGES, min_size=1, max_size=4))
def test_challenges_that_go_out_come_back(challenges: list[Challenge]) -> None:
    assert parse_challenges(format_challenges(challenges)) == challenges


@pytest.mark.slow
@given(CHALLENGES)
def test_credentials_that_go_out_come_back(challenge: Challenge) -> None:
    credentials = Credentials(*challenge)
    assert parse_credentials(format_credentials(credentials)) == credentials


def test_formatting() -> None:
    assert format_challenges(
        [Challenge("Basic", {"realm": "a", "charset": "UTF-8"}), Challenge("X", {}, "y")]
    ) == ('Basic realm="a", charset=UTF-8, X y')
    assert format_credentials(Credentials("Digest", {"username": "a", "nc": "1", "x": ""})) == (
        'Digest username="a", nc=1, x=""'
    )


@pytest.mark.parametrize(
    ("scheme", "parameters", "token"),
    [
        ("", {}, None),
        ("a b", {}, None),
        ("a\r\n", {}, None),
        ("a", {"b c": "d"}, None),
        ("a", {"b": "\r\n"}, None),
        ("a", {"realm": "\0"}, None),
        ("a", {}, ""),
        ("a", {}, "="),
        ("a", {}, "b=c"),
        ("a", {}, "b c"),
        ("a", {}, "b\r\n"),
        ("a", {}, "é"),
        ("a", {"b": "c"}, "d"),
    ],
)
def test_what_may_not_go_out(scheme: str, parameters: dict[str, str], token: str | None) -> None:
    with pytest.raises(LocalProtocolError):
        format_challenges([Challenge("ok", {}), Challenge(scheme, parameters, token)])
    with pytest.raises(LocalProtocolError):
        format_credentials(Credentials(scheme, parameters, token))


def test_no_challenge_does_not_go_out() -> None:
    with pytest.raises(LocalProtocolError):
        format_challenges([])


def basic(octets: bytes) -> str:
    return f"Basic {base64.b64encode(octets).decode()}"


@pytest.mark.parametrize(
    ("value", "charset", "credentials"),
    [
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "utf-8", ("Aladdin", "open sesame")),
        ("basic  dGVzdDoxMjPCow== ", "utf-8", ("test", "123£")),
        (" BASIC QTo=", "utf-8", ("A", "")),
        (basic(b":"), "utf-8", ("", "")),
        (basic(b"a:b:c"), "utf-8", ("a", "b:c")),
        (basic("é:ü".encode("latin-1")), "latin-1", ("é", "ü")),
        (basic("é:€".encode("utf-16")), "utf-16", ("é", "€")),
    ],
)
def test_basic_credentials(value: str, charset: str, credentials: tuple[str, str]) -> None:
    assert parse_basic_credentials(value, charset) == BasicCredentials(*credentials)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Basic",
        "Basic ",
        "Basic\tQTo=",
        "Bearer QTo=",
        "BasicQTo=",
        "Ba\u017fic QTo=",
        "Basic QTo",
        "Basic QTo=x",
        "Basic Q T o =",
        "Basic QTo==",
        "Basic QT\xe9=",
        "Basic -_8=",
        "Basic QTo=, Basic QTo=",
        basic(b"no colon"),
        basic(b"a:\xff"),
        basic(b"a\n:b"),
        basic(b"a:\0"),
        basic(b"a:b\x7f"),
    ],
)
def test_malformed_basic_credentials(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_basic_credentials(value)


@given(TEXTS.filter(lambda text: ":" not in text), TEXTS)
def test_basic_credentials_that_go_out_come_back(user: str, password: str) -> None:
    value = format_basic_credentials(user, password)
    assert base64.b64decode(value.removeprefix("Basic ")) == f"{user}:{password}".encode()
    assert parse_basic_credentials(value) == (user, password)
    assert parse_credentials(value).token == value.removeprefix("Basic ")


@pytest.mark.parametrize(
    ("user", "password", "charset"),
    [
        ("a:b", "c", "utf-8"),
        ("a\n", "b", "utf-8"),
        ("a", "b\0", "latin-1"),
        ("a", "\x7f", "utf-8"),
        ("€", "", "latin-1"),
        ("\ud800", "", "utf-8"),
        ("a", "b", "no-such-charset"),
        ("a", "b", "hex"),
    ],
)
def test_basic_credentials_that_may_not_go_out(user: str, password: str, charset: str) -> None:
    with pytest.raises(LocalProtocolError):
        format_basic_credentials(user, password, charset)


def test_a_charset_that_is_not_known_is_the_callers_fault() -> None:
    with pytest.raises(LocalProtocolError):
        parse_basic_credentials("Basic QTo=", "no-such-charset")


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (parse_basic_credentials, basic(b"secret")),
        (parse_basic_credentials, basic(b"secret:\xff")),
        (parse_basic_credentials, "Basic secret!"),
        (parse_credentials, "Bearer secret!"),
        (parse_credentials, 'Digest secret="'),
    ],
)
def test_secrets_are_in_no_error(parse: Any, value: str) -> None:
    with pytest.raises(InvalidFieldValue) as caught:
        parse(value)
    assert caught.value.__context__ is None
    assert caught.value.data == b""


def test_secrets_are_in_no_representation() -> None:
    assert "secret" not in repr(BasicCredentials("user", "secret"))
    assert "secret" not in repr(Credentials("bearer", {}, "secret"))


@given(st.text(alphabet='aB=, "\\\té\n') | st.text() | st.text(alphabet="QTo=/ ").map("Basic {}".format))
def test_nothing_else_raises(value: str) -> None:
    for parse in (parse_challenges, parse_credentials, parse_basic_credentials):
        try:
            parse(value)
        except InvalidFieldValue:
            continue


def test_the_number_of_challenges_and_parameters_is_limited() -> None:
    assert len(parse_challenges("a," * 1024)) == 1024
    with pytest.raises(InvalidFieldValue):
        parse_challenges("a," * 1025)
    pairs = [f"p{number}=x" for number in range(65)]
    assert len(parse_credentials("a " + ",".join(pairs[:64])).parameters) == 64
    with pytest.raises(InvalidFieldValue):
        parse_credentials("a " + ",".join(pairs))


@pytest.mark.slow
@pytest.mark.parametrize("unit", [",", "a", "a,", "a ", "a=", "a b=c,", "=", '"', 'a="', "A a=b, ", " "])
def test_a_megabyte_is_read_or_refused(unit: str) -> None:
    value = unit * (1_000_000 // len(unit))
    for sent in (value, f"A {value}"):
        for parse in (parse_challenges, parse_credentials, parse_basic_credentials):
            try:
                assert len(parse(sent)) <= 1024
            except InvalidFieldValue:
                continue


def test_other_types_are_refused() -> None:
    wrong: Any = b"Basic QTo="
    for parse in (parse_challenges, parse_credentials, parse_basic_credentials, format_challenges):
        with pytest.raises(TypeError):
            parse(wrong)
    plain: Any = ("a", {}, None)
    for value in (wrong, plain):
        with pytest.raises(TypeError):
            format_challenges([value])
        with pytest.raises(TypeError):
            format_credentials(value)
    for challenge in [
        Challenge(wrong, {}),
        Challenge("a", wrong),
        Challenge("a", {}, wrong),
        Challenge("a", {"b": wrong}),
    ]:
        with pytest.raises(TypeError):
            format_challenges([challenge])
        with pytest.raises(TypeError):
            format_credentials(Credentials(*challenge))
    for arguments in [(wrong, "b"), ("a", wrong), ("a", "b", wrong)]:
        with pytest.raises(TypeError):
            format_basic_credentials(*arguments)

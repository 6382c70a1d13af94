# Compiled by mypyc.
"""Challenges and credentials of HTTP authentication (RFC 9110, section 11), and those of the Basic scheme (RFC 7617)."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import STR_OR_NONE, require
from tidewire_http_parser._errors import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser._grammar import INTERPRETED, is_token
from tidewire_http_parser.field_values._syntax import (
    COMMA,
    EQUALS,
    MAX_ELEMENTS,
    MAX_PARAMETERS,
    SP,
    ascii_of,
    lowered,
    next_element,
    quoted,
    read_parameter,
    skip_space,
    token_end,
    word,
)
from tidewire_http_parser.field_values._value_types import BasicCredentials, Challenge, Credentials, make

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = [
    "format_basic_credentials",
    "format_challenges",
    "format_credentials",
    "parse_basic_credentials",
    "parse_challenges",
    "parse_credentials",
]

# token68 (RFC 9110, section 11.2), but for the padding at its end.
_TOKEN68: Final = bytes(
    [(chr(octet).isalnum() and octet < 0x80) or octet in b"-._~+/" for octet in range(256)]
)

# Parameters that are quoted always, since some readers want them so (RFC 9110, section 11.5; RFC 7616, section 3.4).
_QUOTED: Final = frozenset(
    {"realm", "domain", "nonce", "opaque", "qop", "username", "uri", "response", "cnonce"}
)


def parse_challenges(value: str) -> list[Challenge]:
    """Take the value of WWW-Authenticate or Proxy-Authenticate apart.

    Args:
        value: one challenge or several, such as `Basic realm="a", Bearer`.

    Returns:
        The challenges as they were sent, their schemes in lower case.

    Raises:
        InvalidFieldValue: the value is malformed, a parameter is there twice, or there is more than 1024 challenges
            or more than 64 parameters in one.
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    challenges: list[Challenge] = []
    pos: i64 = next_element(data, 0, end)
    while pos < end:
        if len(challenges) == MAX_ELEMENTS:
            raise InvalidFieldValue("more challenges than the limit")
        scheme, parameters, token, pos = _read_scheme(value, data, pos, end, False)
        challenges.append(make(Challenge, (scheme, parameters, token)))
        pos = next_element(data, pos, end)
    return challenges


def parse_credentials(value: str) -> Credentials:
    """Take the value of Authorization or Proxy-Authorization apart.

    Args:
        value: the value, such as `Bearer mF_9.B5f-4.1JqM`.

    Raises:
        InvalidFieldValue: the value is malformed, a parameter is there twice, or there are more than 64.
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    scheme, parameters, token, pos = _read_scheme(value, data, skip_space(data, 0, end), end, True)
    if pos < end:
        raise _malformed()
    return make(Credentials, (scheme, parameters, token))


def _read_scheme(
    value: str, data: bytes, pos: i64, end: i64, alone: bool
) -> tuple[str, dict[str, str], str | None, i64]:
    """Read a scheme with what belongs to it: a token68, or parameters.

    Args:
        value: the value.
        data: its octets.
        pos: where the scheme begins.
        end: where the value ends.
        alone: whether no other scheme can come after it.

    Returns:
        The scheme in lower case, the parameters, the token68, and where the next scheme, or the end, is.
    """
    stop: i64 = token_end(data, pos, end)
    if stop == pos:
        raise _malformed()
    scheme = lowered(value, data, pos, stop)
    parameters: dict[str, str] = {}
    pos = skip_space(data, stop, end)
    if pos == end or data[pos] == COMMA:
        return scheme, parameters, None, next_element(data, pos, end)
    if data[stop] != SP:
        raise _malformed()
    stop = _token68_end(data, pos, end)
    after: i64 = skip_space(data, stop, end)
    if stop > pos and (after == end or (data[after] == COMMA and not alone)):
        return scheme, parameters, value[pos:stop], next_element(data, after, end)
    while pos < end:
        name, text, pos = read_parameter(value, data, pos, end)
        if pos < 0 or name in parameters or len(parameters) == MAX_PARAMETERS:
            raise _malformed()
        parameters[name] = text
        pos = skip_space(data, pos, end)
        if pos < end and data[pos] != COMMA:
            raise _malformed()
        pos = next_element(data, pos, end)
        if not alone and _is_scheme(data, pos, end):
            break
    return scheme, parameters, None, pos


def _is_scheme(data: bytes, pos: i64, end: i64) -> bool:
    """Tell whether what begins here is no parameter: no token that an equals sign follows."""
    stop: i64 = token_end(data, pos, end)
    pos = skip_space(data, stop, end)
    return pos == end or data[pos] != EQUALS


def _token68_end(data: bytes, pos: i64, end: i64) -> i64:
    start: i64 = pos
    allowed = _TOKEN68
    while pos < end and allowed[data[pos]]:
        pos += 1
    if pos > start:
        while pos < end and data[pos] == EQUALS:
            pos += 1
    return pos


def _malformed() -> InvalidFieldValue:
    """Make the error for malformed credentials; the value is no part of it, since there are secrets in it."""
    return InvalidFieldValue("malformed challenge or credentials")


def format_challenges(challenges: list[Challenge]) -> str:
    """Write the value of WWW-Authenticate or Proxy-Authenticate.

    Args:
        challenges: the challenges, at least one.

    Raises:
        LocalProtocolError: there is none, or a part of one may not go out.
        TypeError: they are no list.
    """
    if INTERPRETED:
        require((challenges, list))
    if not challenges:
        raise LocalProtocolError("no challenge")
    parts: list[str] = []
    for challenge in challenges:
        require((challenge, Challenge))
        parts.append(_formatted(challenge.scheme, challenge.parameters, challenge.token))
    return ", ".join(parts)


def format_credentials(credentials: Credentials) -> str:
    """Write the value of Authorization or Proxy-Authorization.

    Args:
        credentials: the credentials; the scheme goes out in the case that it has.

    Raises:
        LocalProtocolError: a part of them may not go out.
        TypeError: a part of them is of another type.
    """
    require((credentials, Credentials))
    return _formatted(credentials.scheme, credentials.parameters, credentials.token)


def _formatted(scheme: str, parameters: dict[str, str], token: str | None) -> str:
    if INTERPRETED:
        require((scheme, str), (parameters, dict), (token, STR_OR_NONE))
    if not is_token(scheme):
        raise LocalProtocolError(f"an authentication scheme is a token, not {scheme[:100]!r}")
    if token is not None:
        octets = ascii_of(token)
        if parameters or not octets or _token68_end(octets, 0, len(octets)) != len(octets):
            raise LocalProtocolError(
                "a token68 is letters, digits and -._~+/=, and has no parameters beside it"
            )
        return f"{scheme} {token}"
    parts: list[str] = []
    for name, text in parameters.items():
        if INTERPRETED:
            require((name, str), (text, str))
        if not is_token(name):
            raise LocalProtocolError(f"a parameter's name is a token, not {name[:100]!r}")
        parts.append(f"{name}={quoted(text) if name.lower() in _QUOTED else word(text)}")
    return f"{scheme} {', '.join(parts)}" if parts else scheme


def parse_basic_credentials(value: str, charset: str = "utf-8") -> BasicCredentials:
    """Read user and password from an Authorization of the Basic scheme.

    Args:
        value: the value, such as `Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==`.
        charset: the charset they are in (RFC 7617, section 2.1).

    Raises:
        InvalidFieldValue: another scheme, no Base64, no colon, or control characters or other than text in it.
        LocalProtocolError: the charset is not known.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((value, str), (charset, str))
    encoded = value[6:] if value.startswith("Basic ") else _behind_scheme(value)
    user = password = ""
    problem = 0
    # What is wrong with a secret must not be seen with the error, as its cause would be: the cause holds the secret.
    try:
        octets = a2b_base64(encoded.strip(" "), strict_mode=True)
        if charset != "utf-8":
            octets = octets.decode(charset).encode("utf-8")
        text = octets.decode("utf-8")
        colon = text.find(":")
        if colon < 0 or _has_controls(octets):
            problem = 1
        else:
            user = text[:colon]
            password = text[colon + 1 :]
    except ValueError:
        problem = 1
    except LookupError:
        problem = 2
    if problem:
        raise _malformed() if problem == 1 else _unknown(charset)
    return make(BasicCredentials, (user, password))


def _behind_scheme(value: str) -> str:
    """Return what is behind the name of the Basic scheme, in whatever case it is."""
    scheme, space, rest = value.strip(" \t").partition(" ")
    if not space or not scheme.isascii() or scheme.lower() != "basic":
        raise InvalidFieldValue("no credentials of the Basic scheme")
    return rest


def _has_controls(octets: bytes) -> bool:
    pos: i64 = 0
    end: i64 = len(octets)
    while pos < end:
        octet: i64 = octets[pos]
        if octet < 0x20 or octet == 0x7F:
            return True
        pos += 1
    return False


def format_basic_credentials(user: str, password: str, charset: str = "utf-8") -> str:
    """Write an Authorization of the Basic scheme.

    Args:
        user: the user-id, without a colon.
        password: the password.
        charset: the charset that they are encoded in.

    Raises:
        LocalProtocolError: there is a colon in the user-id, or a control character or one that the charset does
            not have in either; or the charset is not known.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((user, str), (password, str), (charset, str))
    text = f"{user}:{password}"
    octets = b""
    known = True
    try:
        octets = text.encode("utf-8")
        if ":" in user or _has_controls(octets):
            raise LocalProtocolError("a control character in user-id or password, or a colon in a user-id")
        if charset != "utf-8":
            octets = text.encode(charset)
    except ValueError:
        octets = b""
    except LookupError:
        known = False
    if not known:
        raise _unknown(charset)
    if not octets:
        raise LocalProtocolError(f"user-id or password cannot be encoded in {charset[:100]!r}")
    return f"Basic {b2a_base64(octets, newline=False).decode('ascii')}"


def _unknown(charset: str) -> LocalProtocolError:
    return LocalProtocolError(f"unknown charset {charset[:100]!r}")

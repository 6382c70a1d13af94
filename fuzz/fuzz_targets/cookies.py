"""Cookies, both ways: whatever is sent is read, and what was read goes out as it was, or not at all."""

from __future__ import annotations

from contextlib import suppress

from fuzz_targets import CORPUS
from fuzz_targets.choices import Choices
from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import (
    format_cookies,
    format_set_cookie,
    parse_cookie_date,
    parse_cookies,
    parse_set_cookie,
    parse_set_cookies,
    quote_cookie_value,
    unquote_cookie_value,
)
from tidewire_testing import load_corpus

__all__ = ["one_input", "seeds"]


def one_input(data: bytes) -> None:
    """Read an input as Cookie, as Set-Cookie, as its date and as a value."""
    choices = Choices(data)
    limit = 1 + choices.number()
    text = choices.rest().decode("utf-8", "surrogateescape")
    pairs = parse_cookies(text, limit)
    assert len(pairs) <= limit
    assert all(len(name) + len(value) <= len(text) for name, value in pairs)
    if pairs:
        _check_cookies(pairs)
    _check_set_cookie(text)
    assert len(parse_set_cookies(text.split("\n"), limit)) <= limit
    quoted = quote_cookie_value(text)
    assert unquote_cookie_value(quoted) == text
    unquote_cookie_value(text)
    with suppress(InvalidFieldValue):
        parse_cookie_date(text)


def _check_cookies(pairs: list[tuple[str, str]]) -> None:
    try:
        sent = format_cookies(pairs)
    except LocalProtocolError:
        return
    assert _is_clean(sent)
    assert parse_cookies(sent) == pairs


def _check_set_cookie(text: str) -> None:
    cookie = parse_set_cookie(text)
    # One leading dot is dropped, as RFC 6265bis, section 5.6.3, has it: of two, one goes each time.
    if cookie is None or (cookie.domain or "").startswith("."):
        return
    try:
        sent = format_set_cookie(cookie)
    except LocalProtocolError:
        return
    assert _is_clean(sent)
    assert parse_set_cookie(sent) == cookie


def _is_clean(text: str) -> bool:
    return all(character >= " " and character != "\x7f" for character in text.replace("\t", " "))


def seeds() -> list[bytes]:
    """Return the values of the corpus, and some dates and lists that it does not have."""
    lines = [line for case in load_corpus(CORPUS / "cookies") for line in case.data.split(b"\r\n")]
    values = [line.partition(b":")[2].removeprefix(b" ") for line in lines]
    return [b"\x63" + value for value in (*values, *_VALUES)]


_VALUES = (
    b"a=b",
    b"a=b; c=d;e = f ;=g; h",
    b'a="b\\"c"; d="\\073"',
    b"a=b=c; a=d",
    b"$Version=1; a=b; $Path=/",
    b"a=b; Path=/; Domain=.example.com; Secure; HttpOnly; SameSite=Lax; Partitioned",
    b"a=b; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=3600",
    b"__Host-a=b; Secure; Path=/",
    b"a=\xc3\xa9; max-age=-1; expires=Thu, 01-Jan-70 00:00:00 GMT",
    b"Sun, 06 Nov 1994 08:49:37 GMT",
    b"6-nov-94 8:49:37",
    b"a=b\nc=d; max-age=0",
    b"a=" + b"x" * 100,
)

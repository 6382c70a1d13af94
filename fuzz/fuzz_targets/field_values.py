"""Field values: what is malformed is a designed error, and what is formatted is read as what it was made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fuzz_targets.choices import Choices
from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser import field_values as values

__all__ = ["one_input", "seeds"]

_NOW = 1_700_000_000


def one_input(data: bytes) -> None:
    """Read an input as a value of one kind; format what was read and read that again."""
    choices = Choices(data)
    parse, form = choices.pick(_KINDS)
    text = choices.rest().decode("utf-8", "surrogateescape")
    try:
        read = parse(text)
    except InvalidFieldValue:
        return
    if form is None or read in ([], None, "*"):
        return
    try:
        sent = form(read)
    except LocalProtocolError:
        return
    assert all(character >= " " and character != "\x7f" for character in sent.replace("\t", " ")), sent
    assert parse(sent) == read, sent


def _date(text: str) -> int:
    return values.parse_date(text, _NOW)


def _resolved(text: str) -> None:
    ranges = values.parse_range(text)
    for length in (0, 1, 100, 10**17):
        for resolved in values.resolve_ranges(ranges or [], length):
            assert 0 <= resolved.start < resolved.stop <= length


def _conditions(text: str) -> None:
    etag = values.ETag("a")
    for name in ("if_match", "if_none_match", "if_modified_since", "if_unmodified_since"):
        conditions = values.Conditions(**{name: text})
        status = values.evaluate_conditions("GET", conditions, etag, _NOW, _NOW)
        assert status in (None, 304, 412)
    values.if_range_holds(text, etag, _NOW, _NOW)


def _chosen(text: str) -> None:
    assert values.choose_media_type(text, ["text/html", "a/b;c=d"]) in ("text/html", "a/b;c=d", None)
    assert values.choose_language(text, ["en", "de-AT"]) in ("en", "de-AT", None)
    assert values.choose_charset(text, ["utf-8"]) in ("utf-8", None)
    assert values.choose_content_coding(text, ["gzip", "br"]) in ("gzip", "br", "identity", None)


def _media_type(read: tuple[str, dict[str, str]]) -> str:
    if not read[0]:
        raise LocalProtocolError("nothing was there")
    return values.format_media_type(*read)


def _parse_disposition(text: str) -> tuple[str, dict[str, str | None]]:
    read = values.parse_content_disposition(text)
    names = [name for name in read.parameters if "*" not in name]
    return read.type, {name: read.parameter(name) for name in names}


def _disposition(read: tuple[str, dict[str, str]]) -> str:
    if read[0] == "form-data" and "%" in "".join(read[1].values()):
        raise LocalProtocolError("a percent sign is not told from an encoded character there")
    return values.format_content_disposition(*read)


def _credentials(read: values.BasicCredentials) -> str:
    return values.format_basic_credentials(read.user, read.password)


_KINDS: list[tuple[Callable[[str], Any], Callable[[Any], str] | None]] = [
    (values.parse_media_type, _media_type),
    (_parse_disposition, _disposition),
    (values.parse_list, None),
    (values.parse_token_list, values.format_token_list),
    (values.parse_quoted_string, values.format_quoted_string),
    (_date, values.format_date),
    (values.parse_etag, values.format_etag),
    (values.parse_etags, None),
    (values.parse_range, None),
    (_resolved, None),
    (values.parse_content_range, values.format_content_range),
    (lambda text: values.parse_if_range(text, _NOW), None),
    (_conditions, None),
    (values.parse_accept, None),
    (values.parse_accept_charset, None),
    (values.parse_accept_encoding, None),
    (values.parse_accept_language, None),
    (_chosen, None),
    (values.parse_challenges, values.format_challenges),
    (values.parse_credentials, values.format_credentials),
    (values.parse_basic_credentials, _credentials),
    (values.parse_forwarded, values.format_forwarded),
    (values.parse_forwarded_pairs, None),
    (values.parse_x_forwarded_for, None),
    (values.parse_links, values.format_links),
]

_TEXTS = (
    b'text/html; charset="utf-8"; a=b',
    b'attachment; filename="a\\"b.txt"; filename*=UTF-8\'\'%e2%82%ac',
    b"form-data; name=a; filename*0=b; filename*1*=%20c",
    b'a, b ,,"c,d"',
    b'"a\\"b"',
    b"Sun, 06 Nov 1994 08:49:37 GMT",
    b"Sunday, 06-Nov-94 08:49:37 GMT",
    b"Sun Nov  6 08:49:37 1994",
    b'W/"a", "b"',
    b"*",
    b"bytes=0-1, 5-, -3",
    b"bytes 0-1/5",
    b"bytes */5",
    b"text/html;q=0.5, */*;q=0.1, a/b;c=d",
    b"gzip;q=1.0, identity;q=0, *",
    b"de-AT, en;q=0.5",
    b'Basic realm="a", Digest realm="b", nonce=c, Negotiate abc==',
    b"Basic YTpi",
    b"Bearer abc",
    b'for=192.0.2.1;proto=https;by="[::1]:80";host=a, for=_x',
    b"192.0.2.1, [::1]:80, unknown",
    b"</a>; rel=\"next prev\"; title*=UTF-8''a, <b>; rel=x",
)


def seeds() -> list[bytes]:
    """Return each text for each kind of value."""
    return [bytes([kind]) + text for kind in range(len(_KINDS)) for text in _TEXTS]

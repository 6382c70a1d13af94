# Compiled by mypyc.
"""Field lines, from values to text.

Every name is a token and no value holds a control byte but HTAB (RFC 9110, section 5): what comes out of this module
are the lines that were meant, and no others (S6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import require, require_fields
from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser._grammar import FIELD_VALUE, INTERPRETED, is_token
from tidewire_http_parser._header_names import (
    CONNECTION,
    CONTENT_LENGTH,
    HOST,
    ONCE,
    REFUSED,
    TEXTS,
    TRANSFER_ENCODING,
)
from tidewire_http_parser._targets import is_authority

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["FieldBlock"]

# What the fields of a head say of its framing and its connection, as bits.
LENGTH: Final = 1  # Content-Length is there
CODED: Final = 2  # Transfer-Encoding is there
FRAMED: Final = 3  # either
HOSTED: Final = 4  # Host is there
CLOSES: Final = 8  # Connection names close
LIVES_ON: Final = 16  # Connection names keep-alive


class FieldBlock:
    """Fields that are validated once, to go out with any number of messages.

    Args:
        fields: names and values; none of them is about a message's framing or its connection.
        for_requests: whether the messages are requests to one host, which may be among the fields.

    Raises:
        LocalProtocolError: a field that is about one message, or that may not go out.
        TypeError: they are no list of names and values.

    Attributes:
        fields: the fields; not for writing.
        has_host: whether Host is among them.
        text: their lines.
    """

    __slots__ = ("fields", "has_host", "text")

    def __init__(self, fields: list[tuple[str, str]], *, for_requests: bool = False) -> None:
        if INTERPRETED:
            require((for_requests, bool))
            require_fields(fields)
        parts: list[str] = []
        seen, _ = add_fields(parts, fields)
        if seen and not (for_requests and seen == HOSTED):
            raise LocalProtocolError("a field that is about one message or its connection")
        self.fields: Final = list(fields)
        self.has_host: Final = seen != 0
        self.text: Final = "".join(parts)

    def __repr__(self) -> str:
        return f"<FieldBlock of {len(self.fields)} fields>"


def add_fields(parts: list[str], fields: list[tuple[str, str]]) -> tuple[i64, i64]:
    """Add field lines to a head.

    Returns:
        What the fields say, as bits, and the value of Content-Length, -1 where there is none.
    """
    seen: i64 = 0
    declared: i64 = -1
    singles: i64 = 0
    for name, value in fields:
        known = TEXTS.get(name)
        if known is None:
            if not is_token(name):
                raise LocalProtocolError(f"a field name is a token, not {name[:100]!r}")
            known = TEXTS.get(name.lower())
        if known is not None and known.kind != 0:
            kind: i64 = known.kind
            if kind == CONTENT_LENGTH:
                seen = _once(seen, LENGTH, name)
                declared = _content_length(value)
            elif kind == TRANSFER_ENCODING:
                seen = _once(seen, CODED, name)
                if not value.isascii() or value.lower() != "chunked":
                    raise LocalProtocolError("the only transfer coding is chunked")
            elif kind == ONCE:
                singles = _once(singles, known.once, name)
            elif kind == CONNECTION:
                seen |= _connection(value)
            elif kind == HOST:
                seen = _once(seen, HOSTED, name)
                octets = value.encode("utf-8", "replace")
                if octets and not is_authority(octets, 0, len(octets), False):
                    raise LocalProtocolError(f"Host is host[:port], not {value[:100]!r}")
            elif kind == REFUSED:
                raise LocalProtocolError(f"no {name} can be sent")
        if not value.isprintable():
            check_value(value)
        parts.append(name)
        parts.append(": ")
        parts.append(value)
        parts.append("\r\n")
    return seen, declared


def _once(seen: i64, bit: i64, name: str) -> i64:
    if seen & bit:
        raise LocalProtocolError(f"more than one {name}")
    return seen | bit


def _connection(value: str) -> i64:
    seen: i64 = 0
    if value.isascii():
        for option in value.lower().split(","):
            option = option.strip(" \t")
            if option == "close":
                seen |= CLOSES
            elif option == "keep-alive":
                seen |= LIVES_ON
    return seen


def _content_length(value: str) -> i64:
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise LocalProtocolError(f"Content-Length is digits, not {value[:100]!r}")
    return int(value)


def check_value(value: str) -> None:
    """Check a value, or a reason phrase, that has characters which cannot be printed.

    Raises:
        LocalProtocolError: one of them is a control byte, or is no text.
    """
    try:
        octets = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        octets = b"\0"
    for octet in octets:
        if not FIELD_VALUE[octet]:
            raise LocalProtocolError(f"control byte, or what is no text, in {value[:100]!r}")


def encode(parts: list[str]) -> bytes:
    """Join and encode the lines of a head, and end it."""
    parts.append("\r\n")
    return "".join(parts).encode("utf-8", "surrogateescape")

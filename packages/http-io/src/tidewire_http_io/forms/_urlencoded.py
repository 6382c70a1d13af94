# Compiled by mypyc.
"""application/x-www-form-urlencoded, both ways (WHATWG URL, section 5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from tidewire_http_io.forms._charsets import charset_codec
from tidewire_http_io.forms._form_errors import InvalidText
from tidewire_http_io.forms._form_limits import FormLimits, FormTally
from tidewire_http_parser import LocalProtocolError

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["format_urlencoded", "parse_urlencoded"]

_DEFAULT_LIMITS: Final = FormLimits()
_AMPERSAND: Final = 0x26
_HEX: Final = b"0123456789ABCDEFabcdef"
_OCTETS: Final[dict[bytes, bytes]] = {
    bytes((first, second)): bytes((int(bytes((first, second)), 16),)) for first in _HEX for second in _HEX
}
_PLAIN: Final = b"*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ESCAPED: Final[tuple[str, ...]] = tuple(
    chr(octet) if octet in _PLAIN else "+" if octet == 0x20 else f"%{octet:02X}" for octet in range(256)
)


def parse_urlencoded(
    data: object, *, charset: str = "utf-8", errors: str = "replace", limits: FormLimits | None = None
) -> list[tuple[str, str]]:
    """Read the fields of a form.

    What is between two ampersands is a field, unless it is empty; without an equals sign it is a name with an empty
    value. A percent sign that is followed by anything but two hexadecimal digits stands for itself.

    Args:
        data: the body, as it was sent.
        charset: the charset of the percent-encoded text.
        errors: what is done about bytes that are no text; `replace` is what browsers do, `strict` refuses them.
        limits: what the form may have; the defaults of `FormLimits` where None. Bytes are counted after decoding.

    Returns:
        Names and values in their order.

    Raises:
        FormTooLarge: there is more of something than its limit.
        InvalidText: an unknown charset, or with `strict` bytes that are no text.
        TypeError: the data is not of type bytes.
    """
    if not isinstance(data, bytes):
        raise TypeError(f"parse_urlencoded() takes bytes, not {type(data).__name__}")
    tally = FormTally(_DEFAULT_LIMITS if limits is None else limits)
    codec = "utf-8" if charset == "utf-8" else charset_codec(charset)
    found: list[tuple[str, str]] = []
    size: i64 = len(data)
    pos: i64 = 0
    while pos < size:
        # Ampersands that have nothing between them cost no more than this.
        if data[pos] == _AMPERSAND:
            pos += 1
            continue
        end: i64 = data.find(b"&", pos)
        if end < 0:
            end = size
        equals: i64 = data.find(b"=", pos, end)
        if equals < 0:
            equals = end
        # Nothing grows by decoding a percent sign; so the field is counted before it is taken apart.
        name = _unescape(data[pos:equals])
        tally.begin_field(len(name))
        # Compiled code does not take a slice that begins behind its end.
        value = _unescape(data[equals + 1 : end]) if equals < end else b""
        tally.charge(len(value))
        try:
            found.append((name.decode(codec, errors), value.decode(codec, errors)))
        except UnicodeError as error:
            failure = InvalidText("bytes that are no text in their charset", charset)
            failure.__cause__ = error
            raise failure  # noqa: B904 - compiled code loses what stands behind `from`
        pos = end + 1
    return found


def _unescape(data: bytes) -> bytes:
    if b"+" in data:
        data = data.replace(b"+", b" ")
    if b"%" not in data:
        return data
    pieces = data.split(b"%")
    parts = [pieces[0]]
    count: i64 = len(pieces)
    index: i64 = 1
    while index < count:
        piece = pieces[index]
        octet = _OCTETS.get(piece[:2])
        if octet is None:
            parts.append(b"%")
            parts.append(piece)
        else:
            parts.append(octet)
            if len(piece) > 2:
                parts.append(piece[2:])
        index += 1
    return b"".join(parts)


def format_urlencoded(fields: Iterable[tuple[str, str]], *, charset: str = "utf-8") -> bytes:
    """Write the fields of a form.

    Args:
        fields: names and values.
        charset: the charset; what it does not have becomes a numeric character reference, as browsers do it.

    Returns:
        The body, of letters, digits and `*-._+%&=`.

    Raises:
        LocalProtocolError: an unknown charset, or half a surrogate pair, which is no text.
        TypeError: a name or value is no str.
    """
    try:
        codec = charset_codec(charset)
    except InvalidText as error:
        failure = LocalProtocolError(str(error))
        failure.__cause__ = error
        raise failure  # noqa: B904 - compiled code loses what stands behind `from`
    errors = "strict" if codec.startswith("utf") else "xmlcharrefreplace"
    parts: list[str] = []
    for name, value in fields:
        parts.append(_escape(name, codec, errors) + "=" + _escape(value, codec, errors))
    return "&".join(parts).encode("ascii")


def _escape(text: object, codec: str, errors: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"names and values of a form are str, not {type(text).__name__}")
    try:
        octets = text.encode(codec, errors)
    except UnicodeEncodeError as error:
        failure = LocalProtocolError(f"what is no text in {text[:100]!r}")
        failure.__cause__ = error
        raise failure  # noqa: B904 - compiled code loses what stands behind `from`
    if octets.isalnum():
        return octets.decode("ascii")
    escaped = _ESCAPED
    return "".join([escaped[octet] for octet in octets])

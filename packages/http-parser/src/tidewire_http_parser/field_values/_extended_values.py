# Compiled by mypyc.
"""Parameters beyond ASCII: charset and percent-encoding (RFC 8187), and values in sections (RFC 2231, section 3)."""

from __future__ import annotations

from binascii import unhexlify
from typing import TYPE_CHECKING, Final

from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser._grammar import HEX, TOKEN

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

_PERCENT: Final = 0x25
_MAX_SECTIONS: Final = 64

# The charset is the peer's word. These are what RFC 8187, section 3.2.1, and its predecessor ask for; other codecs
# that Python has are slow, or no charsets at all.
_CHARSETS: Final[dict[str, str]] = {
    "": "utf-8",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "us-ascii": "ascii",
}

# attr-char (RFC 8187, section 3.2.1) stands for itself, every other octet is percent-encoded.
_ENCODED: Final[tuple[str, ...]] = tuple(
    chr(octet) if TOKEN[octet] and octet not in b"*'%" else f"%{octet:02X}" for octet in range(256)
)


def decode_extended(value: str) -> str | None:
    """Decode an ext-value such as `UTF-8'en'%E2%82%AC%20rates`.

    ASCII that ought to be encoded is taken as it is, since many senders leave some of `'()*` alone.

    Returns:
        The text; None if it is malformed, of another charset, or has control characters in it.
    """
    charset, quote, rest = value.partition("'")
    _, second_quote, encoded = rest.partition("'")
    if not quote or not second_quote:
        return None
    return _decode_octets(charset, percent_decode(encoded))


def encode_extended(text: str) -> str:
    """Write a text as ext-value, in UTF-8.

    Raises:
        LocalProtocolError: it has control characters in it, or what is no text.
    """
    encoded = _ENCODED
    return "UTF-8''" + "".join([encoded[octet] for octet in octets_to_send(text)])


def octets_to_send(text: str) -> bytes:
    """Encode a text in UTF-8.

    Raises:
        LocalProtocolError: it has control characters in it, or what is no text.
    """
    try:
        octets = text.encode("utf-8")
    except UnicodeEncodeError:
        octets = b"\0"
    if _has_controls(octets):
        raise LocalProtocolError(f"control character, or what is no text, in {text[:100]!r}")
    return octets


def percent_decode(text: str) -> bytes | None:
    """Undo percent-encoding; None if a percent sign is not followed by two hexadecimal digits, or beyond ASCII."""
    if not text.isascii():
        return None
    data = text.encode("ascii")
    start: i64 = data.find(b"%")
    if start < 0:
        return data
    end: i64 = len(data)
    hexadecimal = HEX
    parts = [data[:start]]
    while start < end:
        pos: i64 = start
        while pos + 2 < end and data[pos] == _PERCENT:
            if hexadecimal[data[pos + 1]] == 255 or hexadecimal[data[pos + 2]] == 255:
                return None
            pos += 3
        if pos == start:
            return None  # A percent sign less than two characters before the end.
        parts.append(unhexlify(data[start:pos].replace(b"%", b"")))
        start = data.find(b"%", pos)
        if start < 0:
            start = end
        if start > pos:
            parts.append(data[pos:start])
    return b"".join(parts)


def preferred_parameter(parameters: dict[str, str], name: str) -> str | None:
    """Find the best of the forms in which a parameter was sent.

    The extended form `name*` comes before sections `name*0`, `name*1*` and so on, and these before `name`
    (RFC 6266, section 4.3).

    Args:
        parameters: texts by names in lower case; those of `name*` are decoded, those of sections are not.
        name: the name in lower case.

    Returns:
        The text; None if it is there in no form, or in none that can be decoded.
    """
    text = parameters.get(f"{name}*")
    if text is not None:
        return text
    if f"{name}*0" in parameters or f"{name}*0*" in parameters:
        text = _join_sections(parameters, name)
        if text is not None:
            return text
    return parameters.get(name)


def _join_sections(parameters: dict[str, str], name: str) -> str | None:
    """Join the sections of a value up to the first that is missing; the first names the charset for all."""
    charset = ""
    parts: list[str] = []
    octets: list[
        bytes
    ] = []  # Of sections in a row that are encoded: a character may begin in one and end in the next.
    number: i64 = 0
    while number < _MAX_SECTIONS:
        encoded = parameters.get(f"{name}*{number}*")
        if encoded is not None:
            if number == 0:
                charset, quote, encoded = encoded.partition("'")
                _, second_quote, encoded = encoded.partition("'")
                if not quote or not second_quote:
                    return None
            decoded = percent_decode(encoded)
            if decoded is None:
                return None
            octets.append(decoded)
        else:
            plain = parameters.get(f"{name}*{number}")
            if plain is None:
                break
            if octets:
                text = _decode_octets(charset, b"".join(octets))
                if text is None:
                    return None
                parts.append(text)
                octets = []
            parts.append(plain)
        number += 1
    if octets:
        text = _decode_octets(charset, b"".join(octets))
        if text is None:
            return None
        parts.append(text)
    return "".join(parts)


def _decode_octets(charset: str, octets: bytes | None) -> str | None:
    if octets is None or _has_controls(octets):
        return None
    codec = _CHARSETS.get(charset.lower())
    if codec is None:
        return None
    try:
        return octets.decode(codec)
    except UnicodeDecodeError:
        return None


def _has_controls(octets: bytes) -> bool:
    for octet in octets:
        if octet < 0x20 or octet == 0x7F:
            return True
    return False

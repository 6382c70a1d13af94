# Compiled by mypyc.
"""Character classes of RFC 9110 and RFC 9112 as tables of 256 bytes, indexed by byte value.

A table entry is nonzero for a byte of the class: one indexed load decides, in both builds.
"""

from __future__ import annotations

from typing import Final

__all__: list[str] = []

# Whether this is the interpreted build, which checks by itself what the compiled one enforces of arguments.
INTERPRETED: Final = not __file__.endswith((".so", ".pyd"))

_DIGITS: Final = b"0123456789"
_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# tchar (RFC 9110, section 5.6.2): methods, field names, parameter names.
_TCHAR: Final = b"!#$%&'*+-.^_`|~" + _DIGITS + _LETTERS
TOKEN: Final = bytes([1 if octet in _TCHAR else 0 for octet in range(256)])

# Bytes of a field value (RFC 9110, section 5.5): VCHAR, SP, HTAB and obs-text, that is no control bytes.
FIELD_VALUE: Final = bytes(
    [1 if (octet >= 0x20 and octet != 0x7F) or octet == 0x09 else 0 for octet in range(256)]
)

# What a lenient client takes in one: all but NUL, CR and LF, which other software cuts values at.
LENIENT_VALUE: Final = bytes([0 if octet in b"\0\r\n" else 1 for octet in range(256)])

# Bytes of a request target. RFC 3986 allows fewer; browsers and tools send these unescaped, and none of them
# ends the target or hides anything in a log. Raw non-ASCII bytes are refused.
TARGET: Final = bytes([1 if 0x21 <= octet <= 0x7E else 0 for octet in range(256)])

# Bytes of a reg-name or an IPv4 address (RFC 3986, section 3.2.2), but for the percent sign.
_HOST: Final = b"-._~!$&'()*+,;=" + _DIGITS + _LETTERS
HOST: Final = bytes([1 if octet in _HOST else 0 for octet in range(256)])

# The value of a hexadecimal digit, or 255.
HEX: Final = bytes(
    [int(chr(octet), 16) if octet in b"0123456789abcdefABCDEF" else 255 for octet in range(256)]
)


def is_token(text: str) -> bool:
    """Tell whether a text is a token (RFC 9110, section 5.6.2)."""
    if not text.isascii() or not text:
        return False
    for octet in text.encode("ascii"):
        if not TOKEN[octet]:
            return False
    return True

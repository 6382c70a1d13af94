# Compiled by mypyc.
"""What a session must know of each response, in one look at its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

    from tidewire_http_parser import Fields

__all__: list[str] = []

# Bits of `scan_head()`.
SETS_COOKIES: Final = 1
ENCODED: Final = 2
TRANSFER_CODED: Final = 4


def scan_head(fields: Fields) -> int:
    """Tell what the fields of a response speak of; the parser gives these names in their usual spelling.

    Args:
        fields: the fields.

    Returns:
        The sum of 1 for Set-Cookie, 2 for Content-Encoding, and 4 for a Transfer-Encoding that is not just `chunked`.
    """
    found: i64 = 0
    for name, value in fields:
        size: i64 = len(name)
        if size == 10:
            if name == "Set-Cookie":
                found |= SETS_COOKIES
        elif size == 16:
            if name == "Content-Encoding":
                found |= ENCODED
        elif size == 17 and name == "Transfer-Encoding" and value != "chunked":
            found |= TRANSFER_CODED
    return found

# Compiled by mypyc.
"""From the text of a field value back to its octets.

Text is UTF-8 everywhere in this library, and an octet that is not UTF-8 is a surrogate escape. A text that came
from elsewhere may hold surrogates that stand for no octet; those become question marks here, so that a parser can
look at any text.
"""

from __future__ import annotations

__all__: list[str] = []


def octets_of(text: str) -> bytes:
    """Encode a text as it goes over the wire; never fails."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def is_text(text: str) -> bool:
    """Tell whether a text stands for octets, that is, holds no surrogate but escaped octets."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True

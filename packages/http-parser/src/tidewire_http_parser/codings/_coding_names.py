"""The names of content codings, as Content-Encoding lists them (RFC 9110, section 8.4)."""

from __future__ import annotations

from typing import Final

from tidewire_http_parser._argument_types import require

__all__ = ["MAX_CODINGS", "parse_content_encoding"]

# One is usual; a second comes from a proxy that encodes again what was encoded. Each may hold a window of 16 MiB
# (that of br), and multiplies what a few bytes can become.
MAX_CODINGS: Final = 3
"""How many content codings one message may have."""


def parse_content_encoding(value: str) -> tuple[str, ...]:
    """Read a Content-Encoding field.

    Args:
        value: the field's value; those of several lines are joined by commas.

    Returns:
        The codings in the order in which they were applied. Names are in lower case where they are ASCII, `x-gzip` is
        `gzip` (RFC 9110, section 8.4.1.3), and `identity`, which changes nothing, is left out. Names that nobody knows
        are there too.

    Raises:
        TypeError: the value is not of type str.
    """
    require((value, str))
    names: list[str] = []
    for member in value.split(","):
        name = member.strip(" \t")
        # lower() would make a K of the Kelvin sign.
        if name.isascii():
            name = name.lower()
        if name and name != "identity":
            names.append("gzip" if name == "x-gzip" else name)
    return tuple(names)

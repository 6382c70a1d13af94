"""Names for files, from what servers say: none of them leads out of the folder or means something to the system."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from yarl import URL

from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import parse_content_disposition

__all__ = ["file_name"]

_FALLBACK: Final = "download"
_MOST_BYTES: Final = 200
# Control characters, and what Windows has in no name.
_REFUSED: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
# Devices there, whatever their suffix.
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
# What the downloader itself puts beside files.
_OWN: Final = (".part", ".part.json")


def file_name(url: URL, content_disposition: str | None) -> str:
    """Return the name for a file (RFC 6266, section 4.3).

    Args:
        url: where it comes from; the last segment of its path is the name where the server gives none.
        content_disposition: what the server says, which may be anything.
    """
    name = ""
    if content_disposition is not None:
        with suppress(InvalidFieldValue):
            name = _safe(parse_content_disposition(content_disposition).parameter("filename") or "")
    return name or _safe(url.name) or _FALLBACK


def _safe(name: str) -> str:
    """Return a name without what may not be in it; empty where nothing is left."""
    name = re.split(r"[/\\]", name)[-1]
    name = _REFUSED.sub("", name).strip().lstrip(".").rstrip(". ")
    name = name.encode("utf-8", "ignore")[:_MOST_BYTES].decode("utf-8", "ignore")
    if name.lower().endswith(_OWN):
        name += "_"
    return f"_{name}" if _DEVICES.match(name) else name

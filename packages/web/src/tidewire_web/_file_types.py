"""The media types of files, by their names."""

from __future__ import annotations

import functools
import mimetypes
import os
from typing import Final

__all__: list[str] = []

_UNKNOWN: Final = "application/octet-stream"

# A file that is compressed is one of these, whatever it was before: its name says nothing of how it is transferred.
_COMPRESSED: Final = {
    ".br": "application/x-brotli",
    ".bz2": "application/x-bzip2",
    ".gz": "application/gzip",
    ".xz": "application/x-xz",
    ".Z": "application/x-compress",
    ".zst": "application/zstd",
}


def media_type_of(name: str) -> str:
    """The media type of a file by the end of its name; `application/octet-stream` where nothing is known of it.

    What Python knows counts, and not what a system's own files say, so that it is the same everywhere.

    Args:
        name: the file's name, or its path.
    """
    ending = os.path.splitext(name)[1]
    # The cache has room for any names, but not for many long ones.
    return _type_of(ending) if len(ending) <= 32 else _UNKNOWN


@functools.lru_cache(maxsize=256)
def _type_of(ending: str) -> str:
    # Python's table knows no upper case.
    return _COMPRESSED.get(ending) or _known_types().guess_type(f"file{ending}")[0] or _UNKNOWN


@functools.cache
def _known_types() -> mimetypes.MimeTypes:
    known = mimetypes.MimeTypes()
    known.encodings_map = {}
    for ending, media_type in _COMPRESSED.items():
        known.add_type(media_type, ending.lower())
    return known

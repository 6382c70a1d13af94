"""The libraries for br and zstd, where they are installed.

They are imported by name, when they are first needed: whoever builds or type-checks this distribution need not have
them, and who never meets these codings does not load them.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from typing import Any, Final

from tidewire_http_parser.codings._types import BrotliModule, ZstdModule

__all__ = ["available_codings"]

# What to install for a coding that does not come with Python.
REQUIREMENTS: Final = {"br": "tidewire-http-parser[br]", "zstd": "tidewire-http-parser[zstd]"}

_ZSTD: Final = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def available_codings() -> tuple[str, ...]:
    """Name the content codings that can be decoded and encoded here, in the order for Accept-Encoding.

    `gzip` and `deflate` are always there, `br` and `zstd` where their libraries are installed.
    """
    names = ["gzip", "deflate"]
    if brotli() is not None:
        names.append("br")
    if zstd() is not None:
        names.append("zstd")
    return tuple(names)


@cache
def brotli() -> BrotliModule | None:
    """Return the library for br; None where there is none."""
    for name in ("brotli", "brotlicffi"):
        module = _import(name)
        # Versions before 1.2 give all the output there is, and a few bytes can make gigabytes: as good as none.
        if hasattr(getattr(module, "Decompressor", None), "can_accept_more_data"):
            found: BrotliModule = module
            return found
    return None


@cache
def zstd() -> ZstdModule | None:
    """Return the library for zstd; None where there is none."""
    found: ZstdModule | None = _import(_ZSTD)
    return found


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None

"""Warnings about what is deprecated, which point to the line of the program that uses it."""

from __future__ import annotations

import sys
import warnings

__all__: list[str] = []


def warn_of(message: str) -> None:
    """Issue a DeprecationWarning for the first caller that is no part of Tidewire.

    Args:
        message: what is deprecated, and what to use in its place.
    """
    level = 2
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
        level += 1
    warnings.warn(message, DeprecationWarning, stacklevel=level - 1)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0].partition("_")[0] == "tidewire"

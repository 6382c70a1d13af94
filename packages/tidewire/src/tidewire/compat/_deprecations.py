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
    warnings.warn(message, DeprecationWarning, stacklevel=level)


def is_called_by_program() -> bool:
    """Tell whether the function that asks was called by something that is no part of Tidewire."""
    caller = sys._getframe(1).f_back
    return caller is not None and not _is_ours(caller.f_globals.get("__name__", ""))


def _is_ours(module: str) -> bool:
    # Classes that are derived are made by way of `abc`.
    return module == "abc" or module.partition(".")[0].partition("_")[0] == "tidewire"

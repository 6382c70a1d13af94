"""What compiled code enforces of its arguments by itself, for the interpreted build: both answer with TypeError."""

from __future__ import annotations

__all__: list[str] = []


def require(*arguments: tuple[object, type]) -> None:
    """Check that each value is of its type, or of one derived from it.

    Raises:
        TypeError: one is not.
    """
    for value, kind in arguments:
        if not isinstance(value, kind):
            raise TypeError(f"{kind} expected; got {type(value).__name__}")

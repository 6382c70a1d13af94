"""What compiled code enforces of its arguments by itself, for the interpreted build.

The two builds have to answer a wrong argument alike, and the compiled one answers with TypeError before the
function has begun. So functions that users of this library call begin with these checks where they run
interpreted.
"""

from __future__ import annotations

from typing import Final

__all__: list[str] = []

INT_OR_NONE: Final = (int, type(None))
LIST_OR_NONE: Final = (list, type(None))
STR_OR_NONE: Final = (str, type(None))


def require(*arguments: tuple[object, type | tuple[type, ...]]) -> None:
    """Check that each value is of its type, of one of its types, or of a type derived from them.

    Raises:
        TypeError: one is not.
    """
    for value, kind in arguments:
        if not isinstance(value, kind):
            raise TypeError(f"{kind} expected; got {type(value).__name__}")


def require_fields(fields: object) -> None:
    """Check that fields are a list of tuples of name and value.

    Raises:
        TypeError: they are not.
    """
    if not isinstance(fields, list):
        raise TypeError(f"list expected; got {type(fields).__name__}")
    for field in fields:
        if isinstance(field, tuple) and len(field) == 2:
            name, value = field
            if isinstance(name, str) and isinstance(value, str):
                continue
        raise TypeError(f"tuple[str, str] expected; got {field!r:.100}")

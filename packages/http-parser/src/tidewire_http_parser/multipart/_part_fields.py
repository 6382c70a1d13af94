# Compiled by mypyc.
"""What the header fields of a part may not be, beyond what is so of every field line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# Fields that say what a part is. Of two of them one reader takes the first and another the last (S20).
_ONCE: Final[dict[str, int]] = {
    "content-disposition": 1,
    "content-type": 2,
    "content-transfer-encoding": 4,
    "content-length": 8,
}


def problem_of_part(fields: list[tuple[str, str]]) -> str:
    """Say what is wrong with the fields of a part, in a few words; nothing where it is none.

    Args:
        fields: names, which are tokens, and values.
    """
    seen: i64 = 0
    for name, _ in fields:
        lowered = name.lower()
        bit: i64 = _ONCE.get(lowered, 0)
        if bit & seen:
            return f"repeated {lowered} in the head of a part"
        seen |= bit
        # The line of a delimiter whose boundary has a colon reads as a field line; no field's name begins so.
        if lowered.startswith("--"):
            return "delimiter within the head of a part"
    return ""

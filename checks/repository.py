"""The tree that the checks are about: the repository they are in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import workspace

ROOT: Final = Path(__file__).resolve().parent.parent


def members() -> list[workspace.Member]:
    """Return the members that have sources."""
    return [member for member in workspace.read_members(ROOT) if member.is_started]

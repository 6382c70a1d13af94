"""The version, as the Server field says it."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Final

__all__: list[str] = []

SERVER_SOFTWARE: Final = (
    f"Python/{sys.version_info[0]}.{sys.version_info[1]} tidewire/{version('tidewire-web')}"
)

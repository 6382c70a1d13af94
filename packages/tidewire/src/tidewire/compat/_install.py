"""Putting the finders in place, once for the process."""

from __future__ import annotations

import sys
import threading
from typing import Final

from tidewire.compat._finder import CompatFinder
from tidewire.compat._metadata import CompatMetadata
from tidewire.compat._satellite_modules import REQUIREMENTS

__all__ = ["CompatError", "install", "is_installed"]

_FINDER: Final = CompatFinder()
_METADATA: Final = CompatMetadata()
_LOCK: Final = threading.Lock()


class CompatError(ImportError):
    """The real aiohttp, or one of its satellites, is imported already, so that Tidewire cannot take its place.

    Args:
        modules: their names, with the files that they came from.
    """

    def __init__(self, modules: dict[str, str]) -> None:
        super().__init__(modules)
        self.modules = modules

    def __str__(self) -> str:
        found = ", ".join(f"{name} ({file})" for name, file in sorted(self.modules.items()))
        return (
            f"already imported: {found}. Call tidewire.compat.install() before anything imports them, such as in the first "
            "line of the program, or start it with `python -m tidewire.compat`"
        )


def install() -> None:
    """Have `import aiohttp`, and imports of its satellites, give Tidewire from now on.

    A second call does nothing. The names are `aiohttp` with its modules, `aiohttp_session`, `aiohttp_jinja2`,
    `aiohttp_mako`, `aiohttp_cors`, `aiohttp_remotes`, `aiohttp_sse`, `aiojobs` and `pytest_aiohttp`; of the satellites
    those can be imported whose distribution, such as tidewire-sessions, is installed. The version that is told of aiohttp
    is the one whose names and behaviour these are. Installed packages of these names are not looked at.

    Raises:
        CompatError: one of them is imported already.
    """
    with _LOCK:
        if is_installed():
            return
        there = {
            name: getattr(sys.modules[name], "__file__", None) or "built in"
            for name in REQUIREMENTS
            if name in sys.modules
        }
        if there:
            raise CompatError(there)
        sys.meta_path[:0] = [_FINDER, _METADATA]


def is_installed() -> bool:
    """Tell whether `install()` was called."""
    return _FINDER in sys.meta_path

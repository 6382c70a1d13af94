"""What `importlib.metadata` tells of the distributions that Tidewire stands in for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, DistributionFinder
from pathlib import Path
from typing import Any, Final

from tidewire.compat._client_modules import AIOHTTP_VERSION

__all__: list[str] = []

VERSIONS: Final = {
    "aiohttp": AIOHTTP_VERSION,
    "aiohttp-cors": "0.8.1",
    "aiohttp-jinja2": "1.6",
    "aiohttp-mako": "0.4.0",
    "aiohttp-remotes": "1.4.0",
    "aiohttp-session": "2.12.1",
    "aiohttp-sse": "3.0",
    "aiojobs": "1.4.0",
    "pytest-aiohttp": "1.1.1",
}
"""The versions whose names these are, by their distributions."""


class StandInDistribution(Distribution):
    """A distribution that has a name and a version, and no files.

    Args:
        name: its name.
        version: its version.
    """

    def __init__(self, name: str, version: str) -> None:
        self._text = (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: Tidewire stands in for it.\n"
        )

    def read_text(self, filename: str) -> str | None:
        """Return the text of METADATA; there is nothing else."""
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Path:
        """Return where a file would be."""
        return Path(path)


class CompatMetadata(DistributionFinder):
    """Finds the distributions that Tidewire stands in for, before real ones."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> None:
        """Find no modules."""
        return

    def find_distributions(self, context: Any = DistributionFinder.Context()) -> Iterator[Distribution]:  # noqa: B008
        """Yield what a context asks for."""
        wanted = None if context.name is None else re.sub(r"[-_.]+", "-", context.name).lower()
        for name, version in VERSIONS.items():
            if wanted in (None, name):
                yield StandInDistribution(name, version)

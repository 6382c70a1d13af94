"""What the tables of names are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

__all__: list[str] = []

Sources: TypeAlias = tuple[tuple[str, str], ...]
"""Where the names of a module come from: pairs of a module that has them and their names, separated by spaces.

`*` is everything public, `New=old` gives a name of that module another one, and `.` before a module's name is this package.
"""

ModuleTable: TypeAlias = Mapping[str, Sources]
"""Modules by their full names; one that others begin with is a package."""

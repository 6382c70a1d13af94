"""The members of this workspace, as their own pyproject.toml files describe them.

Scripts, checks and the root conftest all read the members through this module, so that a new package is
known everywhere as soon as its folder exists. It needs nothing but the standard library: a script must run
before anything is installed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_NAME: Final = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
# "extras" only holds further members, it is none itself.
_MEMBER_GLOBS: Final = ("packages/*/pyproject.toml", "packages/extras/*/pyproject.toml")


class WorkspaceError(Exception):
    """A member is described in a way that the scripts cannot follow."""


def normalise(name: str) -> str:
    """Return a distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_name(requirement: str) -> str:
    """Return the normalised distribution name that a PEP 508 requirement starts with."""
    match = _NAME.match(requirement)
    if match is None:
        raise WorkspaceError(f"not a requirement: {requirement!r}")
    return normalise(match[1])


def requirement_specifier(requirement: str) -> str:
    """Return the version specifier of a requirement, without name, extras and marker (``>=1,<2``)."""
    rest = requirement.partition(";")[0]
    match = _NAME.match(rest)
    if match is None:
        raise WorkspaceError(f"not a requirement: {requirement!r}")
    rest = re.sub(r"^\s*\[[^\]]*\]", "", rest[match.end() :])
    return re.sub(r"\s", "", rest).strip("()")


@dataclass(frozen=True, kw_only=True)
class Member:
    """One distribution of the workspace."""

    name: str
    folder: Path
    version: str
    requirements: tuple[str, ...]
    extras: dict[str, tuple[str, ...]]
    compiled: tuple[str, ...]
    """The compiled modules: paths relative to the folder, as the mypyc hook's ``include`` lists them."""
    hooks: frozenset[str]
    """The names of the wheel's build hooks."""
    pyproject: dict[str, Any] = field(repr=False, compare=False)

    @property
    def import_name(self) -> str:
        return self.name.replace("-", "_")

    @property
    def source(self) -> Path:
        """The import package's folder."""
        return self.folder / "src" / self.import_name

    @property
    def tests(self) -> Path:
        return self.folder / "tests"

    @property
    def is_started(self) -> bool:
        """Whether there is something to import; a member may be declared before it has sources."""
        return (self.source / "__init__.py").is_file()

    @property
    def is_native(self) -> bool:
        """Whether its wheel holds machine code. An empty ``include`` would make hatch-mypyc compile all."""
        return bool(self.compiled) or bool(self.hooks - {"mypyc"})

    def required_names(self) -> frozenset[str]:
        """The normalised names of what this member requires, extras left out."""
        return frozenset(requirement_name(requirement) for requirement in self.requirements)

    def source_files(self) -> list[Path]:
        return sorted(self.source.rglob("*.py"))

    def module_name(self, path: Path) -> str:
        """Return the dotted name of one of this member's source files."""
        parts = path.relative_to(self.folder / "src").with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def modules(self) -> dict[str, Path]:
        """Return every module by its dotted name; a package goes by its ``__init__``."""
        return {self.module_name(path): path for path in self.source_files()}

    def compiled_modules(self) -> list[str]:
        return [self.module_name(self.folder / relative) for relative in self.compiled]


def read_member(folder: Path) -> Member:
    """Read one member from its folder."""
    with (folder / "pyproject.toml").open("rb") as file:
        pyproject = tomllib.load(file)
    project = pyproject.get("project", {})
    if "name" not in project:
        raise WorkspaceError(f"{folder.name}/pyproject.toml has no [project] name")
    wheel = pyproject.get("tool", {}).get("hatch", {}).get("build", {}).get("targets", {}).get("wheel", {})
    hooks = wheel.get("hooks", {})
    return Member(
        name=normalise(project["name"]),
        folder=folder,
        version=project.get("version", ""),
        requirements=tuple(project.get("dependencies", ())),
        extras={name: tuple(listed) for name, listed in project.get("optional-dependencies", {}).items()},
        compiled=tuple(hooks.get("mypyc", {}).get("include", ())),
        hooks=frozenset(hooks),
        pyproject=pyproject,
    )


def read_members(root: Path) -> list[Member]:
    """Read every member of the workspace at `root`, sorted by name."""
    files = (path for pattern in _MEMBER_GLOBS for path in root.glob(pattern))
    return sorted((read_member(path.parent) for path in files), key=lambda member: member.name)


def siblings(member: Member, members: Iterable[Member]) -> list[Member]:
    """Return the members that `member` requires directly, extras left out."""
    required = member.required_names()
    return [other for other in members if other.name in required]


def bottom_up(members: Iterable[Member]) -> list[Member]:
    """Return the members so that each comes after those it requires.

    Raises:
        WorkspaceError: the requirements form a circle.
    """
    waiting = {member.name: member for member in members}
    ordered: list[Member] = []
    while waiting:
        ready = [
            member
            for member in waiting.values()
            if not any(sibling.name in waiting for sibling in siblings(member, waiting.values()))
        ]
        if not ready:
            raise WorkspaceError(f"members require each other in a circle: {', '.join(sorted(waiting))}")
        ordered += [waiting.pop(member.name) for member in ready]
    return ordered


def closure(wanted: Iterable[Member], members: Iterable[Member]) -> Iterator[Member]:
    """Yield `wanted` and everything of the workspace that it requires, bottom-up."""
    everything = list(members)
    found: dict[str, Member] = {}
    stack = list(wanted)
    while stack:
        member = stack.pop()
        if member.name not in found:
            found[member.name] = member
            stack.extend(siblings(member, everything))
    yield from bottom_up(sorted(found.values(), key=lambda member: member.name))


def select(names: Iterable[str], members: Iterable[Member]) -> list[Member]:
    """Return the members that `names` name, by distribution name, folder name or path; all for no names.

    Raises:
        WorkspaceError: a name fits no member.
    """
    everything = list(members)
    selected: list[Member] = []
    for name in names:
        last = name.rstrip("/").rpartition("/")[2]
        fitting = [member for member in everything if normalise(last) in (member.name, member.folder.name)]
        if not fitting:
            known = ", ".join(member.name for member in everything)
            raise WorkspaceError(f"no member is called {name!r}; there are {known}")
        selected += fitting
    return selected or everything

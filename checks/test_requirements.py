"""What a distribution imports is what it declares, no less and no more."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import repository
import source_code
import workspace
from rule import Rule
from toy_workspace import ToyWorkspace

# Import names that differ from their distribution's name by more than case and dashes.
DISTRIBUTION_OF: Final[Mapping[str, str]] = {
    "OpenSSL": "pyopenssl",
    "attr": "attrs",
    "nacl": "pynacl",
    "yaml": "pyyaml",
}
# Types that the compiler knows; compiled modules import them under TYPE_CHECKING only, see
# test_compiled_modules.py. Whoever type-checks has them by way of mypy.
BUILD_ONLY: Final = frozenset({"mypy-extensions", "librt"})
# (distribution, requirement) that is needed without being imported, with the reason.
NOT_IMPORTED: Final[Mapping[tuple[str, str], str]] = {}

DECLARED: Final = Rule(
    says="[project] dependencies names exactly what the sources import, typing-only imports counted.",
    why="an environment with every member hides what is missing, and users install what nobody needs.",
    mend="add or remove the requirement in the member's pyproject.toml; optional imports belong to an extra.",
)
BOUNDS: Final = Rule(
    says="each requirement has a floor, and one on a sibling has a ceiling too: `tidewire-x>=0.1,<0.2`, never ==.",
    why="siblings are released together but upgraded one by one; a pin would forbid a fix, no ceiling promises "
    "what nobody tried.",
    mend="write `name>=FLOOR,<CEILING`; raise the floor in the change that needs it.",
)


def imported_distributions(member: workspace.Member) -> dict[str, str]:
    """Return the distributions that a member's sources import, each with one place that does."""
    found: dict[str, str] = {}
    for module, path in member.modules().items():
        for each in source_code.imports(path, module):
            if each.top in sys.stdlib_module_names or each.top in ("", member.import_name):
                continue
            name = workspace.normalise(DISTRIBUTION_OF.get(each.top, each.top))
            if not (name in BUILD_ONLY and each.typing_only):
                found.setdefault(name, f"{path.relative_to(member.folder).as_posix()}:{each.line}")
    return found


def declaration_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield imports that are not declared and requirements that are not imported."""
    for member in members:
        required = member.required_names()
        listed = [requirement for extra in member.extras.values() for requirement in extra]
        optional = {workspace.requirement_name(requirement) for requirement in listed}
        imported = imported_distributions(member)
        for name, where in imported.items():
            if name not in required | optional:
                yield f"{member.name}: {where} imports {name}, which is not declared"
        for name in required - imported.keys():
            if (member.name, name) not in NOT_IMPORTED:
                yield f"{member.name}: {name} is declared and never imported"


def bound_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield requirements without a floor, and on siblings without floor and ceiling."""
    everything = list(members)
    names = {member.name for member in everything}
    for member in everything:
        listed = [requirement for extra in member.extras.values() for requirement in extra]
        for requirement in [*member.requirements, *listed]:
            specifier = workspace.requirement_specifier(requirement)
            name = workspace.requirement_name(requirement)
            bounds = sorted(re.findall(r"(?:^|,)([<>=!~]+)", specifier))
            if name == member.name:
                continue  # An extra that is made of the member's other extras.
            if name in names and bounds != ["<", ">="]:
                yield f"{member.name}: {requirement!r} is not a floor with a ceiling"
            elif ">=" not in bounds:
                yield f"{member.name}: {requirement!r} has no floor"


def test_declared() -> None:
    DECLARED.hold(declaration_violations(repository.members()))


def test_bounds() -> None:
    BOUNDS.hold(bound_violations(repository.members()))


def test_declared_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    code = """
        import asyncio
        from typing import TYPE_CHECKING
        import brotli
        from . import _b
        if TYPE_CHECKING:
            from mypy_extensions import i64
            from multidict import CIMultiDict
        def late():
            import mypy_extensions
    """
    requires = ["yarl>=1.18,<2", "tidewire-http-parser>=0.1,<0.2"]
    web = toy.member("web", {"_a.py": code}, requires=requires, extras={"speed": ["brotli>=1"]})
    assert sorted(declaration_violations([web])) == [
        "tidewire-web: src/tidewire_web/_a.py:10 imports mypy-extensions, which is not declared",
        "tidewire-web: src/tidewire_web/_a.py:8 imports multidict, which is not declared",
        "tidewire-web: tidewire-http-parser is declared and never imported",
        "tidewire-web: yarl is declared and never imported",
    ]


def test_bounds_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    good = toy.member("http-parser", requires=["multidict>=6.1,<8"])
    extras = {"all": ["tidewire-web[x]", "tidewire-http-parser~=0.1"]}
    requires = ["tidewire-http-parser==0.1", "yarl; python_version<'4'"]
    bad = toy.member("web", requires=requires, extras=extras)
    assert list(bound_violations([good, bad])) == [
        "tidewire-web: 'tidewire-http-parser==0.1' is not a floor with a ceiling",
        "tidewire-web: \"yarl; python_version<'4'\" has no floor",
        "tidewire-web: 'tidewire-http-parser~=0.1' is not a floor with a ceiling",
    ]

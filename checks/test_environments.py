"""Each member has an environment of its own, which holds the member and what it declares."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import repository
import source_code
import workspace
from rule import Rule
from toy_workspace import ToyWorkspace

ALONE: Final = Rule(
    says="for each member there is an environment `only-FOLDER` of the member, what it requires, and "
    "tidewire-testing where its tests use that.",
    why="in an environment with every member an import that is not declared works.",
    mend="copy one of the only-... tables in the root pyproject.toml; `workspace.members` is what this check names.",
)


def closure_of_tests(member: workspace.Member, members: Sequence[workspace.Member]) -> set[str]:
    """Return the folders that a member's tests need, relative to the root, the member's own among them."""
    names = {member.name, *_testing(member)}
    wanted = [other for other in members if other.name in names]
    if any(other.name == "tidewire-testing" for other in wanted):
        # Sub-packages of tidewire-testing stand on one more distribution each, which its extra names.
        testing = next(other for other in wanted if other.name == "tidewire-testing")
        extras = {
            requirement
            for extra in _testing(member)["tidewire-testing"]
            for requirement in testing.extras.get(extra, ())
        }
        required = {workspace.requirement_name(requirement) for requirement in extras}
        wanted += [other for other in members if other.name in required]
    return {_folder(other) for other in workspace.closure(wanted, members)}


def _testing(member: workspace.Member) -> dict[str, set[str]]:
    """Return whether the tests use tidewire-testing, and which of its sub-packages."""
    if member.name == "tidewire-testing":
        return {member.name: set(member.extras)}
    found = [
        each
        for path in member.tests.rglob("*.py")
        for each in source_code.imports(path, f"tests.{path.stem}")
        if each.top == "tidewire_testing"
    ]
    return (
        {"tidewire-testing": {part for each in found for part in each.full.split(".")[1:2]}} if found else {}
    )


def _folder(member: workspace.Member) -> str:
    parent = member.folder.parent
    return (
        f"packages/extras/{member.folder.name}"
        if parent.name == "extras"
        else f"packages/{member.folder.name}"
    )


def environment_violations(
    environments: Mapping[str, Any], members: Iterable[workspace.Member]
) -> Iterator[str]:
    """Yield members without an environment of their own, or with too much or too little in it."""
    everything = list(members)
    for member in everything:
        name = f"only-{member.folder.name}"
        environment = environments.get(name)
        if environment is None:
            yield f"there is no environment {name}"
            continue
        if environment.get("template") != name:
            yield f"{name}: template = {name!r} is missing, so it inherits from default"
        wanted = closure_of_tests(member, everything)
        if set(environment.get("workspace", {}).get("members", ())) != wanted:
            yield f"{name}: workspace.members should be {sorted(wanted)}"


def test_environments() -> None:
    with (repository.ROOT / "pyproject.toml").open("rb") as file:
        environments = tomllib.load(file)["tool"]["hatch"]["envs"]
    ALONE.hold(environment_violations(environments, workspace.read_members(repository.ROOT)))


def test_environments_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    parser = toy.member("http-parser")
    web = toy.member("web", requires=["tidewire-http-parser>=0.1,<0.2"])
    (web.tests / "test_a.py").write_text("from tidewire_testing.web import TestServer\n", "utf-8")
    client = toy.member("client")
    extras = {"web": ["tidewire-web>=0.1,<0.2"], "client": ["tidewire-client>=0.1,<0.2"]}
    testing = toy.member("testing", extras=extras)
    jobs = toy.member("extras/jobs", requires=["tidewire-web>=0.1,<0.2"])
    environments = {
        "only-http-parser": {
            "template": "only-http-parser",
            "workspace": {"members": ["packages/http-parser"]},
        },
        "only-web": {"template": "only-web", "workspace": {"members": ["packages/web"]}},
        "only-testing": {"workspace": {"members": ["packages/testing"]}},
        "only-client": {
            "template": "only-client",
            "workspace": {"members": ["packages/client", "packages/web"]},
        },
    }
    assert list(environment_violations(environments, [parser, web, testing, jobs, client])) == [
        "only-web: workspace.members should be ['packages/http-parser', 'packages/testing', 'packages/web']",
        "only-testing: template = 'only-testing' is missing, so it inherits from default",
        "only-testing: workspace.members should be ['packages/client', 'packages/http-parser', 'packages/testing', "
        "'packages/web']",
        "there is no environment only-jobs",
        "only-client: workspace.members should be ['packages/client']",
    ]

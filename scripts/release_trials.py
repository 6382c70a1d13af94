"""Trials of a release: wheels in environments where nothing else is, then the tests against them."""

from __future__ import annotations

import os
import subprocess
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import wheels
import workspace

# Asks for every distribution of ours what it is, in a process that sees nothing of the tree.
_IMPORTS: Final = """\
import importlib, importlib.metadata, sys
for name in sys.argv[1:]:
    module = importlib.import_module(name.replace("-", "_"))
    print(f"  {name} {importlib.metadata.version(name)} from {module.__file__}")
"""


class TrialError(Exception):
    """What is to be released does not install, import or work."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One environment, and what is tried in it.

    Attributes:
        name: what is tried.
        alone: what is installed first, with what it requires and nothing else.
        beside: what its tests need of the workspace.
        tools: what its tests need from elsewhere.
        tests: the folders of tests, relative to the repository.
        pure: the interpreted wheels in place of the compiled ones.
    """

    name: str
    alone: tuple[workspace.Member, ...]
    beside: tuple[workspace.Member, ...]
    tools: tuple[str, ...]
    tests: tuple[str, ...]
    pure: bool = False


def plan(
    released: Sequence[workspace.Member], members: Sequence[workspace.Member], root: Path
) -> list[Trial]:
    """Return the trials: everything together, in both builds, and each distribution alone.

    What tests need is what the environments of daily work have: `default`, and `only-NAME`.

    Raises:
        workspace.WorkspaceError: a member has no environment of its own.
    """
    with (root / "pyproject.toml").open("rb") as file:
        environments: dict[str, Any] = tomllib.load(file)["tool"]["hatch"]["envs"]
    everything = tuple(members)
    tools = tuple(environments["default"]["dependencies"])
    trials = [
        Trial(
            name=f"everything, {kind}",
            alone=everything,
            beside=(),
            tools=tools,
            tests=("packages",),
            pure=pure,
        )
        for kind, pure in (("compiled", False), ("interpreted", True))
    ]
    by_folder = {member.folder.relative_to(root).as_posix(): member for member in members}
    for member in released:
        environment = environments.get(f"only-{member.folder.name}")
        if environment is None:
            raise workspace.WorkspaceError(f"{member.name} has no environment only-{member.folder.name}")
        trials.append(
            Trial(
                name=f"{member.name} alone",
                alone=(member,),
                beside=tuple(by_folder[folder] for folder in environment["workspace"]["members"]),
                tools=tuple(environment["dependencies"]),
                tests=(member.folder.relative_to(root).as_posix(),),
            )
        )
    return trials


def run(trials: Sequence[Trial], root: Path, *, fast: bool) -> None:
    """Carry out all trials.

    Raises:
        TrialError: some failed; the message names them.
    """
    failed = [trial.name for trial in trials if not _passes(trial, root, fast=fast)]
    if failed:
        raise TrialError(f"failed: {'; '.join(failed)}")


def files(
    wanted: Sequence[workspace.Member], everything: Sequence[workspace.Member], trial: Trial, dist: Path
) -> list[str]:
    """Return the wheels of `wanted` and of what these require."""
    stamps = wheels.Stamps.read(dist)
    found = []
    for member in workspace.closure(wanted, everything):
        wheel = stamps.wheel(member, wheels.Options(out=dist, pure=trial.pure).tag(member))
        if wheel is None:
            raise TrialError(f"no wheel of {member.name}")
        found.append(str(wheel))
    return found


def _passes(trial: Trial, root: Path, *, fast: bool) -> bool:
    print(f"\n--- {trial.name}", flush=True)
    everything = [member for member in workspace.read_members(root) if member.is_started]
    uv = wheels.find_uv()
    if uv is None:
        raise TrialError("uv is not installed")
    with tempfile.TemporaryDirectory(prefix="tidewire-trial-") as folder:
        environment = Path(folder, "environment")
        python = str(environment / "bin" / "python")
        install = [*uv, "pip", "install", "--quiet", "--python", python]
        names = [member.name for member in trial.alone]
        alone = files(trial.alone, everything, trial, root / "dist")
        beside = files([*trial.alone, *trial.beside], everything, trial, root / "dist")
        tests = [python, "-m", "pytest", "-p", "no:cacheprovider", *trial.tests]
        if fast:
            tests += ["-m", "not slow"]
        if any(tool.startswith("pytest-xdist") for tool in trial.tools):
            tests += ["-n", "auto", "--dist", "worksteal"]
        steps = [
            [*uv, "venv", "--quiet", str(environment)],
            [*install, *alone],
            [*uv, "pip", "check", "--quiet", "--python", python],
            [python, "-I", "-c", _IMPORTS, *names],
            [*install, *beside, *trial.tools],
            tests,
        ]
        native = any(member.compiled for member in workspace.closure(trial.alone, everything))
        settings = {"TIDEWIRE_EXPECT": "pure" if trial.pure else "compiled"} if native else {}
        settings["UV_CONSTRAINT"] = str(root / "constraints.txt")
        for step in steps:
            if subprocess.run(step, cwd=root, env=os.environ | settings, check=False).returncode:
                print(f"failed: {' '.join(step)[:300]}", flush=True)
                return False
    return True

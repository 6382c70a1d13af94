"""Every module can be the first of its distribution that is imported, without a warning."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest

import repository
import workspace
from rule import Rule
from toy_workspace import ToyWorkspace

ALONE: Final = Rule(
    says="every module imports alone, its own package empty, in an interpreter in which warnings are errors.",
    why="an import that works only after another one fails for the first user who imports in another order.",
    mend="import what the module needs in the module itself; no imports for their side effects.",
)

# One interpreter per distribution; each module is imported in a fork of it. What is there before is the standard
# library and the distributions below, which take most of the time and cannot hide what a module forgot. The packages
# that a module is in are empty there: their facades would import all the others first.
_IMPORT_EACH: Final = """
import asyncio, dataclasses, email, enum, importlib, os, ssl, sys, types, typing
below, folder, modules = sys.argv[1].split(), sys.argv[2], sys.argv[3:]
for package in below:
    importlib.import_module(package)
for module in modules:
    child = os.fork()
    if not child:
        try:
            parts = module.split(".")
            for depth in range(1, len(parts)):
                package = types.ModuleType(".".join(parts[:depth]))
                package.__path__ = [os.path.join(folder, *parts[:depth])]
                sys.modules[package.__name__] = package
            importlib.import_module(module)
        except BaseException as error:
            print(f"{module}: {type(error).__name__}: {error}", flush=True)
            os._exit(1)
        os._exit(0)
    os.waitpid(child, 0)
print("done")
"""


def import_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield what went wrong when each module was imported first."""
    everything = list(members)
    started: list[tuple[workspace.Member, subprocess.Popen[str]]] = []
    for member in everything:
        closure = workspace.closure([member], everything)
        below = " ".join(other.source.name for other in closure if other.name != member.name)
        folders = [other.folder / "src" for other in closure]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders))}
        modules = [module for module in member.modules() if not module.endswith("__main__")]
        command = [
            sys.executable,
            "-W",
            "error",
            "-c",
            _IMPORT_EACH,
            below,
            str(member.folder / "src"),
            *modules,
        ]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append((member, process))
    for member, process in started:
        said, _ = process.communicate()
        *wrong, last = said.splitlines() or [""]
        yield from wrong
        if last != "done":
            yield f"{member.name}: {last}"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks an interpreter per module")
def test_import_alone() -> None:
    ALONE.hold(import_violations(repository.members()))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks an interpreter per module")
def test_import_alone_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    files = {
        "_fine.py": "import asyncio\n",
        "_late.py": "import tidewire_web\ntidewire_web._fine\n",
        "_warns.py": "import warnings\nwarnings.warn('old', DeprecationWarning)\n",
    }
    assert sorted(import_violations([toy.member("web", files), toy.member("client")])) == [
        "tidewire_web._late: AttributeError: module 'tidewire_web' has no attribute '_fine'",
        "tidewire_web._warns: DeprecationWarning: old",
    ]

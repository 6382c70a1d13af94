"""A facade exports what its private modules offer, sorted, importable and documented."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import repository
import source_code
import workspace
from rule import Rule
from toy_workspace import ToyWorkspace

UNION: Final = Rule(
    says="a private module's `__all__` is exported whole by a public module, or is empty; a facade takes from a "
    "module only what is in its `__all__`; every `__all__` is sorted.",
    why="there is one place that says what is public, and a name that is offered below it can be had.",
    mend="add the name to the facade (import and `__all__`), or take it out of the module's `__all__`.",
)
DOCUMENTED: Final = Rule(
    says="every exported name can be imported, and every exported class and function has a docstring of its own.",
    why="public means documented and typed.",
    mend="write the docstring: what it is, its obligations, parameters with units, errors raised.",
)

# Run in an interpreter of its own: the names must be there for users, not for this test session only.
_ASK: Final = """
import importlib, inspect, json, sys
wrong = []
for module_name, names in json.load(sys.stdin).items():
    module = importlib.import_module(module_name)
    for name in names:
        if not hasattr(module, name):
            wrong.append(f"{module_name}.{name} cannot be imported")
            continue
        value = getattr(module, name)
        if not (inspect.isclass(value) or inspect.isroutine(value)):
            continue
        own = (getattr(value, "__module__", None) or "").partition(".")[0] == module_name.partition(".")[0]
        text = value.__doc__ or ""
        # What @dataclass and NamedTuple write in the absence of a docstring is the signature.
        if own and (not text.strip() or text.startswith(f"{name}(")):
            wrong.append(f"{module_name}.{name} has no docstring")
print(json.dumps(wrong))
"""


def is_public(module: str) -> bool:
    return not any(part.startswith("_") for part in module.split("."))


def _order(name: str) -> tuple[int, list[tuple[str, int]]]:
    """Sort as ruff (RUF022) does: constants, then classes, then the rest, numbers by their value."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, [(text, int(digits or 0)) for text, digits in re.findall(r"(\D*)(\d*)", name)]


def union_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield names that are offered and not exported, or exported and not offered, and unsorted lists."""
    for member in members:
        modules = member.modules()
        offers = {module: source_code.exported(path) for module, path in modules.items()}
        taken = {name for module, names in offers.items() if is_public(module) for name in names or ()}
        for module, path in modules.items():
            names = offers[module]
            if names and names != sorted(names, key=_order):
                yield f"{module}: __all__ is not sorted"
            if not is_public(module):
                yield from (f"{module}.{name} is not exported" for name in names or () if name not in taken)
            elif names is None and path.name == "__init__.py" and module == member.import_name:
                yield f"{module} has no __all__"
            for found in source_code.imports(path, module) if is_public(module) and names else ():
                lower = offers.get(found.module)
                if found.name in (names or ()) and lower is not None and found.name not in lower:
                    yield f"{module}.{found.name} is not in the __all__ of {found.module}"


def documentation_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield exported names that cannot be imported or have no docstring."""
    everything = list(members)
    for member in everything:
        modules = member.modules()
        exported = {
            module: source_code.exported(path) or [] for module, path in modules.items() if is_public(module)
        }
        yield from json.loads(_run(member, everything, json.dumps(exported)))


def _run(member: workspace.Member, everything: Iterable[workspace.Member], question: str) -> str:
    folders: list[Path] = [other.folder / "src" for other in workspace.closure([member], everything)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders))}
    asked = subprocess.run(
        [sys.executable, "-c", _ASK],
        input=question,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        return json.dumps([f"{member.name}: {asked.stderr.strip().splitlines()[-1]}"])
    return asked.stdout


def test_union() -> None:
    UNION.hold(union_violations(repository.members()))


def test_documented() -> None:
    DOCUMENTED.hold(documentation_violations(repository.members()))


def test_union_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    files = {
        "__init__.py": 'from ._a import A as A, hidden as hidden\n__all__ = ["LIMIT", "hidden", "A"]\n',
        "_a.py": '__all__ = ["A", "B"]\n',
        "_internal.py": "__all__: list[str] = []\n",
        "sub/__init__.py": 'from ._x import X\n__all__ = ["LIMIT", "SIZE_2", "SIZE_10", "X", "make"]\n',
        "sub/_x.py": '__all__ = ["LIMIT", "SIZE_2", "SIZE_10", "X", "make"]\n',
    }
    bare = toy.member("client")
    assert sorted(union_violations([toy.member("web", files), bare])) == [
        "tidewire_client has no __all__",
        "tidewire_web._a.B is not exported",
        "tidewire_web.hidden is not in the __all__ of tidewire_web._a",
        "tidewire_web: __all__ is not sorted",
    ]


def test_documented_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    facade = """
        from dataclasses import dataclass
        from json import loads
        def documented():
            '''Yes.'''
        def silent(): ...
        @dataclass
        class Event:
            size: int
        __all__ = ["Event", "absent", "documented", "loads", "silent"]
    """
    found = list(documentation_violations([toy.member("web", {"__init__.py": facade})]))
    assert found == [
        "tidewire_web.Event has no docstring",
        "tidewire_web.absent cannot be imported",
        "tidewire_web.silent has no docstring",
    ]


def test_documented_fails_where_nothing_imports(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    (found,) = documentation_violations([toy.member("web", {"__init__.py": "import no_such_module\n"})])
    assert found == "tidewire-web: ModuleNotFoundError: No module named 'no_such_module'"

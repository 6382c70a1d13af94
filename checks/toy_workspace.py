"""A small workspace in which every rule holds, for the checks to break one at a time.

A check that cannot fail proves nothing, so each is shown a tree that breaks its rule.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import workspace

_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "0.1.0"
readme = "README.md"
requires-python = ">=3.11"
license = "MIT"
license-files = ["LICENSE"]
classifiers = ["Typing :: Typed"]
dependencies = {dependencies}

[project.optional-dependencies]
{extras}
"""
_HOOK = """
[tool.hatch.build.targets.wheel.hooks.mypyc]
enable-by-default = false
include = {compiled}
"""


class ToyWorkspace:
    """A workspace in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def member(
        self,
        folder: str,
        files: Mapping[str, str] | None = None,
        *,
        requires: Sequence[str] = (),
        extras: Mapping[str, Sequence[str]] | None = None,
        compiled: Sequence[str] = (),
    ) -> workspace.Member:
        """Write a member; `files` are relative to its import package, `compiled` too."""
        name = folder if folder == "tidewire" else f"tidewire-{folder.rpartition('/')[2]}"
        import_name = name.replace("-", "_")
        path = self.root / "packages" / folder
        package = path / "src" / import_name
        for inner in (package, path / "tests", path / "changelog.d"):
            inner.mkdir(parents=True)
        listed = "\n".join(f"{extra} = {json.dumps(list(names))}" for extra, names in (extras or {}).items())
        text = _PYPROJECT.format(name=name, dependencies=json.dumps(list(requires)), extras=listed)
        if compiled:
            text += _HOOK.format(compiled=json.dumps([f"src/{import_name}/{module}" for module in compiled]))
        (path / "pyproject.toml").write_text(text, "utf-8")
        for document in ("README.md", "LICENSE", "CHANGELOG.md"):
            (path / document).write_text(f"{name}\n", "utf-8")
        (package / "py.typed").touch()
        for relative, code in {"__init__.py": f'"""{name}."""\n', **(files or {})}.items():
            target = package / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(dedent(code), "utf-8")
        return workspace.read_member(path)

"""The root conftest fails a session that runs another build than TIDEWIRE_EXPECT says, or lacks a peer."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

import repository
from toy_workspace import ToyWorkspace

INI = """\
[pytest]
addopts = --import-mode=importlib --strict-markers -p no:cacheprovider
pythonpath = scripts
markers = peer(*names): needs programs
"""
TESTS = """\
import pytest


def test_imports():
    import tidewire_example._other


@pytest.mark.peer("no-such-program")
def test_peer():
    pass
"""


def run(toy: ToyWorkspace, path: Iterable[Path], **variables: str) -> tuple[int, str]:
    """Run pytest over a toy workspace with this repository's conftest; return its exit code and output."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TIDEWIRE_")}
    environment = inherited | {
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    command = [sys.executable, "-m", "pytest", "-rs", "test_one.py"]
    done = subprocess.run(
        command, cwd=toy.root, env=environment | variables, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path: Path) -> ToyWorkspace:
    """A repository with one member, whose `_bisect` and `_other` are on the compiled list."""
    toy = ToyWorkspace(tmp_path)
    toy.member(
        "example", {"_bisect.py": "A = 1\n", "_other.py": "B = 1\n"}, compiled=["_bisect.py", "_other.py"]
    )
    (toy.root / "scripts").mkdir()
    shutil.copy(repository.ROOT / "scripts" / "workspace.py", toy.root / "scripts")
    shutil.copy(repository.ROOT / "conftest.py", toy.root)
    (toy.root / "pytest.ini").write_text(INI, "utf-8")
    (toy.root / "test_one.py").write_text(TESTS, "utf-8")
    return toy


@pytest.fixture
def installed(tree: ToyWorkspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the tree with the member's package, in which `_bisect` is an extension module."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(tree.root / "packages/example/src", folder, dirs_exist_ok=True)
    # Any extension module does for what is tested here, and the standard library has this one.
    library = getattr(importlib.import_module("_bisect"), "__file__", None)
    if library is None:
        pytest.skip("this interpreter has its extension modules built in")
    shutil.copy(library, folder / "tidewire_example" / Path(library).name)
    return folder


def test_no_expectation(tree: ToyWorkspace) -> None:
    code, said = run(tree, [tree.root / "packages/example/src"])
    assert code == 0, said
    assert "tidewire: 2 modules of the compiled list, interpreted" in said
    assert "needs no-such-program on the PATH" in said


def test_pure(tree: ToyWorkspace, installed: Path) -> None:
    assert run(tree, [tree.root / "packages/example/src"], TIDEWIRE_EXPECT="pure")[0] == 0
    code, said = run(tree, [installed], TIDEWIRE_EXPECT="pure")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "tidewire_example._bisect was loaded from" in said


def test_compiled(tree: ToyWorkspace, installed: Path) -> None:
    code, said = run(tree, [installed], TIDEWIRE_EXPECT="compiled")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "tidewire_example._other was loaded from" in said
    code, said = run(tree, [installed], TIDEWIRE_EXPECT="mixed")
    assert code == 0, said
    assert "tidewire: 1 modules compiled; interpreted: tidewire_example._other" in said


def test_compiled_with_nothing_installed(tree: ToyWorkspace) -> None:
    code, said = run(tree, [], TIDEWIRE_EXPECT="compiled")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "no member with compiled modules is installed" in said


def test_compiled_beside_the_tree(tree: ToyWorkspace, installed: Path) -> None:
    source = tree.root / "packages/example/src"
    code, said = run(tree, [installed, source], TIDEWIRE_EXPECT="mixed")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert f"{source} is on sys.path" in said


def test_sources_imported_by_a_test(tree: ToyWorkspace, installed: Path) -> None:
    source = tree.root / "packages/example/src"
    late = f"import sys\n\n\ndef test_late():\n    sys.path.append({str(source)!r})\n"
    (tree.root / "test_one.py").write_text(late, "utf-8")
    code, said = run(tree, [installed], TIDEWIRE_EXPECT="mixed")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "is on sys.path" in said


def test_required_peer(tree: ToyWorkspace) -> None:
    path = [tree.root / "packages/example/src"]
    code, said = run(tree, path, TIDEWIRE_REQUIRE_PEERS="1")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "needs no-such-program on the PATH, and TIDEWIRE_REQUIRE_PEERS=1" in said

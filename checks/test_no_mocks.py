"""Tests talk to our objects as users do: none of them is a mock, and none has another's parts."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from test_tree import tracked_files

import repository
import source_code
from rule import Rule

NO_MOCKS: Final = Rule(
    says="no test imports a library of mocks, and none puts something else in the place of a part of ours.",
    why="such a test holds whatever the part does, and breaks where it is called otherwise, though it works as before.",
    mend="take what tidewire-testing has (FakeClock, FakeResolver, MemoryTransport, MemoryConnector, TestServer) or "
    "write a small class that does the work; where only a part can be exchanged, say why in checks/test_no_mocks.py.",
)
LIBRARIES: Final = frozenset({"mock", "pytest_mock", "unittest.mock"})
_CHANGES: Final = frozenset({"setattr", "delattr", "setitem", "delitem"})

# "path:function" of tests that exchange a part of ours all the same, or "path:library", with the reason. Entries that
# are no longer needed fail.
EXCHANGES: Final[Mapping[str, str]] = {
    "packages/extras/remotes/tests/test_basic_auth.py:test_what_is_compared_has_one_length_whatever_was_sent": (
        "lengths are seen by who compares, and otherwise by an attacker's clock only"
    ),
    "packages/http-io/tests/test_empty_body.py:test_nothing_changes_it": "that it cannot be changed is what is tested",
    "packages/tidewire/tests/compat/questions.py:unittest.mock": "what users of aiohttp do to its classes has to work",
    "packages/web/tests/test_cli.py:calls": "what the command line would run goes on for ever",
    "packages/web/tests/test_compression.py:test_a_coding_without_its_library": "the library is installed",
    "packages/web/tests/test_run_app.py:test_idle_connections_have_75_seconds_or_what_the_application_says": (
        "nobody waits for 75 seconds, and only the server is told"
    ),
    "packages/web/tests/test_run_app.py:test_without_a_place_it_is_the_usual_port": (
        "the usual port may be taken on the machine that tests"
    ),
}


def modules_of_tests(root: Path) -> list[Path]:
    """Return the modules of tests, those that help them too; the checks are about files and have toys."""
    paths = [path for path in tracked_files(root) if path.suffix == ".py"]
    return [
        path for path in paths if "tests" in path.relative_to(root).parts[:-1] or path.name == "conftest.py"
    ]


def _our_names(tree: ast.Module) -> set[str]:
    """Return the names that stand for something of ours: imported, or assigned from `import_module()`."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                names |= {
                    alias.asname or alias.name.partition(".")[0] for alias in aliases if _is_ours(alias.name)
                }
            case ast.ImportFrom(module=str(module), names=aliases) if _is_ours(module):
                names |= {alias.asname or alias.name for alias in aliases}
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=function, args=[ast.Constant(value=str(module))]),
            ) if _is_ours(module) and _root(function)[1] == "import_module":
                names.add(name)
    return names


def _is_ours(module: str) -> bool:
    return module.startswith("tidewire")


def _root(node: ast.AST) -> tuple[str, str]:
    """Return the first and the last name of a dotted expression; empty where it is none."""
    last = node.attr if isinstance(node, ast.Attribute) else ""
    while isinstance(node, ast.Attribute):
        node = node.value
    first = node.id if isinstance(node, ast.Name) else ""
    return first, last or first


def _exchanged(node: ast.AST, ours: set[str]) -> str | None:
    """Return what of ours a statement or call puts something else in the place of."""
    match node:
        case ast.Call(func=ast.Attribute(attr=change), args=[target, *_]) if change in _CHANGES:
            if isinstance(target, ast.Constant):
                return str(target.value) if _is_ours(str(target.value)) else None
            first, _ = _root(target)
            return ast.unparse(target) if first in ours else None
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[target, *_]):
            # An object that is not to be changed is another matter: its class is what names stand for.
            return ast.unparse(target) if _root(target)[0] in ours else None
        case ast.Assign(targets=targets):
            for each in targets:
                if isinstance(each, ast.Attribute) and _root(each)[0] in ours:
                    return ast.unparse(each)
    return None


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield every node with the name of the outermost function that it is in."""
    for statement in tree.body:
        inner = [statement]
        if isinstance(statement, ast.ClassDef):
            inner = list(statement.body)
        for each in inner:
            name = each.name if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) else "<module>"
            for node in ast.walk(each):
                yield name, node


def mock_violations(root: Path, files: Iterable[Path], exchanges: Mapping[str, str]) -> Iterator[str]:
    """Yield imports of mocks, and exchanges of our parts that are not listed."""
    needed: set[str] = set()
    for path in files:
        shown = path.relative_to(root).as_posix()
        for found in source_code.imports(path, path.stem):
            library = next((name for name in (found.module, found.full) if name in LIBRARIES), None)
            if library is not None:
                needed.add(f"{shown}:{library}")
                if f"{shown}:{library}" not in exchanges:
                    yield f"{shown}:{found.line} imports {found.full}"
        tree = source_code.parse(path)
        ours = _our_names(tree)
        for function, node in _functions(tree):
            part = _exchanged(node, ours)
            if part is None:
                continue
            key = f"{shown}:{function}"
            needed.add(key)
            if key not in exchanges:
                yield f"{key} puts something else in the place of a part of {part}"
    for key in exchanges:
        if key not in needed:
            yield f"{key} is listed as an exception and needs none"


def test_no_mocks() -> None:
    NO_MOCKS.hold(mock_violations(repository.ROOT, modules_of_tests(repository.ROOT), EXCHANGES))


def test_no_mocks_can_fail(tmp_path: Path) -> None:
    tests = tmp_path / "packages" / "web" / "tests"
    tests.mkdir(parents=True)
    (tests / "test_a.py").write_text(
        "from unittest import mock\n"
        "from unittest.mock import MagicMock\n"
        "import importlib\n"
        "import os\n"
        "import tidewire_web\n"
        "from tidewire_web import Server as S, _cli as cli\n"
        "module = importlib.import_module('tidewire_web._runner')\n"
        "def test_one(monkeypatch):\n"
        "    monkeypatch.setattr(cli, 'run', None)\n"
        "def test_two(monkeypatch):\n"
        "    monkeypatch.setattr('tidewire_web._server.Server', None)\n"
        "def test_three():\n"
        "    S.handle = tidewire_web.Server.handle\n"
        "def test_four(monkeypatch):\n"
        "    monkeypatch.delattr(tidewire_web.Server, 'handle')\n"
        "class TestFive:\n"
        "    async def test_five(self):\n"
        "        setattr(module, 'Server', None)\n"
        "def test_listed(monkeypatch):\n"
        "    monkeypatch.setattr(S, 'handle', None)\n"
        "def test_allowed(monkeypatch):\n"
        "    monkeypatch.setattr(os, 'name', 'nt')\n"
        "    monkeypatch.setattr('os.name', 'nt')\n"
        "    monkeypatch.setenv('tidewire', 'x')\n"
        "    server = S()\n"
        "    server.debug = True\n"
    )
    where = "packages/web/tests/test_a.py"
    listed = {f"{where}:test_listed": "it has to", f"{where}:test_gone": "it had to"}
    found = list(mock_violations(tmp_path, modules_of_tests(tmp_path), listed))
    assert found == [
        f"{where}:1 imports unittest.mock",
        f"{where}:2 imports unittest.mock.MagicMock",
        f"{where}:test_one puts something else in the place of a part of cli",
        f"{where}:test_two puts something else in the place of a part of tidewire_web._server.Server",
        f"{where}:test_three puts something else in the place of a part of S.handle",
        f"{where}:test_four puts something else in the place of a part of tidewire_web.Server",
        f"{where}:test_five puts something else in the place of a part of module",
        f"{where}:test_gone is listed as an exception and needs none",
    ]

"""Imports go downward only: between distributions by a table, inside a distribution without a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import repository
import source_code
import workspace
from rule import Rule
from toy_workspace import ToyWorkspace

# What each distribution may import of its siblings. What is not listed here is an extra.
ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "tidewire-http-parser": frozenset(),
    "tidewire-http-io": frozenset({"tidewire-http-parser"}),
    "tidewire-websocket": frozenset({"tidewire-http-parser"}),
    "tidewire-web": frozenset({"tidewire-http-parser", "tidewire-http-io", "tidewire-websocket"}),
    "tidewire-client": frozenset({"tidewire-http-parser", "tidewire-http-io", "tidewire-websocket"}),
    "tidewire-testing": frozenset({"tidewire-http-io"}),
    # It ends exchanges with a client that takes nothing, and writes through a body sink.
    "tidewire-sse": frozenset({"tidewire-web", "tidewire-client", "tidewire-http-io"}),
}
ALLOWED_TO_EXTRAS: Final = frozenset({"tidewire-web", "tidewire-client"})
# Sub-packages that stand a layer above the rest of their distribution.
ALLOWED_BELOW: Final[Mapping[str, frozenset[str]]] = {
    "tidewire_websocket.asyncio": frozenset({"tidewire-http-io"}),
    "tidewire_testing.cases": frozenset({"tidewire-web", "tidewire-client"}),
    "tidewire_testing.pytest_plugin": frozenset({"tidewire-web", "tidewire-client"}),
    "tidewire_testing.web": frozenset({"tidewire-web"}),
    "tidewire_testing.client": frozenset({"tidewire-client"}),
}
# Web and client share the parser's vocabulary; the parsers themselves belong to the connections in http-io.
PARSERS: Final = frozenset({"RequestParser", "ResponseParser"})
NO_PARSERS: Final = frozenset({"tidewire-web", "tidewire-client"})
# Modules that import their own distribution's facade, with the reason. `__main__` always may.
FACADE_USERS: Final[Mapping[str, str]] = {}

LAYERS: Final = Rule(
    says="a distribution imports only the siblings below it, through their public names.",
    why="each distribution must install, type-check and test without those above it.",
    mend="move the name down, declare a small Protocol for it below, or take a callable; the table is in "
    "checks/test_layers.py.",
)
CYCLES: Final = Rule(
    says="the modules of a distribution import each other in one direction, typing-only imports counted.",
    why="TYPE_CHECKING makes a circle importable, but its modules can still only be understood all at once.",
    mend="declare a Protocol in the lower module, or move the shared name to the module that owns it.",
)
FACADES: Final = Rule(
    says="a module does not import from the facade of the package it is in.",
    why="the facade imports the module: whether that works depends on which of them is imported first.",
    mend="import from the module that defines the name.",
)


def allowed_siblings(member: workspace.Member, module: str, names: Iterable[str]) -> frozenset[str]:
    """Return which siblings one module of a member may import."""
    if member.name == "tidewire":
        return frozenset(names)
    allowed = ALLOWED.get(member.name, ALLOWED_TO_EXTRAS)
    for prefix, more in ALLOWED_BELOW.items():
        if f"{module}.".startswith(f"{prefix}."):
            allowed |= more
    return allowed


def _is_private(dotted: str) -> bool:
    return any(part.startswith("_") and not part.startswith("__") for part in dotted.split(".")[1:])


def layer_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield imports of siblings that the table does not allow, or of what is private to them."""
    everything = list(members)
    by_import = {member.import_name: member for member in everything}
    for member in everything:
        files = [(path, module, False) for module, path in member.modules().items()]
        files += [(path, f"tests.{path.stem}", True) for path in sorted(member.tests.rglob("*.py"))]
        for path, module, is_test in files:
            # Every distribution may test with tidewire-testing's base; what that stands on is its own affair.
            allowed = allowed_siblings(member, module, (other.name for other in everything))
            allowed |= {"tidewire-testing"} if is_test else frozenset()
            if is_test and member.name == "tidewire-testing":
                allowed |= ALLOWED_TO_EXTRAS
            for found in source_code.imports(path, module):
                sibling = by_import.get(found.top)
                if sibling is None or sibling is member:
                    continue
                where = f"{_shown(path, member)}:{found.line}"
                if sibling.name not in allowed:
                    yield f"{where} imports {found.full}; {member.name} may not import {sibling.name}"
                elif _is_private(found.full):
                    yield f"{where} imports {found.full}, which is private to {sibling.name}"
                elif member.name in NO_PARSERS and found.name in PARSERS and not is_test:
                    yield f"{where} imports {found.full}; {member.name} never sees a parser"


def _shown(path: Path, member: workspace.Member) -> str:
    return f"{member.folder.name}/{path.relative_to(member.folder).as_posix()}"


def module_graph(member: workspace.Member) -> dict[str, set[str]]:
    """Return which module of a member imports which, the distribution's facade left out."""
    modules = member.modules()
    graph: dict[str, set[str]] = {module: set() for module in modules if module != member.import_name}
    for module, imported in graph.items():
        for found in source_code.imports(modules[module], module):
            target = found.full if found.full in graph else found.module
            if target in graph and target != module:
                imported.add(target)
    return graph


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other in a circle."""
    reach = {module: _reachable(graph, module) for module in graph}
    groups = {
        tuple(sorted(other for other in reach[module] if module in reach[other]))
        for module in graph
        if module in reach[module]
    }
    return [list(group) for group in sorted(groups)]


def _reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    stack = list(graph[start])
    while stack:
        module = stack.pop()
        if module not in seen:
            seen.add(module)
            stack.extend(graph[module])
    return seen


def cycle_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield the import circles inside distributions."""
    for member in members:
        for group in circles(module_graph(member)):
            yield f"{member.name}: {', '.join(group)}"


def facade_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield imports from the facade of the package that a module is in."""
    for member in members:
        modules = member.modules()
        for module, path in modules.items():
            if path.stem in ("__init__", "__main__") or module in FACADE_USERS:
                continue
            parents = {module.rsplit(".", depth)[0] for depth in range(1, module.count(".") + 1)}
            for found in source_code.imports(path, module):
                if found.module in parents and found.full not in modules:
                    yield f"{_shown(path, member)}:{found.line} imports {found.full}"


def test_layers() -> None:
    LAYERS.hold(layer_violations(repository.members()))


def test_cycles() -> None:
    CYCLES.hold(cycle_violations(repository.members()))


def test_own_facade() -> None:
    FACADES.hold(facade_violations(repository.members()))


def test_layers_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    parser = toy.member("http-parser", {"_a.py": "if TYPE_CHECKING:\n    from tidewire_web import Request\n"})
    hidden = (
        "def late():\n    import tidewire_client._pool\n    from tidewire_http_parser import RequestParser\n"
    )
    web = toy.member("web", {"_b.py": hidden, "_c.py": "from tidewire_http_parser._states import State\n"})
    client = toy.member("client", {"__init__.py": "from tidewire_http_parser import Head\n"})
    (client.tests / "test_x.py").write_text("import tidewire_testing\nimport tidewire_web\n", "utf-8")
    found = list(layer_violations([parser, web, client, toy.member("testing")]))
    assert found == [
        "http-parser/src/tidewire_http_parser/_a.py:2 imports tidewire_web.Request; "
        "tidewire-http-parser may not import tidewire-web",
        "web/src/tidewire_web/_b.py:2 imports tidewire_client._pool; tidewire-web may not import tidewire-client",
        "web/src/tidewire_web/_b.py:3 imports tidewire_http_parser.RequestParser; tidewire-web never sees a parser",
        "web/src/tidewire_web/_c.py:1 imports tidewire_http_parser._states.State, which is private to "
        "tidewire-http-parser",
        "client/tests/test_x.py:2 imports tidewire_web; tidewire-client may not import tidewire-web",
    ]


def test_layers_know_sub_packages(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    io = toy.member("http-io")
    above = {"asyncio/__init__.py": "", "asyncio/_c.py": "from tidewire_http_io import Channel\n"}
    socket = toy.member("websocket", {**above, "_frames.py": "from tidewire_http_io import Channel\n"})
    (found,) = layer_violations([io, socket])
    assert "_frames.py:1" in found


def test_cycles_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    files = {
        "__init__.py": "from ._a import A\n",
        "_a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ._b import B\n",
        "_b.py": "from . import _c\n",
        "_c.py": "def f():\n    from tidewire_web._a import A\n",
        "_d.py": "from ._a import A\n",
    }
    found = list(cycle_violations([toy.member("web", files)]))
    assert found == ["tidewire-web: tidewire_web._a, tidewire_web._b, tidewire_web._c"]


def test_own_facade_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    files = {
        "_a.py": "from tidewire_web import B\n",
        "_b.py": "from . import _a\n",
        "routing/__init__.py": "",
        "routing/_x.py": "from . import Route\nfrom .. import _b\n",
        "__main__.py": "from tidewire_web import B\n",
    }
    found = list(facade_violations([toy.member("web", files)]))
    assert [violation.partition(" ")[0] for violation in found] == [
        "web/src/tidewire_web/_a.py:1",
        "web/src/tidewire_web/routing/_x.py:1",
    ]

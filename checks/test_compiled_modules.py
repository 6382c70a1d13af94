"""What may be in a module that mypyc compiles; each rule is there for something that went wrong in a trial.

The reproduction behind the first of them is tests/mypyc/test_coroutine_fault.py.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import repository
import source_code
import workspace
from rule import Rule
from toy_workspace import ToyWorkspace

HEADER: Final = "# Compiled by mypyc."
# Generator functions ("module:qualified.name") whose clean-up does not matter, with the reason.
GENERATORS: Final[Mapping[str, str]] = {}
# Constants of siblings ("module:NAME") that are objects, not numbers or strings, hence not inlined; with the
# reason.
CONSTANTS: Final[Mapping[str, str]] = {}
TYPES_OF_THE_COMPILER: Final = frozenset({"mypy_extensions", "librt"})

LISTED: Final = Rule(
    says=f"the mypyc hook's `include` names existing files, sorted; they begin with `{HEADER}`, no others do.",
    why="a module that says it is compiled and is not is slow in silence; one that does not say so gets code "
    "that must not be compiled.",
    mend="add the module to `include` in the member's pyproject.toml, or change its first line.",
)
SYNCHRONOUS: Final = Rule(
    says="a compiled module has no coroutine and no generator function.",
    why="mypyc 2.4 carries an exception out of `finally: await` into later calls, leaks on cancellation, and does "
    "not clean up what is dropped half way.",
    mend="leave the decision in the compiled module and move the awaiting to an interpreted one.",
)
SAME_IN_BOTH: Final = Rule(
    says="a compiled module has nothing that behaves differently when interpreted: no `raise X from Y`, no "
    "`dataclass(slots=True)`; it begins with `from __future__ import annotations`.",
    why="compiled code loses the cause of an exception and has no `__slots__`, and one file must mean one thing.",
    mend="set `__cause__` by hand before raising; leave out slots=True, native classes have slots of their own.",
)
NO_BUILD_TYPES: Final = Rule(
    says="a compiled module imports mypy_extensions and librt under TYPE_CHECKING only.",
    why="the interpreted build runs without the compiler and what comes with it.",
    mend="move the import under `if TYPE_CHECKING:` and use the names in annotations only.",
)
NO_INLINED_CONSTANTS: Final = Rule(
    says="a compiled module takes no constant from another distribution.",
    why="mypyc builds a Final's value in: after the sibling is upgraded two values are in one process.",
    mend="pass it as a value, call a function of the sibling, or, if it is an object, list it in "
    "checks/test_compiled_modules.py with the reason.",
)


def _compiled(members: Iterable[workspace.Member]) -> Iterator[tuple[str, ast.Module]]:
    for member in members:
        for relative in member.compiled:
            path = member.folder / relative
            if path.is_file():  # Otherwise test_listed says so.
                yield member.module_name(path), source_code.parse(path)


def list_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield differences between the list of compiled modules and what the modules say."""
    for member in members:
        if "mypyc" in member.hooks and not member.compiled:
            yield f"{member.name}: include is empty, which makes the hook compile every module"
        if list(member.compiled) != sorted(set(member.compiled)):
            yield f"{member.name}: include is not sorted, or names a file twice"
        sources = {path.relative_to(member.folder).as_posix(): path for path in member.source_files()}
        for relative in member.compiled:
            if relative not in sources:
                yield f"{member.name}: include names {relative}, which does not exist"
        for relative, path in sources.items():
            with path.open(encoding="utf-8") as file:
                says_so = file.readline().rstrip("\n") == HEADER
            if says_so and relative not in member.compiled:
                yield f"{member.name}: {relative} says it is compiled, and is not in include"
            elif relative in member.compiled and not says_so:
                yield f"{member.name}: {relative} is in include, its first line does not say so"


def _asynchronous(node: ast.AST) -> str | None:
    match node:
        case ast.AsyncFunctionDef():
            return "async def"
        case ast.Await():
            return "await"
        case ast.AsyncWith() | ast.AsyncFor():
            return "async with or for"
        case ast.comprehension(is_async=1):
            return "asynchronous comprehension"
    return None


def coroutine_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield coroutines, their parts, and generator functions."""
    for module, tree in _compiled(members):
        for node in ast.walk(tree):
            if what := _asynchronous(node):
                # A comprehension's clause has no line of its own.
                place = node.target if isinstance(node, ast.comprehension) else node
                yield f"{module}:{getattr(place, 'lineno', 0)} {what}"
        for name, function in source_code.functions(tree):
            if f"{module}:{name}" not in GENERATORS and any(_own_yields(function)):
                yield f"{module}:{function.lineno} {name} is a generator"


def _own_yields(function: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.Yield | ast.YieldFrom):
            yield child
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from _own_yields(child)


def difference_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield what means one thing compiled and another interpreted."""
    for module, tree in _compiled(members):
        future = [
            node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        ]
        if not any(alias.name == "annotations" for node in future for alias in node.names):
            yield f"{module}:1 no `from __future__ import annotations`"
        for node in ast.walk(tree):
            match node:
                case ast.Raise(cause=ast.expr(), lineno=line):
                    yield f"{module}:{line} raise ... from"
                case ast.Call(func=ast.Name(id="dataclass") | ast.Attribute(attr="dataclass"), lineno=line):
                    if any(keyword.arg == "slots" for keyword in node.keywords):
                        yield f"{module}:{line} dataclass(slots=...)"


def build_type_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield imports of the compiler's modules that run."""
    for member in members:
        for module, path in member.modules().items():
            for found in source_code.imports(path, module):
                if found.top in TYPES_OF_THE_COMPILER and not found.typing_only:
                    yield f"{module}:{found.line} imports {found.full}"


def constant_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield constants of siblings in compiled modules, imported by name or reached through their module."""
    everything = list(members)
    siblings = {member.import_name for member in everything}
    for member in everything:
        for relative in member.compiled:
            path = member.folder / relative
            if not path.is_file():
                continue
            module = member.module_name(path)
            found = [
                each
                for each in source_code.imports(path, module)
                if each.top in siblings - {member.import_name}
            ]
            names = [(each.line, each.name) for each in found if each.name]
            names += list(_attributes(source_code.parse(path), siblings - {member.import_name}))
            for line, name in names:
                if re.fullmatch(r"[A-Z][A-Z0-9_]+", name) and f"{module}:{name}" not in CONSTANTS:
                    yield f"{module}:{line} {name}"


def _attributes(tree: ast.Module, siblings: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the attributes of modules of siblings, whatever those modules are called here."""
    local: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            local |= {
                alias.asname or alias.name.partition(".")[0]
                for alias in node.names
                if _of(alias.name, siblings)
            }
        elif isinstance(node, ast.ImportFrom) and _of(node.module or "", siblings):
            local |= {alias.asname or alias.name for alias in node.names if alias.name.islower()}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute, lineno=line) if name in local:
                yield line, attribute


def _of(module: str, siblings: Iterable[str]) -> bool:
    return module.partition(".")[0] in siblings


def test_listed() -> None:
    LISTED.hold(list_violations(repository.members()))


def test_synchronous() -> None:
    SYNCHRONOUS.hold(coroutine_violations(repository.members()))


def test_same_in_both() -> None:
    SAME_IN_BOTH.hold(difference_violations(repository.members()))


def test_no_build_types() -> None:
    NO_BUILD_TYPES.hold(build_type_violations(repository.members()))


def test_no_inlined_constants() -> None:
    NO_INLINED_CONSTANTS.hold(constant_violations(repository.members()))


MYPYC_FOR_ALL: Final = """\
[project]
name = "tidewire-client"

[tool.hatch.build.targets.wheel.hooks.mypyc]
enable-by-default = false
"""


def test_listed_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    files = {"_a.py": f"{HEADER}\n", "_b.py": "x = 1\n", "_c.py": f"{HEADER}\n"}
    bad = toy.member("web", files, compiled=["_gone.py", "_b.py", "_c.py"])
    empty = toy.member("client")
    (empty.folder / "pyproject.toml").write_text(MYPYC_FOR_ALL, "utf-8")
    assert list(list_violations([bad, workspace.read_member(empty.folder)])) == [
        "tidewire-web: include is not sorted, or names a file twice",
        "tidewire-web: include names src/tidewire_web/_gone.py, which does not exist",
        "tidewire-web: src/tidewire_web/_a.py says it is compiled, and is not in include",
        "tidewire-web: src/tidewire_web/_b.py is in include, its first line does not say so",
        "tidewire-client: include is empty, which makes the hook compile every module",
    ]


def test_synchronous_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    code = """
        async def a():
            async with b:
                await c
        def d():
            return [e async for e in f], (g for g in h)
        class I:
            def j(self):
                def k():
                    yield 1
    """
    bad = toy.member("web", {"_a.py": code, "_interpreted.py": "async def a(): ...\n"}, compiled=["_a.py"])
    assert [
        violation.removeprefix("tidewire_web._a:") for violation in sorted(coroutine_violations([bad]))
    ] == [
        "2 async def",
        "3 async with or for",
        "4 await",
        "6 asynchronous comprehension",
        "9 I.j.k is a generator",
    ]


def test_same_in_both_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    code = """
        @dataclass(frozen=True, slots=True)
        class A:
            def b(self):
                try:
                    raise ValueError
                except ValueError as error:
                    raise KeyError from error
    """
    good = "from __future__ import annotations\n@dataclass(frozen=True)\nclass A: ...\n"
    bad = toy.member("web", {"_a.py": code, "_b.py": good}, compiled=["_a.py", "_b.py"])
    assert list(difference_violations([bad])) == [
        "tidewire_web._a:1 no `from __future__ import annotations`",
        "tidewire_web._a:2 dataclass(slots=...)",
        "tidewire_web._a:8 raise ... from",
    ]


def test_no_build_types_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    code = "from mypy_extensions import i64\nif TYPE_CHECKING:\n    from mypy_extensions import u8\nimport librt.strings\n"
    assert list(build_type_violations([toy.member("web", {"_a.py": code}, compiled=["_a.py"])])) == [
        "tidewire_web._a:1 imports mypy_extensions.i64",
        "tidewire_web._a:4 imports librt.strings",
    ]


def test_no_inlined_constants_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    parser = toy.member("http-parser")
    code = """
        import tidewire_http_parser as parser
        from tidewire_http_parser import LIMIT, Head, states, T
        from ._own import OWN
        def f():
            return parser.NEED_DATA, parser.Head, states.IDLE, parser.Head.NAME
    """
    bad = toy.member("web", {"_a.py": code, "_b.py": code, "_own.py": "OWN = 1\n"}, compiled=["_a.py"])
    assert list(constant_violations([parser, bad])) == [
        "tidewire_web._a:3 LIMIT",
        "tidewire_web._a:6 NEED_DATA",
        "tidewire_web._a:6 IDLE",
    ]

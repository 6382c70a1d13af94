"""The shape of the tree: what each member has, how long things are, what must not lie about."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import repository
import source_code
import workspace
from rule import Rule
from toy_workspace import ToyWorkspace

FILE_LINES: Final = 700
FUNCTION_LINES: Final = 60
PARAMETERS: Final = 8
# "module:qualified.name" of functions above a limit, with the reason. Entries that are no longer needed fail.
LONG_FUNCTIONS: Final[Mapping[str, str]] = {
    "tidewire_client._session:ClientSession.__init__": "a line for each parameter that users know",
    "tidewire_web._server:Server.__init__": "a line for each parameter that users know",
}
MANY_PARAMETERS: Final[Mapping[str, str]] = {
    "tidewire_client._session:ClientSession.__init__": "the parameters that users of aiohttp know",
    "tidewire_client._tcp_connector:TCPConnector.__init__": "the parameters that users of aiohttp know",
    "tidewire_sessions._abstract_storage:AbstractStorage.__init__": "those that users of aiohttp-session know",
    "tidewire_testing.web._mocked_request:make_mocked_request": "the parameters that users of aiohttp know",
    "tidewire_web._response:Response.__init__": "the parameters that users of aiohttp know",
    "tidewire_web._response_head:ResponseHead.set_cookie": "the attributes of a cookie",
    "tidewire_web._run_app:run_app": "the parameters that users of aiohttp know",
    "tidewire_web._server:Server.__init__": "the parameters that users of aiohttp know",
    "tidewire_web._websocket_response:WebSocketResponse.__init__": "the parameters that users of aiohttp know",
}
NAMELESS: Final = frozenset({"helpers", "helper", "utils", "util", "utilities", "common", "misc"})
# A name that users know: `tidewire.test_utils`.
KNOWN_NAMES: Final = frozenset({"packages/tidewire/src/tidewire/test_utils.py"})
REQUIRED_FILES: Final = ("README.md", "LICENSE", "CHANGELOG.md", "changelog.d")
EQUAL_FIELDS: Final = ("requires-python", "license", "license-files", "authors", "classifiers")
# Folders of the machine on which something was written; what stands in the tree must hold on every machine.
MACHINE_PATHS: Final = re.compile(
    r"(?<![\w.$}~-])(?:/(?:work|root)/\w|/home/\w+/|/tmp/p3\d)|\.pyenv[/]versions"
)

# Sources in C, by file, with the reason: all else is Python, compiled or not.
WRITTEN_IN_C: Final[Mapping[str, str]] = {
    "websocket/src/tidewire_websocket/_mask.c": "20 microseconds per MiB; the best Python needs 1,100",
}

NO_ARTIFACTS: Final = Rule(
    says="there is no compiled file beside the sources, and no C but what checks/test_tree.py lists.",
    why="an extension module wins over the source it was compiled from, and would run after the source was changed.",
    mend="delete it; scripts/wheels.py builds outside the tree.",
)
TYPED: Final = Rule(
    says="every import package has a py.typed file.",
    why="without it type checkers take everything imported from there for Any.",
    mend="add an empty py.typed.",
)
SIZES: Final = Rule(
    says=f"files have at most {FILE_LINES} lines, functions {FUNCTION_LINES} (without their docstring) and "
    f"{PARAMETERS} parameters.",
    why="a file near its limit is two files; a long function is a decision and its execution in one.",
    mend="split it by its nouns, group options in a frozen dataclass; public constructors whose parameters users "
    "know are listed in checks/test_tree.py with the reason.",
)
NOUNS: Final = Rule(
    says=f"no module is called {', '.join(sorted(NAMELESS))}.",
    why="a function lives with the noun it is about; what has no noun is two functions.",
    mend="move each function to the module of what it is about.",
)
PORTABLE: Final = Rule(
    says="no file names a folder of the machine it was written on.",
    why="it would mean nothing, or something else, everywhere else.",
    mend="name it relative to the repository, or take it from a parameter or a fixture.",
)
MEMBERS: Final = Rule(
    says=f"every member has {', '.join(REQUIRED_FILES)}, a static version, and the others' {', '.join(EQUAL_FIELDS)}.",
    why="the distributions are released together and should differ in what they do only.",
    mend="copy it from another member.",
)


def artifact_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield compiled files, and what a compiler leaves, in the source folders."""
    for member in members:
        for path in sorted((member.folder / "src").rglob("*")):
            name = f"{member.folder.name}/{path.relative_to(member.folder).as_posix()}"
            if path.suffix in {".so", ".pyd", ".c", ".o", ".dylib"} and name not in WRITTEN_IN_C:
                yield name


def typed_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield import packages without a py.typed."""
    for member in members:
        if not (member.source / "py.typed").is_file():
            yield member.name


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    match function.body[0]:
        case ast.Expr(value=ast.Constant(value=str()), lineno=first, end_lineno=int(last)):
            return lines - (last - first + 1)
    return lines


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return sum(parameter.arg not in ("self", "cls") for parameter in named)


def size_violations(
    sources: Mapping[str, Path], long_functions: Mapping[str, str], many_parameters: Mapping[str, str]
) -> Iterator[str]:
    """Yield what is too long, and exceptions that are no longer needed.

    Args:
        sources: the files, by the name of their module.
        long_functions: functions that may be longer, with the reason.
        many_parameters: functions that may have more parameters, with the reason.
    """
    needed: set[str] = set()
    for module, path in sources.items():
        lines = path.read_bytes().count(b"\n")
        if lines > FILE_LINES:
            yield f"{module} has {lines} lines"
        for name, function in source_code.functions(source_code.parse(path)):
            key = f"{module}:{name}"
            if (length := _length(function)) > FUNCTION_LINES:
                needed.add(key)
                if key not in long_functions:
                    yield f"{key} has {length} lines"
            if (count := _parameters(function)) > PARAMETERS:
                needed.add(key)
                if key not in many_parameters:
                    yield f"{key} has {count} parameters"
    for key in {*long_functions, *many_parameters} - needed:
        yield f"{key} is listed as an exception and needs none"


def measured_sources(root: Path, members: Iterable[workspace.Member]) -> dict[str, Path]:
    """Return the members' modules, and the repository's own scripts and checks."""
    sources = {module: path for member in members for module, path in member.modules().items()}
    own = [*root.glob("scripts/*.py"), *root.glob("checks/*.py"), *root.glob("*.py")]
    return sources | {path.relative_to(root).with_suffix("").as_posix(): path for path in own}


def noun_violations(root: Path) -> Iterator[str]:
    """Yield modules and folders whose name says nothing."""
    for path in tracked_files(root):
        parts = path.relative_to(root).with_suffix("").parts if path.suffix == ".py" else ()
        name = path.relative_to(root).as_posix()
        if name not in KNOWN_NAMES and any(
            part.lstrip("_").removeprefix("test_") in NAMELESS for part in parts
        ):
            yield name


def tracked_files(root: Path) -> list[Path]:
    """Return the repository's files; those that git ignores are left out."""
    git = shutil.which("git")
    if git and (root / ".git").exists():
        command = [git, "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        paths = [root / name for name in listed.split("\0") if name]
    else:
        hidden = re.compile(r"\..*|__pycache__|dist|build")
        found = (path for path in root.rglob("*"))
        paths = [path for path in found if not any(map(hidden.fullmatch, path.relative_to(root).parts))]
    return sorted(path for path in paths if path.is_file())


def path_violations(root: Path) -> Iterator[str]:
    """Yield the lines that name a folder of this or another machine."""
    for path in tracked_files(root):
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # Test data.
        for number, line in enumerate(text.split("\n"), 1):
            if MACHINE_PATHS.search(line):
                yield f"{path.relative_to(root).as_posix()}:{number} {line.strip()[:80]}"


def member_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield what a member lacks or has differently."""
    everything = list(members)
    for member in everything:
        for name in REQUIRED_FILES:
            if not (member.folder / name).exists():
                yield f"{member.name} has no {name}"
        project = member.pyproject["project"]
        if not member.version or "version" in project.get("dynamic", ()):
            yield f"{member.name} has no static version"
        if member.folder.name != member.name.removeprefix("tidewire-"):
            yield f"{member.name} is in a folder called {member.folder.name}"
        for field in EQUAL_FIELDS:
            if project.get(field) != everything[0].pyproject["project"].get(field):
                yield f"{member.name} and {everything[0].name} differ in {field}"


def test_no_artifacts() -> None:
    NO_ARTIFACTS.hold(artifact_violations(repository.members()))


def test_typed() -> None:
    TYPED.hold(typed_violations(repository.members()))


def test_sizes() -> None:
    SIZES.hold(
        size_violations(
            measured_sources(repository.ROOT, repository.members()), LONG_FUNCTIONS, MANY_PARAMETERS
        )
    )


def test_nouns() -> None:
    NOUNS.hold(noun_violations(repository.ROOT))


def test_portable() -> None:
    PORTABLE.hold(path_violations(repository.ROOT))


def test_members() -> None:
    MEMBERS.hold(member_violations(workspace.read_members(repository.ROOT)))


def test_artifacts_and_typed_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    web = toy.member("web", {"_a.cpython-313-x86_64-linux-gnu.so": ""})
    (web.source / "py.typed").unlink()
    assert list(artifact_violations([web])) == ["web/src/tidewire_web/_a.cpython-313-x86_64-linux-gnu.so"]
    assert list(typed_violations([web])) == ["tidewire-web"]


def test_sizes_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    statements = "        x = 1\n" * FUNCTION_LINES
    parameters = ", ".join(f"p{number}" for number in range(PARAMETERS + 1))
    code = f"class A:\n    def long(self):\n{statements}    def wide(self, {parameters}): ...\n"
    short = 'def f():\n    """\n' + "Text.\n" * FUNCTION_LINES + '    """\n    return 1\n'
    web = toy.member("web", {"_a.py": code, "_b.py": "#\n" * (FILE_LINES + 1), "_c.py": short})
    found = size_violations(web.modules(), {}, {"tidewire_web._a:A.narrow": "was wide once"})
    assert list(found) == [
        "tidewire_web._a:A.long has 61 lines",
        "tidewire_web._a:A.wide has 9 parameters",
        "tidewire_web._b has 701 lines",
        "tidewire_web._a:A.narrow is listed as an exception and needs none",
    ]


def test_nouns_and_portable_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    machine = "/".join(["", "root", "project"])
    files = {"_helpers.py": f"PATH = '{machine}'\n", "_a.py": "TARGET = 'https://example.org/root/x'\n"}
    toy.member("web", files)
    assert list(noun_violations(toy.root)) == ["packages/web/src/tidewire_web/_helpers.py"]
    (found,) = path_violations(toy.root)
    assert found.startswith("packages/web/src/tidewire_web/_helpers.py:1 ")


def test_members_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    first = toy.member("client")
    second = toy.member("web")
    (second.folder / "README.md").unlink()
    pyproject = second.folder / "pyproject.toml"
    text = pyproject.read_text("utf-8").replace('version = "0.1.0"', 'dynamic = ["version"]')
    pyproject.write_text(text.replace(">=3.11", ">=3.12"), "utf-8")
    assert list(member_violations([first, workspace.read_member(second.folder)])) == [
        "tidewire-web has no README.md",
        "tidewire-web has no static version",
        "tidewire-web and tidewire-client differ in requires-python",
    ]

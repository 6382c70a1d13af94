"""Tests mirror sources: the tests of `src/NAME/sub/_x.py` are in `tests/sub/test_x.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

import repository
import workspace
from rule import Rule
from toy_workspace import ToyWorkspace

# Modules that hold types or start-up code only.
NOT_TESTED: Final = frozenset({"__init__", "__main__", "_types"})
# Test files of no single module, by their path in the tests folder of any member, with the reason.
WITHOUT_SOURCE: Final[Mapping[str, str]] = {
    "field_values/test_cookie_corpus.py": "feeds the documents of corpus/cookies/ to the parsers of cookies",
    "test_cancellation.py": "cancels a client and a server at each of their awaits",
    "test_client_deadlines.py": "the time-outs of `_client_connection`, too many for its own test file",
    "test_client_exchange.py": "holds every codec to the client's part of the contract in `_exchange`",
    "test_corpus.py": "feeds the documents of corpus/ to the distribution's facade",
    "multipart/test_multipart_corpus.py": "feeds the documents of corpus/multipart to the package's facade",
    "test_graceful_shutdown.py": "runs run_app() in processes of their own",
    "test_facade.py": "tests what the distribution's facade does on import",
    "test_readme.py": "runs the examples of the distribution's README",
    "test_session_cancellation.py": "cancels requests of a session at random, and looks at the next one",
    "test_server_deadlines.py": "the time-outs of `_server_connection` and `_server`, too many for their own test files",
    "test_server_exchange.py": "holds every codec to the server's part of the contract in `_exchange`",
    "test_server_faults.py": "handlers that fail and peers that break off, at every stage",
    "test_server_requests.py": "odd requests, byte for byte",
    "test_typing.py": "checks the public types with mypy",
    "test_websocket_recipes.py": "runs the documents' recipes for websockets",
    "test_properties.py": "holds what is true of the distribution's modules together, by hypothesis",
}

MIRROR: Final = Rule(
    says="each source module has its test file, tests/[sub/]test_x.py for [sub/]_x.py, and the other way round.",
    why="whoever changes a module finds its tests, and a module that nobody tests is seen.",
    mend="name the test file after the module; if it tests no single one, list it in checks/test_mirror.py with "
    "the reason.",
)


def mirror_of(relative: PurePosixPath) -> str:
    """Return where the tests of a source file are, relative to the tests folder."""
    folder = PurePosixPath(*(part.lstrip("_") for part in relative.parent.parts))
    return (folder / f"test_{relative.stem.lstrip('_')}.py").as_posix()


def _relative(paths: Iterable[Path], folder: Path) -> list[PurePosixPath]:
    return [PurePosixPath(path.relative_to(folder).as_posix()) for path in paths]


def mirror_violations(members: Iterable[workspace.Member]) -> Iterator[str]:
    """Yield modules without tests and test files without a module."""
    for member in members:
        sources = _relative(member.source_files(), member.source)
        tested = {mirror_of(path): path for path in sources if path.stem not in NOT_TESTED}
        tests = {path.as_posix() for path in _relative(member.tests.rglob("test_*.py"), member.tests)}
        for test in sorted(tested.keys() - tests):
            yield f"{member.folder.name}: {tested[test]} has no tests/{test}"
        for test in sorted(tests - tested.keys()):
            if test not in WITHOUT_SOURCE:
                yield f"{member.folder.name}: tests/{test} tests no module"


def test_mirror() -> None:
    MIRROR.hold(mirror_violations(repository.members()))


def test_mirror_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    files = dict.fromkeys(
        ("_a.py", "_types.py", "public.py", "sub/__init__.py", "sub/_b.py", "_proto/_c.py"), ""
    )
    web = toy.member("web", files)
    for name in ("test_a.py", "test_corpus.py", "test_gone.py", "sub/test_public.py", "proto/test_c.py"):
        path = web.tests / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert list(mirror_violations([web])) == [
        "web: sub/_b.py has no tests/sub/test_b.py",
        "web: public.py has no tests/test_public.py",
        "web: tests/sub/test_public.py tests no module",
        "web: tests/test_gone.py tests no module",
    ]

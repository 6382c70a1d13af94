"""What holds for every test of the repository: which build is tested, and which programs it needs.

TIDEWIRE_EXPECT=compiled|pure|mixed
    What each module of the members' compiled lists must have been loaded as; the session fails otherwise.
    `mixed` wants some of either. Where anything is compiled, nothing of a member may come from this tree.
TIDEWIRE_REQUIRE_PEERS=1
    A test that needs an absent program fails in place of being skipped.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent
# In the configuration's pythonpath too; here for runs with another configuration (pytest -c).
sys.path.insert(0, str(ROOT / "scripts"))

import workspace  # noqa: E402

# `tidewire.test_utils` is no test, in spite of its name; collecting it would import it from the tree.
collect_ignore_glob: Final = ["packages/*/src/*"]
NATIVE_SUFFIXES: Final = (".so", ".pyd")

if importlib.util.find_spec("hypothesis"):
    import hypothesis

    # Time is not what properties are about, and a machine may have more to do than one test.
    hypothesis.settings.register_profile("tidewire", deadline=None)
    hypothesis.settings.load_profile("tidewire")


def installed_modules() -> dict[str, str]:
    """Import the compiled modules of every installed member; return the file that each was loaded from."""
    files: dict[str, str] = {}
    for member in workspace.read_members(ROOT):
        if member.is_started and importlib.util.find_spec(member.import_name):
            for module in member.compiled_modules():
                files[module] = importlib.import_module(module).__file__ or ""
    return files


def build_violations(expected: str, files: Mapping[str, str]) -> list[str]:
    """Return what is not as TIDEWIRE_EXPECT says.

    Args:
        expected: `compiled`, `pure` or `mixed`.
        files: the compiled list's modules with the files they were loaded from.
    """
    native = {name for name, file in files.items() if file.endswith(NATIVE_SUFFIXES)}
    match expected:
        case "pure":
            return [f"{name} was loaded from {files[name]}" for name in sorted(native)]
        case "compiled" if files:
            return [f"{name} was loaded from {files[name]}" for name in files if name not in native]
        case "compiled":
            return ["no member with compiled modules is installed"]
        case "mixed":
            one = f"all {len(files)} modules are {'compiled' if native else 'interpreted'}"
            return [] if 0 < len(native) < len(files) else [one]
    return ["it may be compiled, pure or mixed"]


def tree_violations(root: Path, path: Iterable[str], modules: Mapping[str, str]) -> list[str]:
    """Return the ways in which the members' sources in the tree can be, or were, imported.

    Args:
        root: the repository.
        path: `sys.path`.
        modules: imported modules with their files.
    """
    packages = root / "packages"
    wrong = [f"{entry} is on sys.path" for entry in path if Path(entry).resolve().is_relative_to(packages)]
    for name, file in modules.items():
        if name.partition(".")[0].startswith("tidewire") and Path(file).resolve().is_relative_to(packages):
            wrong.append(f"{name} was loaded from {file}")
    return wrong


def _check_build() -> list[str]:
    expected = os.environ.get("TIDEWIRE_EXPECT")
    if not expected:
        return []
    try:
        wrong = build_violations(expected, installed_modules())
    except Exception as error:
        return [f"the members do not import: {type(error).__name__}: {error}"]
    if expected in ("compiled", "mixed"):
        loaded = {name: getattr(module, "__file__", None) or "" for name, module in list(sys.modules.items())}
        wrong += tree_violations(ROOT, sys.path, {name: file for name, file in loaded.items() if file})
    return wrong


def pytest_sessionstart() -> None:
    """Refuse to begin with another build than expected."""
    if wrong := _check_build():
        lines = "\n".join(f"  {line}" for line in wrong)
        raise pytest.UsageError(f"TIDEWIRE_EXPECT={os.environ['TIDEWIRE_EXPECT']}, but\n{lines}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look again: a test may have imported what was not there in the beginning."""
    if wrong := _check_build():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        for line in wrong:
            print(f"TIDEWIRE_EXPECT={os.environ['TIDEWIRE_EXPECT']}, but {line}", file=sys.stderr)


def describe_build() -> str:
    """Return one line about what the members' compiled lists were loaded as."""
    try:
        files = installed_modules()
    except Exception as error:  # The tests will fail; they should be what tells how.
        return f"tidewire: the members do not import: {type(error).__name__}: {error}"
    compiled = [name for name, file in files.items() if file.endswith(NATIVE_SUFFIXES)]
    if files and 0 < len(compiled) < len(files):
        pure = ", ".join(name for name in files if name not in compiled)
        return f"tidewire: {len(compiled)} modules compiled; interpreted: {pure}"
    return f"tidewire: {len(files)} modules of the compiled list, {'compiled' if compiled else 'interpreted'}"


def pytest_report_header() -> str:
    """Say which build is tested."""
    return describe_build()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which build was tested where -q took the header away."""
    if terminalreporter.verbosity < 0:
        terminalreporter.write_line(describe_build())


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests whose programs are absent, or fail them where they must not be."""
    needed = [str(name) for marker in item.iter_markers("peer") for name in marker.args]
    absent = [name for name in needed if shutil.which(name) is None]
    if not absent:
        return
    reason = f"needs {', '.join(absent)} on the PATH"
    if os.environ.get("TIDEWIRE_REQUIRE_PEERS") == "1":
        pytest.fail(f"{reason}, and TIDEWIRE_REQUIRE_PEERS=1", pytrace=False)
    pytest.skip(reason)

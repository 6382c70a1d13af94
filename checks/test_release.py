"""The scripts that prepare a release refuse archives that are not what they should be."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import release
import release_archives
import release_trials

import workspace
from toy_workspace import ToyWorkspace

METADATA = """\
Metadata-Version: 2.4
Name: tidewire-web
Version: 0.1.0
Summary: a toy
Requires-Python: >=3.11
License-Expression: MIT
Description-Content-Type: text/markdown
Requires-Dist: tidewire-http-io<0.2,>=0.1
Requires-Dist: yarl>=1

Read me.
"""
INFO = "tidewire_web-0.1.0.dist-info"
WHEEL = {
    "tidewire_web/__init__.py": "",
    "tidewire_web/py.typed": "",
    f"{INFO}/METADATA": METADATA,
    f"{INFO}/licenses/LICENSE": "",
}
SDIST = {
    name: METADATA if name == "PKG-INFO" else ""
    for name in (
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "PKG-INFO",
        "tests/test_a.py",
    )
}
VERSIONS = {"tidewire-web": "0.1.0", "tidewire-http-io": "0.1.3"}


def write_wheel(folder: Path, files: Mapping[str, str], tag: str = "py3-none-any") -> Path:
    """Write a wheel with these files."""
    path = folder / f"tidewire_web-0.1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def write_sdist(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a source archive with these files."""
    path = folder / "tidewire_web-0.1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"tidewire_web-0.1.0/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


@pytest.fixture
def member(tmp_path: Path) -> workspace.Member:
    """The member whose archives are looked at."""
    return ToyWorkspace(tmp_path).member("web")


def test_archives_in_which_nothing_is_wrong(member: workspace.Member, tmp_path: Path) -> None:
    assert release_archives.problems(member, write_wheel(tmp_path, WHEEL), VERSIONS) == []
    assert release_archives.problems(member, write_sdist(tmp_path, SDIST), VERSIONS) == []
    compiled = {**WHEEL, "tidewire_web/_a.cpython-311.so": "", "abc__mypyc.cpython-311.so": ""}
    native = write_wheel(tmp_path, compiled, "cp311-cp311-manylinux_2_17_x86_64")
    assert release_archives.problems(member, native, VERSIONS) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"tidewire_web/py.typed": None}, "no py.typed"),
        ({f"{INFO}/licenses/LICENSE": None}, "no licence"),
        ({"tests/test_a.py": ""}, "would install tests"),
        ({"tidewire_web/tests/test_a.py": ""}, "holds tests or caches"),
        ({"tidewire_web/_a.so": ""}, "its tag does not tell whether there is machine code"),
        ({f"{INFO}/METADATA": METADATA.replace("MIT", "")}, "no field License-Expression"),
        (
            {f"{INFO}/METADATA": METADATA.replace("0.1.0", "0.2.0")},
            "is tidewire-web 0.2.0, not tidewire-web 0.1.0",
        ),
        (
            {f"{INFO}/METADATA": METADATA.replace("<0.2,>=0.1", "<0.1")},
            "requires tidewire-http-io<0.1, and the workspace has 0.1.3",
        ),
    ],
)
def test_what_is_wrong_with_a_wheel(
    member: workspace.Member, tmp_path: Path, changes: Mapping[str, str | None], problem: str
) -> None:
    files = {name: text for name, text in {**WHEEL, **changes}.items() if text is not None}
    assert release_archives.problems(member, write_wheel(tmp_path, files), VERSIONS) == [problem]


def test_what_is_wrong_with_a_source_archive(member: workspace.Member, tmp_path: Path) -> None:
    for name in SDIST:
        path = write_sdist(tmp_path, {other: text for other, text in SDIST.items() if other != name})
        expected = "no tests" if name.startswith("tests") else f"no {name}"
        assert expected in release_archives.problems(member, path, VERSIONS)


def test_who_has_something_to_tell(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    members = [toy.member("web"), toy.member("client")]
    assert release.with_fragments(members) == []
    (members[1].folder / "changelog.d" / "7.feature.md").write_text("Something new.\n")
    assert release.with_fragments(members) == [members[1]]
    command = release.changelog_command(members[1], tmp_path, draft=True)
    assert command[command.index("--version") + 1] == "0.1.0"
    assert command[-1] == "--draft"


def test_trials_have_what_the_environments_say(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    parser = toy.member("http-parser")
    web = toy.member("web", requires=["tidewire-http-parser>=0.1,<0.2"])
    (tmp_path / "pyproject.toml").write_text(
        """\
[tool.hatch.envs.default]
dependencies = ["pytest", "uvloop"]
[tool.hatch.envs.only-web]
workspace.members = ["packages/web", "packages/http-parser"]
dependencies = ["pytest"]
"""
    )
    *everything, alone = release_trials.plan([web], [parser, web], tmp_path)
    assert [(trial.pure, trial.alone, trial.tools) for trial in everything] == [
        (False, (parser, web), ("pytest", "uvloop")),
        (True, (parser, web), ("pytest", "uvloop")),
    ]
    assert (alone.alone, alone.beside, alone.tools, alone.tests) == (
        (web,),
        (web, parser),
        ("pytest",),
        ("packages/web",),
    )
    with pytest.raises(workspace.WorkspaceError, match="has no environment only-http-parser"):
        release_trials.plan([parser], [parser, web], tmp_path)

"""What a release consists of: the archives of each member, and what has to be true of them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

import wheels
import workspace

_SDIST_FILES: Final = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "PKG-INFO")
# What an index has to have from us: others can be told by `Project-URL` and the like once there is a place to tell of.
_FIELDS: Final = (
    "Name",
    "Version",
    "Summary",
    "Requires-Python",
    "License-Expression",
    "Description-Content-Type",
)


def collect(member: workspace.Member, dist: Path, out: Path) -> list[Path]:
    """Copy a member's archives from where they are built to where they are released.

    Compiled wheels get the tag of the oldest Linux that they run on, which an index asks for.

    Raises:
        wheels.BuildError: one is missing, or its machine code needs more of a system than can be promised.
    """
    stamps = wheels.Stamps.read(dist)
    found: list[Path] = []
    for options in (wheels.Options(out=dist), wheels.Options(out=dist, pure=True)):
        tag = options.tag(member)
        wheel = stamps.wheel(member, tag)
        if wheel is None:
            raise wheels.BuildError(f"{member.name}: there is no {tag} wheel")
        if tag != "pure" and sys.platform == "linux":
            found.append(_repaired(wheel, out))
        elif (out / wheel.name) not in found:
            found.append(Path(shutil.copy(wheel, out)))
    sdist = dist / f"{member.import_name}-{member.version}.tar.gz"
    return [*found, Path(shutil.copy(sdist, out))]


def _repaired(wheel: Path, out: Path) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "auditwheel", "repair", "--wheel-dir", folder, str(wheel)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        made = list(Path(folder).glob("*.whl"))
        if done.returncode or len(made) != 1:
            raise wheels.BuildError(f"{wheel.name}: no tag for it\n{done.stdout.decode(errors='replace')}")
        return Path(shutil.move(made[0], out / made[0].name))


def check(
    released: Sequence[workspace.Member],
    members: Sequence[workspace.Member],
    archives: Mapping[str, Sequence[Path]],
) -> None:
    """Check all archives: their contents, and their metadata as an index would.

    Raises:
        wheels.BuildError: something is wrong; the message has all of it.
    """
    versions = {member.name: member.version for member in members}
    wrong = [
        f"{path.name}: {problem}"
        for member in released
        for path in archives[member.name]
        for problem in problems(member, path, versions)
    ]
    files = [str(path) for member in released for path in archives[member.name]]
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        wrong.append(done.stdout + done.stderr)
    if wrong:
        raise wheels.BuildError("what is to be released is not right:\n" + "\n".join(wrong))


def problems(member: workspace.Member, path: Path, versions: Mapping[str, str]) -> list[str]:
    """Return what is wrong with one archive of a member.

    Args:
        member: the member.
        path: a wheel or a source archive.
        versions: the version of each member of the workspace.
    """
    if path.suffix == ".whl":
        names, metadata = _read_wheel(path)
        wrong = _wheel_problems(member, path, names)
    else:
        names, metadata = _read_sdist(path)
        wrong = [f"no {name}" for name in _SDIST_FILES if name not in names]
        if not any(re.fullmatch(r"tests/(.+/)?test_\w+\.py", name) for name in names):
            wrong.append("no tests")
    wrong += [f"no field {name}" for name in _FIELDS if not metadata.get(name)]
    if (
        workspace.normalise(metadata.get("Name", "")) != member.name
        or metadata.get("Version") != member.version
    ):
        wrong.append(
            f"is {metadata.get('Name')} {metadata.get('Version')}, not {member.name} {member.version}"
        )
    for text in metadata.get_all("Requires-Dist", []):
        requirement = Requirement(text)
        version = versions.get(workspace.normalise(requirement.name))
        if version is not None and version not in requirement.specifier:
            wrong.append(f"requires {text}, and the workspace has {version}")
    return wrong


def _wheel_problems(member: workspace.Member, path: Path, names: Sequence[str]) -> list[str]:
    wrong = []
    if f"{member.import_name}/py.typed" not in names:
        wrong.append("no py.typed")
    if not any(re.fullmatch(r"[^/]+\.dist-info/licenses/LICENSE", name) for name in names):
        wrong.append("no licence")
    strange = {name.partition("/")[0] for name in names if not name.endswith((".so", ".pyd"))}
    strange = {top for top in strange if top != member.import_name and not top.endswith(".dist-info")}
    if strange:
        wrong.append(f"would install {', '.join(sorted(strange))}")
    if any("/tests/" in name or name.endswith((".pyc", "conftest.py")) for name in names):
        wrong.append("holds tests or caches")
    native = any(name.endswith((".so", ".pyd")) for name in names)
    if native == path.name.endswith("-none-any.whl"):
        wrong.append("its tag does not tell whether there is machine code")
    return wrong


def _read_wheel(path: Path) -> tuple[list[str], Message]:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        inner = next((name for name in names if name.endswith(".dist-info/METADATA")), None)
        return names, Parser().parsestr("" if inner is None else archive.read(inner).decode())


def _read_sdist(path: Path) -> tuple[list[str], Message]:
    with tarfile.open(path) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
        top = archive.getnames()[0].partition("/")[0]
        file = archive.extractfile(f"{top}/PKG-INFO") if "PKG-INFO" in names else None
        return names, Parser().parsestr("" if file is None else file.read().decode())

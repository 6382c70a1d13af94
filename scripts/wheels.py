"""Build the workspace's wheels bottom-up into dist/, outside the tree.

    python scripts/wheels.py [--pure] [--sdist] [--newest] [--force] [--out dist] [member ...]

Every member (or those named, and what they require) is copied to a temporary folder and built there for the
running interpreter: mypyc leaves shared objects beside the sources it compiles, and one left in the tree would
run in place of the source that was changed since. Siblings are taken from the output folder, third-party
requirements that the compiler reads types from at their declared floors.

A wheel whose inputs have not changed is kept, see `dist/.stamps.json`.

Exit codes: 0 built or up to date; 1 a build failed; 2 usage; 3 a compiled wheel was asked for and there is no
working C compiler.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import workspace

ROOT: Final = Path(__file__).resolve().parent.parent
STAMPS: Final = ".stamps.json"
NO_COMPILER: Final = 3
# What is beside a member's sources without being part of its wheel.
_NOT_COPIED: Final = (
    "__pycache__", "*.so", "*.pyd", "*.egg-info", "dist", "build", ".venv", ".*_cache", ".hypothesis",
)  # fmt: skip
_NOT_IN_WHEEL: Final = frozenset({"tests", "docs", "changelog.d", "CHANGELOG.md"})


class BuildError(Exception):
    """A wheel could not be built, or is not what was asked for."""


class NoCompilerError(BuildError):
    """Machine code was asked for where nothing can make it."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to build."""

    out: Path
    pure: bool = False
    newest: bool = False
    force: bool = False

    def tag(self, member: workspace.Member) -> str:
        """What `member`'s wheel is built for: one interpreter and platform, or all of them."""
        if self.pure or not member.is_native:
            return "pure"
        return f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"


@dataclass(kw_only=True)
class Stamps:
    """What each wheel in the output folder was made from."""

    path: Path
    entries: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, out: Path) -> Stamps:
        stamps = cls(path=out / STAMPS)
        # Where nothing is known of what lies there, everything is built.
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            stamps.entries = json.loads(stamps.path.read_text("utf-8"))
        return stamps

    def wheel(self, member: workspace.Member, tag: str, inputs: str | None = None) -> Path | None:
        """Return the wheel on record if it is there unchanged, and made from `inputs` if these are given."""
        entry = self.entries.get(f"{member.name} {tag}")
        if entry is None or (inputs is not None and entry["inputs"] != inputs):
            return None
        wheel = self.path.parent / entry["file"]
        return wheel if wheel.is_file() and _digest(wheel) == entry["digest"] else None

    def record(self, member: workspace.Member, tag: str, inputs: str, wheel: Path) -> None:
        entry = {"inputs": inputs, "file": wheel.name, "digest": _digest(wheel)}
        self.entries[f"{member.name} {tag}"] = entry
        # Replaced whole, so that an interrupted build leaves the old record or the new one.
        temporary = self.path.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(self.entries, indent=1, sort_keys=True) + "\n", "utf-8")
        temporary.replace(self.path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def input_files(member: workspace.Member) -> Iterator[Path]:
    """Yield the files of a member that decide what is in its wheel."""
    for path in sorted(member.folder.rglob("*")):
        relative = path.relative_to(member.folder)
        skipped = any(Path(part).match(pattern) for part in relative.parts for pattern in _NOT_COPIED)
        if path.is_file() and not skipped and relative.parts[0] not in _NOT_IN_WHEEL:
            yield path


def fingerprint(member: workspace.Member, options: Options, known: dict[str, str]) -> str:
    """Return a hash over everything that a member's wheel is made from.

    `known` holds the siblings' fingerprints: compiled code has its siblings' constants and types built in.
    """
    digest = hashlib.sha256()
    settings = [options.tag(member), "newest" if options.newest else "floors"]
    settings += [known[name] for name in sorted(member.required_names()) if name in known]
    for text in settings:
        digest.update(text.encode() + b"\0")
    for path in input_files(member):
        digest.update(path.relative_to(member.folder).as_posix().encode() + b"\0" + _digest(path).encode())
    return digest.hexdigest()


def floors(member: workspace.Member, names: frozenset[str]) -> list[str]:
    """Return constraints that hold the third-party requirements (those not in `names`) at their floors.

    Compiled code is checked against the types it is built with; built with the newest version of a library it
    could use what the declared floor does not have.
    """
    constraints = []
    for requirement in member.requirements:
        floor = re.search(r">=([^,]+)", workspace.requirement_specifier(requirement))
        name = workspace.requirement_name(requirement)
        if floor and name not in names:
            constraints.append(f"{name}=={floor[1]}")
    return constraints


def require_compiler() -> None:
    """Compile an empty extension module.

    Finding a program called cc is not enough: it may lack its libraries, or Python its headers.

    Raises:
        NoCompilerError: that did not work.
    """
    if sys.platform == "win32":
        return  # setuptools finds Visual C++ by means of its own, there is no command to try.
    command = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder, "probe.c")
        probe.write_text("#include <Python.h>\n")
        arguments = [*command, f"-I{sysconfig.get_path('include')}", "-c", str(probe), "-o", f"{probe}.o"]
        try:
            tried = subprocess.run(arguments, capture_output=True, check=False)
        except OSError:
            raise NoCompilerError(f"no C compiler ({command[0]}); --pure builds without one") from None
    if tried.returncode:
        said = tried.stderr.decode(errors="replace").strip().splitlines()
        reason = said[0] if said else f"exit code {tried.returncode}"
        raise NoCompilerError(
            f"the C compiler does not work ({command[0]}: {reason}); --pure builds without one"
        )


def find_uv() -> list[str] | None:
    """Return the command that runs uv, if there is one.

    Hatch has its own uv, which is not on PATH inside its environments; it names it in HATCH_UV.
    """
    program = os.environ.get("HATCH_UV") or shutil.which("uv")
    if program:
        return [program]
    return [sys.executable, "-m", "uv"] if importlib.util.find_spec("uv") else None


def _front_end(
    kind: str, source: Path, into: Path, constraints: Path, out: Path
) -> tuple[list[str], dict[str, str]]:
    """Return the command that builds `source`, and the variables to run it with."""
    if uv := find_uv():
        command = [*uv, "build", f"--{kind}", "--no-create-gitignore", "--python", sys.executable]
        command += ["--find-links", str(out), "--build-constraints", str(constraints), "--out-dir", str(into)]
        return [*command, str(source)], {}
    if importlib.util.find_spec("build"):
        links = f"{os.environ.get('PIP_FIND_LINKS', '')} {out.as_uri()}".strip()
        # The isolated environment is made by pip, which takes this from variables only.
        settings = {"PIP_FIND_LINKS": links, "PIP_CONSTRAINT": str(constraints)}
        return [sys.executable, "-m", "build", f"--{kind}", "--outdir", str(into), str(source)], settings
    raise BuildError("neither uv nor the module build is installed; `pip install uv` mends it")


def _run_build(
    kind: str, member: workspace.Member, constraints: Sequence[str], options: Options, into: Path
) -> Path:
    """Build one archive from a copy of the member; return where it is in `into`."""
    with tempfile.TemporaryDirectory(prefix="tidewire-build-") as folder:
        source = Path(folder, member.folder.name)
        shutil.copytree(member.folder, source, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        constraints_file = Path(folder, "constraints.txt")
        constraints_file.write_text("".join(f"{line}\n" for line in constraints), "utf-8")
        command, settings = _front_end(kind, source, into, constraints_file, options.out)
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HATCH_BUILD_")
        } | settings
        if kind == "wheel" and options.tag(member) != "pure":
            environment["HATCH_BUILD_HOOKS_ENABLE"] = "1"
        else:
            environment["HATCH_BUILD_NO_HOOKS"] = "1"
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        raise BuildError(f"{member.name}: the {kind} was not built\n{done.stdout.decode(errors='replace')}")
    made = [path for path in into.iterdir() if path.suffix in {".whl", ".gz"}]
    if len(made) != 1:
        raise BuildError(f"{member.name}: expected one {kind}, there are {[path.name for path in made]}")
    return made[0]


def verify_wheel(member: workspace.Member, wheel: Path, *, native: bool) -> None:
    """Compare a wheel's tag and contents with what was asked for.

    Raises:
        BuildError: a module that should be compiled is not, or machine code is in a pure wheel.
    """
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    libraries = [name for name in names if name.endswith((".so", ".pyd"))]
    if wheel.name.endswith("-none-any.whl") == native:
        raise BuildError(f"{member.name}: {wheel.name} has the wrong tag")
    if not native and libraries:
        raise BuildError(f"{member.name}: the pure wheel holds {', '.join(libraries)}")
    for relative in member.compiled if native else ():
        stem = relative.removeprefix("src/").removesuffix(".py")
        if not any(library.startswith(f"{stem}.") for library in libraries):
            raise BuildError(f"{member.name}: {relative} was not compiled")


def _publish(made: Path, out: Path, member: workspace.Member) -> Path:
    """Move a wheel to the output folder and remove what it replaces there."""
    stem, _, _ = made.name.partition("-")
    tags = made.name.split("-", 2)[2]
    for old in out.glob(f"{stem}-*.whl"):
        # Another version of it, or the same build of the same version.
        if not old.name.startswith(f"{stem}-{member.version}-") or old.name.endswith(f"-{tags}"):
            old.unlink()
    return Path(shutil.move(made, out / made.name))


def build_wheels(
    wanted: Sequence[workspace.Member], members: Sequence[workspace.Member], options: Options
) -> None:
    """Build the wheels of `wanted` and of what they require.

    Raises:
        BuildError: one was not built.
    """
    options.out.mkdir(parents=True, exist_ok=True)
    stamps = Stamps.read(options.out)
    names = frozenset(member.name for member in members)
    known: dict[str, str] = {}
    wheels: dict[str, Path] = {}
    probed = False
    for member in workspace.closure(wanted, members):
        if not member.is_started:
            print(f"{member.name}: no sources yet, skipped")
            continue
        started = time.monotonic()
        tag = options.tag(member)
        inputs = known[member.name] = fingerprint(member, options, known)
        kept = None if options.force else stamps.wheel(member, tag, inputs)
        if kept:
            wheels[member.name] = kept
            print(f"{member.name}: {kept.name} is up to date")
            continue
        if tag != "pure" and not probed:
            require_compiler()
            probed = True
        # By its address: an index may hold a sibling's name, too.
        constraints = [
            f"{name} @ {wheels[name].as_uri()}" for name in member.required_names() if name in wheels
        ]
        if not options.newest:
            constraints += floors(member, names)
        with tempfile.TemporaryDirectory(prefix="tidewire-wheel-") as into:
            made = _run_build("wheel", member, sorted(constraints), options, Path(into))
            verify_wheel(member, made, native=tag != "pure")
            wheel = _publish(made, options.out, member)
        stamps.record(member, tag, inputs, wheel)
        wheels[member.name] = wheel
        print(f"{member.name}: {wheel.name} built in {time.monotonic() - started:.1f} s", flush=True)


def build_sdists(wanted: Sequence[workspace.Member], options: Options) -> None:
    """Build the source archives of `wanted`; these take so little time that none is kept.

    Raises:
        BuildError: one was not built.
    """
    options.out.mkdir(parents=True, exist_ok=True)
    for member in workspace.bottom_up(wanted):
        if not member.is_started:
            print(f"{member.name}: no sources yet, skipped")
            continue
        with tempfile.TemporaryDirectory(prefix="tidewire-sdist-") as into:
            made = _run_build("sdist", member, (), options, Path(into))
            for old in options.out.glob(f"{made.name.partition('-')[0]}-*.tar.gz"):
                old.unlink()
            sdist = Path(shutil.move(made, options.out / made.name))
        print(f"{member.name}: {sdist.name} built", flush=True)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Build the workspace's wheels bottom-up, outside the tree.")
    parser.add_argument("member", nargs="*", help="distribution or folder name (all members without one)")
    parser.add_argument("--out", type=Path, default=root / "dist", help="where the archives go (dist)")
    parser.add_argument("--pure", action="store_true", help="compile nothing: py3-none-any wheels")
    parser.add_argument("--sdist", action="store_true", help="source archives in place of wheels")
    parser.add_argument(
        "--newest", action="store_true", help="build with the newest third-party requirements"
    )
    parser.add_argument("--force", action="store_true", help="build what is up to date, too")
    given: Any = parser.parse_args(arguments)
    options = Options(out=given.out.resolve(), pure=given.pure, newest=given.newest, force=given.force)
    try:
        members = workspace.read_members(root)
        wanted = workspace.select(given.member, members)
        if given.sdist:
            build_sdists(wanted, options)
        else:
            build_wheels(wanted, members, options)
    except NoCompilerError as error:
        print(f"wheels: {error}", file=sys.stderr)
        return NO_COMPILER
    except workspace.WorkspaceError as error:
        print(f"wheels: {error}", file=sys.stderr)
        return 2
    except BuildError as error:
        print(f"wheels: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

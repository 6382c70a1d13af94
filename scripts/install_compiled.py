"""Install the workspace's wheels from dist/ into the running environment, in place of what is there.

    python scripts/install_compiled.py [--pure | --sdist] [--floors] [--out dist] [member ...]

Run it with the environment's own interpreter, after `python scripts/wheels.py`. Members are always reinstalled
(their version stays the same while they are worked on); their requirements only where they are missing. Named
members are installed alone, so that one can be interpreted among compiled siblings:

    python scripts/install_compiled.py && python scripts/install_compiled.py --pure http-parser

Exit codes: 0 installed; 1 the installation failed; 2 usage, or a wheel that was not built.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import wheels
import workspace


def find_wheels(
    wanted: Sequence[workspace.Member], members: Sequence[workspace.Member], options: wheels.Options
) -> dict[str, Path]:
    """Return the wheel of each member in `wanted` for the running interpreter, by name.

    Raises:
        workspace.WorkspaceError: one was not built, or its member was changed since.
    """
    stamps = wheels.Stamps.read(options.out)
    found: dict[str, Path] = {}
    known: dict[str, str] = {}
    for member in workspace.closure(wanted, members):
        if not member.is_started:
            continue
        known[member.name] = wheels.fingerprint(member, options, known)
        if member not in wanted:
            continue
        wheel = stamps.wheel(member, options.tag(member), known[member.name])
        if wheel is None:
            kind = "pure" if options.pure else "compiled"
            raise workspace.WorkspaceError(
                f"no {kind} wheel of {member.name} as it is now; run scripts/wheels.py"
            )
        found[member.name] = wheel
    return found


def find_sdists(wanted: Sequence[workspace.Member], out: Path) -> dict[str, Path]:
    """Return the source archive of each member in `wanted`, by name.

    Raises:
        workspace.WorkspaceError: one was not built.
    """
    started = [member for member in wanted if member.is_started]
    found = {member.name: out / f"{member.import_name}-{member.version}.tar.gz" for member in started}
    for name, path in found.items():
        if not path.is_file():
            raise workspace.WorkspaceError(f"no source archive of {name}; run scripts/wheels.py --sdist")
    return found


def highest_floors(wanted: Sequence[workspace.Member], members: Sequence[workspace.Member]) -> list[str]:
    """Return constraints that hold third-party requirements at the lowest version that suits all of `wanted`."""
    names = frozenset(member.name for member in members)
    floors: dict[str, str] = {}
    for constraint in (line for member in wanted for line in wheels.floors(member, names)):
        name, _, version = constraint.partition("==")
        floors[name] = max(
            version, floors.get(name, "0"), key=lambda text: [int(n) for n in re.findall(r"\d+", text)]
        )
    return [f"{name}=={version}" for name, version in floors.items()]


def commands(found: dict[str, Path], constraints: Path) -> list[list[str]]:
    """Return the commands that install the wheels in `found`.

    Args:
        found: the wheels, by the names of their distributions.
        constraints: a file with constraints on everything else.

    Raises:
        workspace.WorkspaceError: there is no installer.
    """
    files = [str(path) for path in found.values()]
    if uv := wheels.find_uv():
        command = [
            *uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            sys.executable,
            "--constraint",
            str(constraints),
        ]
        for name in found:
            # Refreshed, too: uv remembers what it unpacked from a file of that name.
            command += ["--reinstall-package", name, "--refresh-package", name]
        return [[*command, *files]]
    if importlib.util.find_spec("pip"):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--constraint", str(constraints)]
        # In two steps, as pip can only force either everything or nothing.
        return [[*pip, *files], [*pip, "--force-reinstall", "--no-deps", *files]]
    raise workspace.WorkspaceError("neither uv nor pip is installed")


def install(found: dict[str, Path], constraints: Sequence[str]) -> int:
    """Install the wheels in `found`; return the installer's exit code."""
    environment = dict(os.environ)
    if constraints:
        # Floors are asked for, which the versions of daily work would contradict.
        environment.pop("UV_CONSTRAINT", None)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "constraints.txt")
        file.write_text("".join(f"{line}\n" for line in constraints), "utf-8")
        for command in commands(found, file):
            failed = subprocess.run(command, env=environment, check=False).returncode
            if failed:
                return failed
    print(f"installed {', '.join(wheel.name for wheel in found.values())}", flush=True)
    return 0


def main(arguments: Sequence[str] | None = None, root: Path = wheels.ROOT) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        description="Install the workspace's wheels into the running environment."
    )
    parser.add_argument("member", nargs="*", help="distribution or folder name (all members without one)")
    parser.add_argument("--out", type=Path, default=root / "dist", help="where the wheels are (dist)")
    parser.add_argument("--pure", action="store_true", help="the interpreted wheels")
    parser.add_argument(
        "--sdist", action="store_true", help="the source archives, which build interpreted wheels"
    )
    parser.add_argument("--newest", action="store_true", help="the wheels that were built with --newest")
    parser.add_argument("--floors", action="store_true", help="third-party requirements at their floors")
    given: Any = parser.parse_args(arguments)
    options = wheels.Options(out=given.out.resolve(), pure=given.pure, newest=given.newest)
    try:
        members = workspace.read_members(root)
        wanted = workspace.select(given.member, members)
        constraints = highest_floors(wanted, members) if given.floors else []
        sdists = find_sdists(wanted, options.out) if given.sdist else None
        failed = install(sdists or find_wheels(wanted, members, options), constraints)
    except workspace.WorkspaceError as error:
        print(f"install_compiled: {error}", file=sys.stderr)
        return 2
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

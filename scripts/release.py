"""Prepare a release: archives, their metadata, trials in empty environments, changelogs.

    python scripts/release.py [--draft] [--fast] [--out dist/release] [member ...]

Without names, every member with changelog fragments is released, by the version in its own pyproject.toml; versions
are independent. Each one's source archive, its interpreted wheel and, where it has machine code, its compiled wheel
for the running interpreter go to the output folder. Nothing is uploaded.

Exit codes: 0 ready for release; 1 an archive, a trial or a changelog failed; 2 usage, or nothing to release.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import release_archives
import release_trials

import wheels
import workspace


def with_fragments(members: Sequence[workspace.Member]) -> list[workspace.Member]:
    """Return the members that have something to tell in a changelog."""
    return [member for member in members if any((member.folder / "changelog.d").glob("*.md"))]


def changelog_command(member: workspace.Member, root: Path, *, draft: bool) -> list[str]:
    """Return the command that writes a member's changelog from its fragments and removes these.

    Args:
        member: the member, whose version is the heading.
        root: the repository, which has the configuration.
        draft: only show what would be written.
    """
    command = [sys.executable, "-m", "towncrier", "build", "--config", str(root / "towncrier.toml")]
    command += ["--dir", str(member.folder), "--version", member.version]
    return [*command, "--draft" if draft else "--yes"]


def build(
    released: Sequence[workspace.Member], members: Sequence[workspace.Member], dist: Path, out: Path
) -> dict[str, list[Path]]:
    """Build every member, as all are tried together; return the archives of what is released by the members' names.

    Raises:
        wheels.BuildError: an archive was not built, or is not what it should be.
    """
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    for pure in (False, True):
        wheels.build_wheels(members, members, wheels.Options(out=dist, pure=pure))
    wheels.build_sdists(released, wheels.Options(out=dist))
    return {member.name: release_archives.collect(member, dist, out) for member in released}


def main(arguments: Sequence[str] | None = None, root: Path = wheels.ROOT) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Build, check and try what is to be released.")
    parser.add_argument(
        "member", nargs="*", help="distribution or folder name (those with fragments without one)"
    )
    parser.add_argument("--out", type=Path, default=root / "dist" / "release", help="where the archives go")
    parser.add_argument("--draft", action="store_true", help="show the changelogs in place of writing them")
    parser.add_argument("--fast", action="store_true", help="try with the fast tests only")
    given: Any = parser.parse_args(arguments)
    try:
        members = [member for member in workspace.read_members(root) if member.is_started]
        released = workspace.select(given.member, members) if given.member else with_fragments(members)
        if not released:
            print("release: no member has changelog fragments", file=sys.stderr)
            return 2
        archives = build(released, members, root / "dist", given.out.resolve())
        release_archives.check(released, members, archives)
        trials = release_trials.plan(released, members, root)
        release_trials.run(trials, root, fast=given.fast)
    except workspace.WorkspaceError as error:
        print(f"release: {error}", file=sys.stderr)
        return 2
    except (wheels.BuildError, release_trials.TrialError) as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    for member in released:
        if subprocess.run(changelog_command(member, root, draft=given.draft), check=False).returncode:
            return 1
    print("\nReady for release:")
    for path in sorted(path for paths in archives.values() for path in paths):
        print(f"  {path.name}  {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

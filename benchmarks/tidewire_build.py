"""Which build of Tidewire an interpreter would load, and the environment that decides it.

The same source runs compiled or interpreted, and a benchmark of one that ran the other would be worthless.
So the rows named `tidewire` are always the compiled build, those named `tidewire-interpreted` always the
source, and each is left out, with the reason, where the interpreter at hand cannot give it.
"""

from __future__ import annotations

import os
import subprocess
import sys

__all__ = ["BUILDS", "COMPILED", "INTERPRETED", "environment", "probe", "reason_to_skip"]

COMPILED = "tidewire"
INTERPRETED = "tidewire-interpreted"
# What reports call the build behind each name.
BUILDS = {COMPILED: "compiled", INTERPRETED: "interpreted"}

_PARSER = "tidewire_http_parser._request_parser"
# `builds.loaded` answers "compiled" or "pure"; releases from before it are told apart by the file's name.
_PROBE = f"""
import importlib
module = importlib.import_module({_PARSER!r})
try:
    from tidewire_http_parser import builds
    print(builds.loaded({_PARSER!r}))
except (ImportError, AttributeError):
    print("pure" if (module.__file__ or "").endswith(".py") else "compiled")
"""


def environment(name: str) -> dict[str, str]:
    """The environment in which the contender called `name` runs."""
    variables = {key: value for key, value in os.environ.items() if key != "TIDEWIRE_PURE"}
    if name == INTERPRETED:
        variables["TIDEWIRE_PURE"] = "1"
    return variables


def probe(statement: str, name: str) -> tuple[str, str | None]:
    """Run Python statements as the contender `name` would.

    Returns:
        What they printed, and the last line of their traceback or None.
    """
    done = subprocess.run(
        [sys.executable, "-c", statement],
        env=environment(name),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode == 0:
        return done.stdout.strip(), None
    lines = done.stderr.strip().splitlines()
    return "", lines[-1] if lines else f"exit status {done.returncode}"


def reason_to_skip(name: str) -> str | None:
    """Say why a Tidewire contender cannot run here, or None where it can."""
    build, failure = probe(_PROBE, name)
    if failure is not None:
        return f"Tidewire cannot be imported ({failure})"
    wanted = "pure" if name == INTERPRETED else "compiled"
    if build == wanted:
        return None
    if name == COMPILED:
        return f"the Tidewire at hand has no compiled modules; {INTERPRETED} is what it runs as"
    return "TIDEWIRE_PURE=1 did not select the interpreted source"

"""Build the workspace as well as this machine can, and install that into the running environment.

    python scripts/install_here.py

Compiled where there is a C compiler, interpreted where there is none. Exit codes as those of wheels.py.
"""

from __future__ import annotations

import sys

import install_compiled

import wheels


def main() -> int:
    """Build and install; return the exit code."""
    kind: list[str] = []
    failed = wheels.main(kind)
    if failed == wheels.NO_COMPILER:
        print("install_here: going on interpreted, which is the same but slower", file=sys.stderr)
        kind = ["--pure"]
        failed = wheels.main(kind)
    return failed or install_compiled.main(kind)


if __name__ == "__main__":
    sys.exit(main())

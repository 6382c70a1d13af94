"""Type-check the tests of every member, one after the other.

    python scripts/check_test_types.py

Members' test modules have the same names (`test_sweep.py`, `conftest.py`), so one run over all of them would take
two of them for one module. Exit code 1 where mypy finds anything.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import workspace

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run mypy; return the exit code."""
    failed = False
    for member in workspace.read_members(ROOT):
        tests = member.folder / "tests"
        if any(tests.glob("**/test_*.py")):
            print(f"{member.name}:", end=" ", flush=True)
            command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
            # A test looks at the same property before and after; mypy takes the second look to be in vain.
            command += ["--no-warn-unreachable", str(tests)]
            failed |= subprocess.run(command, cwd=ROOT, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

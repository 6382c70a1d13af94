"""What the tests of this distribution share.

One interpreter with compat installed answers the questions of all tests: installing it here would stay for others.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidewire_testing import import_beside

import_beside(__file__, "known_names")

QUESTIONS = Path(__file__).parent / "compat" / "questions.py"


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    """What `questions.py` has printed; an answer that begins with `Traceback` is a question that failed."""
    asked = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-m",
            "tidewire.compat",
            str(QUESTIONS),
            "one",
            "-m",
            "two",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert asked.returncode == 0, asked.stderr
    found: dict[str, Any] = json.loads(asked.stdout)
    return found


@pytest.fixture(scope="session")
def texts() -> Callable[[list[Any]], list[str]]:
    """Gives the texts of warnings, all of which have to be deprecations and point to the program."""

    def read(found: list[Any]) -> list[str]:
        assert all(kind == "DeprecationWarning" and here for _, kind, here in found), found
        return [text for text, *_ in found]

    return read

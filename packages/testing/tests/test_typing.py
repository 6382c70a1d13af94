from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tidewire_testing

SAMPLE = Path(__file__).resolve().parent / "sample_project"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_users_project_is_clean_under_mypys_strict_mode(tmp_path: Path) -> None:
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("needs mypy")
    sources = Path(tidewire_testing.__path__[0]).parent.parent.parent
    found = sorted(sources.glob("*/src"))
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        str(tmp_path),
        "--config-file",
        os.devnull,
    ]
    environment = {**os.environ, "MYPYPATH": os.pathsep.join(map(str, [SAMPLE, *found]))}
    command += ["--follow-imports", "silent", *map(str, sorted(SAMPLE.glob("*.py")))]
    checked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (
        0,
        "Success: no issues found in 2 source files\n",
    ), checked.stderr

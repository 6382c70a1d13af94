from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tidewire.compat._program import USAGE, main


def test_a_file_is_run_as_python_does(answers: dict[str, Any]) -> None:
    assert answers["program"] == {
        "argv": ["one", "-m", "two"],
        "name": "__main__",
        "path": True,
        "main": True,
        "file": "questions.py",
    }


def test_questions_were_answered(answers: dict[str, Any]) -> None:
    failed = [said for said in answers.values() if isinstance(said, str) and said.startswith("Traceback")]
    assert not failed


@pytest.mark.slow
def test_modules_folders_and_code_are_run_as_python_does(tmp_path: Path) -> None:
    program = "import sys, aiohttp; print(__name__, sys.argv[1:], aiohttp.__spec__.origin); sys.exit(7)\n"
    (tmp_path / "__main__.py").write_text(program, "utf-8")
    (tmp_path / "some_module.py").write_text(program, "utf-8")
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tidewire.compat", *how, "a", "-b"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for how in (["-m", "some_module"], [str(tmp_path)], ["-c", program])
    ]
    for process in started:
        said, complaints = process.communicate(timeout=50)
        assert said == "__main__ ['a', '-b'] tidewire.compat\n", complaints
        assert process.returncode == 7


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["--help"], 0)])
def test_help_is_given(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == code
    said = capsys.readouterr()
    assert USAGE in (said.err if code else said.out)

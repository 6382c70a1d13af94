"""The examples of the README run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_there_is_an_example() -> None:
    assert len(EXAMPLES) == 1


@pytest.mark.parametrize("source", EXAMPLES)
def test_the_example_runs(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(source, "README.md", "exec"), {"__name__": "example"})
    assert capsys.readouterr().out.splitlines() == [
        "<RequestHead POST '/form'>",
        "<Data of 3 bytes>",
        "<EndOfMessage with 0 trailers>",
    ]

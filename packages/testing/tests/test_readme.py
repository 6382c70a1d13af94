"""The examples of the README run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^(`{3,})python\n(.*?)^\1$", README, re.DOTALL | re.MULTILINE)


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("source", [source for _, source in EXAMPLES])
def test_the_example_runs(source: str) -> None:
    exec(compile(source, "README.md", "exec"), {"__name__": "example"})

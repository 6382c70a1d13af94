"""The examples of the README run."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
EXAMPLES = [
    source for _, source in re.findall(r"^(`{3,})python\n(.*?)^\1$", README, re.DOTALL | re.MULTILINE)
]
OF_PYTEST = [source for source in EXAMPLES if source.startswith("# test_")]
OF_EXTRAS = [
    source
    for source in EXAMPLES
    if ("tidewire_web" in source or "tidewire_client" in source) and source not in OF_PYTEST
]
OF_THE_BASE = [source for source in EXAMPLES if source not in OF_PYTEST and source not in OF_EXTRAS]

needs_extras = pytest.mark.skipif(
    any(
        importlib.util.find_spec(name) is None
        for name in ("tidewire_web", "tidewire_client", "pytest_asyncio")
    ),
    reason="needs what the extras bring",
)


def test_each_kind_of_example_is_there() -> None:
    assert (len(OF_PYTEST), len(OF_EXTRAS), len(OF_THE_BASE)) == (2, 8, 4)


@pytest.mark.parametrize("source", OF_THE_BASE)
def test_the_example_runs(source: str) -> None:
    exec(compile(source, "README.md", "exec"), {"__name__": "example"})


@needs_extras
@pytest.mark.parametrize(
    "source",
    [
        pytest.param(source, marks=pytest.mark.peer("openssl") if "CertificateAuthority" in source else ())
        for source in OF_EXTRAS
    ],
)
def test_the_example_of_an_extra_runs(source: str) -> None:
    exec(compile(source, "README.md", "exec", dont_inherit=True), {"__name__": "example"})


@needs_extras
@pytest.mark.slow
@pytest.mark.parametrize("source", OF_PYTEST)
def test_the_example_for_pytest_passes(source: str, tmp_path: Path) -> None:
    path = tmp_path / source.partition("\n")[0].removeprefix("# ")
    path.write_text(source)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tidewire_testing.pytest_plugin",
        "-p",
        "no:cacheprovider",
    ]
    command += ["-c", os.devnull, "--rootdir", str(tmp_path), "-q", str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^[1-9]\d* passed", done.stdout, re.MULTILINE), done.stdout

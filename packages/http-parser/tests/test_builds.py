"""Which build runs: the compiled one where there is one, and the source on request."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.machinery import FileFinder
from pathlib import Path

import pytest

from tidewire_http_parser.builds import loaded, select_build

COMPILED_LIST = ("_chunked", "_field_section", "_request_parser", "_serialiser")
PROGRAM = """
import sys
from tidewire_http_parser import builds
print(*(builds.loaded(f"tidewire_http_parser.{name}") for name in sys.argv[1:]))
"""


def builds_in_a_process(pure: str | None) -> set[str]:
    environment = {key: value for key, value in os.environ.items() if key != "TIDEWIRE_PURE"}
    if pure is not None:
        environment["TIDEWIRE_PURE"] = pure
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *COMPILED_LIST],
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


@pytest.mark.slow
def test_the_source_runs_on_request() -> None:
    assert builds_in_a_process("1") == {"pure"}


@pytest.mark.slow
@pytest.mark.parametrize("pure", [None, ""])
def test_without_a_request_all_modules_are_of_one_build(pure: str | None) -> None:
    installed = "pure" if os.environ.get("TIDEWIRE_PURE") else loaded("tidewire_http_parser._chunked")
    builds = builds_in_a_process(pure)
    assert len(builds) == 1
    if not os.environ.get("TIDEWIRE_PURE"):
        assert builds == {installed}


def test_what_is_interpreted_always_is_so() -> None:
    assert loaded("tidewire_http_parser._errors") == "pure"
    assert loaded("tidewire_http_parser.builds") == "pure"


def test_a_module_that_is_not_there() -> None:
    with pytest.raises(ImportError):
        loaded("tidewire_http_parser._nothing")


def test_the_finder_sees_sources_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path_importer_cache", {})
    monkeypatch.setenv("TIDEWIRE_PURE", "1")
    (tmp_path / "both.py").touch()
    (tmp_path / "both.so").touch()
    (tmp_path / "native.so").touch()
    select_build([str(tmp_path)])
    finder = sys.path_importer_cache[str(tmp_path)]
    assert isinstance(finder, FileFinder)
    spec = finder.find_spec("both")
    assert spec is not None
    assert spec.origin == str(tmp_path / "both.py")
    assert finder.find_spec("native") is None


def test_nothing_is_changed_without_a_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path_importer_cache", {})
    monkeypatch.delenv("TIDEWIRE_PURE", raising=False)
    select_build([str(tmp_path)])
    assert sys.path_importer_cache == {}

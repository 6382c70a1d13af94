"""Importing what tests share."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tidewire_testing import import_beside


@pytest.fixture
def place(tmp_path: Path) -> Iterator[str]:
    before = set(sys.modules)
    (tmp_path / "lying_one.py").write_text("VALUE = [1]\n")
    (tmp_path / "lying_two.py").write_text("from lying_one import VALUE\n")
    (tmp_path / "lying_ill.py").write_text("raise LookupError\n")
    yield str(tmp_path / "conftest.py")
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_what_was_imported_is_found_by_its_plain_name(place: str) -> None:
    one, two = import_beside(place, "lying_one", "lying_two")
    assert importlib.import_module("lying_one") is one
    assert two.VALUE is one.VALUE
    assert str(Path(place).parent) not in sys.path


def test_a_module_is_imported_once(place: str) -> None:
    assert import_beside(place, "lying_one") == import_beside(place, "lying_one")


def test_a_name_that_is_taken_is_refused(place: str) -> None:
    Path(place).with_name("json.py").touch()
    with pytest.raises(ImportError, match=r"'json' is imported from .*, not from "):
        import_beside(place, "json")
    assert sys.modules["json"].__name__ == "json"
    assert hasattr(sys.modules["json"], "loads")


def test_a_module_that_fails_is_not_there(place: str) -> None:
    with pytest.raises(LookupError):
        import_beside(place, "lying_ill")
    assert "lying_ill" not in sys.modules


def test_a_module_that_is_absent_is_named(place: str) -> None:
    with pytest.raises(ImportError, match=r"lying_three\.py"):
        import_beside(place, "lying_three")
    assert "lying_three" not in sys.modules


@pytest.mark.parametrize("name", ["", "a.b", "../a", "a.py"])
def test_only_plain_names_are_taken(place: str, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a module"):
        import_beside(place, name)

from __future__ import annotations

from typing import Any

import pytest

from tidewire.compat._finder import MODULES, CompatFinder, _require, pairs


def test_modules_are_found_and_have_each_others_names(answers: dict[str, Any]) -> None:
    assert answers["modules"] == {
        "attribute": True,
        "imported elsewhere": True,
        "submodule of a module": True,
        "spec": ["aiohttp", "tidewire.compat", True],
        "getmodule": "tidewire.compat._session",
        "no such": [False, False, False],
        "no such module": "ModuleNotFoundError: Tidewire has no module 'aiohttp.nothing'",
        "exact": True,
    }


def test_every_way_to_import_works(answers: dict[str, Any]) -> None:
    assert answers["statements"] == [True, True, "ETag"]


def test_errors_can_be_pickled(answers: dict[str, Any]) -> None:
    assert answers["pickles"] == [True] * 6


def test_the_command_line_of_the_server_works(answers: dict[str, Any]) -> None:
    assert answers["command_line"] == [0, True]


def test_only_modules_of_the_tables_are_found() -> None:
    finder = CompatFinder()
    assert finder.find_spec("json", None) is None
    assert finder.find_spec("aiohttp_security", None) is None
    spec = finder.find_spec("aiohttp.web", None)
    assert spec is not None
    assert spec.submodule_search_locations is None
    with pytest.raises(ModuleNotFoundError):
        finder.find_spec("aiojobs.nothing", None)


def test_a_distribution_that_is_absent_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match="pip install tidewire-x") as raised:
        _require("aiohttp_x", "no_such_package_at_all tidewire-x")
    assert raised.value.name == "aiohttp_x"


def test_names_may_be_other_ones_where_they_come_from() -> None:
    assert list(pairs((("a.b", "x y=z"), ("._c", "*")))) == [
        ("x", "a.b", "x"),
        ("y", "a.b", "z"),
        ("*", "tidewire.compat._c", "*"),
    ]


def test_packages_of_all_modules_are_modules() -> None:
    assert all(name.rpartition(".")[0] in MODULES for name in MODULES if "." in name)


def test_instances_of_what_is_stood_in_for_count(answers: dict[str, Any]) -> None:
    assert answers["stand_ins"] == [True, True, True, False, True, False]

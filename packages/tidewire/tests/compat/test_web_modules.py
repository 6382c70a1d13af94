from __future__ import annotations

from typing import Any

import known_names

from tidewire.compat._web_modules import WEB_MODULES

# Inner parts that nobody is known to use.
ABSENT = {
    "aiohttp.web_log": ["KeyMethod"],
    "aiohttp.web_urldispatcher": ["PrefixResource", "ResourcesView", "RoutesView"],
}


def test_every_name_of_web_is_there_and_no_other(answers: dict[str, Any]) -> None:
    assert "aiohttp.web" not in answers["missing"]
    assert answers["exported"]["web"] == []


def test_the_names_of_the_modules_are_there(answers: dict[str, Any]) -> None:
    assert {name: names for name, names in answers["missing"].items() if name in WEB_MODULES} == ABSENT


def test_every_module_is_compared() -> None:
    assert set(WEB_MODULES) - set(known_names.MODULES) == {"aiohttp.web"}

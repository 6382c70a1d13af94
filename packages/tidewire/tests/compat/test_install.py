from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from tidewire import compat


def test_it_is_refused_when_the_real_one_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ModuleType("aiohttp")
    real.__file__ = "/somewhere/aiohttp/__init__.py"
    monkeypatch.setitem(sys.modules, "aiohttp", real)
    monkeypatch.setitem(sys.modules, "aiojobs", ModuleType("aiojobs"))
    before = list(sys.meta_path)
    with pytest.raises(compat.CompatError, match=r"python -m tidewire\.compat") as raised:
        compat.install()
    assert raised.value.modules == {"aiohttp": "/somewhere/aiohttp/__init__.py", "aiojobs": "built in"}
    assert "/somewhere/aiohttp" in str(raised.value)
    assert sys.meta_path == before
    assert not compat.is_installed()


def test_calling_it_again_does_nothing_from_any_thread(answers: dict[str, Any]) -> None:
    assert answers["twice"] is True


def test_the_readme_tells_how(answers: dict[str, Any]) -> None:
    if answers["readme"] is None:
        pytest.skip("the README is not beside the tests")
    assert answers["readme"] == "<class 'tidewire.compat._session.ClientSession'>\n"

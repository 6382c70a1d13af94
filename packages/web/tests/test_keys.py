"""Typed keys."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tidewire_web._keys import AppKey, RequestKey, ResponseKey

KEYS = [AppKey, RequestKey, ResponseKey]
Key = type[AppKey[int]]


@pytest.mark.parametrize("kind", KEYS)
def test_keys_are_compared_by_identity(kind: Key) -> None:
    one, two = kind("name", int), kind("name", int)
    assert one != two
    assert {one: 1, two: 2} == {one: 1, two: 2}


@pytest.mark.parametrize("kind", KEYS)
def test_keys_show_the_module_that_made_them_and_their_type(kind: Key) -> None:
    assert repr(kind("name", int)) == f"<{kind.__name__}({__name__}.name, type=int)>"
    assert repr(kind("name")) == f"<{kind.__name__}({__name__}.name, type=<<Unknown>>)>"


def test_a_type_may_be_given_in_brackets() -> None:
    assert repr(AppKey[int]("name")) == f"<AppKey({__name__}.name, type=int)>"
    assert repr(AppKey[list[int]]("name")) == f"<AppKey({__name__}.name, type=list[int])>"


def test_types_outside_the_builtins_are_shown_with_their_module() -> None:
    class Database:
        pass

    assert repr(AppKey("db", Database)).endswith(f"type={__name__}.{Database.__qualname__})>")


def test_keys_can_be_sorted_by_name() -> None:
    keys: list[Any] = [AppKey("b", int), RequestKey("a", int)]
    assert [repr(key)[1:4] for key in sorted(keys)] == ["Req", "App"]
    with pytest.raises(TypeError):
        assert AppKey("a", int) < "a"


@pytest.mark.slow
def test_the_warning_about_plain_keys_is_ignored_unless_it_is_asked_for() -> None:
    program = "import warnings; from tidewire_web import Application; app = Application(); app['a'] = 1; print(app['a'])"
    quiet = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (quiet.stdout, quiet.stderr) == ("1\n", "")
    loud = subprocess.run(
        [sys.executable, "-Wdefault", "-c", program], capture_output=True, text=True, check=True
    )
    assert "<string>:1: NotAppKeyWarning" in loud.stderr

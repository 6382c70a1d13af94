"""Typed keys."""

from __future__ import annotations

from tidewire_web import AppKey


def test_keys_are_compared_by_identity() -> None:
    one, two = AppKey("name", int), AppKey("name", int)
    assert one != two
    assert {one: 1, two: 2} == {one: 1, two: 2}


def test_keys_show_name_and_type() -> None:
    assert repr(AppKey("name", int)) == "<AppKey(name, type=int)>"
    assert repr(AppKey("name", list[int])) in ("<AppKey(name, type=list[int])>", "<AppKey(name, type=list)>")
    assert repr(AppKey[int]("name")) == "<AppKey(name, type=?)>"

"""One mapping over several."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_web import AppKey, Application, ChainMapProxy

A = AppKey("a", int)
B = AppKey("b", str)


def test_the_first_mapping_that_has_a_key_counts() -> None:
    proxy = ChainMapProxy([{A: 1}, {A: 2, B: "x"}, {"plain": 3}])
    assert (proxy[A], proxy[B], proxy["plain"]) == (1, "x", 3)
    with pytest.raises(KeyError, match="absent"):
        proxy["absent"]


def test_get() -> None:
    proxy = ChainMapProxy([{A: 1}, {B: None}])
    assert proxy.get(A) == 1
    assert proxy.get(B, "default") is None
    assert proxy.get("absent") is None
    assert proxy.get("absent", 2) == 2


def test_each_key_is_there_once() -> None:
    proxy = ChainMapProxy([{A: 1}, {A: 2, B: "x"}])
    assert len(proxy) == 2
    assert list(proxy) == [A, B]
    assert dict(proxy.items()) == {A: 1, B: "x"}
    assert A in proxy
    assert "a" not in proxy


def test_it_is_true_where_there_is_something() -> None:
    assert not ChainMapProxy([])
    assert not ChainMapProxy([Application(), Application()])
    app = Application()
    app[A] = 1
    assert ChainMapProxy([Application(), app])


def test_changes_are_seen_but_cannot_be_made() -> None:
    inner: dict[Any, Any] = {}
    proxy: Any = ChainMapProxy([inner])
    inner[A] = 5
    assert proxy[A] == 5
    assert repr(proxy).startswith("<ChainMapProxy of {<AppKey(")
    with pytest.raises(TypeError):
        proxy[A] = 6
    with pytest.raises(TypeError):
        del proxy[A]


def test_it_has_no_subclasses() -> None:
    with pytest.raises(TypeError, match="Mine"):
        type("Mine", (ChainMapProxy,), {})

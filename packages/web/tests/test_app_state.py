"""The state of an application, apart from applications."""

from __future__ import annotations

import pytest

from tidewire_web import AppKey
from tidewire_web._app_state import AppState

KEY = AppKey("key", int)


class Frozen(AppState):
    """A state that can be frozen."""

    def freeze(self) -> None:
        self._frozen = True


def test_every_way_to_change_it_ends_with_freezing() -> None:
    state = Frozen()
    state[KEY] = 1
    state.freeze()
    assert state.frozen
    for change in (
        lambda: state.__setitem__(KEY, 2),
        lambda: state.__delitem__(KEY),
        lambda: state.update({KEY: 2}),
        lambda: state.pop(KEY),
        state.clear,
    ):
        with pytest.raises(RuntimeError, match="running"):
            change()
    assert dict(state.items()) == {KEY: 1}


def test_it_is_true_and_compared_by_identity_whatever_it_holds() -> None:
    one, two = AppState(), AppState()
    assert one
    assert one != two
    assert {one: 1, two: 2} == {two: 2, one: 1}

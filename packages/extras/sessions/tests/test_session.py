"""Sessions as mappings, and when they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tidewire_sessions import Session, SessionData, SessionLimits
from tidewire_sessions._browser import Clock


def stored(**content: Any) -> SessionData:
    """What a storage has read of a session that was written a second ago."""
    return {"created": 999, "session": content, "started": 900, "seen": 999}


def loaded(data: Any, *, max_age: float | None = None, **limits: Any) -> Session:
    """A session that was read at 1000 seconds since the epoch."""
    limits.setdefault("clock", lambda: 1000.0)
    return Session("id", data=data, new=False, max_age=max_age, limits=SessionLimits(**limits))


# -- a mapping ---------------------------------------------------------------------------------------


def test_a_new_session_is_empty_new_and_unchanged() -> None:
    session = Session(None, data=None, new=True)
    assert (session.new, session.empty, session.needs_saving, session.identity) == (True, True, False, None)
    assert dict(session) == {}
    assert session.dump() == {}


def test_a_session_that_was_read_has_its_content_and_is_unchanged() -> None:
    session = loaded(stored(a=1))
    assert (session.new, session.empty, session.needs_saving, session.identity) == (False, False, False, "id")
    assert dict(session) == {"a": 1}
    assert (session.created, session.started) == (999, 900)
    assert "a" in session
    assert "b" not in session


def test_setting_and_deleting_are_noticed_and_move_its_creation() -> None:
    changes: list[Callable[[Session], object]] = [
        lambda session: session.update(b=2),
        lambda session: session.pop("a"),
        lambda session: session.clear(),
        lambda session: session.changed(),
    ]
    for change in changes:
        session = loaded(stored(a=1))
        change(session)
        assert session.needs_saving
        assert session.created == 1000
        assert session.started == 900
        session.saved()
        assert not session.needs_saving


def test_a_change_within_a_value_is_not_noticed() -> None:
    session = loaded(stored(a=[]))
    session["a"].append(1)
    assert not session.needs_saving


def test_sessions_are_compared_by_identity() -> None:
    first, second = loaded(stored(a=1)), loaded(stored(a=1))
    assert first != second
    assert len({first, second}) == 2


def test_repr_shows_nothing_of_the_content() -> None:
    session = loaded(stored(password="swordfish"))
    session["more"] = "swordfish"
    assert repr(session) == "<Session changed created=1000 2 keys>"
    assert repr(Session(None, data=None, new=True)).startswith("<Session new created=")


@pytest.mark.parametrize("data", [{"session": 1}, {"session": ["a"]}, {"session": None}, {"created": 1}])
def test_content_of_another_shape_is_ignored(data: Any) -> None:
    assert dict(loaded(data)) == {}


@pytest.mark.parametrize("moment", [None, "1", True, -1, float("nan"), float("inf"), 1e300, [], 2000])
def test_moments_that_are_none_are_taken_for_now(moment: Any) -> None:
    session = loaded({"created": moment, "session": {"a": 1}})
    assert session.created == 1000
    assert dict(session) == {"a": 1}


# -- identities --------------------------------------------------------------------------------------


def test_a_rotated_session_has_no_identity_and_keeps_its_content() -> None:
    session = loaded(stored(a=1))
    session.rotate()
    assert session.identity is None
    assert session.needs_saving
    assert dict(session) == {"a": 1}
    assert session.started == 900
    session.saved("other")
    assert session.identity == "other"


def test_an_invalidated_session_is_empty_and_keeps_its_identity_to_be_deleted_by() -> None:
    session = loaded(stored(a=1))
    session.invalidate()
    assert session.empty
    assert session.needs_saving
    assert session.identity == "id"


def test_what_is_put_into_an_invalidated_session_is_in_another_one() -> None:
    session = loaded(stored(a=1))
    session.invalidate()
    session["b"] = 2
    assert session.identity is None
    assert session.new
    assert session.started == 1000
    session.saved("other")
    session["c"] = 3
    assert session.identity == "other"


def test_only_a_new_session_is_given_an_identity() -> None:
    session = Session(None, data=None, new=True)
    session.set_new_identity(5)
    assert session.identity == 5
    with pytest.raises(RuntimeError, match="new"):
        loaded(stored(a=1)).set_new_identity(5)


# -- the end -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        ({}, None),
        ({"max_age": 50}, 49),
        ({"max_age": 50.5}, 50),
        ({"idle": 30}, 29),
        ({"absolute": 120}, 20),
        ({"max_age": 50, "idle": 30, "absolute": 120}, 20),
        ({"idle_without_max_age": 10}, 9),
        ({"idle_without_max_age": 10, "max_age": 50}, 49),
        ({"idle_without_max_age": 10, "idle": 30}, 29),
    ],
)
def test_it_ends_by_the_first_of_its_limits(limits: dict[str, Any], left: int | None) -> None:
    assert loaded(stored(a=1), **limits).expires_in == left


@pytest.mark.parametrize("limits", [{"max_age": 0}, {"idle": 0}, {"absolute": 99}, {"max_age": 0.5}])
def test_one_that_has_ended_is_new_and_has_another_identity(limits: dict[str, Any]) -> None:
    session = loaded(stored(a=1), **limits)
    assert dict(session) == {}
    assert (session.new, session.identity, session.started) == (True, None, 1000)


@pytest.mark.parametrize("limits", [{"max_age": 1}, {"idle": 1}, {"absolute": 100}])
def test_one_that_is_as_old_as_it_may_be_has_not_ended(limits: dict[str, Any]) -> None:
    assert dict(loaded(stored(a=1), **limits)) == {"a": 1}


def test_one_in_use_is_written_again_when_a_tenth_of_its_idle_time_out_has_passed() -> None:
    clock = Clock()
    session = Session(None, data=None, new=True, limits=SessionLimits(idle=100, clock=clock))
    session["a"] = 1
    data = session.dump()
    clock.advance(9)
    assert not Session("id", data=data, new=False, limits=SessionLimits(idle=100, clock=clock)).needs_saving
    clock.advance(1)
    read = Session("id", data=data, new=False, limits=SessionLimits(idle=100, clock=clock))
    assert read.needs_saving
    read.dump()
    assert read.expires_in == 100


def test_its_cookie_lasts_as_long_as_it_does() -> None:
    assert loaded(stored(a=1)).cookie_max_age is None
    assert loaded(stored(a=1), idle=30).cookie_max_age is None
    assert loaded(stored(a=1), max_age=50).cookie_max_age == 49


def test_a_maximum_age_of_its_own_is_a_change_and_is_kept() -> None:
    session = loaded(stored(a=1), max_age=50)
    assert "max_age" not in session.dump()
    session.max_age = 50
    assert not session.needs_saving
    session.max_age = None
    assert session.needs_saving
    assert loaded(session.dump(), max_age=50).max_age is None
    session.max_age = 3000
    again = loaded(session.dump(), max_age=50, clock=lambda: 3999.0)
    assert (again.max_age, dict(again)) == (3000, {"a": 1})


@pytest.mark.parametrize("max_age", ["1", True, -1, float("nan"), [1]])
def test_a_maximum_age_that_is_none_is_refused(max_age: Any) -> None:
    session = loaded(stored(a=1))
    with pytest.raises(ValueError, match="seconds"):
        session.max_age = max_age
    assert loaded({**stored(a=1), "max_age": max_age}, max_age=50).max_age == 50

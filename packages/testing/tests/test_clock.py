"""FakeClock runs what is due, in order, when the test lets time pass."""

from __future__ import annotations

import math
from contextvars import ContextVar, copy_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_testing import FakeClock


def test_it_stands_still_until_advanced() -> None:
    clock = FakeClock(100.0)
    assert clock.now == clock() == clock.time() == 100.0
    clock.advance(2.5)
    clock.run_until(103.0)
    assert clock.now == clock() == clock.time() == 103.0


def test_callbacks_run_in_order_of_due_time() -> None:
    clock = FakeClock()
    ran: list[tuple[str, float]] = []

    def note(name: str) -> None:
        ran.append((name, clock.now))

    clock.call_later(3, note, "c")
    clock.call_at(1, note, "a")
    clock.call_later(3, note, "d")
    clock.call_later(2, note, "b")
    clock.call_later(9, note, "late")
    clock.call_soon(note, "soon")
    assert ran == []
    clock.advance(3)
    assert ran == [("soon", 0), ("a", 1), ("b", 2), ("c", 3), ("d", 3)]
    assert clock.pending == 1
    assert clock.next_due == 9


def test_what_a_callback_schedules_runs_if_due() -> None:
    clock = FakeClock()
    ran: list[float] = []

    def tick() -> None:
        ran.append(clock.now)
        clock.call_later(2, tick)

    clock.call_soon(tick)
    clock.advance(5)
    assert ran == [0, 2, 4]
    assert clock.now == 5
    assert clock.pending == 1


def test_call_soon_runs_without_time_passing() -> None:
    clock = FakeClock()
    ran: list[int] = []
    clock.call_soon(lambda: clock.call_soon(ran.append, 1))
    clock.advance(0)
    assert ran == [1]


def test_a_time_that_has_passed_is_due_at_once() -> None:
    clock = FakeClock(10)
    ran: list[float] = []
    clock.call_at(5, lambda: ran.append(clock.now))
    clock.call_later(-1, lambda: ran.append(clock.now))
    clock.advance(0)
    assert ran == [10, 10]


def test_cancelled_callbacks_do_not_run() -> None:
    clock = FakeClock()
    ran: list[str] = []
    first = clock.call_later(1, ran.append, "first")
    second = clock.call_later(1, ran.append, "second")
    first.cancel()
    first.cancel()
    assert first.cancelled()
    assert clock.pending == 1
    clock.advance(1)
    assert ran == ["second"]
    second.cancel()
    assert not second.cancelled()
    assert clock.pending == 0
    assert clock.next_due is None


def test_a_callback_cancels_one_due_at_the_same_time() -> None:
    clock = FakeClock()
    ran: list[str] = []

    def cancel_second() -> None:
        second.cancel()

    clock.call_later(1, cancel_second)
    second = clock.call_later(1, ran.append, "second")
    clock.advance(1)
    assert ran == []


def test_many_small_steps_reach_the_timer() -> None:
    clock = FakeClock()
    ran: list[float] = []
    clock.call_later(1.0, ran.append, 1.0)
    for _ in range(10):
        clock.advance(0.1)
    assert ran == [1.0]


def test_an_exception_leaves_the_rest_scheduled() -> None:
    clock = FakeClock()
    ran: list[str] = []

    def fail() -> None:
        raise LookupError("out of a callback")

    clock.call_later(1, fail)
    clock.call_later(2, ran.append, "rest")
    with pytest.raises(LookupError):
        clock.advance(5)
    assert (clock.now, clock.pending) == (1, 1)
    clock.advance(4)
    assert (clock.now, ran) == (5, ["rest"])


def test_the_context_is_the_one_of_scheduling() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="none")
    clock = FakeClock()
    ran: list[str] = []

    def note() -> None:
        ran.append(variable.get())

    given_context = copy_context()
    given_context.run(variable.set, "given")
    token = variable.set("scheduling")
    clock.call_soon(note)
    clock.call_soon(note, context=given_context)
    variable.reset(token)
    clock.advance(0)
    assert ran == ["scheduling", "given"]


@pytest.mark.parametrize("seconds", [-1, math.nan, math.inf])
def test_impossible_steps(seconds: float) -> None:
    clock = FakeClock()
    with pytest.raises(ValueError, match="the clock"):
        clock.advance(seconds)
    assert clock.now == 0


def test_a_callback_for_no_time_at_all() -> None:
    with pytest.raises(ValueError, match="not a number"):
        FakeClock().call_later(math.nan, print)


def test_a_callback_cannot_move_the_clock() -> None:
    clock = FakeClock()
    clock.call_soon(clock.advance, 1)
    with pytest.raises(RuntimeError, match="cannot move the clock"):
        clock.advance(0)
    clock.advance(1)


def test_callbacks_that_never_let_time_pass() -> None:
    clock = FakeClock(max_callbacks=50)

    def again() -> None:
        clock.call_soon(again)

    clock.call_soon(again)
    with pytest.raises(RuntimeError, match="more than 50 callbacks"):
        clock.advance(1)


def test_handles_and_clock_show_themselves() -> None:
    clock = FakeClock(1)
    handle = clock.call_later(2, print)
    assert handle.when() == 3
    assert repr(handle) == "<ClockHandle at 3, pending>"
    assert repr(clock) == "<FakeClock at 1, 1 pending>"
    handle.cancel()
    assert repr(handle) == "<ClockHandle at 3, cancelled>"
    done = clock.call_soon(lambda: None)
    clock.advance(0)
    assert not done.is_pending()
    assert repr(done) == "<ClockHandle at 1, done>"


@given(st.lists(st.integers(min_value=0, max_value=30)), st.lists(st.integers(min_value=0, max_value=10)))
def test_any_schedule(delays: list[int], steps: list[int]) -> None:
    clock = FakeClock()
    ran: list[tuple[int, int]] = []
    for order, delay in enumerate(delays):
        clock.call_later(delay, ran.append, (delay, order))
    for step in steps:
        clock.advance(step)
    expected = sorted((delay, order) for order, delay in enumerate(delays) if delay <= sum(steps))
    assert ran == (expected if steps else [])

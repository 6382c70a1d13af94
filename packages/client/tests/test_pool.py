from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pool_lines import A, B, C, Lines

from tidewire_client._connection_key import ConnectionKey
from tidewire_client._pool import Pool
from tidewire_client._seat import Seat, Waiter


def test_a_connection_is_used_again_by_its_key_only() -> None:
    lines = Lines()
    seat = lines.get(A)
    lines.finish(seat)
    assert lines.pool.take(B) is None
    assert lines.pool.take(A) is seat
    assert lines.pool.take(A) is None


def test_the_last_one_that_became_idle_is_the_first_to_be_used() -> None:
    lines = Lines()
    first, second, third = lines.get(), lines.get(), lines.get()
    for seat in (second, third, first):
        lines.finish(seat)
    assert [lines.pool.take(A) for _ in range(3)] == [first, third, second]


def test_one_that_cannot_be_used_again_frees_its_place() -> None:
    lines = Lines(limit=1)
    lines.finish(lines.get(), reusable=False)
    assert lines.pool.placed == 0
    assert lines.pool.take(A) is None
    assert lines.pool.open(A) is not None


def test_there_are_no_more_than_the_limit() -> None:
    lines = Lines(limit=2)
    lines.get(A)
    lines.get(B)
    assert lines.pool.open(A) is None
    assert lines.pool.open(C) is None
    assert lines.pool.placed == 2


def test_there_are_no_more_with_one_key_than_their_limit() -> None:
    lines = Lines(limit_per_host=1)
    lines.get(A)
    assert lines.pool.open(A) is None
    assert lines.pool.open(B) is not None


def test_the_one_that_was_idle_longest_makes_room() -> None:
    lines = Lines(limit=3)
    old, young, busy = lines.get(A), lines.get(B), lines.get(C)
    lines.finish(old)
    lines.finish(young)
    assert lines.pool.open(C) is not None
    assert old.connection.closes == 1
    assert young.connection.closes == busy.connection.closes == 0
    assert lines.pool.placed == 3


def test_one_that_was_idle_for_too_long_is_closed_when_it_is_wanted() -> None:
    lines = Lines(keepalive=5.0)
    seat = lines.get()
    lines.finish(seat)
    lines.clock.advance(5.0)
    assert lines.pool.take(A) is None
    assert seat.connection.closes == 1
    assert lines.pool.placed == 0


def test_those_that_were_idle_for_too_long_are_closed() -> None:
    lines = Lines(keepalive=5.0)
    old, young = lines.get(A), lines.get(A)
    lines.finish(old)
    lines.clock.advance(3.0)
    lines.finish(young)
    lines.clock.advance(2.5)
    lines.pool.expire()
    assert (old.connection.closes, young.connection.closes) == (1, 0)
    assert (lines.pool.placed, lines.pool.idle) == (1, 1)


def test_it_is_earlier_than_a_server_that_says_how_long_it_waits() -> None:
    lines = Lines(keepalive=60.0)
    seat = lines.get()
    lines.finish(seat, True, ("Keep-Alive", "timeout=5"))
    lines.clock.advance(3.9)
    assert lines.pool.take(A) is seat
    seat.exchange = seat.connection.begin()
    lines.finish(seat)  # what it says with its first response holds for the others
    lines.clock.advance(4.0)
    assert lines.pool.take(A) is None


def test_nothing_is_kept_for_no_time() -> None:
    lines = Lines(keepalive=0.0)
    seat = lines.get()
    lines.finish(seat)
    assert seat.connection.closes == 1
    assert lines.pool.idle == 0


def test_without_keeping_a_waiter_gets_a_new_connection() -> None:
    lines = Lines(limit=1, keepalive=0.0)
    seat = lines.get()
    assert lines.pool.open(A) is None
    waiter = lines.wait(A)
    lines.finish(seat)
    assert lines.accept(waiter).connection is not seat.connection


@pytest.mark.parametrize(("seconds", "asked"), [(0.0, 0), (0.5, 1)])
def test_a_socket_is_looked_at_where_the_loop_had_no_time_to(seconds: float, asked: int) -> None:
    lines = Lines()
    seat = lines.get()
    lines.finish(seat)
    lines.clock.advance(seconds)
    assert lines.pool.take(A) is seat
    assert lines.asked == asked


def test_a_connection_on_which_something_has_come_is_not_used() -> None:
    lines = Lines()
    bad, good = lines.get(), lines.get()
    lines.finish(good)
    lines.finish(bad)
    bad.connection.quiet = False
    lines.clock.advance(0.5)
    assert lines.pool.take(A) is good
    assert bad.connection.closes == 1
    assert lines.pool.placed == 1


def test_one_that_is_lost_while_idle_is_forgotten() -> None:
    lines = Lines()
    first, second, third = lines.get(), lines.get(), lines.get()
    for seat in (first, second, third):
        lines.finish(seat)
    second.connection.lose()
    assert lines.gone == [second]
    assert lines.pool.idle == lines.pool.placed == 2
    assert [lines.pool.take(A) for _ in range(3)] == [third, first, None]


def test_who_waits_gets_the_connection_first_come_first_served() -> None:
    lines = Lines(limit=1)
    seat = lines.get()
    waiters = [lines.wait(A) for _ in range(3)]
    for waiter in waiters:
        lines.finish(seat)
        assert lines.woken[-1] is waiter
        assert lines.accept(waiter) is seat
    assert lines.woken == waiters
    assert lines.pool.waiting == 0


def test_who_waits_gets_the_place_of_a_connection_that_ended() -> None:
    lines = Lines(limit=1)
    seat = lines.get(A)
    waiter = lines.wait(B)
    lines.finish(seat, reusable=False)
    assert lines.woken == [waiter]
    granted = lines.accept(waiter)
    assert granted.bucket.key is B
    assert granted is not seat


def test_a_connection_that_others_have_no_use_for_is_closed_for_them() -> None:
    lines = Lines(limit=1)
    seat = lines.get(A)
    waiter = lines.wait(B)
    lines.finish(seat)
    assert seat.connection.closes == 1
    assert waiter.seat is not None
    assert lines.pool.placed == 1


def test_who_gives_up_is_passed_over() -> None:
    lines = Lines(limit=1)
    seat = lines.get()
    first, second = lines.wait(A), lines.wait(A)
    lines.pool.withdraw(first)
    lines.finish(seat)
    assert lines.woken == [second]


def test_who_gives_up_too_late_hands_on_what_they_got() -> None:
    lines = Lines(limit=1)
    seat = lines.get()
    first, second = lines.wait(A), lines.wait(A)
    lines.finish(seat)
    lines.pool.withdraw(first)
    assert lines.woken == [first, second]
    assert lines.accept(second) is seat


def test_who_gives_up_a_place_without_a_connection_hands_that_on() -> None:
    lines = Lines(limit=1)
    seat = lines.get(A)
    first, second = lines.wait(B), lines.wait(C)
    lines.finish(seat, reusable=False)
    lines.pool.withdraw(first)
    assert lines.woken == [first, second]
    assert lines.pool.placed == 1


def test_nothing_remembers_those_who_gave_up() -> None:
    lines = Lines(limit=1)
    lines.get(A)
    for waiter in [lines.wait(key) for key in (A, B, C) for _ in range(100)]:
        lines.pool.withdraw(waiter)
    assert lines.pool.waiting == 0
    assert lines.pool.open(B) is None


def test_a_connection_that_is_lost_on_its_way_to_a_waiter_leaves_its_place() -> None:
    lines = Lines(limit=1)
    seat = lines.get()
    waiter = lines.wait(A)
    lines.finish(seat)
    seat.connection.lose()
    granted = lines.accept(waiter)
    assert granted is not seat
    assert lines.pool.placed == 1


def test_one_that_waits_for_its_own_limit_is_not_served_by_others() -> None:
    lines = Lines(limit=2, limit_per_host=1)
    a, b = lines.get(A), lines.get(B)
    waiter = lines.wait(A)
    lines.finish(b, reusable=False)
    assert lines.woken == []
    lines.finish(a, reusable=False)
    assert lines.woken == [waiter]


def test_hosts_take_turns_in_waiting_for_room() -> None:
    lines = Lines(limit=1)
    seat = lines.get(C)
    waiters = {lines.wait(key): name for key, name in ((A, "a1"), (A, "a2"), (A, "a3"), (B, "b1"), (B, "b2"))}
    order = []
    while lines.pool.waiting:
        lines.finish(seat, reusable=False)
        order.append(waiters[lines.woken[-1]])
        seat = lines.accept(lines.woken[-1])
    assert order == ["a1", "b1", "a2", "b2", "a3"]


def test_a_busy_host_does_not_starve_the_others() -> None:
    lines = Lines(limit=1)
    seat = lines.get(A)
    for _ in range(100):
        lines.wait(A)
    other = lines.wait(B)
    turns = 0
    while other not in lines.woken:
        if turns:
            seat = lines.accept(lines.woken[-1])
        lines.finish(seat)
        turns += 1
    assert 10 < turns < 20


def test_its_end_closes_what_is_idle_and_wakes_who_waits() -> None:
    lines = Lines(limit=2)
    idle, busy = lines.get(A), lines.get(B)
    lines.finish(idle)
    full = lines.get(C)
    assert idle.connection.closes == 1
    waiter = lines.wait(A)
    lines.pool.close()
    assert lines.woken == [waiter]
    assert lines.pool.accept(waiter) is None
    lines.finish(busy)
    lines.finish(full)
    assert busy.connection.closes == full.connection.closes == 1
    assert lines.pool.placed == 0


def test_many_hosts_leave_nothing_behind() -> None:
    lines = Lines(limit=1)
    for _ in range(3):
        for key in (A, B, C):
            lines.finish(lines.get(key))
    lines.clock.advance(100.0)
    lines.pool.expire()
    assert repr(lines.pool) == "<Pool of 0 seats, 0 idle>"
    assert lines.pool._buckets == {} if hasattr(lines.pool, "_buckets") else True


class PoolMachine(RuleBasedStateMachine):
    """Whatever happens to a pool, nobody waits where there is something for them, and the limits hold."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = Lines(limit=3, limit_per_host=2, keepalive=10.0)
        self.pool: Pool = self.lines.pool
        self.busy: list[Seat] = []
        self.idle: list[Seat] = []
        self.line: dict[ConnectionKey, list[Waiter]] = {A: [], B: [], C: []}
        self.granted: list[Waiter] = []

    @rule(key=st.sampled_from([A, B, C]))
    def ask(self, key: ConnectionKey) -> None:
        seat = self.pool.take(key) or self.pool.open(key)
        if seat is None:
            self.line[key].append(self.lines.wait(key))
        else:
            self.busy.append(self.lines.fill(seat))

    @precondition(lambda self: self.busy)
    @rule(data=st.data(), how=st.sampled_from(["again", "closed", "lost", "give back", "close"]))
    def end(self, data: st.DataObject, how: str) -> None:
        seat = self.busy.pop(data.draw(st.integers(0, len(self.busy) - 1)))
        if how in {"again", "closed"}:
            self.lines.finish(seat, how == "again")
        elif how == "lost":
            seat.exchange.reset_reason = "lost"
            seat.connection.lose()
        elif how == "give back":
            seat.give_back()
        else:
            seat.close()
        self.idle.append(seat)

    @precondition(lambda self: any(self.line.values()))
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        waiters = [waiter for line in self.line.values() for waiter in line]
        waiter = data.draw(st.sampled_from(waiters))
        self.line[waiter.bucket.key].remove(waiter)
        self.pool.withdraw(waiter)

    @precondition(lambda self: self.granted)
    @rule(data=st.data(), how=st.sampled_from(["accept", "withdraw", "lose"]))
    def go_on(self, data: st.DataObject, how: str) -> None:
        waiter = self.granted.pop(data.draw(st.integers(0, len(self.granted) - 1)))
        if how == "withdraw":
            self.pool.withdraw(waiter)
            return
        assert waiter.seat is not None
        if how == "lose" and waiter.seat.connection is not None:
            waiter.seat.connection.lose()
        self.busy.append(self.lines.accept(waiter))

    @precondition(lambda self: self.idle)
    @rule(data=st.data())
    def lose_idle(self, data: st.DataObject) -> None:
        seat = data.draw(st.sampled_from(self.idle))
        if seat.idle:
            seat.connection.lose()

    @rule(seconds=st.sampled_from([0.5, 6.0]))
    def pass_time(self, seconds: float) -> None:
        self.lines.clock.advance(seconds)
        self.pool.expire()

    @invariant()
    def first_come_first_served(self) -> None:
        while self.lines.woken:
            waiter = self.lines.woken.pop(0)
            line = self.line[waiter.bucket.key]
            assert line[0] is waiter
            del line[0]
            self.granted.append(waiter)

    @invariant()
    def the_limits_hold(self) -> None:
        held = [*self.busy, *(waiter.seat for waiter in self.granted)]
        idle = [seat for seat in set(self.idle) if seat.idle]
        assert self.pool.idle == len(idle)
        assert self.pool.placed == len(held) + len(idle) <= 3
        for key in (A, B, C):
            assert sum(seat.bucket.key is key for seat in [*held, *idle] if seat is not None) <= 2

    @invariant()
    def nobody_waits_for_nothing(self) -> None:
        self.first_come_first_served()
        assert self.pool.waiting == sum(map(len, self.line.values()))
        held = [*self.busy, *(waiter.seat for waiter in self.granted)]
        for key, line in self.line.items():
            if line:
                of_key = [seat for seat in held if seat is not None and seat.bucket.key is key]
                full = self.pool.placed == 3 and self.pool.idle == 0
                assert full or len(of_key) == 2


TestPoolMachine = pytest.mark.slow(PoolMachine.TestCase)
TestPoolMachine.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)

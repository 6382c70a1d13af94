"""Deadlines: the one timer of a server, and what becomes of the connections that are too slow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wire import Wire

from tidewire_http_io import ServerExchange, Sweep
from tidewire_testing import FakeClock

MakeWire = Callable[..., Wire]


class Sleeper:
    """Something with a deadline."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.passed: list[float] = []
        self.then: Callable[[], None] | None = None

    def deadline_passed(self) -> None:
        self.passed.append(self.deadline)
        if self.then is not None:
            self.then()


def new_sweep(clock: FakeClock, dates: list[str] | None = None) -> Sweep:
    dated = None if dates is None else dates.append
    return Sweep(clock.call_later, clock.time, lambda: 784111777.0 + clock.now, dated)


# -- the sweep ------------------------------------------------------------------------------------


def test_nothing_is_scheduled_while_nothing_is_watched() -> None:
    clock = FakeClock()
    sweep = new_sweep(clock)
    assert clock.pending == 0
    one, two = Sleeper(0.0), Sleeper(0.0)
    sweep.watch(one)
    sweep.watch(two)
    assert (clock.pending, len(sweep)) == (1, 2)
    sweep.unwatch(one)
    sweep.unwatch(one)
    assert (clock.pending, len(sweep)) == (1, 1)
    sweep.unwatch(two)
    assert (clock.pending, len(sweep)) == (0, 0)


def test_a_deadline_passes_once_and_no_deadline_never() -> None:
    clock = FakeClock()
    sweep = new_sweep(clock)
    due, never = Sleeper(2.5), Sleeper(0.0)
    sweep.watch(due)
    sweep.watch(never)
    clock.advance(2)
    assert due.passed == []
    clock.advance(1)
    assert due.passed == [0.0]
    clock.advance(100)
    assert due.passed == [0.0]
    assert never.passed == []


def test_a_deadline_is_set_by_writing_it() -> None:
    clock = FakeClock()
    sweep = new_sweep(clock)
    sleeper = Sleeper(1.0)
    sweep.watch(sleeper)
    sleeper.deadline = 5.0
    clock.advance(4)
    assert sleeper.passed == []
    sleeper.deadline = 4.5
    clock.advance(1)
    assert len(sleeper.passed) == 1


@pytest.mark.parametrize("start", [0.0, 0.3, 0.999])
def test_time_after_is_never_too_short_and_two_seconds_too_long_at_most(start: float) -> None:
    clock = FakeClock()
    sweep = new_sweep(clock)
    sleeper = Sleeper(0.0)
    sweep.watch(sleeper)
    clock.advance(10 + start)
    sleeper.deadline = sweep.after(3.0)
    passed: list[float] = []
    sleeper.then = lambda: passed.append(clock.now)
    clock.advance(10)
    assert 3.0 <= passed[0] - (10 + start) <= 5.0


def test_one_that_passes_may_take_others_away() -> None:
    clock = FakeClock()
    sweep = new_sweep(clock)
    sleepers = [Sleeper(1.0) for _ in range(3)]

    def unwatch_all() -> None:
        for each in sleepers:
            sweep.unwatch(each)

    for sleeper in sleepers:
        sleeper.then = unwatch_all
        sweep.watch(sleeper)
    clock.advance(1)
    assert clock.pending == 0


def test_the_clocks_are_read_again_when_there_is_something_to_watch() -> None:
    clock = FakeClock()
    dates: list[str] = []
    sweep = new_sweep(clock, dates)
    assert sweep.date == "Sun, 06 Nov 1994 08:49:37 GMT"
    clock.advance(3600)
    assert sweep.date == "Sun, 06 Nov 1994 08:49:37 GMT"
    sleeper = Sleeper(0.0)
    sweep.watch(sleeper)
    assert (sweep.date, sweep.now) == ("Sun, 06 Nov 1994 09:49:37 GMT", 3600.0)
    clock.advance(2)
    assert (sweep.date, sweep.now) == ("Sun, 06 Nov 1994 09:49:39 GMT", 3602.0)
    assert dates[-1] == sweep.date
    assert len(dates) == 4
    sweep.unwatch(sleeper)


# -- connections that are too slow ----------------------------------------------------------------


def hold(exchange: ServerExchange) -> None:
    """Answer later."""


async def test_a_connection_without_a_request_is_closed(make_wire: MakeWire) -> None:
    wire = make_wire(head_timeout=10)
    transport = wire.connect()
    wire.clock.advance(10)
    assert not transport.is_closing()
    wire.clock.advance(2)
    assert transport.is_closing()
    assert transport.take() == b""


async def test_a_head_that_takes_too_long_is_answered_with_408(make_wire: MakeWire) -> None:
    wire = make_wire(head_timeout=10, lingering_time=2)
    transport = wire.connect()
    for octet in b"GET / HTTP":
        wire.clock.advance(0.99)
        transport.feed(bytes([octet]))
    assert transport.take() == b""
    wire.clock.advance(2)
    (answer,) = wire.answers(transport.take())
    assert (answer.status, answer.fields["Connection"]) == (408, "close")
    assert transport.eof_sent
    assert not transport.is_closing()
    wire.clock.advance(4)
    assert transport.was_reset


async def test_the_second_head_has_its_own_time(make_wire: MakeWire) -> None:
    wire = make_wire(head_timeout=10, keepalive_timeout=100)
    transport = wire.connect()
    transport.feed(wire.get())
    transport.take()
    wire.clock.advance(90)
    transport.feed(b"GET / HT")
    wire.clock.advance(9)
    assert transport.take() == b""
    wire.clock.advance(3)
    assert wire.statuses(transport.take()) == [408]


async def test_an_idle_connection_is_closed(make_wire: MakeWire) -> None:
    wire = make_wire(keepalive_timeout=5)
    transport = wire.connect()
    for _ in range(10):
        wire.clock.advance(4)
        transport.feed(wire.get())
        assert wire.statuses(transport.take()) == [200]
    wire.clock.advance(5)
    assert not transport.is_closing()
    wire.clock.advance(2)
    assert transport.is_closing()
    assert transport.take() == b""


async def test_a_handler_may_take_its_time(wire: Wire) -> None:
    wire.service = hold
    transport = wire.connect()
    transport.feed(wire.get())
    wire.clock.advance(100_000)
    wire.exchanges[0].respond(200, None, [], b"")
    assert wire.statuses(transport.take()) == [200]


async def test_the_rest_of_an_unwanted_body_is_not_waited_for(make_wire: MakeWire) -> None:
    wire = make_wire(lingering_time=2)
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 100", method="POST"))
    assert wire.statuses(transport.take()) == [200]
    wire.clock.advance(1)
    transport.feed(b"x" * 50)
    in_time = transport.eof_sent
    wire.clock.advance(2)
    assert not in_time
    assert transport.eof_sent
    transport.feed(b"x" * 50)
    wire.clock.advance(4)
    assert transport.was_reset


async def test_a_thrown_away_body_that_comes_in_time_ends_its_deadline(make_wire: MakeWire) -> None:
    wire = make_wire(keepalive_timeout=50)
    transport = wire.connect()
    transport.feed(wire.get("/", "Content-Length: 3", method="POST"))
    transport.feed(b"abc")
    wire.clock.advance(40)
    transport.feed(wire.get())
    assert wire.statuses(transport.take()) == [200, 200]


async def test_who_does_not_read_is_idle_too(make_wire: MakeWire) -> None:
    """A peer that sends request after request and reads no answer does not stay for ever."""
    wire = make_wire(keepalive_timeout=5, write_bufsize=1000)
    wire.service = lambda exchange: exchange.respond(200, None, [], b"x" * 100_000)
    transport = wire.connect()
    transport.hold_writes()
    transport.feed(wire.get() * 3)
    wire.clock.advance(8)
    assert transport.is_closing()


@pytest.mark.parametrize("option", ["head_timeout", "keepalive_timeout"])
async def test_zero_is_for_ever(make_wire: MakeWire, option: str) -> None:
    options: dict[str, Any] = {option: 0}
    wire = make_wire(**options)
    transport = wire.connect()
    if option == "keepalive_timeout":
        transport.feed(wire.get())
    wire.clock.advance(10_000)
    assert not transport.is_closing()

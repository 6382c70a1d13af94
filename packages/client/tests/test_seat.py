from __future__ import annotations

from pool_lines import Lines

from tidewire_http_io import ResetReason


def test_the_end_of_an_exchange_ends_the_lease_and_puts_the_connection_back() -> None:
    lines = Lines()
    seat = lines.get()
    generation = seat.generation
    lines.finish(seat)
    assert seat.generation == generation + 1
    assert seat.idle
    assert seat.exchange is None


def test_a_connection_that_closes_after_its_response_is_gone_with_its_transport_only() -> None:
    lines = Lines()
    seat = lines.get()
    lines.finish(seat, reusable=False)
    assert not seat.placed
    assert lines.gone == []
    seat.connection.lose()
    assert lines.gone == [seat]
    assert seat.connection is None


def test_an_exchange_that_breaks_off_is_the_end_of_its_connection_in_one_call() -> None:
    lines = Lines()
    seat = lines.get()
    seat.exchange.reset_reason = ResetReason.PROTOCOL
    seat.connection.lose()
    assert lines.gone == [seat]
    assert lines.pool.placed == 0


def test_a_response_without_the_rest_of_its_request_is_such_an_end() -> None:
    lines = Lines()
    seat = lines.get()
    seat.exchange.finished = False
    seat.connection.lose()
    assert lines.gone == [seat]


def test_a_tunnel_keeps_its_place_until_it_is_lost() -> None:
    lines = Lines()
    seat = lines.get()
    seat.exchange.response_head.offers_switch = True
    assert lines.pool.placed == 1
    seat.connection.lose()
    assert lines.gone == [seat]
    assert lines.pool.placed == 0


def test_what_is_lost_before_it_was_opened_is_nobodys_matter() -> None:
    lines = Lines()
    seat = lines.get()
    seat.released(object())
    assert seat.placed
    assert lines.gone == []


def test_giving_back_with_an_exchange_resets_and_closes() -> None:
    lines = Lines()
    seat = lines.get()
    exchange, connection = seat.exchange, seat.connection
    seat.give_back()
    assert exchange.reset_reason is ResetReason.CANCEL
    assert connection.drops == 1
    assert lines.pool.placed == 0
    connection.lose()
    assert lines.gone == [seat]


def test_giving_back_without_an_exchange_keeps_the_connection() -> None:
    lines = Lines()
    seat = lines.get()
    seat.exchange = None
    seat.give_back()
    assert seat.idle


def test_giving_back_what_was_never_opened_frees_the_place() -> None:
    lines = Lines()
    seat = lines.pool.open(lines.get().bucket.key)
    assert seat is not None
    assert "opening" in repr(seat)
    seat.give_back()
    assert lines.pool.placed == 1


def test_callbacks_are_called_once_and_their_errors_are_told() -> None:
    lines = Lines()
    seat = lines.get()
    called: list[int] = []

    def fail() -> None:
        called.append(1)
        raise ValueError("of the callback")

    seat.callbacks = [fail, lambda: called.append(2)]
    lines.finish(seat)
    seat.end_lease()
    assert called == [1, 2]
    assert [str(error) for error in lines.complaints] == ["of the callback"]

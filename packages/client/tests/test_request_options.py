from __future__ import annotations

import math
from typing import Any

import pytest

from tidewire_client import ClientTimeout
from tidewire_client._request_options import (
    RequestOptions,
    body_limit,
    limited,
    options_of_request,
    timeout_of,
)

DEFAULT = ClientTimeout(total=300, sock_connect=30, sock_read=7)
SESSION = RequestOptions(timeout=DEFAULT, raise_for_status=True, proxy="http://proxy", auto_decompress=False)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (5, ClientTimeout(total=5, sock_connect=30)),
        (0.5, ClientTimeout(total=0.5, sock_connect=30)),
        (None, ClientTimeout(total=None, sock_connect=30, sock_read=7)),
        (ClientTimeout(total=1), ClientTimeout(total=1)),
    ],
)
def test_a_timeout_may_be_a_number(given: Any, expected: ClientTimeout) -> None:
    assert timeout_of(given, DEFAULT) == expected
    assert options_of_request(SESSION, {"timeout": given}).timeout == expected


@pytest.mark.parametrize("given", ["5", True])
def test_other_timeouts_are_refused(given: Any) -> None:
    with pytest.raises(TypeError):
        timeout_of(given, DEFAULT)


def test_what_is_none_is_the_sessions() -> None:
    names = ("raise_for_status", "proxy", "auto_decompress", "middlewares", "ssl")
    options = options_of_request(SESSION, dict.fromkeys(names))
    for name in names:
        assert getattr(options, name) == getattr(SESSION, name), name


def test_limits_make_other_connections() -> None:
    assert options_of_request(SESSION, {"data": b"x"}).connection is SESSION.connection
    options = options_of_request(SESSION, {"max_headers": 5, "read_bufsize": 10})
    assert options.connection.limits.fields == 5
    assert options.connection.limits.line == SESSION.connection.limits.line
    assert options.connection.read_bufsize == 10
    assert limited(SESSION.connection, None, 1, 2, None).limits.field == 2


def test_unknown_and_contradicting_arguments_are_refused() -> None:
    with pytest.raises(TypeError):
        options_of_request(SESSION, {"colour": "red"})
    with pytest.raises(ValueError, match="data and json"):
        options_of_request(SESSION, {"data": b"", "json": []})


@pytest.mark.parametrize(("given", "meant"), [(None, None), (math.inf, None), (1, 1), (10**9, 10**9)])
def test_a_limit_of_bodies_is_a_number_or_none(given: Any, meant: int | None) -> None:
    assert body_limit(given) == meant


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (0, ValueError),
        (-1, ValueError),
        (1.5, TypeError),
        (True, TypeError),
        ("5", TypeError),
        (b"5", TypeError),
    ],
)
def test_other_limits_of_bodies_are_refused(given: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="max_body_size"):
        options_of_request(SESSION, {"max_body_size": given})


@pytest.mark.parametrize(("given", "meant"), [(None, 5), (math.inf, None), (7, 7)])
def test_the_limit_of_a_request_counts_more_than_that_of_its_session(given: Any, meant: int | None) -> None:
    session = RequestOptions(max_body_size=5)
    assert options_of_request(session, {"max_body_size": given}).max_body_size == meant
    assert options_of_request(session, {"allow_redirects": False}).max_body_size == 5

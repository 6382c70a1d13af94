from __future__ import annotations

from typing import Any

import pytest

from tidewire_client import ClientTimeout
from tidewire_client._request_options import RequestOptions, limited, options_of_request, timeout_of

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

from __future__ import annotations

import dataclasses

import pytest

from tidewire_client import ClientTimeout, ClientWSTimeout
from tidewire_client._timeouts import DEFAULT_TIMEOUT


def test_nothing_is_limited_unless_somebody_says_so() -> None:
    timeout = ClientTimeout()
    assert {timeout.total, timeout.connect, timeout.sock_read, timeout.sock_connect, timeout.pool} == {None}
    assert timeout.ceil_threshold == 5


def test_a_session_has_limits() -> None:
    assert ClientTimeout(total=300, sock_connect=30) == DEFAULT_TIMEOUT


def test_it_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ClientTimeout().total = 5  # type: ignore[misc]


def test_websockets_wait_for_messages_as_long_as_it_takes() -> None:
    assert ClientWSTimeout() == ClientWSTimeout(ws_receive=None, ws_close=None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        ClientWSTimeout().ws_close = 1  # type: ignore[misc]

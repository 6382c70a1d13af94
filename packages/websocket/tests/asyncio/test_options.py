"""Options."""

from __future__ import annotations

import dataclasses

import pytest

from tidewire_websocket.asyncio import WebSocketOptions


def test_the_defaults_are_those_that_users_know() -> None:
    options = WebSocketOptions()
    assert (options.close_timeout, options.receive_timeout, options.heartbeat) == (10.0, None, None)
    assert (options.autoclose, options.autoping, options.decode_text) == (True, True, True)
    assert (options.max_msg_size, options.writer_limit) == (4 * 1024 * 1024, 256 * 1024)
    with pytest.raises(dataclasses.FrozenInstanceError):
        options.autoclose = False  # type: ignore[misc]

"""Errors: what they carry, and that they survive copying."""

from __future__ import annotations

import copy
import pickle

import pytest

import tidewire_websocket as ws

ERRORS = [
    (ws.WebSocketError(1011, "x"), 1011, "x"),
    (ws.InvalidFrame("x"), 1002, "x"),
    (ws.InvalidDeflate("x"), 1002, "x"),
    (ws.InvalidText("x"), 1007, "x"),
    (ws.TooManyFragments("x"), 1008, "x"),
    (ws.MessageTooBig("x"), 1009, "x"),
    (ws.WebSocketClosed(), None, "the websocket is closed"),
    (ws.WebSocketClosed(1001), 1001, "the websocket is closed (1001)"),
    (ws.WSHandshakeError("x", 426, (("A", "b"),)), None, "x"),
    (ws.PingTimeout(2.5), None, "no answer to a ping for 2.5 s"),
]


@pytest.mark.parametrize(("error", "code", "text"), ERRORS, ids=lambda value: type(value).__name__)
def test_errors_know_their_code_and_survive(error: Exception, code: int | None, text: str) -> None:
    for same in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(same) is type(error)
        assert str(same) == text
        assert getattr(same, "code", None) == code
        assert vars(same) == vars(error)


def test_closed_is_what_users_know() -> None:
    assert issubclass(ws.WebSocketClosed, ConnectionResetError)
    assert issubclass(ws.PingTimeout, TimeoutError)
    assert issubclass(ws.WSMessageTypeError, TypeError)
    assert issubclass(ws.InvalidDeflate, ws.WebSocketError)

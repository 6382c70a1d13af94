"""Close frames: codes and reasons."""

from __future__ import annotations

import pytest

from tidewire_http_parser import LocalProtocolError
from tidewire_websocket import InvalidFrame, InvalidText, WSCloseCode
from tidewire_websocket._close_codes import close_payload, parse_close, shortened_reason

SENT = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
UNSENT = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]


@pytest.mark.parametrize("code", SENT)
def test_codes_that_may_be_sent(code: int) -> None:
    payload = close_payload(code, "because")
    assert payload == code.to_bytes(2, "big") + b"because"
    assert parse_close(payload) == (code, "because")


@pytest.mark.parametrize("code", UNSENT)
def test_codes_that_may_not(code: int) -> None:
    with pytest.raises(LocalProtocolError):
        close_payload(code, "x")
    with pytest.raises(InvalidFrame):
        parse_close(code.to_bytes(2, "big"))


def test_no_code_at_all() -> None:
    assert parse_close(b"") == (1005, "")
    assert close_payload(1005, b"") == b""


def test_half_a_code_is_refused() -> None:
    with pytest.raises(InvalidFrame):
        parse_close(b"\x03")


def test_reasons_are_utf_8() -> None:
    with pytest.raises(InvalidText):
        parse_close(b"\x03\xe8\xff")
    with pytest.raises(LocalProtocolError):
        close_payload(1000, b"\xff")
    with pytest.raises(LocalProtocolError):
        close_payload(1000, "\ud800")


def test_reasons_fit_a_control_frame() -> None:
    assert len(close_payload(1000, "x" * 123)) == 125
    with pytest.raises(LocalProtocolError):
        close_payload(1000, "x" * 124)


def test_a_long_reason_is_cut_between_characters() -> None:
    assert shortened_reason("short") == b"short"
    assert shortened_reason("ü" * 100) == ("ü" * 61).encode()


def test_the_codes_are_those_of_the_registry() -> None:
    assert {code.name: int(code) for code in WSCloseCode} == {
        "OK": 1000,
        "GOING_AWAY": 1001,
        "PROTOCOL_ERROR": 1002,
        "UNSUPPORTED_DATA": 1003,
        "NO_STATUS_RECEIVED": 1005,
        "ABNORMAL_CLOSURE": 1006,
        "INVALID_TEXT": 1007,
        "POLICY_VIOLATION": 1008,
        "MESSAGE_TOO_BIG": 1009,
        "MANDATORY_EXTENSION": 1010,
        "INTERNAL_ERROR": 1011,
        "SERVICE_RESTART": 1012,
        "TRY_AGAIN_LATER": 1013,
        "BAD_GATEWAY": 1014,
    }

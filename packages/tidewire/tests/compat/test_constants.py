from __future__ import annotations

from tidewire.compat import _constants


def test_reason_phrases_are_found_by_status() -> None:
    assert _constants.RESPONSES[404][0] == "Not Found"
    assert _constants.RESPONSES[200][0] == "OK"


def test_tokens_have_no_separators() -> None:
    assert "a" in _constants.TOKEN
    assert not _constants.TOKEN & {" ", ";", "\x7f"}


def test_the_sentinel_is_one() -> None:
    assert _constants.sentinel is _constants._SENTINEL.sentinel


def test_closed_messages_say_so() -> None:
    assert _constants.WS_CLOSED_MESSAGE.type.name == "CLOSED"
    assert _constants.WS_CLOSING_MESSAGE.type.name == "CLOSING"

"""Messages as users get them."""

from __future__ import annotations

import pytest

import tidewire_websocket as ws
from tidewire_websocket import WSMsgType
from tidewire_websocket._message_types import CLOSED, CLOSING


def test_types_have_lower_case_names_too() -> None:
    for kind in WSMsgType:
        if kind is not WSMsgType.CONTINUATION:
            assert getattr(WSMsgType, kind.name.lower()) is kind
    assert [int(kind) for kind in WSMsgType] == [0, 1, 2, 8, 9, 10, 256, 257, 258]


def test_a_message_is_a_tuple_of_three() -> None:
    kind, data, extra = ws.WSMessageText(WSMsgType.TEXT, "[1]", "")
    assert (kind, data, extra) == (WSMsgType.TEXT, "[1]", "")
    message = ws.WSMessageText(WSMsgType.TEXT, "[1]", "")
    assert isinstance(message, ws.WSMessage)
    assert message.json() == [1]
    assert message.json(loads=len) == 3


def test_the_ends_have_no_data() -> None:
    assert CLOSED == (WSMsgType.CLOSED, None, None)
    assert CLOSING == (WSMsgType.CLOSING, None, None)


@pytest.mark.parametrize(
    "name", [name for name in ws.__all__ if name.startswith("WSMessage") and "Type" not in name]
)
def test_kinds_match_by_class(name: str) -> None:
    kind = getattr(ws, name)
    match kind(WSMsgType.TEXT, 1, None):
        case ws.WSMessage(data=data):
            assert data == 1
        case _:
            pytest.fail("no match")
    with pytest.raises(AttributeError):
        kind(WSMsgType.TEXT, 1, None).other = 1

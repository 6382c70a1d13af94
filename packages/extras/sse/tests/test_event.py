"""Events as they go out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_sse._event import SEPARATORS, serialise_event


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ({"data": "x"}, b"data: x\r\n\r\n"),
        ({"data": ""}, b"data: \r\n\r\n"),
        ({"data": "a\nb\r\nc\rd\n"}, b"data: a\r\ndata: b\r\ndata: c\r\ndata: d\r\ndata: \r\n\r\n"),
        ({"data": "a\x0b\x0c\x85\u2028b"}, "data: a\x0b\x0c\x85\u2028b\r\n\r\n".encode()),
        ({"data": "x", "sep": "\n"}, b"data: x\n\n"),
        ({"data": "x", "sep": "\r"}, b"data: x\r\r"),
        (
            {"data": "\u20ac", "id": "7", "event": "price", "retry": 100},
            b"id: 7\r\nevent: price\r\ndata: \xe2\x82\xac\r\nretry: 100\r\n\r\n",
        ),
        ({"data": "x", "id": "", "event": "", "retry": 0}, b"id: \r\nevent: \r\ndata: x\r\nretry: 0\r\n\r\n"),
    ],
)
def test_an_event_is_lines_and_an_empty_one(arguments: Any, sent: bytes) -> None:
    assert serialise_event(**arguments) == sent


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"data": "x", "id": "a\nb"}, ValueError),
        ({"data": "x", "id": "a\rb"}, ValueError),
        ({"data": "x", "id": "a\0b"}, ValueError),
        ({"data": "x", "event": "a\r\nb"}, ValueError),
        ({"data": "x", "retry": -1}, ValueError),
        ({"data": "\ud800"}, ValueError),
        ({"data": b"x"}, TypeError),
        ({"data": None}, TypeError),
        ({"data": "x", "id": 7}, TypeError),
        ({"data": "x", "event": 7}, TypeError),
        ({"data": "x", "retry": "7"}, TypeError),
        ({"data": "x", "retry": 7.5}, TypeError),
        ({"data": "x", "retry": True}, TypeError),
    ],
)
def test_what_would_break_out_of_its_field_is_refused(arguments: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        serialise_event(**arguments)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(SEPARATORS))
def test_data_arrives_with_its_line_ends_as_newlines_and_nothing_else(data: str, sep: str) -> None:
    sent = serialise_event(data, sep=sep).decode()
    assert sent.endswith(sep * 2)
    lines = sent.removesuffix(sep * 2).split(sep)
    assert all(line.startswith("data: ") for line in lines)
    assert "\n".join(line[6:] for line in lines) == data.replace("\r\n", "\n").replace("\r", "\n")

"""Events say what they are, and hold what they were made of."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_http_parser import (
    NEED_DATA,
    PAUSED,
    PAUSED_FOR_SWITCH,
    ConnectionClosed,
    Data,
    EndOfMessage,
    InterimHead,
    Marker,
    RequestHead,
    ResponseHead,
)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (RequestHead("GET", "/path", True), "<RequestHead GET '/path'>"),
        (RequestHead("GET", "/" * 500, True), f"<RequestHead GET '{'/' * 100}'>"),
        (ResponseHead(200, "OK", True), "<ResponseHead 200 'OK'>"),
        (InterimHead(103, "Early Hints", True), "<InterimHead 103 'Early Hints'>"),
        (Data(b"abc"), "<Data of 3 bytes>"),
        (EndOfMessage([]), "<EndOfMessage with 0 trailers>"),
        (EndOfMessage([("a", "b")]), "<EndOfMessage with 1 trailers>"),
        (ConnectionClosed(), "<ConnectionClosed>"),
        (NEED_DATA, "<NEED_DATA>"),
        (PAUSED, "<PAUSED>"),
        (PAUSED_FOR_SWITCH, "<PAUSED_FOR_SWITCH>"),
    ],
)
def test_repr(event: object, text: str) -> None:
    assert repr(event) == text


def test_a_request_head() -> None:
    head = RequestHead("GET", "/", False)
    assert (head.method, head.target, head.http_1_1, head.version) == ("GET", "/", False, (1, 0))
    assert (head.fields, head.body_length, head.chunked) == ([], 0, False)
    assert (head.keep_alive, head.upgrade, head.host, head.expect_continue) == (True, (), None, False)


def test_a_response_head() -> None:
    head = ResponseHead(404, "Not Found", True)
    assert (head.status, head.reason, head.version) == (404, "Not Found", (1, 1))
    assert not isinstance(head, InterimHead)
    assert isinstance(InterimHead(100, "", True), ResponseHead)


def test_heads_share_no_fields() -> None:
    assert RequestHead("GET", "/", True).fields is not RequestHead("GET", "/", True).fields


def test_markers_are_told_apart_by_identity() -> None:
    assert len({NEED_DATA, PAUSED, PAUSED_FOR_SWITCH}) == 3
    assert Marker("PAUSED") is not PAUSED


@pytest.mark.parametrize(
    "event", [Data(b"a"), EndOfMessage([]), ConnectionClosed(), RequestHead("A", "/", True)]
)
def test_events_take_no_other_attributes(event: Any) -> None:
    with pytest.raises(AttributeError):
        event.other = 1

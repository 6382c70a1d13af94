"""Masking in whichever build there is, and the keys."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser.builds import loaded
from tidewire_websocket import WSMessageText, WSMsgType, _masking, _pure_masking


def test_c_is_used_where_the_modules_are_compiled() -> None:
    native = type(_masking.unmask).__name__ == "builtin_function_or_method"
    if loaded("tidewire_websocket._frames") == "compiled":
        assert native
    elif os.environ.get("TIDEWIRE_PURE"):
        assert not native


@given(st.binary(max_size=200), st.binary(min_size=4, max_size=4), st.integers(-5, 9), st.integers(0, 20))
def test_both_builds_mask_alike(data: bytes, key: bytes, phase: int, cut: int) -> None:
    start, stop = min(cut, len(data)), len(data)
    assert _masking.mask_range(data, start, stop, key, phase) == _pure_masking.mask_range(
        data, start, stop, key, phase
    )
    assert _masking.masked_frame(b"head", key, data) == _pure_masking.masked_frame(b"head", key, data)
    whole = b"x" * start + key + data
    assert _masking.unmask(whole, start + 4, len(whole)) == _pure_masking.unmask(whole, start + 4, len(whole))


@given(st.binary(max_size=100), st.binary(min_size=4, max_size=4), st.integers(0, 9), st.booleans())
def test_both_builds_mask_in_place_alike(data: bytes, key: bytes, at: int, elsewhere: bool) -> None:
    results = []
    for module in (_masking, _pure_masking):
        target = bytearray(b"-" * at + data + b"--")
        if elsewhere:
            told = module.mask_into(memoryview(target), at, b"." + data, 1, 1 + len(data), key)
        else:
            told = module.mask_into(memoryview(target), at, memoryview(target), at, at + len(data), key)
        made = _pure_masking.mask_range(data, 0, len(data), key, at)
        assert bytes(target) == b"-" * at + made + b"--"
        assert told is made.isascii()
        results.append(told)
    assert results[0] is results[1]


def test_a_room_becomes_bytes() -> None:
    for module in (_masking, _pure_masking):
        for size in (0, 1, 100_000):
            room = module.make_room(size)
            room[:] = b"x" * size
            assert module.bytes_of_room(room) == b"x" * size


def test_a_room_becomes_a_text() -> None:
    for module in (_masking, _pure_masking):
        for size in (0, 1, 100_000):
            room = module.make_text_room(size)
            room[:] = b"x" * size
            assert module.text_of_room(room) == "x" * size


@pytest.mark.parametrize("text", ["", "a", "ASCII" * 10_000, "ü", "€" * 10_000, "\x7f\x80"])
def test_a_text_is_seen_as_utf8(text: str) -> None:
    for module in (_masking, _pure_masking):
        made = module.utf8_of(text)
        assert bytes(made) == text.encode()
        assert memoryview(made).readonly
        masked = module.masked_frame(b"head", b"abcd", made)
        assert module.unmask(masked, 8, len(masked)) == text.encode()


def test_a_view_keeps_its_text() -> None:
    view = _masking.utf8_of("".join(["long ", "text"] * 1000))
    assert bytes(view) == b"long text" * 1000


def test_a_message_is_made_past_its_constructor() -> None:
    for module in (_masking, _pure_masking):
        message: Any = module.make_message(WSMessageText, WSMsgType.TEXT, "text")
        assert message.extra == ""
        assert message == (WSMsgType.TEXT, "text", "")
        assert type(message) is WSMessageText


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 4097, 100_000])
def test_texts_of_every_size_are_unmasked(size: int) -> None:
    frame = _masking.masked_frame(b"", b"\x01\x02\xfe\xff", ("ü" * size).encode())
    assert _masking.unmask_text(frame, 4, len(frame)) == "ü" * size


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("unmask", (b"123456", 3, 6)),
        ("unmask", (b"123456", 5, 7)),
        ("unmask", (b"123456", 6, 5)),
        ("unmask", ("123456", 4, 6)),
        ("unmask", (b"123456", "4", 6)),
        ("unmask", (b"123456", 4)),
        ("unmask_text", (b"1234\xff", 4, 5)),
        ("unmask_text", (b"1234" + b"\xff" * 5000, 4, 5004)),
        ("unmask_text", (None, 4, 5)),
        ("mask_range", (b"123456", -1, 5, b"abcd", 0)),
        ("mask_range", (b"123456", 0, 5, b"abcde", 0)),
        ("mask_range", (b"123456", 0, 5, "abcd", 0)),
        ("mask_range", (b"123456", 0, 5, b"abcd", None)),
        ("masked_frame", (b"h", b"abc", b"p")),
        ("make_room", (-1,)),
        ("make_room", (None,)),
        ("bytes_of_room", (b"1",)),
        ("bytes_of_room", (memoryview(b"1"),)),
        ("make_text_room", (-1,)),
        ("make_text_room", ("1",)),
        ("text_of_room", (b"1",)),
        ("text_of_room", (memoryview(b"1"),)),
        ("utf8_of", (b"1",)),
        ("utf8_of", ("\ud800",)),
        ("make_message", (int, 1, "")),
        ("make_message", (1, 1, "")),
        ("mask_into", (bytearray(4), 0, b"12345", 0, 5, b"abcd")),
        ("mask_into", (bytearray(4), -1, b"1234", 0, 4, b"abcd")),
        ("mask_into", (bytearray(9), 0, b"1234", 0, 5, b"abcd")),
        ("mask_into", (bytearray(9), 0, b"1234", 3, 2, b"abcd")),
        ("mask_into", (bytearray(9), 0, b"1234", 0, 4, b"abc")),
        ("mask_into", (b"1234", 0, b"1234", 0, 4, b"abcd")),
        ("mask_into", (bytearray(4), 0, "1234", 0, 4, b"abcd")),
        ("mask_into", (bytearray(4), "0", b"1234", 0, 4, b"abcd")),
        ("masked_frame", (b"h", b"abcd", bytearray(b"p"))),
        ("masked_frame", ("h", b"abcd", b"p")),
    ],
)
def test_both_builds_refuse_alike(function: str, arguments: tuple[object, ...]) -> None:
    raised = []
    for module in (_masking, _pure_masking):
        with pytest.raises((TypeError, ValueError)) as caught:
            getattr(module, function)(*arguments)
        raised.append(caught.type)
    assert raised[0] is raised[1]


def test_keys_are_taken_once() -> None:
    keys = _masking.MaskingKeys()
    taken = [keys.take() for _ in range(5000)]
    assert {len(key) for key in taken} == {4}
    assert len(set(taken)) > 4990


def test_a_fork_has_keys_of_its_own() -> None:
    keys = _masking.MaskingKeys()
    keys.take()
    before = keys._pool
    keys.forget()
    keys.take()
    assert keys._pool != before

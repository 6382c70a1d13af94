"""Masking in Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_websocket import _pure_masking

KEYS = st.binary(min_size=4, max_size=4)


def bytewise(data: bytes, key: bytes, phase: int) -> bytes:
    return bytes(octet ^ key[(phase + at) % 4] for at, octet in enumerate(data))


@given(st.binary(max_size=100), KEYS, st.integers(0, 7), st.integers(0, 20))
def test_it_is_what_the_rfc_says_byte_by_byte(data: bytes, key: bytes, phase: int, before: int) -> None:
    whole = b"b" * before + data + b"behind"
    made = _pure_masking.mask_range(whole, before, before + len(data), key, phase)
    assert made == bytewise(data, key, phase)


def test_the_example_of_the_rfc() -> None:
    # RFC 6455, section 5.7
    frame = bytes.fromhex("8185 37fa213d 7f9f4d5158")
    assert _pure_masking.unmask(frame, 6, 11) == b"Hello"
    assert _pure_masking.unmask_text(frame, 6, 11) == "Hello"
    assert _pure_masking.masked_frame(frame[:2], frame[2:6], b"Hello") == frame


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (3, 2), (0, 11)])
def test_a_range_outside_of_the_data_is_refused(start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        _pure_masking.mask_range(b"0123456789", start, stop, b"abcd", 0)


def test_a_payload_without_room_for_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        _pure_masking.unmask(b"0123456789", 3, 5)


def test_a_key_has_four_bytes() -> None:
    with pytest.raises(ValueError, match="four"):
        _pure_masking.mask_range(b"0123456789", 0, 5, b"abc", 0)
    with pytest.raises(ValueError, match="four"):
        _pure_masking.masked_frame(b"h", b"abcde", b"payload")


def test_only_bytes_are_masked() -> None:
    with pytest.raises(TypeError):
        _pure_masking.mask_range(bytearray(8), 0, 5, b"abcd", 0)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        _pure_masking.masked_frame(b"h", b"abcd", "payload")  # type: ignore[arg-type]


def test_text_is_utf_8() -> None:
    with pytest.raises(UnicodeDecodeError):
        _pure_masking.unmask_text(b"\0\0\0\0\xff", 4, 5)

"""Heads of frames, read and written."""

from __future__ import annotations

import pytest

from tidewire_websocket import InvalidFrame, _frames
from tidewire_websocket._frames import KINDS, frame_head, problem_of, read_length, serialise_frame


@pytest.mark.parametrize(
    ("length", "head"),
    [
        (0, "8200"),
        (125, "827d"),
        (126, "827e007e"),
        (65535, "827effff"),
        (65536, "827f0000000000010000"),
        (2**32 + 1, "827f0000000100000001"),
        (2**62, "827f4000000000000000"),
    ],
)
def test_lengths_take_as_few_bytes_as_they_can(length: int, head: str) -> None:
    assert frame_head(0x82, length, False).hex() == head
    masked = bytearray.fromhex(head)
    masked[1] |= 0x80
    assert frame_head(0x82, length, True) == masked


@pytest.mark.parametrize("length", [126, 127, 255, 256, 65535])
def test_lengths_of_two_bytes_are_read(length: int) -> None:
    assert read_length(b"??" + length.to_bytes(2, "big") + b"?", 2, 2) == length


@pytest.mark.parametrize("length", [65536, 2**31, 2**32 + 1, 2**63 - 1])
def test_lengths_of_eight_bytes_are_read(length: int) -> None:
    assert read_length(b"??" + length.to_bytes(8, "big") + b"?", 2, 8) == length


@pytest.mark.parametrize(
    ("length", "size", "says"),
    [
        (125, 2, "more bytes than it needs"),
        (0, 8, "more bytes than it needs"),
        (65535, 8, "more bytes than it needs"),
        (2**63, 8, "more than 2\\*\\*63"),
        (2**64 - 1, 8, "more than 2\\*\\*63"),
    ],
)
def test_lengths_that_are_not_in_order_are_refused(length: int, size: int, says: str) -> None:
    with pytest.raises(InvalidFrame, match=says):
        read_length(length.to_bytes(size, "big"), 0, size)


@pytest.mark.parametrize("first", [0x81, 0x82, 0x01, 0x80, 0x8A, 0xC1])
@pytest.mark.parametrize("size", [0, 1, 125, 126, 70_000])
def test_frames_are_head_and_payload(first: int, size: int) -> None:
    payload = b"p" * size
    frame = serialise_frame(first, payload, False)
    assert frame == frame_head(first, size, False) + payload
    masked = serialise_frame(first, payload, True)
    head = frame_head(first, size, True)
    assert masked.startswith(head)
    key = masked[len(head) : len(head) + 4]
    assert bytes(octet ^ key[at % 4] for at, octet in enumerate(masked[len(head) + 4 :])) == payload


def test_every_first_byte_is_judged() -> None:
    kinds = {
        _frames.DATA: {0x00, 0x80, 0x01, 0x81, 0x02, 0x82},
        _frames.COMPRESSED: {0x41, 0xC1, 0x42, 0xC2},
        _frames.CONTROL: {0x88, 0x89, 0x8A},
        _frames.CONTROL_RSV1: {0xC8, 0xC9, 0xCA},
    }
    for first in range(256):
        expected = next((kind for kind, members in kinds.items() if first in members), _frames.REFUSED)
        assert KINDS[first] == expected, hex(first)


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (0x09, "fragments"),
        (0x48, "fragments"),
        (0x83, "opcode 3"),
        (0x8B, "opcode 11"),
        (0x8F, "opcode 15"),
        (0xA1, "reserved"),
        (0xC0, "reserved"),
        (0x99, "reserved"),
    ],
)
def test_problems_have_names(first: int, words: str) -> None:
    assert words in problem_of(first)

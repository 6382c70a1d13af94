"""Heads of frames, read and written."""

from __future__ import annotations

import pytest

from tidewire_websocket import _frames
from tidewire_websocket._frames import KINDS, frame_head, problem_of, serialise_frame


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

"""Messages in parts, and texts of which parts are looked at."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_websocket import InvalidText
from tidewire_websocket._message_parts import MessageParts, Utf8Decoder


@given(st.text(max_size=60), st.lists(st.integers(0, 240), max_size=8))
def test_text_is_decoded_wherever_it_is_cut(text: str, cuts: list[int]) -> None:
    data = text.encode()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    decoder = Utf8Decoder()
    pieces = [decoder.decode(data[start:stop]) for start, stop in itertools.pairwise(places)]
    decoder.finish()
    assert "".join(pieces) == text


@given(st.binary(max_size=12))
def test_it_accepts_what_python_accepts(data: bytes) -> None:
    try:
        expected: str | None = data.decode()
    except UnicodeDecodeError:
        expected = None
    decoder = Utf8Decoder()
    try:
        made: str | None = "".join(decoder.decode(bytes([octet])) for octet in data)
        decoder.finish()
    except InvalidText:
        made = None
    assert made == expected


@pytest.mark.parametrize(
    "data",
    ["c0", "c1", "f5", "ff", "80", "e080", "eda0", "edbf", "f08f", "f490", "c3c3", "e28281e2e2", "61eda0"],
)
def test_it_refuses_with_the_first_byte_that_is_wrong(data: str) -> None:
    octets = bytes.fromhex(data)
    decoder = Utf8Decoder()
    for octet in octets[:-1]:
        decoder.decode(bytes([octet]))
    with pytest.raises(InvalidText):
        decoder.decode(octets[-1:])


def test_a_text_that_ends_within_a_character_is_refused() -> None:
    decoder = Utf8Decoder()
    decoder.decode("€".encode()[:2])
    with pytest.raises(InvalidText):
        decoder.finish()


@pytest.mark.parametrize("decodes", [True, False])
@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 1000, 10_000])
def test_parts_make_the_whole(decodes: bool, text: bool, size: int) -> None:
    parts = MessageParts(decodes)
    for _ in range(2):
        parts.begin(text)
        for at in range(size):
            parts.add(b"%d," % (at % 10))
        whole = parts.finish()
        expected = b"".join(b"%d," % (at % 10) for at in range(size))
        assert whole == (expected.decode() if text and decodes else expected)


def test_many_small_parts_are_put_together() -> None:
    parts = MessageParts(True)
    parts.begin(False)
    for _ in range(100_000):
        parts.add(b"x")
    # The attribute is the point here: what is kept is few objects.
    kept = getattr(parts, "_parts", None)
    assert kept is None or len(kept) < 3000
    assert parts.finish() == b"x" * 100_000


def test_a_message_can_be_forgotten() -> None:
    parts = MessageParts(True)
    parts.begin(True)
    parts.add(b"\xe2\x82")
    parts.clear()
    parts.begin(True)
    parts.add(b"new")
    assert parts.finish() == "new"


def test_undecoded_text_is_validated() -> None:
    parts = MessageParts(False)
    parts.begin(True)
    with pytest.raises(InvalidText):
        parts.add(b"\xff")

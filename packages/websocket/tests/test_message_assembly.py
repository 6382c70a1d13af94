"""One message out of frames: what it may be made of, how large it may be, and what of it is handed over when."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest

from tidewire_websocket import InvalidFrame, InvalidText, MessageTooBig, TooManyFragments
from tidewire_websocket._deflate import Deflater, Inflater
from tidewire_websocket._frames import BINARY, CONTINUATION, FIN, RSV1, TEXT
from tidewire_websocket._message_assembly import MessageAssembly, refuse_size
from tidewire_websocket._message_parts import MessagePart

MAX = 10_000
COMPRESSED = Deflater(15, True, 6, 8).compress(b"compressed " * 20)


def make(
    *,
    masked: bool = False,
    max_size: int = MAX,
    deflate: bool = True,
    decode_text: bool = True,
    in_parts: bool = False,
) -> MessageAssembly:
    return MessageAssembly(masked, max_size, Inflater(15, True) if deflate else None, decode_text, in_parts)


def assemble(
    assembly: MessageAssembly, frames: Iterable[tuple[int, bytes]], *, step: int = 1 << 30
) -> list[Any]:
    """Hand frames over, payloads in steps; return what was made of them."""
    made: list[Any] = []
    for first, payload in frames:
        assembly.begin_frame(first, bool(first & RSV1), len(payload))
        if not payload:
            made.append(assembly.end_frame(None))
        starts = range(0, len(payload), step)
        made += [assembly.read(payload, start, min(start + step, len(payload))) for start in starts]
    return [each for each in made if each is not None]


@pytest.mark.parametrize("step", [1, 2, 7, 1 << 30])
@pytest.mark.parametrize(
    ("frames", "data"),
    [
        ([(FIN | TEXT, "ü".encode())], "ü"),
        ([(FIN | BINARY, b"")], b""),
        ([(TEXT, b"a\xc3"), (CONTINUATION, b""), (FIN | CONTINUATION, b"\xbc")], "aü"),
        ([(FIN | TEXT | RSV1, COMPRESSED)], "compressed " * 20),
        ([(BINARY | RSV1, COMPRESSED[:5]), (FIN | CONTINUATION, COMPRESSED[5:])], b"compressed " * 20),
    ],
)
def test_frames_become_a_message_with_the_last_of_them(
    frames: list[tuple[int, bytes]], data: str | bytes, step: int
) -> None:
    assembly = make()
    for _ in range(2):
        (message,) = assemble(assembly, frames, step=step)
        assert message.data == data
        assert (assembly.opcode, assembly.remaining) == (0, 0)
    (message,) = assemble(make(decode_text=False), frames, step=step)
    assert message.data == (data.encode() if isinstance(data, str) else data)


def test_the_mask_goes_on_from_piece_to_piece_and_begins_with_each_frame() -> None:
    key = b"\x01\x02\x03\x04"
    payload = bytes(octet ^ key[at % 4] for at, octet in enumerate(b"unmasked"))
    assembly = make(masked=True)
    assembly.begin_frame(BINARY, False, 5)
    assembly.unmask_with(key)
    assert assembly.read(payload, 0, 2) is None
    assert assembly.read(payload, 2, 5) is None
    assembly.begin_frame(FIN | CONTINUATION, False, 8)
    assembly.unmask_with(key)
    assert assembly.read(payload, 0, 8).data == b"unmasunmasked"


def test_a_long_message_may_be_put_where_it_stays() -> None:
    assembly = make()
    assert assembly.room == 0
    assembly.begin_frame(FIN | TEXT, False, 6)
    assembly.begin_long(True, b"\0\0\0\0")
    assert assembly.room == 6
    assert assembly.read(b"ab", 0, 2) is None
    assert assembly.long is not None
    place = assembly.long.missing()
    place[:4] = b"cdef"
    assert assembly.filled(1) is None
    assert assembly.filled(3).data == "abcdef"
    assert (assembly.opcode, assembly.remaining, assembly.room) == (0, 0, 0)


def test_a_frame_that_somebody_else_makes_a_message_of_is_left() -> None:
    assembly = make()
    assembly.begin_frame(FIN | TEXT, False, 6)
    assert (assembly.opcode, assembly.remaining) == (TEXT, 6)
    assembly.leave_frame()
    assert (assembly.opcode, assembly.remaining) == (0, 0)
    assert [message.data for message in assemble(assembly, [(FIN | BINARY, b"next")])] == [b"next"]


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        ([(FIN | CONTINUATION, b"x")], "a continuation of nothing"),
        ([(FIN | TEXT, b"x"), (CONTINUATION, b"x")], "a continuation of nothing"),
        ([(TEXT, b"x"), (FIN | BINARY, b"x")], "a message within a message"),
    ],
)
def test_frames_that_do_not_follow_each_other_are_refused(frames: list[tuple[int, bytes]], says: str) -> None:
    with pytest.raises(InvalidFrame, match=says):
        assemble(make(), frames)


def test_a_compressed_message_needs_an_agreement() -> None:
    with pytest.raises(InvalidFrame, match="without an agreement"):
        assemble(make(deflate=False), [(FIN | TEXT | RSV1, COMPRESSED)])


def test_a_text_is_utf_8() -> None:
    with pytest.raises(InvalidText):
        assemble(make(), [(TEXT, b"\xed\xa0")])
    with pytest.raises(InvalidText):
        assemble(make(decode_text=False), [(TEXT, b"\xe2\x82"), (FIN | CONTINUATION, b"")])


def test_a_message_is_as_large_as_the_limit_at_most() -> None:
    assert assemble(make(), [(BINARY, bytes(MAX)), (FIN | CONTINUATION, b"")])[0].data == bytes(MAX)
    assembly = make()
    assemble(assembly, [(BINARY, bytes(MAX))])
    with pytest.raises(MessageTooBig, match="more than 10000 bytes"):
        assembly.begin_frame(FIN | CONTINUATION, False, 1)
    with pytest.raises(MessageTooBig):
        make().begin_frame(FIN | BINARY, False, MAX + 1)
    with pytest.raises(MessageTooBig, match="more than 7 bytes"):
        refuse_size(7)


def test_what_cannot_be_compressed_may_be_a_little_larger() -> None:
    compressed = Deflater(15, True, 9, 8).compress(random.Random(0).randbytes(MAX))
    assert len(compressed) > MAX
    (message,) = assemble(make(), [(FIN | BINARY | RSV1, compressed)])
    assert len(message.data) == MAX
    with pytest.raises(MessageTooBig):
        make().begin_frame(FIN | BINARY | RSV1, True, MAX + MAX // 64)


@pytest.mark.parametrize("step", [1, 1 << 30])
def test_a_bomb_is_refused(step: int) -> None:
    bomb = [(FIN | TEXT | RSV1, Deflater(15, True, 9, 8).compress(b"\0" * 3_000_000))]
    assert len(bomb[0][1]) < MAX
    for limit in (MAX, 2_999_999):
        with pytest.raises(MessageTooBig):
            assemble(make(max_size=limit), bomb, step=step)
    assert len(assemble(make(max_size=3_000_000), bomb, step=step)) == 1


def test_compressed_fragments_that_make_nothing_end() -> None:
    empty_blocks = b"\x00\x00\x00\xff\xff" * 1000
    with pytest.raises(MessageTooBig):
        assemble(make(), [(BINARY | RSV1, empty_blocks), *[(CONTINUATION, empty_blocks)] * 3])


def test_empty_fragments_are_counted() -> None:
    many = [(TEXT, b""), *[(CONTINUATION, b"")] * 4095]
    assembly = make()
    for _ in range(2):  # for each message again
        (message,) = assemble(assembly, [*many, (FIN | CONTINUATION, b"")])
        assert message.data == ""
    with pytest.raises(TooManyFragments):
        assemble(make(), [*many, (CONTINUATION, b"")])


def test_parts_are_handed_over_as_they_come() -> None:
    frames = [(TEXT | RSV1, b"abc"), (CONTINUATION, b"d"), (FIN | CONTINUATION, b""), (FIN | BINARY, b"ef")]
    parts = assemble(make(in_parts=True, max_size=1), frames, step=2)
    assert all(isinstance(part, MessagePart) for part in parts)
    assert [(part.text, part.data, part.first, part.last, part.compressed) for part in parts] == [
        (True, b"ab", True, False, True),
        (True, b"c", False, False, True),
        (True, b"d", False, False, True),
        (True, b"", False, True, True),
        (False, b"ef", True, True, False),
    ]


@pytest.mark.parametrize("in_parts", [False, True])
def test_what_is_discarded_is_neither_kept_nor_looked_at(in_parts: bool) -> None:
    assembly = make(in_parts=in_parts)
    assemble(assembly, [(TEXT, b"x")])
    assembly.discard()
    assert not assembly.joins
    late = [(FIN | CONTINUATION, b"\xff"), (FIN | BINARY, bytes(MAX + 1)), (FIN | TEXT | RSV1, b"\xff" * 9)]
    assert assemble(assembly, late, step=1000) == []
    # How frames follow each other still counts.
    with pytest.raises(InvalidFrame):
        assembly.begin_frame(FIN | CONTINUATION, False, 1)

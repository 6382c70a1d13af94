"""A pipe carries bytes and endings between two protocols, when it is pumped."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_testing import byte_by_byte, memory_pipe, random_splits


class Peer(asyncio.Protocol):
    """Notes what arrives; answers each piece with itself where it echoes."""

    def __init__(self, *, echo: bool = False, keep_open: bool = False) -> None:
        self.echo = echo
        self.keep_open = keep_open
        self.pieces: list[bytes] = []
        self.eof = False
        self.lost: list[Exception | None] = []
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.pieces.append(data)
        if self.echo:
            self.transport.write(data)

    def eof_received(self) -> bool:
        self.eof = True
        return self.keep_open

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)


def test_bytes_go_both_ways_when_pumped() -> None:
    a, b = Peer(), Peer(echo=True)
    pipe = memory_pipe(a, b, a_extra={"peername": "b"}, b_extra={"peername": "a"})
    pipe.a.write(b"one")
    pipe.a.write(b"two")
    assert b.pieces == []
    assert pipe.pump() == 12
    assert (b.pieces, a.pieces) == ([b"onetwo"], [b"onetwo"])
    assert pipe.pump() == 0
    assert pipe.a.get_extra_info("peername") == "b"
    assert pipe.b.get_extra_info("peername") == "a"


@given(st.binary(max_size=200), st.integers())
def test_a_splitter_cuts_what_is_carried(data: bytes, seed: int) -> None:
    a, b = Peer(), Peer(echo=True)
    pipe = memory_pipe(a, b, splitter=lambda data: next(random_splits(data, 1, seed)))
    pipe.a.write(data)
    assert pipe.pump() == 2 * len(data)
    assert b"".join(a.pieces) == b"".join(b.pieces) == data


def test_a_known_splitter() -> None:
    a, b = Peer(), Peer()
    pipe = memory_pipe(a, b, splitter=byte_by_byte)
    pipe.a.write(b"abc")
    pipe.pump()
    assert b.pieces == [b"a", b"b", b"c"]


def test_a_splitter_that_loses_bytes() -> None:
    pipe = memory_pipe(Peer(), Peer(), splitter=lambda data: [data[1:]])
    pipe.a.write(b"abc")
    with pytest.raises(ValueError, match="do not join"):
        pipe.pump()


def test_held_writes_are_not_carried() -> None:
    a, b = Peer(), Peer()
    pipe = memory_pipe(a, b)
    pipe.a.hold_writes()
    pipe.a.write(b"abc")
    pipe.a.close()
    assert pipe.pump() == 0
    assert (b.eof, a.lost) == (False, [])
    pipe.a.release_writes(2)
    pipe.pump()
    assert (b.pieces, b.eof) == ([b"ab"], False)
    pipe.a.release_writes()
    pipe.pump()
    assert (b.pieces, b.eof, a.lost, b.lost) == ([b"ab", b"c"], True, [None], [None])


def test_closing_is_an_end_of_file_for_the_other() -> None:
    a, b = Peer(), Peer(keep_open=True)
    pipe = memory_pipe(a, b)
    pipe.a.write(b"last")
    pipe.a.close()
    pipe.pump()
    assert (b.pieces, b.eof, a.lost, b.lost) == ([b"last"], True, [None], [])
    pipe.b.write(b"too late")
    pipe.b.close()
    pipe.pump()
    assert (a.pieces, a.eof, b.lost) == ([], False, [None])


def test_one_direction_ends_alone() -> None:
    a, b = Peer(), Peer(keep_open=True)
    pipe = memory_pipe(a, b)
    pipe.a.write_eof()
    pipe.pump()
    pipe.b.write(b"answer")
    pipe.pump()
    assert (a.pieces, b.eof, a.lost, b.lost) == ([b"answer"], True, [], [])
    pipe.a.close()
    pipe.pump()
    assert (a.lost, b.lost) == ([None], [])


@pytest.mark.parametrize("half_closed", [False, True])
def test_an_aborted_end_is_a_reset_for_the_other(half_closed: bool) -> None:
    a, b = Peer(), Peer(keep_open=True)
    pipe = memory_pipe(a, b)
    if half_closed:
        pipe.a.write_eof()
        pipe.pump()
    pipe.a.abort()
    pipe.pump()
    assert a.lost == [None]
    assert isinstance(b.lost[0], ConnectionResetError)
    assert b.eof is half_closed


def test_a_chatter_without_end_is_reported() -> None:
    pipe = memory_pipe(Peer(echo=True), Peer(echo=True))
    pipe.a.write(b"ping")
    with pytest.raises(RuntimeError, match="not quiet after 20 rounds"):
        pipe.pump(max_rounds=20)

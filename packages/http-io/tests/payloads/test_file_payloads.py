"""Payloads of files."""

from __future__ import annotations

import asyncio
import codecs
import gzip
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewire_http_io.payloads import (
    BufferedReaderPayload,
    BytesIOPayload,
    BytesPayload,
    IOBasePayload,
    Payload,
    PayloadConsumed,
    PayloadReadError,
    TextIOPayload,
    get_payload,
)
from tidewire_http_io.payloads._body_writers import Collector
from tidewire_http_parser import LocalProtocolError
from tidewire_testing import assert_no_leaks

PIECE = 262144


class Pieces:
    """Keeps the pieces that are written, and blocks or fails at one of them."""

    def __init__(self, *, blocks_at: int | None = None, fails_at: int | None = None) -> None:
        self.pieces: list[bytes] = []
        self.blocks_at = blocks_at
        self.fails_at = fails_at

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        if len(self.pieces) == self.fails_at:
            raise ConnectionResetError("gone")
        if len(self.pieces) == self.blocks_at:
            await asyncio.get_running_loop().create_future()
        self.pieces.append(bytes(data))


async def written(payload: Payload, limit: int | None = None) -> bytes:
    collector = Collector()
    await payload.write_with_length(collector, limit)
    return collector.collected()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "some file.txt"
    path.write_bytes(b"0123456789")
    return path


def pipe(data: bytes) -> IO[bytes]:
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return os.fdopen(reading, "rb")


# Whole files.


async def test_a_file_is_written_from_its_position_as_often_as_wanted(path: Path) -> None:
    async with assert_no_leaks():
        file = path.open("rb")
        file.seek(2)
        payload = BufferedReaderPayload(file)
        assert (payload.size, payload.whole()) == (8, None)
        assert (payload.replayable, payload.consumed, payload.autoclose) == (True, False, False)
        for _ in range(2):
            payload.rewind()
            assert await written(payload) == b"23456789"
        assert await payload.as_bytes() == b"23456789"
        assert not payload.consumed
        await payload.close()
        assert file.closed
        assert (payload.replayable, payload.consumed) == (False, True)
        for doing in (written(payload), payload.as_bytes()):
            with pytest.raises(PayloadConsumed, match="closed"):
                await doing
        with pytest.raises(PayloadConsumed):
            payload.rewind()
        await payload.close()


async def test_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large"
    data = bytes(range(256)) * 2100
    path.write_bytes(data)
    payload = BufferedReaderPayload(path.open("rb"))
    writer = Pieces()
    await payload.write(writer)
    assert b"".join(writer.pieces) == data
    assert [len(piece) for piece in writer.pieces] == [PIECE, PIECE, len(data) - 2 * PIECE]
    await payload.close()


@pytest.mark.parametrize("limit", [0, 1, 8, 10, 100])
async def test_no_more_is_written_than_is_wanted(path: Path, limit: int) -> None:
    payload = IOBasePayload(path.open("rb", buffering=0))
    assert await written(payload, limit) == b"0123456789"[:limit]
    assert await written(payload) == b"0123456789"
    await payload.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=50), st.integers(0, 60), st.none() | st.integers(0, 60))
async def test_the_pieces_are_what_is_behind_the_position(
    tmp_path: Path, data: bytes, position: int, limit: int | None
) -> None:
    path = tmp_path / "content"
    path.write_bytes(data)
    for file in (path.open("rb"), io.BytesIO(data)):
        file.seek(position)
        payload = IOBasePayload(file)
        body = data[position:]
        assert payload.size == len(body)
        assert await written(payload, limit) == body[:limit]
        assert await payload.as_bytes() == body
        await payload.close()


async def test_what_is_appended_later_is_left_out(path: Path) -> None:
    payload = BufferedReaderPayload(path.open("rb"))
    with path.open("ab") as file:
        file.write(b"more")
    assert await written(payload) == b"0123456789"
    await payload.close()


async def test_a_file_that_becomes_shorter_is_an_error(path: Path) -> None:
    payload = BufferedReaderPayload(path.open("rb"))
    os.truncate(path, 3)
    with pytest.raises(PayloadReadError, match="shorter after 3 bytes") as caught:
        await written(payload)
    assert caught.value.position == 3
    assert await written(payload, 3) == b"012"
    await payload.close()


async def test_a_pipe_is_written_once() -> None:
    async with assert_no_leaks():
        payload = IOBasePayload(pipe(b"abc"))
        assert (payload.size, payload.replayable, payload.consumed) == (None, False, False)
        payload.rewind()
        assert await written(payload) == b"abc"
        assert payload.consumed
        with pytest.raises(PayloadConsumed, match="positioned"):
            await written(payload)
        with pytest.raises(PayloadConsumed):
            payload.rewind()
        await payload.close()


async def test_a_pipe_that_was_read_whole_is_kept() -> None:
    payload = IOBasePayload(pipe(b"abc"))
    assert await payload.as_bytes() == await payload.as_bytes() == b"abc"
    assert (payload.size, payload.replayable, payload.consumed) == (3, True, False)
    assert await written(payload) == b"abc"
    assert await written(payload, 2) == b"ab"
    await payload.close()


async def test_a_pipe_up_to_a_length() -> None:
    payload = IOBasePayload(pipe(b"abcdef"))
    assert await written(payload, 4) == b"abcd"
    await payload.close()


async def test_what_is_compressed_goes_out_decompressed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"abc" * 1000)
    payload = IOBasePayload(gzip.open(path))  # type: ignore[arg-type]  # noqa: SIM115
    assert payload.size is None
    for _ in range(2):
        assert await written(payload) == b"abc" * 1000
    await payload.close()


# Errors, cancelling and closing.


class Failing(io.BytesIO):
    """Fails at its second read."""

    error: Exception = OSError("bad sector")
    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > 1:
            raise self.error
        return super().read(size)


@pytest.mark.parametrize(
    "error", [OSError("bad sector"), ValueError("odd"), EOFError("cut off"), KeyError("x")]
)
async def test_a_file_that_fails_midway_is_a_designed_error(error: Exception) -> None:
    file = Failing(bytes(2 * PIECE))
    file.error = error
    payload = IOBasePayload(file)
    writer = Pieces()
    with pytest.raises(PayloadReadError, match="reading failed") as caught:
        await payload.write(writer)
    assert caught.value.__cause__ is error
    assert caught.value.position == PIECE
    assert len(writer.pieces) == 1
    await payload.close()
    assert file.closed


async def test_a_file_that_was_closed_elsewhere_is_a_designed_error(path: Path) -> None:
    file = path.open("rb")
    payload = BufferedReaderPayload(file)
    file.close()
    with pytest.raises(PayloadReadError, match="closed"):
        await written(payload)
    await payload.close()


@pytest.mark.parametrize("answer", ["text", None, 5])
async def test_a_file_that_gives_no_bytes_is_a_designed_error(answer: Any) -> None:
    class Odd(io.RawIOBase):
        def read(self, size: int = -1) -> Any:
            return answer

    payload = IOBasePayload(Odd())  # type: ignore[arg-type]
    with pytest.raises(PayloadReadError) as caught:
        await written(payload)
    assert isinstance(caught.value.__cause__, TypeError)
    await payload.close()


@pytest.mark.parametrize("kind", ["binary", "raw", "text", "pipe"])
@pytest.mark.parametrize("blocks_at", [0, None])
@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 20])
async def test_files_are_closed_wherever_writing_is_cancelled(
    path: Path, kind: str, turns: int, blocks_at: int | None
) -> None:
    def make() -> Payload:
        if kind == "text":
            return TextIOPayload(path.open())
        if kind == "pipe":
            return IOBasePayload(pipe(b"abc"))
        return IOBasePayload(path.open("rb", buffering=0 if kind == "raw" else -1))

    async def send(payload: Payload, writer: Pieces) -> None:
        try:
            await payload.write(writer)
        finally:
            await payload.close()

    async with assert_no_leaks():
        payload = make()
        task = asyncio.create_task(send(payload, Pieces(blocks_at=blocks_at)))
        await asyncio.sleep(0)
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        else:
            assert blocks_at is None
        # A closing that was cancelled goes on in a thread.
        await asyncio.get_running_loop().shutdown_default_executor()
        assert payload.value.closed


async def test_files_are_closed_where_the_writer_fails(path: Path) -> None:
    async with assert_no_leaks():
        payload = BufferedReaderPayload(path.open("rb"))
        with pytest.raises(ConnectionResetError):
            await payload.write(Pieces(fails_at=0))
        assert await written(payload) == b"0123456789"
        await payload.close()


async def test_a_cancelled_write_can_be_repeated(tmp_path: Path) -> None:
    path = tmp_path / "large"
    data = bytes(range(256)) * 2100
    path.write_bytes(data)
    for text in (False, True):
        payload: Payload = IOBasePayload(path.open("rb"))
        if text:
            await payload.close()
            payload = TextIOPayload(path.open(encoding="latin-1", newline=""))
        for turns in range(12):
            task = asyncio.create_task(payload.write(Pieces(blocks_at=1)))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            expected = data.decode("latin-1").encode() if text else data
            assert await written(payload) == expected
        await payload.close()


async def test_a_file_is_written_by_one_at_a_time(path: Path) -> None:
    payload = BufferedReaderPayload(path.open("rb"))
    writer = Pieces(blocks_at=0)
    task = asyncio.create_task(payload.write(writer))
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="elsewhere"):
        await written(payload)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await written(payload) == b"0123456789"
    await payload.close()


def test_a_closed_file_is_refused(path: Path) -> None:
    file = path.open("rb")
    file.close()
    with pytest.raises(ValueError, match="closed"):
        BufferedReaderPayload(file)


# File names and header fields.


@pytest.mark.parametrize(
    ("given", "disposition", "content_type"),
    [
        ({}, 'attachment; filename="some file.txt"', "text/plain"),
        ({"disposition": "inline"}, 'inline; filename="some file.txt"', "text/plain"),
        ({"disposition": None}, None, "text/plain"),
        ({"filename": "a.png"}, 'attachment; filename="a.png"', "image/png"),
        ({"content_type": "a/b"}, 'attachment; filename="some file.txt"', "a/b"),
        ({"headers": {"Content-Disposition": "inline"}}, "inline", "text/plain"),
    ],
)
def test_a_file_has_its_name(
    path: Path, given: dict[str, Any], disposition: str | None, content_type: str
) -> None:
    with path.open("rb") as file:
        payload = IOBasePayload(file, **given)
        assert payload.headers.get("Content-Disposition") == disposition
        assert payload.content_type == content_type
        assert payload.filename == given.get("filename", "some file.txt")


def test_files_without_name(path: Path) -> None:
    class Named(io.BytesIO):
        name: Any = None

    for name in (None, 5, "<stdin>", "", "a/"):
        file = Named()
        file.name = name
        payload = IOBasePayload(file)
        assert payload.filename is None
        assert "Content-Disposition" not in payload.headers
    file = Named()
    file.name = b"a/b.txt"
    assert IOBasePayload(file).filename == "b.txt"
    with os.fdopen(os.open(path, os.O_RDONLY), "rb") as opened:
        assert IOBasePayload(opened).filename is None


def test_a_name_that_may_not_go_out_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a\r\nX: b"
    path.touch()
    with path.open("rb") as file, pytest.raises(LocalProtocolError):
        IOBasePayload(file)


# Files in memory.


async def test_bytes_in_memory() -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(2)
    payload = BytesIOPayload(file)
    assert (payload.size, payload.whole(), payload.decode()) == (8, b"23456789", "23456789")
    assert (payload.replayable, payload.consumed, payload.autoclose) == (True, False, True)
    assert await written(payload) == b"23456789"
    assert payload.whole() == await payload.as_bytes() == b"23456789"
    assert await written(payload, 3) == b"234"
    await payload.close()
    assert not file.closed
    file.close()
    assert payload.whole() is None
    with pytest.raises(PayloadReadError, match="closed"):
        await written(payload)


async def test_many_bytes_in_memory_are_written_in_pieces() -> None:
    payload = BytesIOPayload(io.BytesIO(bytes(PIECE + 1)))
    assert payload.whole() is None
    with pytest.raises(TypeError, match="as_bytes"):
        payload.decode()
    writer = Pieces()
    await payload.write(writer)
    assert [len(piece) for piece in writer.pieces] == [PIECE, 1]


# Text.


TEXT = "aé\u20ac\n" * 50_000


@pytest.mark.parametrize("encoding", [None, "utf-8", "utf-16", "utf-32-be", "iso2022_jp", "utf-7", "latin-1"])
async def test_text_goes_out_in_its_encoding(tmp_path: Path, encoding: str | None) -> None:
    text = {"iso2022_jp": "aあ\n", "latin-1": "aé\n"}.get(encoding or "", "aé\u20ac\n") * 50_000
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8", newline="")
    payload = TextIOPayload(path.open(encoding="utf-8", newline=""), encoding=encoding)
    assert (payload.size, payload.replayable, payload.whole()) == (None, True, None)
    expected = text.encode(encoding or "utf-8")
    for _ in range(2):
        assert await written(payload) == expected
    assert (await payload.as_bytes()).decode(encoding or "utf-8") == text
    assert await written(payload, 3) == expected[:3]
    await payload.close()


@pytest.mark.parametrize(
    ("given", "content_type", "encoding"),
    [
        ({}, "text/plain; charset=utf-8", "utf-8"),
        ({"encoding": "latin-1"}, "text/plain; charset=latin-1", "latin-1"),
        (
            {"headers": {"Content-Type": "text/html; charset=latin-1"}},
            "text/html; charset=latin-1",
            "latin-1",
        ),
        ({"content_type": "text/css"}, "text/css", "utf-8"),
        ({"content_type": "text/css; charset=latin-1"}, "text/css; charset=latin-1", "latin-1"),
    ],
)
def test_text_has_its_charset(path: Path, given: dict[str, str], content_type: str, encoding: str) -> None:
    with path.open() as file:
        payload = TextIOPayload(file, **given)  # type: ignore[arg-type]
        assert (payload.content_type, payload.encoding) == (content_type, encoding)
        assert payload.headers["Content-Disposition"] == 'attachment; filename="some file.txt"'


async def test_text_is_written_from_its_position(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("éabc", encoding="utf-8")
    file = path.open(encoding="utf-8")
    file.read(2)
    payload = TextIOPayload(file)
    for _ in range(2):
        assert await written(payload) == b"bc"
    await payload.close()
    assert file.closed


async def test_text_from_a_pipe_is_kept_where_it_was_read_whole() -> None:
    payload = TextIOPayload(io.TextIOWrapper(pipe("é".encode()), encoding="utf-8"))
    assert (payload.size, payload.replayable) == (None, False)
    assert await payload.as_bytes() == b"\xc3\xa9"
    assert (payload.size, payload.replayable) == (2, True)
    await payload.close()


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (lambda path: TextIOPayload(path.open(encoding="ascii")), UnicodeDecodeError),
        (lambda path: TextIOPayload(path.open(encoding="utf-8"), encoding="ascii"), UnicodeEncodeError),
        (lambda path: TextIOPayload(path.open("rb")), TypeError),
    ],
)
async def test_text_that_cannot_be_read_or_written_is_a_designed_error(
    path: Path, make: Callable[[Path], Payload], cause: type[Exception]
) -> None:
    with path.open("wb") as file:
        file.write("é".encode())
    payload = make(path)
    with pytest.raises(PayloadReadError) as caught:
        await written(payload)
    assert isinstance(caught.value.__cause__, cause)
    await payload.close()


def test_a_charset_that_nobody_knows_is_refused(path: Path) -> None:
    with path.open() as file, pytest.raises(LocalProtocolError, match="no-such"):
        TextIOPayload(file, encoding="no-such")


async def test_an_encoder_that_holds_back_does_not_end_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pairs(codecs.IncrementalEncoder):
        """Encodes two characters at a time."""

        held = ""

        def encode(self, input: str, final: bool = False) -> bytes:  # noqa: A002
            self.held += input
            size = len(self.held) if final else len(self.held) // 70000 * 70000
            ready, self.held = self.held[:size], self.held[size:]
            return ready.encode()

    payload = TextIOPayload(io.StringIO(TEXT))
    monkeypatch.setattr(payload, "_codec", Pairs)
    assert await written(payload) == TEXT.encode()


# -- the system as the sender ---------------------------------------------------------------------


async def test_a_file_is_sent_by_the_system_from_its_position(path: Path) -> None:
    seen: list[bytes] = []

    async def sendfile(file: int, offset: int, count: int) -> int:
        seen.append(os.pread(file, count, offset))
        return len(seen[-1])

    with path.open("rb") as file:
        file.read(3)
        payload = BufferedReaderPayload(file)
        assert await payload.send_by(sendfile) == 7
        assert await payload.as_bytes() == b"3456789"
        assert await payload.send_by(sendfile) == 7
        await payload.close()
    assert seen == [b"3456789", b"3456789"]
    with pytest.raises(PayloadConsumed):
        await payload.send_by(sendfile)


async def test_what_the_system_has_no_file_of_has_to_be_written(path: Path) -> None:
    async def sendfile(file: int, offset: int, count: int) -> int:
        raise AssertionError("there is nothing to send")

    with path.open("rb") as read, path.open("rb+") as changing, path.open(encoding="utf-8") as text:
        read.seek(0, os.SEEK_END)
        for payload in (
            BufferedReaderPayload(read),
            IOBasePayload(changing),
            TextIOPayload(text),
            BytesIOPayload(io.BytesIO(b"x")),
            BytesPayload(b"x"),
        ):
            assert await payload.send_by(sendfile) == 0
    with gzip.open(path.with_suffix(".gz"), "wb") as packed:
        packed.write(b"x" * 1000)
    file: Any
    with gzip.open(path.with_suffix(".gz")) as file:
        assert await IOBasePayload(file).send_by(sendfile) == 0
        assert await IOBasePayload(io.BufferedReader(file)).send_by(sendfile) == 0


@pytest.mark.parametrize("mode", ["wb", "ab", "w"])
async def test_a_file_that_is_open_for_writing_is_named_as_such(tmp_path: Path, mode: str) -> None:
    payload = get_payload((tmp_path / "file").open(mode))
    with pytest.raises(PayloadReadError, match="not open for reading"):
        await payload.as_bytes()
    await payload.close()

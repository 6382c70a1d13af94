"""Encoded content can be decoded by the libraries, and by this one however it is cut."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.codings import ContentDecoder, ContentEncoder, available_codings
from tidewire_http_parser.codings._libraries import brotli, zstd

BROTLI: Any = brotli()
ZSTD: Any = zstd()
needs_br = pytest.mark.skipif(BROTLI is None, reason="Brotli is not installed")
needs_zstd = pytest.mark.skipif(ZSTD is None, reason="backports.zstd is not installed")
CODINGS = ["gzip", "deflate", pytest.param("br", marks=needs_br), pytest.param("zstd", marks=needs_zstd)]

DATA = b"".join(b"%d bottles of beer on the wall\n" % number for number in range(500))


def whole(coding: str, data: bytes, **options: Any) -> bytes:
    encoder = ContentEncoder(coding, **options)
    return encoder.encode(data) + encoder.finish()


def decoded_by_library(coding: str, data: bytes) -> bytes:
    match coding:
        case "gzip":
            return zlib.decompress(data, wbits=31)
        case "deflate":
            return zlib.decompress(data)
        case "br":
            return bytes(BROTLI.decompress(data))
        case _:
            return bytes(ZSTD.decompress(data))


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("data", [b"", b"a", DATA], ids=["empty", "one byte", "text"])
def test_the_libraries_decode_what_is_encoded(coding: str, data: bytes) -> None:
    encoded = whole(coding, data)
    assert decoded_by_library(coding, encoded) == data
    assert encoded
    assert len(encoded) < len(data) / 4 or len(data) < 2


@pytest.mark.parametrize("coding", CODINGS)
def test_what_was_flushed_can_be_decoded(coding: str) -> None:
    encoder = ContentEncoder(coding)
    decoder = ContentDecoder(coding)
    for event in (b"data: 1\n\n", b"data: 2\n\n", b"data: 3\n\n"):
        decoder.receive_data(encoder.encode(event) + encoder.flush())
        assert decoder.read(100) == event
        assert decoder.read(100) == b""
    decoder.receive_data(encoder.flush() + encoder.finish())
    decoder.receive_eof()
    assert decoder.read(100) == b""
    assert decoder.finished


@pytest.mark.parametrize("coding", CODINGS)
def test_the_same_calls_give_the_same_bytes(coding: str) -> None:
    assert whole(coding, DATA) == whole(coding, DATA)


def test_a_gzip_header_has_neither_time_nor_name() -> None:
    header = whole("gzip", DATA)[:10]
    assert header[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"


@pytest.mark.parametrize("coding", CODINGS)
def test_levels(coding: str) -> None:
    assert whole(coding, DATA, level=1) != whole(coding, DATA, level=9)
    for level in (0, 1, 9):
        assert decoded_by_library(coding, whole(coding, DATA, level=level)) == DATA


def test_strategies() -> None:
    assert whole("gzip", DATA, strategy=zlib.Z_HUFFMAN_ONLY) != whole("gzip", DATA)


@needs_br
def test_the_default_of_br_is_not_the_slowest() -> None:
    assert whole("br", DATA) == whole("br", DATA, level=5)
    assert whole("br", DATA) != whole("br", DATA, level=11)


@needs_zstd
@pytest.mark.parametrize("level", [19, *(pytest.param(level, marks=pytest.mark.slow) for level in (20, 22))])
def test_zstd_has_no_larger_windows_than_everyone_accepts(level: int) -> None:
    encoder = ContentEncoder("zstd", level=level)
    encoded = encoder.encode(b"a") + encoder.flush()
    window_descriptor = encoded[5]  # RFC 8878, section 3.1.1.1
    assert 1 << 10 + (window_descriptor >> 3) <= 8 * 2**20
    assert decoded_by_library("zstd", encoded + encoder.finish()) == b"a"


@pytest.mark.parametrize("coding", CODINGS)
def test_nothing_comes_after_the_end(coding: str) -> None:
    encoder = ContentEncoder(coding)
    encoder.finish()
    with pytest.raises(LocalProtocolError):
        encoder.encode(b"more")
    with pytest.raises(LocalProtocolError):
        encoder.flush()
    with pytest.raises(LocalProtocolError):
        encoder.finish()


@pytest.mark.parametrize("coding", ["", "identity", "x-gzip", "GZIP", "compress", "gzip, br"])
def test_unknown_codings(coding: str) -> None:
    with pytest.raises(LocalProtocolError, match="unknown"):
        ContentEncoder(coding)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("level", [-(2**70), -(2**31), 23, 2**31, 2**70])
def test_levels_that_there_are_not(coding: str, level: int) -> None:
    with pytest.raises(LocalProtocolError):
        ContentEncoder(coding, level=level)


@pytest.mark.parametrize("coding", CODINGS)
def test_strategies_that_there_are_not(coding: str) -> None:
    with pytest.raises(LocalProtocolError):
        ContentEncoder(coding, strategy=99)


@pytest.mark.parametrize(
    ("coding", "options"), [(b"gzip", {}), (None, {}), ("gzip", {"level": "6"}), ("gzip", {"strategy": 1.0})]
)
def test_arguments_of_other_types(coding: Any, options: Any) -> None:
    with pytest.raises(TypeError):
        ContentEncoder(coding, **options)


@pytest.mark.parametrize("coding", CODINGS)
def test_bytes_like_data(coding: str) -> None:
    encoder = ContentEncoder(coding)
    encoded = encoder.encode(bytearray(b"he")) + encoder.encode(memoryview(b"llo"))
    assert decoded_by_library(coding, encoded + encoder.finish()) == b"hello"
    with pytest.raises(TypeError):
        ContentEncoder(coding).encode("text")  # type: ignore[arg-type]


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.sampled_from(available_codings()),
    st.lists(st.tuples(st.binary(max_size=300), st.booleans()), max_size=8),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
    st.integers(1, 400),
)
def test_decoding_gives_what_was_encoded(
    coding: str, pieces: list[tuple[bytes, bool]], level: int, random: Any, max_output: int
) -> None:
    encoder = ContentEncoder(coding, level=level)
    encoded = b""
    for piece, flushed in pieces:
        encoded += encoder.encode(piece) + (encoder.flush() if flushed else b"")
    encoded += encoder.finish()
    decoder = ContentDecoder(coding)
    content = b""
    while encoded:
        size = random.randint(1, len(encoded))
        decoder.receive_data(encoded[:size])
        encoded = encoded[size:]
        for _ in range(random.choice((0, 1, 10**6))):
            output = decoder.read(max_output)
            assert len(output) <= max_output
            content += output
            if not output:
                break
    decoder.receive_eof()
    while output := decoder.read(max_output):
        assert len(output) <= max_output
        content += output
    assert decoder.finished
    assert content == b"".join(piece for piece, _ in pieces)

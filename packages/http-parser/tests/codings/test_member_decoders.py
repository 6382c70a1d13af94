"""The libraries behind one face: what is bounded, when input is needed, where a member ends."""

from __future__ import annotations

import zlib
from types import SimpleNamespace
from typing import Any

import pytest

from tidewire_http_parser import InvalidContentCoding, UnsupportedContentCoding
from tidewire_http_parser.codings import ContentEncoder
from tidewire_http_parser.codings._libraries import brotli, zstd
from tidewire_http_parser.codings._member_decoders import MemberDecoder, _BrotliMember, member_decoders

needs_br = pytest.mark.skipif(brotli() is None, reason="Brotli is not installed")
needs_zstd = pytest.mark.skipif(zstd() is None, reason="backports.zstd is not installed")
CODINGS = ["gzip", "deflate", pytest.param("br", marks=needs_br), pytest.param("zstd", marks=needs_zstd)]
DATA = bytes(range(256)) * 400


def encoded(coding: str, data: bytes = DATA) -> bytes:
    encoder = ContentEncoder(coding)
    return encoder.encode(data) + encoder.finish()


def drain(member: MemberDecoder, max_output: int) -> list[bytes]:
    outputs = []
    while not member.needs_input:
        outputs.append(member.decode(b"", max_output))
    return outputs


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("max_output", [1000, 32 * 1024, 100_000, len(DATA), 10**6])
def test_output_is_bounded_and_comes_without_more_input(coding: str, max_output: int) -> None:
    data = encoded(coding)
    member = member_decoders(coding)(data[0])
    assert member.needs_input
    outputs = [member.decode(data, max_output), *drain(member, max_output)]
    assert max(map(len, outputs)) <= max_output
    assert b"".join(outputs) == DATA
    assert member.eof
    assert member.unused == b""


@pytest.mark.parametrize("coding", CODINGS)
def test_a_member_is_not_at_its_end_before_its_last_byte(coding: str) -> None:
    data = encoded(coding, b"hello")
    member = member_decoders(coding)(data[0])
    output = b""
    for index in range(len(data)):
        assert member.needs_input
        assert not member.eof
        output += member.decode(data[index : index + 1], 100) + b"".join(drain(member, 100))
    assert member.eof
    assert output == b"hello"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_member_is_not_at_its_end_before_its_last_output(coding: str) -> None:
    data = encoded(coding, b"hello")
    member = member_decoders(coding)(data[0])
    assert member.decode(data, 3) == b"hel"
    assert not member.needs_input
    assert not member.eof
    assert b"".join(drain(member, 3)) == b"lo"
    assert member.eof


@pytest.mark.parametrize("coding", ["gzip", "deflate", pytest.param("zstd", marks=needs_zstd)])
@pytest.mark.parametrize("max_output", [1, 5, 100])
def test_what_follows_a_member_is_given_back(coding: str, max_output: int) -> None:
    data = encoded(coding, b"hello")
    member = member_decoders(coding)(data[0])
    member.decode(data + b"rest", max_output)
    drain(member, max_output)
    assert member.eof
    assert member.unused == b"rest"


@pytest.mark.parametrize("coding", CODINGS)
def test_corrupt_data_raises_what_is_announced(coding: str) -> None:
    member = member_decoders(coding)(0xFF)
    with pytest.raises(member.errors):
        member.decode(b"\xff" * 100, 100)


def test_raw_deflate() -> None:
    compressor = zlib.compressobj(wbits=-15)
    data = compressor.compress(DATA) + compressor.flush()
    member = member_decoders("deflate")(data[0])
    assert member.decode(data, len(DATA) + 1) == DATA
    assert member.eof


@needs_zstd
def test_a_skippable_frame_is_a_member() -> None:
    data = b"\x50\x2a\x4d\x18\x03\0\0\0abc"  # RFC 8878, section 3.1.2
    member = member_decoders("zstd")(data[0])
    assert member.decode(data + b"rest", 100) == b""
    assert member.eof
    assert member.unused == b"rest"


@pytest.mark.parametrize("coding", ["", "identity", "x-gzip", "GZIP", "compress", "aws-chunked"])
def test_unknown_codings(coding: str) -> None:
    with pytest.raises(UnsupportedContentCoding) as caught:
        member_decoders(coding)
    assert (caught.value.coding, caught.value.requirement) == (coding, None)


def brotli_library(*, accepts: bool, finished: bool, output: bytes) -> Any:
    """A library for br that always says the same."""
    decompressor = SimpleNamespace(
        process=lambda data, output_buffer_limit: output,
        can_accept_more_data=lambda: accepts,
        is_finished=lambda: finished,
    )
    return SimpleNamespace(error=ZeroDivisionError, Decompressor=lambda: decompressor)


def test_a_br_library_that_keeps_what_is_behind_the_end() -> None:
    member = _BrotliMember(brotli_library(accepts=False, finished=True, output=b"end"))
    with pytest.raises(InvalidContentCoding, match="behind the end"):
        member.decode(b"data", 100)


def test_a_br_library_that_neither_takes_nor_gives() -> None:
    member = _BrotliMember(brotli_library(accepts=False, finished=False, output=b""))
    assert member.decode(b"data", 100) == b""
    assert not member.needs_input
    with pytest.raises(InvalidContentCoding, match="does not go on"):
        member.decode(b"", 100)

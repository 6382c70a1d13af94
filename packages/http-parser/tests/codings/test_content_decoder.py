"""Encoded content, cut in every way, corrupt, too short, too long and made to blow up."""

from __future__ import annotations

import tracemalloc
import zlib
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewire_http_parser import (
    IncompleteContent,
    InvalidContentCoding,
    LocalProtocolError,
    UnsupportedContentCoding,
)
from tidewire_http_parser.codings import (
    MAX_CODINGS,
    MAX_MEMBERS,
    ContentDecoder,
    available_codings,
    parse_content_encoding,
)
from tidewire_http_parser.codings._libraries import brotli, zstd
from tidewire_testing import every_way

BROTLI: Any = brotli()
ZSTD: Any = zstd()
needs_br = pytest.mark.skipif(BROTLI is None, reason="Brotli is not installed")
needs_zstd = pytest.mark.skipif(ZSTD is None, reason="backports.zstd is not installed")
BR = pytest.param("br", marks=needs_br)
ZSTANDARD = pytest.param("zstd", marks=needs_zstd)
CODINGS = ["gzip", "deflate", "raw deflate", BR, ZSTANDARD]
MEMBERED = ["gzip", "deflate", "raw deflate", ZSTANDARD]

TEXT = b"".join(b"%d bottles of beer on the wall\n" % number for number in range(60))
MEBIBYTE = 2**20


def encode(coding: str, data: bytes) -> bytes:
    """Encode by the libraries themselves; `raw deflate` is what some senders call deflate."""
    match coding:
        case "gzip":
            return zlib.compress(data, wbits=31)
        case "deflate":
            return zlib.compress(data)
        case "raw deflate":
            return zlib.compress(data, wbits=-15)
        case "br":
            return bytes(BROTLI.compress(data, quality=5))
        case _:
            return bytes(ZSTD.compress(data, options={ZSTD.CompressionParameter.checksum_flag: 1}))


def decoder_of(coding: str) -> ContentDecoder:
    return ContentDecoder("deflate" if coding == "raw deflate" else coding)


def read_all(decoder: ContentDecoder, max_output: int = 1000) -> bytes:
    content = b""
    while output := decoder.read(max_output):
        assert len(output) <= max_output
        content += output
    return content


def read_all_until_error(decoder: ContentDecoder) -> tuple[bytes, InvalidContentCoding | None]:
    content = b""
    try:
        while output := decoder.read(1000):
            content += output
    except InvalidContentCoding as error:
        return content, error
    return content, None


def decode(coding: str, pieces: list[bytes], max_output: int = 1000) -> bytes:
    decoder = decoder_of(coding)
    content = b""
    for piece in pieces:
        decoder.receive_data(piece)
        content += read_all(decoder, max_output)
        assert decoder.buffered == 0
    decoder.receive_eof()
    content += read_all(decoder, max_output)
    assert decoder.finished
    return content


# How content is cut.


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("data", [b"", b"a", TEXT], ids=["empty", "one byte", "text"])
def test_every_split_gives_the_same_content(coding: str, data: bytes) -> None:
    for label, pieces in every_way(encode(coding, data)):
        assert decode(coding, pieces) == data, label


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("max_output", [1, 2, 7, len(TEXT) - 1, len(TEXT), len(TEXT) + 1])
def test_every_bound_gives_the_same_content(coding: str, max_output: int) -> None:
    assert decode(coding, [encode(coding, TEXT)], max_output) == TEXT


@pytest.mark.parametrize("coding", CODINGS)
def test_much_content_at_once(coding: str) -> None:
    data = b"".join(number.to_bytes(4, "little") for number in range(50_000))
    decoder = decoder_of(coding)
    decoder.receive_data(encode(coding, data))
    decoder.receive_eof()
    content = b""
    while not decoder.finished:
        content += decoder.read(10_000)
    assert content == data


@pytest.mark.parametrize("value", ["", "identity", "Identity, IDENTITY", ","])
def test_content_that_is_not_encoded(value: str) -> None:
    decoder = ContentDecoder(value)
    decoder.receive_data(b"hello")
    assert decoder.read(3) == b"hel"
    assert decoder.read(3) == b"lo"
    decoder.receive_eof()
    assert decoder.read(3) == b""
    assert decoder.finished


@pytest.mark.parametrize("value", ["GZIP", "x-gzip", "X-GZip", "identity, gzip", " gzip\t,"])
def test_ways_to_write_gzip(value: str) -> None:
    assert decode(value, [encode("gzip", TEXT)]) == TEXT


@pytest.mark.parametrize(
    "codings", [("gzip", "deflate"), ("deflate", "gzip", "gzip"), ("gzip", "raw deflate")]
)
def test_codings_are_taken_off_in_reverse_order(codings: tuple[str, ...]) -> None:
    data = TEXT
    for coding in codings:
        data = encode(coding, data)
    value = ", ".join(codings).replace("raw ", "")
    for label, pieces in every_way(data, pairs_below=0):
        assert decode(value, pieces, 7) == TEXT, label


@needs_br
@needs_zstd
def test_br_and_zstd_over_each_other() -> None:
    assert decode("br, zstd, br", [encode("br", encode("zstd", encode("br", TEXT)))]) == TEXT


# What the caller sees.


def test_what_waits_is_counted() -> None:
    decoder = ContentDecoder("gzip")
    assert decoder.needs_data
    assert not decoder.finished
    encoded = encode("gzip", TEXT)
    decoder.receive_data(encoded)
    assert decoder.buffered == len(encoded)
    assert not decoder.needs_data
    assert decoder.read(1) == TEXT[:1]
    assert not decoder.needs_data
    assert read_all(decoder) == TEXT[1:]
    assert decoder.buffered == 0
    assert decoder.needs_data
    decoder.receive_data(b"")
    assert decoder.needs_data
    decoder.receive_eof()
    assert not decoder.needs_data
    assert not decoder.finished
    assert decoder.read(1) == b""
    assert decoder.finished
    assert not decoder.needs_data
    assert decoder.read(1) == b""


def test_nothing_is_held_behind_the_end() -> None:
    encoded = encode("gzip", TEXT)
    tracemalloc.start()
    try:
        decoder = ContentDecoder("gzip")
        decoder.receive_data(encoded)
        decoder.read(1)
        during = tracemalloc.get_traced_memory()[0]
        decoder.receive_eof()
        assert read_all(decoder) == TEXT[1:]
        assert tracemalloc.get_traced_memory()[0] < during - 30_000  # zlib's window
    finally:
        tracemalloc.stop()


def test_no_data_after_the_end() -> None:
    decoder = ContentDecoder("gzip")
    decoder.receive_eof()
    with pytest.raises(LocalProtocolError):
        decoder.receive_data(b"")


def test_bytes_like_data() -> None:
    decoder = ContentDecoder("gzip")
    encoded = encode("gzip", TEXT)
    decoder.receive_data(bytearray(encoded[:9]))
    decoder.receive_data(memoryview(encoded)[9:])
    assert read_all(decoder) == TEXT


@pytest.mark.parametrize("data", ["text", None, 5, [1, 2]])
def test_data_of_other_types(data: Any) -> None:
    decoder = ContentDecoder("gzip")
    with pytest.raises(TypeError):
        decoder.receive_data(data)
    assert decoder.buffered == 0


@pytest.mark.parametrize(
    ("max_output", "error"), [(0, ValueError), (-1, ValueError), (None, TypeError), (1.0, TypeError)]
)
def test_bounds_that_are_none(max_output: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        ContentDecoder("gzip").read(max_output)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bound_above_every_length(coding: str) -> None:
    decoder = decoder_of(coding)
    decoder.receive_data(encode(coding, TEXT))
    assert read_all(decoder, 2**64) == TEXT


@pytest.mark.parametrize("value", [None, b"gzip", ("gzip",)])
def test_content_encodings_of_other_types(value: Any) -> None:
    with pytest.raises(TypeError):
        ContentDecoder(value)


# Codings that are refused.


@pytest.mark.parametrize(
    "value", ["compress", "gzip, aws-chunked", "gzip;q=1", "gz\u0130p", "\uff47zip", "*"]
)
def test_unknown_codings(value: str) -> None:
    with pytest.raises(UnsupportedContentCoding) as caught:
        ContentDecoder(value)
    assert caught.value.requirement is None
    assert caught.value.coding == parse_content_encoding(value)[-1]
    assert caught.value.status == 415


def test_a_message_has_only_so_many_codings() -> None:
    ContentDecoder(", ".join(["gzip"] * MAX_CODINGS) + ", identity,,")
    with pytest.raises(InvalidContentCoding, match="more than"):
        ContentDecoder(", ".join(["gzip"] * (MAX_CODINGS + 1)))


# Members.


@pytest.mark.parametrize("coding", MEMBERED)
def test_members_follow_each_other(coding: str) -> None:
    parts = [b"one ", b"", b"two ", TEXT]
    encoded = b"".join(encode(coding, part) for part in parts)
    for label, pieces in every_way(encoded):
        assert decode(coding, pieces) == b"".join(parts), label


@needs_zstd
def test_skippable_frames_are_skipped() -> None:
    skippable = b"\x5f\x2a\x4d\x18\x03\0\0\0abc"
    for label, pieces in every_way(skippable + encode("zstd", b"hello") + skippable):
        assert decode("zstd", pieces) == b"hello", label


@pytest.mark.parametrize("coding", MEMBERED)
@pytest.mark.parametrize("data", [b"", b"a"], ids=["empty", "one byte"])
def test_there_are_only_so_many_members(coding: str, data: bytes) -> None:
    member = encode(coding, data)
    assert decode(coding, [member * MAX_MEMBERS]) == data * MAX_MEMBERS
    decoder = decoder_of(coding)
    decoder.receive_data(member * MAX_MEMBERS)
    assert read_all(decoder) == data * MAX_MEMBERS
    decoder.receive_data(member[:1])
    with pytest.raises(InvalidContentCoding, match="behind member 1024"):
        decoder.read(1000)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("garbage", [b"\0", b"\0" * 512, b"\xff", b"\r\n", b"<html></html>"])
def test_nothing_else_follows_the_last_member(coding: str, garbage: bytes) -> None:
    encoded = encode(coding, TEXT) + garbage
    for label, pieces in every_way(encoded, pairs_below=0):
        with pytest.raises(InvalidContentCoding):
            print(label, decode(coding, pieces))


@needs_br
def test_br_streams_do_not_follow_each_other() -> None:
    stream = encode("br", b"hello")
    for label, pieces in every_way(stream * 2):
        with pytest.raises(InvalidContentCoding):
            print(label, decode("br", pieces))


def test_another_format_does_not_follow() -> None:
    for first, second in (("deflate", "raw deflate"), ("raw deflate", "deflate"), ("gzip", "deflate")):
        with pytest.raises(InvalidContentCoding):
            decode(first, [encode(first, TEXT) + encode(second, TEXT)])


# Corrupt and incomplete content.


@pytest.mark.parametrize("coding", CODINGS)
def test_no_content_at_all_is_accepted(coding: str) -> None:
    assert decode(coding, []) == b""
    assert decode(coding, [b"", b""]) == b""


def test_no_content_within_a_coding_is_accepted() -> None:
    assert decode("deflate, gzip", [encode("gzip", b"")]) == b""


@pytest.mark.parametrize("coding", CODINGS)
def test_content_that_ends_too_early(coding: str) -> None:
    encoded = encode(coding, TEXT)
    for length in range(1, len(encoded)):
        decoder = decoder_of(coding)
        decoder.receive_data(encoded[:length])
        content = read_all(decoder)
        assert TEXT.startswith(content)
        decoder.receive_eof()
        with pytest.raises(IncompleteContent):
            decoder.read(1000)
        assert not decoder.finished


@pytest.mark.parametrize("coding", MEMBERED)
def test_a_second_member_that_ends_too_early(coding: str) -> None:
    encoded = encode(coding, TEXT)
    for length in range(1, len(encoded)):
        with pytest.raises(IncompleteContent):
            decode(coding, [encoded + encoded[:length]])


@pytest.mark.parametrize("inner_length", [1, 50])
def test_an_inner_coding_that_ends_too_early(inner_length: int) -> None:
    inner = encode("deflate", TEXT)[:inner_length]
    with pytest.raises(IncompleteContent, match="deflate"):
        decode("deflate, gzip", [encode("gzip", inner)])
    with pytest.raises(IncompleteContent, match="gzip"):
        decode("deflate, gzip", [encode("gzip", inner)[:-1]])


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("change", [0x01, 0x80, 0xFF])
def test_content_with_one_byte_changed(coding: str, change: int) -> None:
    """Where there is a checksum, wrong content is never complete; elsewhere it ends somehow, and within bounds."""
    encoded = encode(coding, TEXT)
    refused = 0
    for index in range(len(encoded)):
        corrupt = bytearray(encoded)
        corrupt[index] ^= change
        try:
            content = decode(coding, [bytes(corrupt)])
        except InvalidContentCoding:
            refused += 1
        else:
            assert content == TEXT or coding in ("raw deflate", "br")
    assert refused > len(encoded) // 2 or coding in ("raw deflate", "br")
    assert refused > 0


@pytest.mark.parametrize("coding", CODINGS)
def test_an_error_is_raised_by_every_further_call(coding: str) -> None:
    decoder = decoder_of(coding)
    decoder.receive_data(b"\xff" * 100)
    with pytest.raises(InvalidContentCoding) as caught:
        decoder.read(1000)
    for call in (lambda: decoder.read(1000), decoder.receive_eof, lambda: decoder.receive_data(b"a")):
        with pytest.raises(InvalidContentCoding) as again:
            call()
        assert again.value is caught.value
    assert caught.value.__cause__ is not None
    assert caught.value.status == 400
    assert decoder.buffered == 0
    assert not decoder.finished


def test_the_end_that_is_missing_is_raised_by_every_further_call() -> None:
    decoder = ContentDecoder("gzip")
    decoder.receive_data(encode("gzip", TEXT)[:-1])
    decoder.receive_eof()
    content, error = read_all_until_error(decoder)
    assert content == TEXT
    with pytest.raises(IncompleteContent) as caught:
        decoder.read(1)
    assert caught.value is error


@pytest.mark.parametrize("what", ["header checksum", "preset dictionary"])
def test_what_gzip_and_deflate_headers_may_not_say(what: str) -> None:
    if what == "header checksum":
        coding, data = "gzip", b"\x1f\x8b\x08\x02" + bytes(6) + b"\xff\xff" + encode("gzip", TEXT)[10:]
    else:
        compressor = zlib.compressobj(zdict=TEXT)
        coding, data = "deflate", compressor.compress(TEXT) + compressor.flush()
    with pytest.raises(InvalidContentCoding):
        decode(coding, [data])


def test_a_gzip_header_with_every_field() -> None:
    header = b"\x1f\x8b\x08\x1e" + bytes(6) + b"\x03\x00abc" + b"name\0" + b"comment\0"
    header += zlib.crc32(header).to_bytes(4, "little")[:2]
    for label, pieces in every_way(header + encode("gzip", TEXT)[10:], pairs_below=0):
        assert decode("gzip", pieces) == TEXT, label


# Windows.


def zstd_frame(window_descriptor: int, runs: int, run: int = 1) -> bytes:
    """Return a zstd frame of runs of zeros (RFC 8878, section 3.1.1)."""
    block = (run << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    last = (1 << 3 | 1 << 1 | 1).to_bytes(3, "little") + b"\0"
    return b"\x28\xb5\x2f\xfd\x00" + bytes([window_descriptor]) + block * runs + last


@needs_zstd
def test_zstd_windows_have_8_mebibytes_at_most() -> None:
    largest = 13 << 3  # an exponent of 13 above 2^10, and no eighths
    assert decode("zstd", [zstd_frame(largest, 5)]) == bytes(6)
    with pytest.raises(InvalidContentCoding):
        decode("zstd", [zstd_frame(largest + 1, 5)])


@needs_br
def test_br_has_no_large_windows() -> None:
    # 0010001 is what the format left free and "large window brotli" took (RFC 7932, section 9.1); 24 bits follow.
    with pytest.raises(InvalidContentCoding):
        decode("br", [b"\x11\x18" + encode("br", TEXT)[1:]])


# What blows up.


def deflate_bomb(mebibytes: int) -> bytes:
    """Return zeros in raw deflate, without an end: after a full flush everything is as at the beginning."""
    compressor = zlib.compressobj(level=9, wbits=-15)
    return (compressor.compress(bytes(MEBIBYTE)) + compressor.flush(zlib.Z_FULL_FLUSH)) * mebibytes


def bomb(coding: str, mebibytes: int) -> bytes:
    """Return content that blows up to so many MiB, without its end; zstd has one."""
    match coding:
        case "deflate":
            return deflate_bomb(mebibytes)
        case "gzip":
            return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + deflate_bomb(mebibytes)
        case "gzip, gzip":
            return zlib.compress(bomb("gzip", mebibytes), wbits=31)
        case "br":
            compressor = BROTLI.Compressor(quality=5)
            first = compressor.process(bytes(MEBIBYTE)) + compressor.flush()
            return bytes(first + (compressor.process(bytes(MEBIBYTE)) + compressor.flush()) * (mebibytes - 1))
        case _:
            return zstd_frame(13 << 3, 8 * mebibytes, MEBIBYTE // 8)


@pytest.mark.parametrize(
    ("coding", "size"),
    [
        # What 10 GiB come to, in bytes.
        ("deflate", 12_000_000),
        ("gzip", 12_000_000),
        ("gzip, gzip", 60_000),
        pytest.param("br", 150_000, marks=needs_br),
        pytest.param("zstd", 400_000, marks=needs_zstd),
    ],
)
def test_a_bomb_is_not_made_further_than_it_is_read(coding: str, size: int) -> None:
    encoded = bomb(coding, 10 * 1024)
    assert len(encoded) < size
    decoder = ContentDecoder(coding)
    decoder.receive_data(encoded)
    del encoded
    before = decoder.buffered
    tracemalloc.start()
    try:
        lengths = [len(decoder.read(0x10000)) for _ in range(64)]
        assert tracemalloc.get_traced_memory()[1] < MEBIBYTE // 2
    finally:
        tracemalloc.stop()
    assert 0 < max(lengths) <= 0x10000
    assert sum(lengths) > 64 * 10_000
    assert not decoder.needs_data
    if coding != "gzip, gzip":  # there, few bytes make the whole inner layer
        assert before - decoder.buffered < 20_000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("coding", "mebibytes"),
    [
        ("gzip, gzip", 256),
        pytest.param("br", 256, marks=needs_br),
        pytest.param("zstd", 10 * 1024, marks=needs_zstd),
    ],
)
def test_a_bomb_to_its_end(coding: str, mebibytes: int) -> None:
    decoder = ContentDecoder(coding)
    decoder.receive_data(bomb(coding, mebibytes))
    content = longest = 0
    while output := decoder.read(MEBIBYTE):
        content += len(output)
        longest = max(longest, len(output))
    assert content == mebibytes * MEBIBYTE + (coding == "zstd")
    assert longest <= MEBIBYTE


def empty_gzip(mebibytes: int, behind: bytes = b"") -> bytes:
    """Return gzip, without its end, of so much content that has nothing in it; what is behind comes after each MiB."""
    blocks = b"\0\0\0\xff\xff" * (MEBIBYTE // 5) + behind
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + blocks * mebibytes


@pytest.mark.parametrize("behind", [b"", b"\0\x01\0\xfe\xffx"], ids=["nothing", "a byte"])
@pytest.mark.parametrize("pieces", [1, 100])
def test_what_blows_up_to_nothing_is_refused(pieces: int, behind: bytes) -> None:
    encoded = encode("gzip", encode("gzip", empty_gzip(8, behind)))
    assert len(encoded) < 1000
    decoder = ContentDecoder("gzip, gzip, gzip")
    size = len(encoded) // pieces + 1
    error = None
    for start in range(0, len(encoded), size):
        if error is None:
            decoder.receive_data(encoded[start : start + size])
            _, error = read_all_until_error(decoder)
    assert error is not None
    assert "hardly anything" in str(error)


def test_what_was_sent_as_nothing_is_read_as_that() -> None:
    decoder = ContentDecoder("gzip")
    decoder.receive_data(empty_gzip(3))
    assert decoder.read(0x10000) == b""
    assert decoder.needs_data


@pytest.mark.slow
def test_small_pieces_under_two_codings() -> None:
    compressor = zlib.compressobj(wbits=31)
    pieces = [compressor.compress(b"x") + compressor.flush(zlib.Z_SYNC_FLUSH) for _ in range(200_000)]
    inner = b"".join(pieces) + compressor.flush()
    assert len(inner) > MEBIBYTE
    decoder = ContentDecoder("gzip, gzip")
    decoder.receive_data(encode("gzip", inner))
    decoder.receive_eof()
    assert len(read_all(decoder, 0x10000)) == 200_000
    assert decoder.finished


def test_stopping_early_leaves_the_rest_undone() -> None:
    decoder = ContentDecoder("gzip")
    encoded = bomb("gzip", 1024)
    decoder.receive_data(encoded)
    content = 0
    while content <= MEBIBYTE:
        content += len(decoder.read(0x10000))
    assert content <= MEBIBYTE + 0x10000
    assert decoder.buffered > len(encoded) * 0.9


@pytest.mark.parametrize("coding", CODINGS)
def test_input_is_given_to_the_library_in_slices(coding: str) -> None:
    """Libraries copy what they did not get to, and would copy all of it for each byte of output."""
    content = Random(5).randbytes(MEBIBYTE)
    encoded = encode(coding, content)
    decoder = decoder_of(coding)
    decoder.receive_data(encoded)
    for index in range(1000):
        assert decoder.read(1) == content[index : index + 1]
    assert len(encoded) - 20_000 < decoder.buffered < len(encoded)


# Anything.


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([*available_codings(), "gzip, deflate", "deflate, gzip"]),
    st.lists(st.binary(max_size=60), max_size=6),
    st.integers(1, 100),
    st.booleans(),
)
def test_any_bytes_give_bounded_output_and_designed_errors(
    coding: str, pieces: list[bytes], max_output: int, valid_start: bool
) -> None:
    if valid_start and "," not in coding:
        pieces = [encode(coding, TEXT)[:40], *pieces]
    try:
        decode(coding, pieces, max_output)
    except InvalidContentCoding as error:
        assert error.status == 400  # noqa: PT017


@pytest.mark.skipif(zstd() is None, reason="needs a library for zstd")
def test_an_empty_frame_that_claims_a_size_is_judged_alike_for_every_cut() -> None:
    """libzstd finds fault with it where all of it is there at once, and only there."""
    frame = bytes.fromhex("28b52ffd 24 10 010000 99e9d851")
    outcomes: set[bytes] = set()
    for _, pieces in every_way(frame, random_count=10, pairs_below=20):
        outcomes.add(decode("zstd", pieces, 16))
    assert outcomes == {b""}


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.sampled_from(available_codings()),
    st.lists(st.binary(max_size=40) | st.just(TEXT), max_size=3),
    st.integers(0, 50),
    st.integers(0, 10**6),
    st.integers(1, 5000),
)
def test_whether_there_is_an_error_does_not_depend_on_how_content_is_cut(
    coding: str, members: list[bytes], cut: int, place: int, max_output: int
) -> None:
    encoded = bytearray(b"".join(encode(coding, member) for member in members))
    del encoded[len(encoded) - min(cut, len(encoded)) // 4 :]
    if encoded and place % 2:
        encoded[place % len(encoded)] ^= 0x10
    outcomes: set[tuple[bytes, type[Exception] | None]] = set()
    for _, pieces in every_way(bytes(encoded), random_count=3, pairs_below=0):
        try:
            outcomes.add((decode(coding, pieces, max_output), None))
        except InvalidContentCoding as error:
            outcomes.add((b"", type(error)))
    assert len(outcomes) == 1

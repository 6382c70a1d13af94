"""Content-Transfer-Encoding: base64 and quoted-printable, piece by piece."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_io.forms import InvalidTransferEncoding
from tidewire_http_io.forms._transfer_encodings import (
    Base64Decoder,
    Base64Encoder,
    QuotedPrintableDecoder,
    QuotedPrintableEncoder,
    aligned_end,
    transfer_encoding_name,
)

DECODERS: dict[str, type[Base64Decoder | QuotedPrintableDecoder]] = {
    "base64": Base64Decoder,
    "quoted-printable": QuotedPrintableDecoder,
}
ENCODERS: dict[str, type[Base64Encoder | QuotedPrintableEncoder]] = {
    "base64": Base64Encoder,
    "quoted-printable": QuotedPrintableEncoder,
}


def decoded(name: str, pieces: Iterable[bytes]) -> bytes:
    decoder = DECODERS[name]()
    found = b"".join([decoder.decode(piece) for piece in pieces])
    return found + decoder.finish()


def encoded(name: str, pieces: Iterable[bytes]) -> bytes:
    encoder = ENCODERS[name]()
    found = b"".join([encoder.encode(piece) for piece in pieces])
    return found + encoder.finish()


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.slow
@pytest.mark.parametrize("name", DECODERS)
@given(data=st.binary(max_size=400), size=st.integers(1, 80), other=st.integers(1, 80))
def test_what_was_encoded_is_decoded_again_however_both_are_cut(
    name: str, data: bytes, size: int, other: int
) -> None:
    octets = encoded(name, cut(data, size))
    assert octets == encoded(name, [data])
    assert decoded(name, cut(octets, other)) == data
    assert max(map(len, octets.split(b"\r\n"))) <= 76
    assert octets.isascii()


@given(data=st.binary(max_size=300))
def test_base64_is_read_by_others_and_from_others(data: bytes) -> None:
    assert base64.b64decode(encoded("base64", [data])) == data
    assert decoded("base64", [base64.encodebytes(data)]) == data
    assert decoded("base64", [base64.b64encode(data)]) == data


@pytest.mark.slow
@given(text=st.text(max_size=200))
def test_quoted_printable_is_read_by_others_and_from_others(text: str) -> None:
    data = text.encode("utf-8", "replace").replace(b"\r", b"").replace(b"\n", b"\r\n")
    assert quopri.decodestring(encoded("quoted-printable", [data])) == data
    assert decoded("quoted-printable", [quopri.encodestring(data)]) == data.replace(b"\r\n", b"\r\n")


@pytest.mark.parametrize(
    ("octets", "data"),
    [
        (b"", b""),
        (b"YQ==", b"a"),
        (b" Y\tQ\r\n=\n=\r\n", b"a"),
        (b"YWJj\r\nZGVm\r\n", b"abcdef"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_base64(octets: bytes, data: bytes, size: int) -> None:
    assert decoded("base64", cut(octets, size)) == data


@pytest.mark.parametrize(
    "octets",
    [
        b"Y",
        b"YQ",
        b"YQ=",
        b"YQ==YQ==",
        b"YQ==Y",
        b"=",
        b"====",
        b"Y=Q=",
        b"YWJ!",
        b"YW-_",
        b"YWJj\0",
        b"\xc3\xa9YW",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_what_is_no_base64_is_refused_however_it_is_cut(octets: bytes, size: int) -> None:
    with pytest.raises(InvalidTransferEncoding):
        decoded("base64", cut(octets, size))


@pytest.mark.parametrize(
    ("octets", "data"),
    [
        (b"", b""),
        (b"=C3=A4 =c3=a4", b"\xc3\xa4 \xc3\xa4"),
        (b"a=\r\nb=\nc", b"abc"),
        (b"a= \t\r\nb", b"ab"),
        (b"a \t\r\nb\t\nc  ", b"a\r\nb\nc"),
        (b"a\rb\r", b"a\rb\r"),
        (b"=3D=3D", b"=="),
        (b"=3D=\r\n", b"="),
        (b"a\r\n\r\nb", b"a\r\n\r\nb"),
        (b"x \r", b"x \r"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_quoted_printable(octets: bytes, data: bytes, size: int) -> None:
    assert decoded("quoted-printable", cut(octets, size)) == data


@pytest.mark.parametrize(
    "octets",
    [b"=", b"=4", b"a= ", b"=ZZ", b"=4\r\n", b"==\r\n", b"=\rx", b"= x", b"a" + b" " * 1500, b"\r" * 1500],
)
@pytest.mark.parametrize("size", [1, 2, 7, 5000])
def test_what_is_no_quoted_printable_is_refused_however_it_is_cut(octets: bytes, size: int) -> None:
    with pytest.raises(InvalidTransferEncoding):
        decoded("quoted-printable", cut(octets, size))


@pytest.mark.slow
@given(octets=st.text(alphabet="=4D \t\r\nax", max_size=40).map(str.encode), size=st.integers(1, 5))
def test_quoted_printable_means_the_same_however_it_is_cut(octets: bytes, size: int) -> None:
    outcomes = []
    for pieces in ([octets], cut(octets, size)):
        try:
            outcomes.append(decoded("quoted-printable", pieces))
        except InvalidTransferEncoding:
            outcomes.append(b"refused")
    assert outcomes[0] == outcomes[1]


def test_a_line_that_never_ends_is_not_kept() -> None:
    decoder = QuotedPrintableDecoder()
    assert len(b"".join([decoder.decode(b"a" * 1000) for _ in range(100)])) == 100_000


@pytest.mark.parametrize(
    ("data", "octets"),
    [
        (b"a b\tc", b"a b\tc"),
        (b"a \r\nb\t", b"a=20\r\nb=09"),
        (b"a\nb\rc=", b"a=0Ab=0Dc=3D"),
        (b"\x00\x7f\xff", b"=00=7F=FF"),
        (b"x" * 80, b"x" * 75 + b"=\r\n" + b"x" * 5),
    ],
)
def test_what_is_written_as_quoted_printable(data: bytes, octets: bytes) -> None:
    assert encoded("quoted-printable", [data]) == octets
    assert encoded("quoted-printable", cut(data, 1)) == octets


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("", ""),
        ("7bit", ""),
        (" 8BIT", ""),
        ("Binary", ""),
        ("BASE64 ", "base64"),
        ("x-uuencode", "x-uuencode"),
    ],
)
def test_names_have_no_case_and_those_that_change_nothing_none(value: str, name: str) -> None:
    assert transfer_encoding_name(value) == name


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (b"", 0),
        (b"\r\n", 2),
        (b"abc", 0),
        (b"abcd", 4),
        (b"abcd\r\nefg", 6),
        (b"ab\r\ncdef", 6),
        (b"abcdefgh\r\n", 10),
    ],
)
def test_where_the_last_group_of_base64_ends(text: bytes, end: int) -> None:
    assert aligned_end(text) == end


def test_a_group_of_base64_does_not_have_white_space_without_end() -> None:
    with pytest.raises(InvalidTransferEncoding):
        aligned_end(b"ab" + b" " * 2000)

"""Content coding and transfer encoding of a part, one around the other."""

from __future__ import annotations

import base64
import gzip

import pytest

from tidewire_http_io.forms import UnsupportedTransferEncoding
from tidewire_http_io.forms._part_codings import PartDecoder, PartEncoder, is_encoded
from tidewire_http_parser import (
    IncompleteContent,
    InvalidContentCoding,
    LocalProtocolError,
    UnsupportedContentCoding,
)

DATA = b"0123456789" * 10_000


def decoded(decoder: PartDecoder, pieces: list[bytes], step: int) -> bytes:
    found = []
    for piece in [*pieces, None]:
        if piece is None:
            decoder.receive_eof()
        else:
            decoder.receive_data(piece)
        while data := decoder.read(step):
            assert len(data) <= step
            found.append(data)
        assert decoder.finished == (piece is None)
    return b"".join(found)


@pytest.mark.parametrize("coding", ["", "identity", "gzip", "deflate"])
@pytest.mark.parametrize("transfer", ["", "8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("size", [777, 200_000])
def test_what_was_encoded_is_decoded(coding: str, transfer: str, size: int) -> None:
    encoder = PartEncoder(transfer, coding)
    octets = (
        b"".join([encoder.encode(DATA[n : n + size]) for n in range(0, len(DATA), size)]) + encoder.finish()
    )
    pieces = [octets[n : n + size] for n in range(0, len(octets), size)]
    assert decoded(PartDecoder(transfer, coding), pieces, 5000) == DATA
    assert (octets != DATA) == is_encoded(transfer, coding)


def test_the_transfer_encoding_is_around_the_coding() -> None:
    assert decoded(PartDecoder("base64", "gzip"), [base64.b64encode(gzip.compress(DATA))], 100) == DATA


def test_nothing_at_all() -> None:
    for transfer, coding in (("", ""), ("base64", ""), ("", "gzip"), ("quoted-printable", "gzip")):
        assert decoded(PartDecoder(transfer, coding), [], 100) == b""


def test_what_is_unknown() -> None:
    with pytest.raises(UnsupportedTransferEncoding) as caught:
        PartDecoder("x-uuencode", "")
    assert caught.value.encoding == "x-uuencode"
    with pytest.raises(UnsupportedContentCoding):
        PartDecoder("", "x-none")
    with pytest.raises(InvalidContentCoding):
        PartDecoder("", "gzip," * 10)
    for transfer, coding in (("x-uuencode", ""), ("", "x-none"), ("", "gzip, deflate")):
        with pytest.raises(LocalProtocolError):
            PartEncoder(transfer, coding)


def test_what_ends_too_early() -> None:
    with pytest.raises(IncompleteContent):
        decoded(PartDecoder("", "gzip"), [gzip.compress(DATA)[:-3]], 100_000)

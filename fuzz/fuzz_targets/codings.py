"""Content codings: bounded output, the same content for every split, and decoding undoes encoding."""

from __future__ import annotations

from contextlib import suppress

from fuzz_targets.choices import Choices
from tidewire_http_parser import InvalidContentCoding, UnsupportedContentCoding
from tidewire_http_parser.codings import (
    ContentDecoder,
    ContentEncoder,
    available_codings,
    parse_content_encoding,
)
from tidewire_testing import random_splits, whole

__all__ = ["one_input", "seeds"]

# More than any input here may become; what comes behind it is not read.
_ENOUGH = 1 << 20


def one_input(data: bytes) -> None:
    """Decode an input in two ways; encode it and decode that."""
    choices = Choices(data)
    names = available_codings()
    codings = [choices.pick(names) for _ in range(1 + choices.number(3))]
    seed = choices.number()
    most = 1 + choices.number() ** 2
    content = choices.rest()
    _check_name(content)
    value = ", ".join(codings)
    expected, error = _decode(value, whole(content), _ENOUGH)
    for pieces in random_splits(content, 2, seed):
        found, other = _decode(value, pieces, most)
        assert other == error
        assert found == expected if not error else found.startswith(expected) or expected.startswith(found)
    encoded = content
    for coding in codings:
        encoder = ContentEncoder(coding, level=1)
        middle = len(encoded) // 2
        pieces = [encoder.encode(encoded[:middle]), encoder.flush(), encoder.encode(encoded[middle:])]
        encoded = b"".join(pieces) + encoder.finish()
    assert _decode(value, whole(encoded), most) == (content, "")


def _decode(value: str, pieces: list[bytes], most: int) -> tuple[bytes, str]:
    decoder = ContentDecoder(value)
    output = bytearray()
    try:
        for piece in pieces:
            decoder.receive_data(piece)
            _read(decoder, output, most)
        decoder.receive_eof()
        _read(decoder, output, most)
    except InvalidContentCoding as error:
        return bytes(output), type(error).__name__
    assert decoder.finished
    assert decoder.buffered == 0
    return bytes(output), ""


def _read(decoder: ContentDecoder, output: bytearray, most: int) -> None:
    while piece := decoder.read(most):
        assert len(piece) <= most
        output += piece
        assert len(output) <= 64 * _ENOUGH, "a bomb that is too large to be compared"


def _check_name(content: bytes) -> None:
    with suppress(InvalidContentCoding, UnsupportedContentCoding):
        parse_content_encoding(content.decode("utf-8", "surrogateescape"))


def seeds() -> list[bytes]:
    """Return some content in each coding, whole, twice and cut off."""
    found = []
    for index, coding in enumerate(available_codings()):
        for content in (b"", b"hello", b"a" * 1000):
            encoder = ContentEncoder(coding)
            encoded = encoder.encode(content) + encoder.finish()
            head = bytes([0, index, 1, 3])
            found += [head + encoded, head + encoded * 2, head + encoded[:-3], head + content]
    return found

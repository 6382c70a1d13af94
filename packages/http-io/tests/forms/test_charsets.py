"""Charsets that a peer names."""

from __future__ import annotations

import pytest

from tidewire_http_io.forms import InvalidText
from tidewire_http_io.forms._charsets import charset_codec, decode_text


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        (b"\xc3\xa4", "utf-8", "ä"),
        (b"\xc3\xa4", "UTF-8", "ä"),
        (b"\xe4", "ISO-8859-1", "ä"),
        (b"\x80", "windows-1252", "€"),
        (b"\x83\x65", "shift_jis", "テ"),
        (b"\xc4\xe3", " gb2312 ", "你"),
        (b"a\x00", "utf-16-le", "a"),
    ],
)
def test_charsets_of_the_web_are_read(data: bytes, charset: str, text: str) -> None:
    assert decode_text(data, charset) == text


@pytest.mark.parametrize(
    "charset",
    [
        "",
        "no-such",
        "rot13",
        "zlib",
        "hex",
        "idna",
        "PUNYCODE",
        "unicode_escape",
        "utf_7",
        "undefined",
        "ä",
        "a\0",
    ],
)
def test_other_codecs_of_python_are_not(charset: str) -> None:
    with pytest.raises(InvalidText) as caught:
        decode_text(b"a", charset)
    assert caught.value.status == 400
    assert isinstance(caught.value, ValueError)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(InvalidText, match="utf-8"):
        decode_text(b"\xff", "utf-8")
    assert decode_text(b"\xff", "utf-8", "replace") == "\ufffd"


def test_a_name_of_any_length_is_not_looked_up() -> None:
    with pytest.raises(InvalidText) as caught:
        charset_codec("x" * 100_000)
    assert len(str(caught.value)) < 200

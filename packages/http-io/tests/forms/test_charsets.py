"""Charsets that a peer names."""

from __future__ import annotations

import codecs

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


def test_names_that_peers_make_up_are_not_kept_by_the_registry_of_codecs() -> None:
    asked: list[str] = []

    def note(name: str) -> None:
        asked.append(name)

    codecs.register(note)
    try:
        for number in range(100):
            with pytest.raises(InvalidText):
                charset_codec(f"no-such-{number}")
            assert charset_codec("utf" + "-" * (number % 30) + "!" * (number // 30) + "-8") == "utf-8"
    finally:
        codecs.unregister(note)
    assert asked == []


@pytest.mark.parametrize(
    "charset", ["us-ascii", "latin-1", "cp437", "cp720", "KOI8-U", "utf-8-sig", "iso8859.15", "utf.8"]
)
def test_a_charset_that_is_an_alias_or_a_module_of_python_is_known(charset: str) -> None:
    assert codecs.lookup(charset_codec(charset)).name


@pytest.mark.parametrize("charset", [".", "..", "-", "os.path", "aliases", "charmap.x", "__init__"])
def test_what_is_no_name_of_a_charset_is_refused_whatever_python_makes_of_it(charset: str) -> None:
    with pytest.raises(InvalidText):
        charset_codec(charset)

"""What a server chooses: as RFC 9110, section 12.5, and RFC 4647 have it, and as it likes best where they are silent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.field_values import (
    choose_charset,
    choose_content_coding,
    choose_language,
    choose_media_type,
)

EXAMPLE = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"


@pytest.mark.parametrize(
    ("accept", "offers", "chosen"),
    [
        (None, ["a/b", "c/d"], "a/b"),
        ("", ["a/b", "c/d"], "a/b"),
        ("malformed", ["a/b"], "a/b"),
        ("a/b", [], None),
        ("c/d", ["a/b", "C/D"], "C/D"),
        ("c/d", ["a/b"], None),
        ("*/*", ["a/b", "c/d"], "a/b"),
        ("c/*", ["a/b", "c/d"], "c/d"),
        ("a/b;q=0.5, c/d", ["a/b", "c/d"], "c/d"),
        ("a/b;q=0.5, c/d;q=0.5", ["c/d", "a/b"], "c/d"),
        ("a/b;q=0, */*", ["a/b"], None),
        ("a/b;q=0, */*;q=0.1", ["a/b", "c/d"], "c/d"),
        ("*/*, a/*;q=0", ["a/b"], None),
        (EXAMPLE, ["text/html", "image/jpeg"], "image/jpeg"),
        (EXAMPLE, ["image/jpeg", "text/plain"], "text/plain"),
        (EXAMPLE, ["text/plain", "text/plain;format=flowed"], "text/plain;format=flowed"),
        (EXAMPLE, ["text/plain;format=fixed", "image/jpeg"], "image/jpeg"),
        ("a/b;charset=UTF-8", ["a/b;charset=utf-8"], "a/b;charset=utf-8"),
        ("a/b;c=d", ["a/b"], None),
        ("a/b;c=d", ["a/b;c=e"], None),
        ("a/b", ["a/b;c=d"], "a/b;c=d"),
    ],
)
def test_media_types(accept: str | None, offers: list[str], chosen: str | None) -> None:
    assert choose_media_type(accept, offers) == chosen


@pytest.mark.parametrize("offer", ["", "a", "a/*", "*/*", "a b/c"])
def test_a_server_offers_media_types(offer: str) -> None:
    with pytest.raises(LocalProtocolError):
        choose_media_type("*/*", [offer])


@pytest.mark.parametrize(
    ("accept", "offers", "chosen"),
    [
        (None, ["gzip"], "identity"),
        ("", ["gzip"], "identity"),
        ("gzip", ["gzip"], "gzip"),
        ("GZIP", ["gzip"], "gzip"),
        ("x-gzip", ["gzip"], "gzip"),
        ("gzip", [], "identity"),
        ("gzip", ["br"], "identity"),
        ("gzip, br", ["br", "gzip"], "br"),
        ("gzip, br;q=0.5", ["br", "gzip"], "gzip"),
        ("gzip;q=0", ["gzip"], "identity"),
        ("gzip;q=0.1", ["gzip"], "gzip"),
        ("*", ["br"], "br"),
        ("*;q=0", ["gzip"], None),
        ("identity;q=0", ["gzip"], None),
        ("identity;q=0, gzip", ["gzip"], "gzip"),
        ("*;q=0, identity", ["gzip"], "identity"),
        ("*;q=0, gzip", ["gzip", "br"], "gzip"),
        ("gzip;q=0, *", ["gzip"], "identity"),
        ("gzip;q=0, *", ["gzip", "br"], "br"),
        ("gzip;q=0.5, identity", ["gzip"], "identity"),
        ("gzip;q=0.5, identity;q=0.5", ["gzip"], "gzip"),
        ("compress;q=0.5, gzip;q=1.0", ["compress", "gzip"], "gzip"),
        ("gzip;q=1.0, identity; q=0.5, *;q=0", ["br"], "identity"),
        ("identity", ["identity", "gzip"], "identity"),
        ("identity;q=0", ["identity"], None),
        ("gzip;q=nonsense", ["gzip"], "identity"),
    ],
)
def test_content_codings(accept: str | None, offers: list[str], chosen: str | None) -> None:
    assert choose_content_coding(accept, offers) == chosen


@pytest.mark.parametrize(
    ("accept", "offers", "chosen"),
    [
        (None, ["en", "de"], "en"),
        ("", ["en", "de"], "en"),
        ("de", ["en", "DE"], "DE"),
        ("fr", ["en", "de"], None),
        ("*", ["en", "de"], "en"),
        ("da, en-gb;q=0.8, en;q=0.7", ["en", "en-GB"], "en-GB"),
        ("da, en-gb;q=0.8, en;q=0.7", ["en-US", "da-DK"], "da-DK"),
        ("de-CH, en;q=0.5", ["en", "de"], "de"),
        ("de-Latn-CH-1996", ["en", "de-Latn"], "de-Latn"),
        ("en-GB;q=0, en", ["en-GB"], None),
        ("en-GB;q=0, en", ["en-GB", "en-US"], "en-US"),
        ("en-US;q=0, *;q=0.5", ["en"], "en"),
        ("fr, *;q=0.1", ["en", "fr-CA"], "fr-CA"),
        ("fr;q=0, *", ["fr-CA"], None),
        ("de-CH", ["d"], None),
        ("deu", ["de"], None),
        ("en-US, en-GB;q=0.5", ["en", "en-US"], "en-US"),
        ("x, en;q=0.5", [], None),
    ],
)
def test_languages(accept: str | None, offers: list[str], chosen: str | None) -> None:
    assert choose_language(accept, offers) == chosen


@pytest.mark.parametrize(
    ("accept", "offers", "chosen"),
    [
        (None, ["utf-8"], "utf-8"),
        ("", ["utf-8"], "utf-8"),
        ("iso-8859-5, unicode-1-1;q=0.8", ["unicode-1-1", "ISO-8859-5"], "ISO-8859-5"),
        ("utf-8", ["koi8-r"], None),
        ("utf-8;q=0.1, *", ["utf-8", "koi8-r"], "koi8-r"),
        ("utf-8, *;q=0", ["koi8-r"], None),
    ],
)
def test_charsets(accept: str | None, offers: list[str], chosen: str | None) -> None:
    assert choose_charset(accept, offers) == chosen


@given(st.text(alphabet='ab/*-,;q=.01" ') | st.text())
def test_nothing_but_an_offer_is_chosen(value: str) -> None:
    assert choose_media_type(value, ["a/b", "b/a"]) in ("a/b", "b/a", None)
    assert choose_content_coding(value, ["a", "b"]) in ("a", "b", "identity", None)
    assert choose_language(value, ["a", "a-b"]) in ("a", "a-b", None)
    assert choose_charset(value, ["a", "b"]) in ("a", "b", None)


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["a-", "a,", "a-b,", "a/b,", "-"])
def test_a_megabyte_is_read(unit: str) -> None:
    value = unit * (1_000_000 // len(unit))
    for choose in (choose_media_type, choose_content_coding, choose_language, choose_charset):
        assert choose(value, ["x/y"]) in ("x/y", "identity", None)


def test_offers_are_any_sequence_and_arguments_of_other_types_are_refused() -> None:
    wrong: Any = b"a/b"
    for choose in (choose_media_type, choose_content_coding, choose_language, choose_charset):
        assert choose("x/y, *", ("x/y",)) == "x/y"
        with pytest.raises(TypeError):
            choose(wrong, ["a/b"])
        with pytest.raises(TypeError):
            choose("*", [wrong])

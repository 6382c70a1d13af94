"""Names in Content-Encoding."""

from __future__ import annotations

from typing import Any

import pytest
from multidict import istr

from tidewire_http_parser.codings import parse_content_encoding


@pytest.mark.parametrize(
    ("value", "codings"),
    [
        ("", ()),
        ("gzip", ("gzip",)),
        ("GZip", ("gzip",)),
        (istr("gzip"), ("gzip",)),
        ("x-gzip", ("gzip",)),
        ("X-GZIP", ("gzip",)),
        ("deflate, br", ("deflate", "br")),
        (" gzip\t,\t zstd ", ("gzip", "zstd")),
        ("identity", ()),
        ("identity, gzip, Identity", ("gzip",)),
        (",,gzip, ,", ("gzip",)),
        ("x-deflate", ("x-deflate",)),
        ("Whatever", ("whatever",)),
        ("gz ip", ("gz ip",)),
        ("gzip;q=1", ("gzip;q=1",)),
        ("\xa0gzip", ("\xa0gzip",)),
        ("\u212a", ("\u212a",)),
        ("GZ\u0130P", ("GZ\u0130P",)),
    ],
)
def test_names(value: str, codings: tuple[str, ...]) -> None:
    assert parse_content_encoding(value) == codings


@pytest.mark.parametrize("value", [None, b"gzip", ["gzip"]])
def test_values_of_other_types(value: Any) -> None:
    with pytest.raises(TypeError):
        parse_content_encoding(value)

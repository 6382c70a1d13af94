"""Media types by names."""

from __future__ import annotations

import pytest

from tidewire_web._file_types import _type_of, media_type_of


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.txt", "text/plain"),
        ("A.HTML", "text/html"),
        ("a.css", "text/css"),
        ("a.png", "image/png"),
        ("a.svg", "image/svg+xml"),
        ("a.json", "application/json"),
        ("a.tar.gz", "application/gzip"),
        ("a.txt.br", "application/x-brotli"),
        ("a.bz2", "application/x-bzip2"),
        ("a.xz", "application/x-xz"),
        ("a.Z", "application/x-compress"),
        ("a.zst", "application/zstd"),
        ("folder.d/a", "application/octet-stream"),
        ("a", "application/octet-stream"),
        (".txt", "application/octet-stream"),
        ("a.", "application/octet-stream"),
        ("a.no-such-type", "application/octet-stream"),
        ("a." + "x" * 300, "application/octet-stream"),
        ("data:text/html,x", "application/octet-stream"),
        ("a.\u00e4", "application/octet-stream"),
    ],
)
def test_media_types(name: str, media_type: str) -> None:
    assert media_type_of(name) == media_type


def test_what_is_remembered_has_a_bound() -> None:
    for number in range(1000):
        media_type_of(f"a.{number}")
    media_type_of("a." + "x" * 1000)
    info = _type_of.cache_info()
    assert info.maxsize is not None
    assert info.currsize <= info.maxsize

"""Which content coding a response gets, and what becomes of its head."""

from __future__ import annotations

import zlib

import pytest
from multidict import CIMultiDict

from tidewire_http_parser.codings import ContentDecoder, available_codings
from tidewire_web import ContentCoding
from tidewire_web._compression import Compression, tell_coding


def choose(
    *accepted: str,
    forced: ContentCoding | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> tuple[str, dict[str, str]]:
    fields: CIMultiDict[str] = CIMultiDict(headers or {})
    return Compression(forced, None).choose(accepted, status, fields), dict(fields)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ((), "identity"),
        (("",), "identity"),
        (("gzip",), "gzip"),
        (("GZip",), "gzip"),
        (("x-gzip",), "gzip"),
        (("deflate",), "deflate"),
        (("deflate, gzip",), "gzip"),
        (("deflate", "gzip"), "gzip"),
        (("gzip;q=0.5, deflate",), "deflate"),
        (("gzip;q=0",), "identity"),
        (("identity, gzip;q=0.1",), "identity"),
        (("gzipped",), "identity"),
        (("compress",), "identity"),
        (("identity;q=0",), "identity"),  # nothing that is liked: what there is goes out all the same
        (("gzip;q=0, *",), "best"),
    ],
)
def test_what_the_client_likes_best(accepted: tuple[str, ...], coding: str) -> None:
    best = next(name for name in ("zstd", "br", "deflate") if name in available_codings())
    assert choose(*accepted) == (best if coding == "best" else coding, {"Vary": "Accept-Encoding"})


def test_what_the_server_likes_best() -> None:
    order = [name for name in ("zstd", "br", "gzip", "deflate") if name in available_codings()]
    while order:
        assert choose(", ".join(reversed(order)))[0] == order[0]
        del order[0]


def test_what_is_forced_depends_on_nobody() -> None:
    assert choose("gzip", forced=ContentCoding.deflate) == ("deflate", {})
    assert choose("gzip", forced=ContentCoding.identity) == ("identity", {})


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (100, {}),
        (204, {}),
        (205, {}),
        (206, {}),
        (304, {}),
        (200, {"Content-Range": "bytes 0-1/5"}),
        (200, {"content-encoding": "br"}),
        (200, {"Content-Encoding": "identity"}),
    ],
)
@pytest.mark.parametrize("forced", [None, ContentCoding.gzip])
def test_what_is_left_alone(status: int, headers: dict[str, str], forced: ContentCoding | None) -> None:
    coding, fields = choose("gzip", forced=forced, status=status, headers=headers)
    assert coding == "identity"
    assert fields == headers | ({} if forced else {"Vary": "Accept-Encoding"})


@pytest.mark.parametrize(
    ("vary", "becomes"),
    [
        ("Cookie", "Cookie, Accept-Encoding"),
        ("*", "*"),
        ("accept-encoding", "accept-encoding"),
        ("Cookie, Accept-Encoding", "Cookie, Accept-Encoding"),
    ],
)
def test_vary_is_added_to(vary: str, becomes: str) -> None:
    assert choose("gzip", headers={"Vary": vary})[1] == {"Vary": becomes}


@pytest.mark.parametrize(("tag", "becomes"), [('"a"', 'W/"a"'), ('W/"a"', 'W/"a"'), (None, None)])
def test_what_the_head_says(tag: str | None, becomes: str | None) -> None:
    headers: CIMultiDict[str] = CIMultiDict({"Content-Length": "5"})
    if tag is not None:
        headers["ETag"] = tag
    tell_coding(headers, "gzip")
    assert headers.get("ETag") == becomes
    assert headers["Content-Encoding"] == "gzip"
    assert "Content-Length" not in headers


@pytest.mark.parametrize("coding", available_codings())
def test_encoding(coding: str) -> None:
    body = b"some words, again and again. " * 50
    compression = Compression(ContentCoding(coding), zlib.Z_RLE)
    encoded = compression.encode(coding, body)
    assert len(encoded) < len(body)
    assert compression.forced
    decoder = ContentDecoder(coding)
    decoder.receive_data(encoded)
    decoder.receive_eof()
    decoded = b""
    while piece := decoder.read(len(body)):
        decoded += piece
    assert decoded == body


def test_a_coding_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidewire_web._compression.available_codings", lambda: ("gzip", "deflate"))
    with pytest.raises(RuntimeError, match="br is not installed"):
        Compression(ContentCoding.br, None)

"""curl: ranges, conditions, bodies, codings, old versions and TLS."""

from __future__ import annotations

import email
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.peer("curl", "openssl")

Curl = Callable[..., Any]
DATA = bytes(range(256)) * 1000


# -- ranges ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "part", "content_range"),
    [
        ("0-99", slice(100), "bytes 0-99/256000"),
        ("-100", slice(-100, None), "bytes 255900-255999/256000"),
        ("255000-", slice(255000, None), "bytes 255000-255999/256000"),
        ("255999-999999", slice(255999, None), "bytes 255999-255999/256000"),
    ],
)
@pytest.mark.parametrize("kind", ["plain", "tls"])
def test_a_range(site: Any, curl: Curl, kind: str, wanted: str, part: slice, content_range: str) -> None:
    got = curl(site.url("/static/data.bin", kind), "--insecure", "--range", wanted)
    assert (got.status, got.fields["content-range"], got.body) == (206, content_range, DATA[part])


def test_ranges_that_cannot_be_had(site: Any, curl: Curl) -> None:
    got = curl(site.url("/static/data.bin"), "--range", "256000-")
    assert (got.status, got.fields["content-range"]) == (416, "bytes */256000")


@pytest.mark.parametrize(
    "wanted",
    [
        [(0, 9), (20, 29)],
        [(255990, 255999), (0, 0), (500, 999)],
        # More than is read at once.
        [(0, 99999), (120000, 120000), (150000, 249999)],
    ],
)
@pytest.mark.parametrize("kind", ["plain", "tls"])
def test_several_ranges(site: Any, curl: Curl, kind: str, wanted: list[tuple[int, int]]) -> None:
    value = ",".join(f"{first}-{last}" for first, last in wanted)
    got = curl(site.url("/static/data.bin", kind), "--insecure", "--range", value)
    assert (got.status, got.code, int(got.fields["content-length"])) == (206, 0, len(got.body))
    assert "content-range" not in got.fields
    message = email.message_from_bytes(
        b"Content-Type: " + got.fields["content-type"].encode() + b"\r\n\r\n" + got.body
    )
    assert message.get_content_type() == "multipart/byteranges"
    assert not message.defects
    parts = [
        (part.get_content_type(), part["Content-Range"], part.get_payload(decode=True))
        for part in list(message.walk())[1:]
    ]
    assert parts == [
        ("application/octet-stream", f"bytes {first}-{last}/256000", DATA[first : last + 1])
        for first, last in wanted
    ]


@pytest.mark.parametrize(
    ("wanted", "status"),
    [("0-9,5-14", 206), ("300000-,5-6", 206), ("300000-,400000-", 416), ("0-127999,128001-", 200)],
)
def test_several_ranges_that_are_not_several_parts(site: Any, curl: Curl, wanted: str, status: int) -> None:
    got = curl(site.url("/static/data.bin"), "--range", wanted)
    assert (got.status, got.code) == (status, 0)
    assert not got.fields.get("content-type", "").startswith("multipart/")
    parts = {"0-9,5-14": DATA[:15], "300000-,5-6": DATA[5:7], "300000-,400000-": b""}
    assert got.body == parts.get(wanted, DATA)


def test_a_download_is_resumed(site: Any, tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(DATA[:1000])
    command = ["curl", "--silent", "--noproxy", "*", "--continue-at", "-", "--output", str(path)]
    subprocess.run([*command, site.url("/static/data.bin")], check=True, timeout=30)
    assert path.read_bytes() == DATA


def test_only_the_head(site: Any, curl: Curl) -> None:
    got = curl(site.url("/static/data.bin"), "--head")
    assert (got.status, got.fields["content-length"], got.fields["accept-ranges"]) == (200, "256000", "bytes")


# -- conditions ------------------------------------------------------------------------------------------


def test_an_entity_tag_is_compared(site: Any, curl: Curl, tmp_path: Path) -> None:
    tag, url = tmp_path / "tag", site.url("/static/data.bin")
    assert curl(url, "--etag-save", str(tag)).body == DATA
    got = curl(url, "--etag-compare", str(tag))
    assert (got.status, got.body) == (304, b"")
    assert got.fields["etag"] == tag.read_text().strip()
    got = curl(url, "--range", "0-9", "--header", f"If-Range: {tag.read_text().strip()}")
    assert (got.status, got.body) == (206, DATA[:10])
    got = curl(url, "--range", "0-9", "--header", 'If-Range: "another"')
    assert (got.status, got.body) == (200, DATA)
    assert curl(url, "--header", 'If-Match: "another"').status == 412


def test_a_date_is_compared(site: Any, curl: Curl, tmp_path: Path) -> None:
    # curl takes the date of a file, and gives a file the date of what it has got.
    path, url = tmp_path / "dated", site.url("/static/data.bin")
    subprocess.run(["curl", "--silent", "--noproxy", "*", "-R", "-o", str(path), url], check=True, timeout=30)
    got = curl(url, "--time-cond", str(path))
    assert (got.status, got.body) == (304, b"")
    assert curl(url, "--time-cond", "1 Jan 2001").status == 200


# -- bodies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["plain", "tls"])
def test_a_chunked_upload(site: Any, curl: Curl, kind: str) -> None:
    got = curl(site.url("/echo", kind), "--insecure", "--request", "POST", "-T", "-", stdin=DATA)
    assert (got.status, got.fields["x-length"], got.body) == (200, "chunked", DATA)


def test_100_continue_before_a_body(site: Any, curl: Curl) -> None:
    # Without the interim answer curl would wait for longer than it may take altogether.
    waiting = ("--header", "Expect: 100-continue", "--expect100-timeout", "60", "--data-binary", "@-")
    got = curl(site.url("/echo"), *waiting, stdin=DATA)
    assert [head.split()[1] for head in got.heads] == ["100", "200"]
    assert got.body == DATA


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/about", 405)])
def test_a_refusal_before_a_body(site: Any, curl: Curl, path: str, status: int) -> None:
    waiting = ("--header", "Expect: 100-continue", "--expect100-timeout", "60", "--data-binary", "@-")
    got = curl(site.url(path), *waiting, stdin=DATA)
    assert [head.split()[1] for head in got.heads] == [str(status)]


def test_a_body_that_is_too_large(site: Any, curl: Curl) -> None:
    assert curl(site.url("/echo"), "--data-binary", "@-", stdin=bytes(2_000_001)).status == 413


def test_another_expectation(site: Any, curl: Curl) -> None:
    assert curl(site.url("/echo"), "--header", "Expect: more", "--data", "x").status == 417


def test_a_form_with_a_file(site: Any, curl: Curl) -> None:
    file = f"file=@{site.static / 'data.bin'};type=application/x-data;filename=täglich.bin"
    got = curl(site.url("/form"), "--form", "name=Jürgen", "--form", file)
    assert json.loads(got.body) == {
        "name": "Jürgen",
        "file": ["täglich.bin", "application/x-data", 256000],
    }
    got = curl(site.url("/form"), "--data-urlencode", "name=Jürgen & co")
    assert json.loads(got.body) == {"name": "Jürgen & co"}


# -- codings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_compressed_response(site: Any, curl: Curl, coding: str) -> None:
    plain = curl(site.url("/text"))
    got = curl(site.url("/text"), "--compressed", "--header", f"Accept-Encoding: {coding}")
    if got.code == 61:
        pytest.skip(f"this curl does not know {coding}")
    chosen = got.fields.get("content-encoding")
    if chosen is None and coding in ("br", "zstd"):
        pytest.skip(f"needs a library for {coding}")
    assert chosen == coding
    assert got.fields["vary"] == "Accept-Encoding"
    assert int(got.fields["content-length"]) < 1000
    assert got.body == plain.body == b"all happy families are alike; " * 1000
    assert "content-encoding" not in plain.fields


def test_a_file_that_was_compressed_before(site: Any, curl: Curl) -> None:
    plain = curl(site.url("/static/report.js"))
    got = curl(site.url("/static/report.js"), "--compressed")
    assert (got.fields["content-encoding"], got.body) == ("gzip", plain.body)
    assert int(got.fields["content-length"]) == (site.static / "report.js.gz").stat().st_size
    assert got.fields["etag"] != plain.fields["etag"]
    assert got.fields["content-type"] == plain.fields["content-type"]


# -- versions and connections ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/text", "/static/data.bin", "/about"])
def test_http_1_0(site: Any, curl: Curl, path: str) -> None:
    got = curl(site.url(path), "--http1.0")
    assert got.status == 200
    assert got.fields["connection"] == "close"
    assert "transfer-encoding" not in got.fields
    kept = curl(site.url(path), "--http1.0", "--header", "Connection: keep-alive")
    assert kept.fields["connection"] == "keep-alive"


@pytest.mark.parametrize("kind", ["plain", "tls"])
def test_one_connection_for_all_requests(site: Any, kind: str) -> None:
    command = ["curl", "--silent", "--insecure", "--noproxy", "*", "--write-out", "%{num_connects} "]
    for path in ("/about", "/nothing", "/static/data.bin", "/text", "/echo"):
        command += ["--output", "-" if path == "/echo" else "/dev/null", site.url(path, kind)]
    finished = subprocess.run(command, check=True, capture_output=True, timeout=30)
    assert finished.stdout.split()[:4] == [b"1", b"0", b"0", b"0"]


def test_tls(site: Any, curl: Curl) -> None:
    got = curl(site.url("/about", "tls"), "--cacert", str(site.folder / "authority.pem"))
    assert got.code == 0
    assert json.loads(got.body)["scheme"] == "https"
    assert curl(site.url("/about", "tls")).code == 60  # a certificate that nobody has vouched for
    assert curl(site.url("/static/data.bin", "tls"), "--insecure").body == DATA
    # Who does not speak TLS gets nothing, and does no harm.
    assert curl(site.url("/about", "tls").replace("https", "http")).status == 0
    assert curl(site.url("/about", "tls"), "--insecure").status == 200


def test_a_unix_socket(site: Any, curl: Curl) -> None:
    got = curl("http://example.org/about", "--unix-socket", site.socket)
    known = json.loads(got.body)
    assert known["host"] == "example.org"
    assert known["remote"] in (None, "")


def test_a_proxy_header(site: Any, curl: Curl) -> None:
    got = curl(site.url("/about", "proxied"), "--haproxy-protocol")
    assert json.loads(got.body)["remote"] == "127.0.0.1"
    # Without one the connection is closed.
    got = curl(site.url("/about", "proxied"))
    assert (got.status, got.code) == (0, 52)


# -- what is broken off ----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [[], ["--http1.0"]])
@pytest.mark.parametrize("query", ["", "?length"])
@pytest.mark.parametrize("kind", ["plain", "tls"])
def test_a_response_that_is_broken_off_is_no_whole_one(
    site: Any, kind: str, query: str, options: list[str]
) -> None:
    command = ["curl", "--silent", "--insecure", "--noproxy", "*", "--dump-header", "-", *options]
    done = subprocess.run(
        [*command, site.url(f"/broken{query}", kind)], capture_output=True, timeout=30, check=False
    )
    # 18 is a partial file, 56 a failure to receive, as by a reset.
    assert done.returncode in (18, 56)

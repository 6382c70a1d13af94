from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from multidict import CIMultiDict, MultiDict

from tidewire_client._request_body import check_framing, json_payload, payload_fields, payload_of
from tidewire_http_io.forms import FormData, MultipartWriter
from tidewire_http_io.payloads import BytesPayload


@pytest.mark.parametrize("data", [None, b"", ""])
def test_nothing_is_no_body(data: Any) -> None:
    assert payload_of(data) is None


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (b"x", b"x"),
        ("\u00e4", "\u00e4".encode()),
        ({"a": 1}, b"a=1"),
        (MultiDict([("a", "1"), ("a", "2")]), b"a=1&a=2"),
        ((("a", "b"), ("c", "d")), b"a=b&c=d"),
        ({}, b""),
        (FormData({"a": "b"}), b"a=b"),
        (bytearray(), b""),
    ],
)
def test_a_body_is_made_of_many_things(data: Any, whole: bytes) -> None:
    payload = payload_of(data)
    assert payload is not None
    assert payload.whole() == whole


def test_the_name_of_a_file_is_not_told(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_bytes(b"{}")
    with path.open("rb") as file:
        payload = payload_of(file)
        assert payload is not None
        assert dict(payload_fields(payload, None, None, None)) == {
            "Content-Type": "application/json",
            "Content-Length": "2",
        }


def test_a_payload_is_itself() -> None:
    payload = BytesPayload(b"x")
    assert payload_of(payload) is payload
    writer = MultipartWriter()
    assert payload_of(writer) is writer


@pytest.mark.parametrize("data", [object(), 5, [1]])
def test_others_are_refused(data: Any) -> None:
    with pytest.raises(TypeError):
        payload_of(data)


def test_json_is_encoded_as_text_or_as_bytes() -> None:
    assert json_payload([1], str, None).whole() == b"[1]"
    assert json_payload([1], str, lambda value: b"bytes").whole() == b"bytes"


def test_a_body_says_what_it_is() -> None:
    payload = BytesPayload(b"abc", content_type="text/x", headers={"X-Body": "1"})
    fields = dict(payload_fields(payload, None, None, None))
    assert fields == {"Content-Type": "text/x", "X-Body": "1", "Content-Length": "3"}
    assert dict(payload_fields(payload, None, "gzip", None))["Transfer-Encoding"] == "chunked"
    assert dict(payload_fields(payload, None, "gzip", None))["Content-Encoding"] == "gzip"
    assert "Content-Length" not in dict(payload_fields(payload, None, None, True))


def test_what_is_said_counts_more() -> None:
    headers = CIMultiDict({"content-type": "own/type", "x-body": "2", "Content-Length": "3"})
    payload = BytesPayload(b"abc", headers={"X-Body": "1"})
    assert payload_fields(payload, headers, None, None) == []


@pytest.mark.parametrize(
    ("headers", "compress", "chunked", "refused"),
    [
        ({}, "gzip", True, False),
        ({"Content-Encoding": "x"}, None, True, False),
        ({"Content-Encoding": "x"}, "gzip", None, True),
        ({"Content-Length": "1"}, None, True, True),
        ({"Transfer-Encoding": "chunked"}, None, True, True),
        ({"Content-Length": "1"}, None, None, False),
    ],
)
def test_contradictions_are_refused(
    headers: Any, compress: str | None, chunked: bool | None, refused: bool
) -> None:
    if refused:
        with pytest.raises(ValueError, match="can not be set"):
            check_framing(CIMultiDict(headers), compress, chunked)
    else:
        check_framing(CIMultiDict(headers), compress, chunked)


def test_a_coding_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match=r"compress is True or one of gzip, deflate.*, not 'unknown'"):
        check_framing(CIMultiDict(), "unknown", None)

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from tidewire_testing.client import Cassette, CassetteFormatError, Interaction, Secrets


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("http://a/b?c=d#e", "http://a/b?c=d"),
        ("http://user:password@a/b", "http://a/b"),
        ("http://a/?api_key=1&b=2&Token=3", "http://a/?api_key=FILTERED&b=2&Token=FILTERED"),
    ],
)
def test_secrets_are_taken_out_of_urls(url: str, written: str) -> None:
    assert Secrets().url(URL(url)) == written


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("Authorization", "Bearer abc", "FILTERED"),
        ("Cookie", "a=1; b=2", "a=FILTERED; b=FILTERED"),
        ("Set-Cookie", "sid=abc; Path=/; HttpOnly", "sid=FILTERED; Path=/; HttpOnly"),
        ("Location", "/login?token=abc", "/login?token=FILTERED"),
        ("Accept", "text/html", "text/html"),
    ],
)
def test_secrets_are_taken_out_of_fields(name: str, value: str, written: str) -> None:
    assert Secrets().headers([(name, value)]) == ((name, written),)


def test_other_things_can_be_secret() -> None:
    secrets = Secrets(fields=frozenset({"x-mine"}), parameters=frozenset({"who"}), replacement="?")
    assert secrets.headers([("X-Mine", "a")]) == (("X-Mine", "?"),)
    assert secrets.url(URL("http://a/?who=me")) == str(URL("http://a/").with_query([("who", "?")]))


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_body_is_read_as_it_was_written(body: bytes) -> None:
    made = Interaction(method="POST", url="http://a/", request_body=body, body=body, headers=(("A", "b"),))
    assert Interaction.of_json(json.loads(json.dumps(made.as_json()))) == made


def test_text_is_readable() -> None:
    document = Interaction(method="GET", url="http://a/", body='{\n "ä": 1\n}\n'.encode()).as_json()
    assert document["response"]["body"] == ["{\n", ' "ä": 1\n', "}\n"]
    assert Interaction(method="GET", url="", body=b"\xff").as_json()["response"]["body_base64"] == "/w=="


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "{}",
        '{"version": 2, "interactions": []}',
        '{"version": 1, "interactions": [{"request": {}}]}',
    ],
)
def test_what_is_no_cassette_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(CassetteFormatError):
        Cassette(path, mode="replay")


def test_a_body_that_is_not_in_base64_is_refused(tmp_path: Path) -> None:
    document: dict[str, Any] = Interaction(method="GET", url="http://a/", body=b"\xff").as_json()
    document["response"]["body_base64"] = "%"
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"version": 1, "interactions": [document]}))
    with pytest.raises(CassetteFormatError):
        Cassette(path)

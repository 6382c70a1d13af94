from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Texts = Callable[[list[Any]], list[str]]


def test_applications_take_what_is_deprecated(answers: dict[str, Any], texts: Texts) -> None:
    found, value = answers["applications"]
    keys = [each for each in found if each[1] == "NotAppKeyWarning"]
    assert len(keys) == 1
    assert value == 1
    assert sorted(set(texts([each for each in found if each not in keys]))) == [
        "Application.loop is deprecated",
        "Bare functions are deprecated, use async ones",
        "Changing state of started or joined application is deprecated",
        "debug argument is deprecated",
        "debug property is deprecated",
        "loop argument is deprecated",
        "router argument is deprecated",
    ]


def test_responses_take_what_is_deprecated(answers: dict[str, Any], texts: Texts) -> None:
    found, body, compressed = answers["responses"]
    assert texts(found) == [
        "Using boolean for force is deprecated",
        "Chunk size is deprecated",
        "body argument is deprecated for http web exceptions",
        "output_length is deprecated",
        "code property is deprecated, use status instead",
    ]
    assert body == "gone"
    assert compressed is True


def test_requests_have_what_is_deprecated(answers: dict[str, Any], texts: Texts) -> None:
    _, (found, known, has_transport), _ = answers["old_middlewares"]
    assert texts(found) == [
        "Deprecated, use .can_read_body",
        "request.loop property is deprecated",
        "Request.message is deprecated",
    ]
    assert known == [False, True, "GET"]
    assert has_transport


def test_sites_take_a_shutdown_timeout(answers: dict[str, Any], texts: Texts) -> None:
    assert texts(answers["sites"]) == ["shutdown_timeout should be set on BaseRunner"]


def test_other_members_stay(answers: dict[str, Any]) -> None:
    assert answers["kept_members"] == [True, True, True]


def test_sessions_are_equal_to_mappings(answers: dict[str, Any]) -> None:
    if answers["session_equality"] is None:
        pytest.skip("tidewire-sessions is not installed")
    assert answers["session_equality"] == [True, False, 2]


def test_parts_that_are_no_text_raise_what_decoding_raises(answers: dict[str, Any]) -> None:
    assert answers["undecodable_parts"] == "UnicodeDecodeError"

"""The reason phrases."""

from __future__ import annotations

import http
from typing import Any

import pytest

from tidewire_http_parser import REASONS

# RFC 9110 renamed these; the standard library follows from Python 3.13 on. 306 and 418 are of no use.
RENAMED = {413, 414, 416, 418, 422}


def test_they_are_those_of_the_standard_library() -> None:
    for status in http.HTTPStatus:
        if status not in RENAMED:
            assert REASONS[status] == status.phrase


def test_the_renamed_ones() -> None:
    assert REASONS[413] == "Content Too Large"
    assert REASONS[422] == "Unprocessable Content"


def test_they_are_in_order_and_printable() -> None:
    assert list(REASONS) == sorted(REASONS)
    for status, reason in REASONS.items():
        assert 100 <= status <= 999
        assert reason.isascii()
        assert reason.isprintable()


def test_they_cannot_be_changed() -> None:
    table: Any = REASONS
    with pytest.raises(TypeError):
        table[200] = "Fine"

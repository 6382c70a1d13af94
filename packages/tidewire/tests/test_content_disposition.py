from __future__ import annotations

import warnings

import pytest

from tidewire import (
    BadContentDispositionHeader,
    BadContentDispositionParam,
    content_disposition_filename,
    parse_content_disposition,
)


def test_a_value_is_taken_apart() -> None:
    assert parse_content_disposition('form-data; name=a; filename="b c"') == (
        "form-data",
        {"name": "a", "filename": "b c"},
    )


@pytest.mark.parametrize("header", [None, "", "; filename=a", "a b"])
def test_what_cannot_be_read_is_nothing(header: str | None) -> None:
    assert parse_content_disposition(header) == (None, {})


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=a", "a"),
        ("attachment; filename=a; filename*=utf-8''%C3%A4", "ä"),
        ("attachment; filename*0=a; filename*1=b", "ab"),
        ("attachment", None),
    ],
)
def test_a_file_has_a_name(header: str, name: str | None) -> None:
    assert content_disposition_filename(parse_content_disposition(header)[1]) == name


def test_warnings_can_be_filtered_by_their_classes() -> None:
    with warnings.catch_warnings():
        for kind in (BadContentDispositionHeader, BadContentDispositionParam):
            warnings.simplefilter("ignore", kind)
            warnings.warn("x", kind, stacklevel=1)

"""The fields that make a request conditional, or ask for a part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from web_client import request

from tidewire_http_parser.field_values import ETag
from tidewire_web import Request

Look = Callable[..., Awaitable[Any]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, slice(None, None, 1)),
        ("bytes=0-499", slice(0, 500, 1)),
        ("BYTES=5-", slice(5, None, 1)),
        ("bytes=-7", slice(-7, None, 1)),
        ("bytes=3-3", slice(3, 4, 1)),
    ],
)
async def test_a_range(look: Look, value: str | None, expected: slice) -> None:
    lines = [] if value is None else [f"Range: {value}"]
    assert await look(request("/", *lines), lambda r: r.http_range) == expected


@pytest.mark.parametrize(
    "value",
    ["bytes=", "bytes=-", "bytes=2-1", "bytes=1-2, 4-5", "lines=1-2", "bytes=-0", "1-2", "bytes=a-b", ""],
)
async def test_a_range_that_is_none(look: Look, value: str) -> None:
    def see(r: Request) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - the text is for people
            r.http_range  # noqa: B018 - it raises

    assert await look(request("/", f"Range: {value}"), see) is None


async def test_dates(look: Look) -> None:
    def see(r: Request) -> list[datetime | None]:
        return [r.if_modified_since, r.if_unmodified_since, r.if_range]

    date = "Sun, 06 Nov 1994 08:49:37 GMT"
    names = ["If-Modified-Since", "If-Unmodified-Since", "If-Range"]
    moment = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
    assert await look(request("/", *[f"{name}: {date}" for name in names]), see) == [moment] * 3
    for wrong in ("", "yesterday", "Sun, 32 Nov 1994 08:49:37 GMT", "0", "Fri, 31 Dec 9999 23:59:60 GMT"):
        assert await look(request("/", *[f"{name}: {wrong}" for name in names]), see) == [None] * 3
    assert await look(request(), see) == [None] * 3
    assert await look(request("/", 'If-Range: "abc"'), lambda r: r.if_range) is None


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize(
    ("values", "tags"),
    [
        ([], None),
        ([""], None),
        (["*"], (ETag("*"),)),
        (['"a", W/"b"', '"c"'], (ETag("a"), ETag("b", True), ETag("c"))),
        (['"a", b, "c"'], (ETag("a"),)),
        (["nothing"], ()),
    ],
)
async def test_entity_tags(look: Look, name: str, values: list[str], tags: tuple[ETag, ...] | None) -> None:
    lines = [f"{name}: {value}" for value in values]

    def see(r: Request) -> tuple[ETag, ...] | None:
        return r.if_match if name == "If-Match" else r.if_none_match

    assert await look(request("/", *lines), see) == tags

"""The fields X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host."""

from __future__ import annotations

from typing import Any

import pytest
from proxied_app import told

from tidewire_remotes import XForwardedFiltered, XForwardedRelaxed, XForwardedStrict

AS_IT_IS = "192.0.2.1 http example"
NEAR, FAR = ["192.0.2.1"], ["10.0.0.0/8"]


def lines_of(given: str) -> list[str]:
    """`F` stands for X-Forwarded-For and so on, `|` between lines."""
    names = {"F": "X-Forwarded-For", "P": "X-Forwarded-Proto", "H": "X-Forwarded-Host"}
    return [f"{names[line[0]]}: {line[2:]}" for line in given.split("|") if line]


@pytest.mark.parametrize(
    ("num", "lines", "known"),
    [
        (1, "", AS_IT_IS),
        (1, "F 10.0.0.1|P https|H a.example:81", "10.0.0.1 https a.example:81"),
        (1, "F 6.6.6.6, 10.0.0.1", "10.0.0.1 http example"),
        (1, "F garbage, 10.0.0.1:80", "10.0.0.1 http example"),
        (1, "F [2001:db8::1]:80", "2001:db8::1 http example"),
        (2, "F 6.6.6.6, 10.0.0.1, 10.0.0.2|P http, https, http", "10.0.0.1 https example"),
        (2, "F 10.0.0.1, 10.0.0.2|P https", "10.0.0.1 https example"),
        (2, "F 10.0.0.1|P https|H a", AS_IT_IS),
        (1, "P https|H a", "192.0.2.1 https a"),
        (1, "P http, https", "192.0.2.1 https example"),
        (1, "F ", AS_IT_IS),
        (1, "F 10.0.0.1|F 10.0.0.2", "400"),
        (1, "P https|P http", "400"),
        (1, "H a|H b", "400"),
        (1, "F unknown", "400"),
        (1, "F 10.0.0.1,", "400"),
        (1, "P ftp", "400"),
        (1, "H a b", "400"),
    ],
)
async def test_the_place_from_the_right_is_believed(serve: Any, num: int, lines: str, known: str) -> None:
    assert await told(serve, XForwardedRelaxed(num), *lines_of(lines)) == known


@pytest.mark.parametrize(
    ("lines", "known"),
    [
        ("", AS_IT_IS),
        ("F 203.0.113.9|P https|H a", "203.0.113.9 https a"),
        ("F 203.0.113.9, 10.0.0.7|P https, http|H a, b", "203.0.113.9 https a"),
        # The rightmost that is not trusted, whatever is further to the left.
        ("F 6.6.6.6, 203.0.113.9|P https, http|H evil, a", "203.0.113.9 http a"),
        ("F 10.0.0.1, 203.0.113.9, 10.0.0.7", "203.0.113.9 http example"),
        ("F garbage, 203.0.113.9", "203.0.113.9 http example"),
        # All are trusted: the leftmost.
        ("F 10.0.0.1, 10.0.0.2|P https, http", "10.0.0.1 https example"),
        ("P https|H a", "192.0.2.1 https a"),
        ("F garbage", "400"),
        ("F 203.0.113.9, garbage", "400"),
        ("F 203.0.113.9|F 10.0.0.7", "400"),
    ],
)
async def test_the_rightmost_address_that_is_not_trusted_is_the_client(
    serve: Any, lines: str, known: str
) -> None:
    tool = XForwardedFiltered([*NEAR, *FAR])
    assert await told(serve, tool, *lines_of(lines)) == known


async def test_a_peer_that_is_not_trusted_is_the_client_whatever_it_sends(serve: Any) -> None:
    lines = lines_of("F 203.0.113.9|P https|H evil")
    tool = XForwardedFiltered(FAR)
    assert await told(serve, tool, *lines) == AS_IT_IS
    assert await told(serve, tool, *lines_of("F garbage|F garbage")) == AS_IT_IS
    assert await told(serve, tool, *lines, peer="::ffff:10.0.0.1") == "203.0.113.9 https evil"


@pytest.mark.parametrize(
    ("trusted", "lines", "known"),
    [
        ([NEAR], "F 203.0.113.9|P https|H a", "203.0.113.9 https a"),
        ([NEAR, FAR], "F 203.0.113.9, 10.0.0.7|P https, http|H a, b", "203.0.113.9 https a"),
        ([NEAR, FAR], "F 203.0.113.9, 10.0.0.7|P https|H a", "203.0.113.9 https a"),
        ([NEAR, FAR], "F [2001:db8::1]:1, 10.0.0.7:2", "2001:db8::1 http example"),
        # More or fewer than proxies.
        ([NEAR], "", "400"),
        ([NEAR], "F 6.6.6.6, 203.0.113.9", "400"),
        ([NEAR, FAR], "F 203.0.113.9", "400"),
        ([NEAR], "F 203.0.113.9|P https, http", "400"),
        ([NEAR], "F 203.0.113.9|H a, b", "400"),
        ([NEAR], "F 203.0.113.9|F 203.0.113.9", "400"),
        ([NEAR], "F 203.0.113.9|P https|P https", "400"),
        # A proxy that is not the right one.
        ([FAR], "F 203.0.113.9", "400"),
        ([NEAR, FAR], "F 203.0.113.9, 11.0.0.7", "400"),
        ([NEAR, FAR], "F 203.0.113.9, garbage", "400"),
        ([NEAR], "F unknown", "400"),
        ([NEAR], "F 203.0.113.9|P ftp", "400"),
        # More proxies in front, which are not believed.
        ([NEAR, ...], "F 6.6.6.6, 203.0.113.9|P https, http|H evil, a", "203.0.113.9 http a"),
        ([NEAR, ...], "F garbage, garbage, 203.0.113.9", "203.0.113.9 http example"),
        ([NEAR, FAR, ...], "F 6.6.6.6, 203.0.113.9, 10.0.0.7", "203.0.113.9 http example"),
        ([NEAR, ...], "", "400"),
        ([...], "F 6.6.6.6|H evil", AS_IT_IS),
    ],
)
async def test_entries_are_believed_that_came_through_the_right_proxies(
    serve: Any, trusted: Any, lines: str, known: str
) -> None:
    assert await told(serve, XForwardedStrict(trusted), *lines_of(lines)) == known


async def test_nothing_is_looked_at_for_white_paths(serve: Any) -> None:
    tool = XForwardedStrict([NEAR], white_paths=["/health"])
    assert await told(serve, tool, path="/health") == AS_IT_IS
    assert await told(serve, tool) == "400"


@pytest.mark.parametrize("wrong", ["10.0.0.1", None, 1, [["10.0.0.1"]]])
def test_wrong_arguments_are_refused(wrong: Any) -> None:
    with pytest.raises(TypeError):
        XForwardedFiltered(wrong)

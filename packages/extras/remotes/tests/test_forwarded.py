"""The field Forwarded (RFC 7239)."""

from __future__ import annotations

from typing import Any

import pytest
from proxied_app import told

from tidewire_remotes import ForwardedRelaxed, ForwardedStrict

AS_IT_IS = "192.0.2.1 http example"


@pytest.mark.parametrize(
    ("num", "lines", "known"),
    [
        (1, (), AS_IT_IS),
        (1, ("Forwarded: for=10.0.0.1;proto=https;host=a.example",), "10.0.0.1 https a.example"),
        (1, ('Forwarded: for="[2001:db8::1]:4711"',), "2001:db8::1 http example"),
        (1, ("Forwarded: For=10.0.0.1;PROTO=HTTPS",), "10.0.0.1 https example"),
        (1, ("Forwarded: for=6.6.6.6;host=evil, for=10.0.0.1",), "10.0.0.1 http example"),
        (2, ("Forwarded: for=6.6.6.6, for=10.0.0.1;proto=https, for=10.0.0.2;host=b",), "10.0.0.1 https b"),
        (2, ("Forwarded: for=10.0.0.1",), "10.0.0.1 http example"),
        (1, ("Forwarded: for=6.6.6.6", "Forwarded: for=10.0.0.1"), "10.0.0.1 http example"),
        (1, ("Forwarded: for=unknown;proto=https",), "192.0.2.1 https example"),
        (1, ("Forwarded: for=_hidden",), AS_IT_IS),
        (1, ("Forwarded: ",), AS_IT_IS),
        (1, ("Forwarded: garbage, for=10.0.0.1",), "10.0.0.1 http example"),
        (1, ('Forwarded: for="6.6.6.6, for=10.0.0.1',), "10.0.0.1 http example"),
        (1, ("Forwarded: for=x",), "400"),
        (1, ("Forwarded: for=10.0.0.1;proto=gopher",), "400"),
        (1, ('Forwarded: for=10.0.0.1;host="a b"',), "400"),
    ],
)
async def test_the_last_elements_are_believed(
    serve: Any, num: int, lines: tuple[str, ...], known: str
) -> None:
    assert await told(serve, ForwardedRelaxed(num), *lines) == known


@pytest.mark.parametrize(
    "sent",
    [
        'for=6.6.6.6;x="',
        'for=6.6.6.6, x="',
        'for=6.6.6.6;x="\\',
        'for=6.6.6.6, for="x',
        ', for=6.6.6.6;x=",,',
        'for=6.6.6.6;x="y",;"',
        'for=6.6.6.6;for=6.6.6.6;x="=',
    ],
)
@pytest.mark.parametrize("added", ['for="[2001:db8::7]:4711"', 'for="[2001:db8::7]";host="example"'])
@pytest.mark.parametrize("separator", [", ", "\r\nForwarded: "])
async def test_a_client_cannot_swallow_what_the_proxy_adds(
    serve: Any, sent: str, added: str, separator: str
) -> None:
    known = await told(serve, ForwardedRelaxed(), f"Forwarded: {sent}{separator}{added}")
    assert known == "2001:db8::7 http example"
    assert await told(serve, ForwardedStrict([NEAR]), f"Forwarded: {sent}{separator}{added}") == "400"


NEAR, FAR = ["192.0.2.1"], ["10.0.0.0/8"]


@pytest.mark.parametrize(
    ("trusted", "line", "known"),
    [
        ([NEAR], "for=203.0.113.9;proto=https;host=a", "203.0.113.9 https a"),
        ([NEAR, FAR], "for=203.0.113.9;proto=https;host=a, for=10.0.0.7", "203.0.113.9 https a"),
        ([NEAR, FAR], 'for="[2001:db8::1]:80", for="10.0.0.7:80"', "2001:db8::1 http example"),
        # More or fewer elements than proxies.
        ([NEAR], "for=6.6.6.6, for=203.0.113.9", "400"),
        ([NEAR, FAR], "for=203.0.113.9", "400"),
        ([NEAR], None, "400"),
        # A proxy that is not the right one.
        ([FAR], "for=203.0.113.9", "400"),
        ([NEAR, FAR], "for=203.0.113.9, for=11.0.0.7", "400"),
        # Nobody knows who it was.
        ([NEAR], "for=unknown", "400"),
        ([NEAR], "proto=https", "400"),
        ([NEAR], "garbage", "400"),
        # More proxies in front, which are not believed.
        ([NEAR, ...], "for=6.6.6.6;proto=https;host=evil, for=203.0.113.9", "203.0.113.9 http example"),
        ([NEAR, ...], "for=203.0.113.9", "203.0.113.9 http example"),
        ([NEAR, FAR, ...], "for=garbage, for=203.0.113.9;host=a, for=10.0.0.7", "203.0.113.9 http a"),
        ([NEAR, FAR, ...], "for=203.0.113.9", "400"),
        ([...], "for=6.6.6.6", AS_IT_IS),
        ([], None, AS_IT_IS),
    ],
)
async def test_elements_are_believed_that_came_through_the_right_proxies(
    serve: Any, trusted: Any, line: str | None, known: str
) -> None:
    lines = () if line is None else (f"Forwarded: {line}",)
    assert await told(serve, ForwardedStrict(trusted), *lines) == known


async def test_peers_may_be_mapped_scoped_or_on_a_unix_domain_socket(serve: Any) -> None:
    line = "Forwarded: for=203.0.113.9"
    assert (
        await told(serve, ForwardedStrict([NEAR]), line, peer="::ffff:192.0.2.1")
        == "203.0.113.9 http example"
    )
    link_local = ForwardedStrict([["fe80::/10"]])
    assert await told(serve, link_local, line, peer="fe80::1%eth0") == "203.0.113.9 http example"
    assert await told(serve, ForwardedStrict([["unix"]]), line, peer=None) == "203.0.113.9 http example"
    assert await told(serve, ForwardedStrict([NEAR]), line, peer=None) == "400"


async def test_nothing_is_looked_at_for_white_paths(serve: Any) -> None:
    tool = ForwardedStrict([NEAR], white_paths=["/health"])
    assert await told(serve, tool, path="/health") == AS_IT_IS
    assert await told(serve, tool, path="/") == "400"

"""What all tools have in common: how they are set up, and how requests are refused."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from proxied_app import app_with

from tidewire_remotes import (
    ABC,
    AllowedHosts,
    BasicAuth,
    ForwardedStrict,
    Secure,
    XForwardedRelaxed,
    XForwardedStrict,
)
from tidewire_testing import WireClient
from tidewire_web import HTTPForbidden, Request

Serve = Callable[..., Awaitable[WireClient]]


async def test_what_is_set_up_first_sees_requests_first(serve: Serve) -> None:
    tools = XForwardedRelaxed(), AllowedHosts(["public.example"])
    lines = ("Host: internal", "X-Forwarded-Host: public.example")
    assert (await (await serve(await app_with(*tools))).ask("/", *lines)).status == 200
    assert (await (await serve(await app_with(*reversed(tools)))).ask("/", *lines)).status == 400


async def test_a_refusal_is_one_short_line_in_the_log(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    client = await serve(await app_with(XForwardedRelaxed()))
    answer = await client.ask("/" + "a" * 3000, "X-Forwarded-For: " + "x" * 4000)
    assert answer.status == 400
    (record,) = [record for record in caplog.records if record.name == "tidewire.remotes"]
    assert record.levelno == logging.WARNING
    assert "malformed X-Forwarded-For: 'xxx" in record.getMessage()
    assert len(record.getMessage()) < 400
    assert [each.name for each in caplog.records if each.levelno >= logging.WARNING] == ["tidewire.remotes"]


async def test_the_answer_to_a_refusal_can_be_another(serve: Serve) -> None:
    class Own(XForwardedRelaxed):
        async def raise_error(self, request: Request) -> None:
            if request.path == "/forbidden":
                raise HTTPForbidden

    client = await serve(await app_with(Own()))
    assert (await client.ask("/forbidden", "X-Forwarded-For: x")).status == 403
    # Whoever raises nothing lets nobody in.
    assert (await client.ask("/", "X-Forwarded-For: x")).status == 400


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/open/door", 200),
        ("/open/door?a=b", 200),
        ("/op%65n/door", 200),
        ("/open%2Fdoor", 401),
        ("/open%2fdoor", 401),
        ("/open%252Fdoor", 401),
        ("/open/door/", 401),
        ("//open/door", 401),
        ("/x/../open/door", 401),
        ("http://example/open/door", 200),
        ("http://example/open%2Fdoor", 401),
    ],
)
async def test_a_white_path_is_what_the_router_takes_for_it(serve: Serve, target: str, status: int) -> None:
    # For the router a slash that is encoded is part of a segment: another route's, which may not be open.
    client = await serve(await app_with(BasicAuth("me", "x", "", white_paths=["/open/door"])))
    assert (await client.ask(target)).status == status


@pytest.mark.parametrize(
    "tool",
    [
        AllowedHosts(["other.example"], white_paths=["/a/b"]),
        Secure(redirect=False, white_paths=["/a/b"]),
        ForwardedStrict([["10.0.0.1"]], white_paths=["/a/b"]),
        XForwardedStrict([["10.0.0.1"]], white_paths=["/a/b"]),
    ],
    ids=lambda tool: type(tool).__name__,
)
async def test_all_tools_know_white_paths_alike(serve: Serve, tool: ABC) -> None:
    client = await serve(await app_with(tool))
    assert [(await client.ask(path)).status for path in ("/a/b", "/a%2Fb", "/a")] == [200, 400, 400]


@pytest.mark.parametrize("wrong", ["/path", b"/path", 1])
def test_white_paths_are_a_collection(wrong: Any) -> None:
    with pytest.raises(TypeError, match="a collection of paths"):
        XForwardedStrict([["10.0.0.1"]], white_paths=wrong)

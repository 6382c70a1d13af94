"""What all tools have in common: how they are set up, and how requests are refused."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from proxied_app import app_with

from tidewire_remotes import AllowedHosts, XForwardedRelaxed, XForwardedStrict
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


@pytest.mark.parametrize("wrong", ["/path", b"/path", 1])
def test_white_paths_are_a_collection(wrong: Any) -> None:
    with pytest.raises(TypeError, match="a collection of paths"):
        XForwardedStrict([["10.0.0.1"]], white_paths=wrong)

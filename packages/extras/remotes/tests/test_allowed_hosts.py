"""Requests for other hosts are refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from proxied_app import app_with

from tidewire_remotes import AllowedHosts
from tidewire_testing import WireClient
from tidewire_web import HTTPMisdirectedRequest, Request

Serve = Callable[..., Awaitable[WireClient]]


@pytest.mark.parametrize(
    ("allowed", "host", "status"),
    [
        (["example.com"], "example.com", 200),
        (["example.com"], "Example.com:8080", 200),
        (["example.com"], "evil.example", 400),
        (["example.com"], "example.com.evil.example", 400),
        (["example.com"], "", 400),
        (["a", "[::1]"], "[::1]:80", 200),
        (["*"], "anything", 200),
        (["*", "example.com"], "anything", 200),
        ([], "anything", 400),
    ],
)
async def test_only_listed_hosts_are_answered(
    serve: Serve, allowed: list[str], host: str, status: int
) -> None:
    client = await serve(await app_with(AllowedHosts(allowed)))
    assert (await client.ask("/", f"Host: {host}")).status == status


async def test_every_host_is_allowed_unless_told_otherwise(serve: Serve) -> None:
    assert (await (await serve(await app_with(AllowedHosts()))).ask("/", "Host: x")).status == 200


async def test_white_paths_are_answered_for_any_host(serve: Serve) -> None:
    client = await serve(await app_with(AllowedHosts(["a"], white_paths=["/health"])))
    assert [(await client.ask(path, "Host: b")).status for path in ("/health", "/health/x", "/")] == [
        200,
        400,
        400,
    ]


async def test_the_answer_can_be_another(serve: Serve) -> None:
    class Own(AllowedHosts):
        async def raise_error(self, request: Request) -> None:
            if request.path == "/421":
                raise HTTPMisdirectedRequest

    client = await serve(await app_with(Own(["a"])))
    assert [(await client.ask(path, "Host: b")).status for path in ("/421", "/")] == [421, 400]


@pytest.mark.parametrize(
    ("wrong", "error"), [("a", TypeError), (1, TypeError), ([1], TypeError), (["a b"], ValueError)]
)
def test_wrong_hosts_are_refused(wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        AllowedHosts(wrong)

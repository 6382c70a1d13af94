"""Passwords (RFC 7617)."""

from __future__ import annotations

import base64
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proxied_app import app_with

from tidewire_remotes import BasicAuth
from tidewire_testing import WireClient
from tidewire_web import HTTPForbidden, Request

Serve = Callable[..., Awaitable[WireClient]]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


RIGHT = encoded("me:p:\u00e4ss")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ((f"Authorization: Basic {RIGHT}",), 200),
        ((f"Authorization: bAsIc   {RIGHT}",), 200),
        ((), 401),
        (("Authorization: ",), 401),
        (("Authorization: Basic",), 401),
        (("Authorization: Basic !",), 401),
        (("Authorization: Basic \u00e4",), 401),
        (("Authorization: Basic bWU6c",), 401),
        ((f"Authorization: Bearer {RIGHT}",), 401),
        ((f"Authorization: Basic {encoded('me:wrong')}",), 401),
        ((f"Authorization: Basic {encoded('you:p')}",), 401),
        ((f"Authorization: Basic {encoded('me')}",), 401),
        ((f"Authorization: Basic {encoded('')}",), 401),
        ((f"Authorization: Basic {RIGHT}x",), 401),
        ((f"Authorization: Basic {'A' * 8000}",), 401),
        ((f"Authorization: Basic {RIGHT}",) * 2, 401),
    ],
)
async def test_only_the_right_credentials_are_let_in(
    serve: Serve, caplog: pytest.LogCaptureFixture, lines: tuple[str, ...], status: int
) -> None:
    client = await serve(await app_with(BasicAuth("me", "p:\u00e4ss", 'Some "place"')))
    answer = await client.ask("/", *lines)
    assert answer.status == status
    challenge = 'Basic realm="Some \\"place\\"", charset="UTF-8"'
    assert answer.headers["WWW-Authenticate"] == (challenge if status == 401 else None)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@given(st.text())
def test_any_other_text_is_refused_without_an_error(text: str) -> None:
    tool = BasicAuth("me", "secret", "")
    assert not tool.accepts([text])
    assert not tool.accepts([f"Basic {text}"])


async def test_white_paths_need_no_password(serve: Serve) -> None:
    client = await serve(await app_with(BasicAuth("me", "x", "", white_paths=["/health"])))
    assert [(await client.ask(path)).status for path in ("/health", "/")] == [200, 401]


async def test_the_answer_can_be_another(serve: Serve) -> None:
    class Own(BasicAuth):
        async def raise_error(self, request: Request) -> None:
            if request.path == "/403":
                raise HTTPForbidden

    client = await serve(await app_with(Own("me", "x", "")))
    assert [(await client.ask(path)).status for path in ("/403", "/")] == [403, 401]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("me", "x", b"y"), TypeError),
        ((1, "x", "y"), TypeError),
        (("m:e", "x", "y"), ValueError),
        (("me", "x\n", "y"), ValueError),
        (("me", "x", "y\r\nSet-Cookie: a=b"), ValueError),
        (("me", "x", "\u00e4"), ValueError),
    ],
)
def test_wrong_arguments_are_refused(arguments: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        BasicAuth(*arguments)

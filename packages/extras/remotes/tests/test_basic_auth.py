"""Passwords (RFC 7617)."""

from __future__ import annotations

import base64
import hmac
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


async def test_a_password_is_the_same_however_its_characters_are_composed(serve: Serve) -> None:
    # As a file has it that was written on a Mac; clients send the composed form (RFC 7617, section 2.1).
    client = await serve(await app_with(BasicAuth("me", "pa\u0308ss", "")))
    composed = encoded("me:p\u00e4ss")
    assert (await client.ask("/", f"Authorization: Basic {composed}")).status == 200


@pytest.mark.parametrize("given", ["", "m", "me:secre", "me:secret!", "x" * 5000])
def test_what_is_compared_has_one_length_whatever_was_sent(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.extend((len(one), len(other)))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr("tidewire_remotes._basic_auth.compare_digest", compare)
    assert not BasicAuth("me", "secret", "").accepts([f"Basic {encoded(given)}"])
    assert compared == [32, 32]


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

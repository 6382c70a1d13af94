"""Sessions in plain cookies."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import pytest

from tidewire_sessions import SimpleCookieStorage, get_session, setup
from tidewire_sessions._browser import Browser
from tidewire_sessions.conformance import CHECKS, Check, Subject
from tidewire_web import Application, Request, Response

SUBJECT = Subject(make_storage=SimpleCookieStorage, on_server=False, tamper_proof=False)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_conformance(check: Check) -> None:
    await check(SUBJECT)


async def put(request: Request) -> Response:
    session = await get_session(request)
    session.update(request.query)
    return Response(text=json.dumps(dict(session)))


def make_app() -> Application:
    app = Application()
    setup(app, SimpleCookieStorage())
    app.router.add_get("/", put)
    return app


async def test_a_cookie_of_aiohttp_session_is_understood(
    browse: Callable[[Application], Awaitable[Browser]],
) -> None:
    browser = await browse(make_app())
    created = int(time.time()) - 60
    old = f'"{{\\"created\\": {created}\\054 \\"session\\": {{\\"a\\": 1}}}}"'
    assert (await browser.copy(AIOHTTP_SESSION=old).get("/")).body == b'{"a": 1}'


async def test_more_than_a_cookie_holds_is_the_applications_error(
    browse: Callable[[Application], Awaitable[Browser]], caplog: pytest.LogCaptureFixture
) -> None:
    browser = await browse(make_app())
    await browser.get("/?a=1")
    answer = await browser.get(f"/?b={quote('x' * 4096)}")
    assert (answer.status, answer.set_cookies) == (500, [])
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert (await browser.get("/")).body == b'{"a": "1"}'

"""The examples of the README run."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tidewire_sessions._browser import Browser
from tidewire_web import Application

README = Path(__file__).resolve().parent.parent / "README.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)

Browse = Callable[[Application], Awaitable[Browser]]


def run(number: int) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(EXAMPLES[number], "README.md", "exec"), names)
    return names


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3


async def test_the_first_one_remembers_whoever_logs_in_and_until_they_log_out(browse: Browse) -> None:
    browser = await browse(run(0)["app"])
    assert (await browser.get("/")).body == b"Hello, stranger! Welcome."
    assert (await browser.get("/")).body == b"Hello, stranger! Welcome back."
    refused = await browser.get("/login", form="name=Ann&password=guess")
    assert (refused.status, refused.set_cookies) == (403, [])
    answer = await browser.get("/login", form="name=Ann&password=swordfish")
    assert (answer.status, len(answer.set_cookies)) == (303, 1)
    assert "SameSite=Lax" in answer.set_cookies[0]
    assert (await browser.get("/")).body == b"Hello, Ann! Welcome back."
    assert (await browser.get("/logout", form="yes=1")).status == 303
    assert browser.cookies == {}
    assert (await browser.get("/")).body == b"Hello, stranger! Welcome."


@pytest.mark.peer("redis-server")
async def test_the_second_one_keeps_sessions_in_redis(browse: Browse, redis_port: int) -> None:
    from tidewire_sessions import get_session
    from tidewire_web import Request, Response

    async def count(request: Request) -> Response:
        session = await get_session(request)
        session["visits"] = session.get("visits", 0) + 1
        return Response(text=str(session["visits"]))

    app = run(1)["make_app"](f"redis://127.0.0.1:{redis_port}")
    app.router.add_get("/", count)
    browser = await browse(app)
    assert [(await browser.get("/")).body for _ in range(3)] == [b"1", b"2", b"3"]


async def test_the_third_one_passes() -> None:
    names = run(2)
    await names["test_conformance"](names["CHECKS"][0])

"""The browser of the conformance suite."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tidewire_sessions import MemoryStorage
from tidewire_sessions._browser import Browser, Clock, Site
from tidewire_web import Application, Request, Response, StreamResponse


async def test_it_keeps_cookies_and_sends_them(browse: Callable[[Application], Awaitable[Browser]]) -> None:
    async def set_two(request: Request) -> Response:
        response = Response(text=request.headers.get("Cookie", ""))
        response.set_cookie("a", "1 2")
        response.set_cookie("b", "3", max_age=10)
        return response

    async def delete_one(request: Request) -> Response:
        response = Response(text=request.headers.get("Cookie", ""))
        response.del_cookie("a")
        return response

    app = Application()
    app.router.add_get("/set", set_two)
    app.router.add_get("/delete", delete_one)
    browser = await browse(app)
    answer = await browser.get("/set")
    assert (answer.body, len(answer.set_cookies)) == (b"", 2)
    assert browser.cookies == {"a": '"1 2"', "b": "3"}
    other = browser.copy(b="4")
    assert (await browser.get("/delete")).body == b'a="1 2"; b=3'
    assert browser.cookies == {"b": "3"}
    assert (await other.get("/delete")).body == b'a="1 2"; b=4'


@pytest.mark.parametrize(("bodies", "read"), [([], 0), ([b"some"], 200)])
async def test_it_reads_up_to_where_a_response_breaks_off(
    bodies: list[bytes], read: int, browse: Callable[[Application], Awaitable[Browser]]
) -> None:
    async def break_off(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        for body in bodies:
            await response.write(body)
            # Now both are on their way; a head alone would wait for more.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        raise ValueError

    app = Application()
    app.router.add_get("/", break_off)
    answer = await (await browse(app)).get("/")
    assert answer.status == read


async def test_the_site_listens_while_it_runs() -> None:
    async with Site(MemoryStorage()) as site:
        browser = site.browser()
        assert (await browser.get("/put?a=1")).body == b'{"new": true, "content": {"a": "1"}}'
    with pytest.raises(ConnectionRefusedError):
        await browser.get("/show")


def test_the_clock_moves_when_it_is_told_to() -> None:
    clock = Clock()
    before = clock()
    assert clock() == before
    clock.advance(5)
    assert clock() == before + 5

"""aioresponses: answers of a `ClientSession` without a server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aioresponses import CallbackResult, aioresponses
from yarl import URL

Serve = Callable[[web.Application], Awaitable[str]]

URL_A = "http://example.test/a"


async def test_a_payload_comes_back_as_json() -> None:
    """Status, head and body are what was set."""
    with aioresponses() as mocked:
        mocked.get(URL_A, payload={"tide": "in"}, status=202, headers={"X-Level": "7"})
        async with aiohttp.ClientSession() as session, session.get(URL_A) as response:
            assert response.status == 202
            assert response.reason == "Accepted"
            assert response.ok
            assert response.headers["X-Level"] == "7"
            assert response.content_type == "application/json"
            assert response.url == URL(URL_A)
            assert isinstance(response, aiohttp.ClientResponse)
            assert await response.json() == {"tide": "in"}
            assert await response.text() == '{"tide": "in"}'


async def test_a_body_is_read_as_a_whole_and_in_pieces() -> None:
    """`read()`, `text()` and `content` all serve it."""
    with aioresponses() as mocked:
        mocked.get(URL_A, body=b"0123456789", content_type="application/octet-stream", repeat=True)
        async with aiohttp.ClientSession() as session:
            async with session.get(URL_A) as response:
                assert await response.read() == b"0123456789"
            async with session.get(URL_A) as response:
                assert [piece async for piece in response.content.iter_chunked(4)] == [
                    b"0123",
                    b"4567",
                    b"89",
                ]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options", "head"])
async def test_each_method_has_its_own_answers(method: str) -> None:
    """A mock of one method answers no other."""
    with aioresponses() as mocked:
        getattr(mocked, method)(URL_A, status=204)
        async with aiohttp.ClientSession() as session:
            other = "post" if method == "get" else "get"
            with pytest.raises(aiohttp.ClientConnectionError, match="Connection refused"):
                await getattr(session, other)(URL_A)
            response = await getattr(session, method)(URL_A)
            assert response.status == 204


async def test_an_exception_is_raised() -> None:
    """Errors of the client, and time-outs."""
    with aioresponses() as mocked:
        mocked.get(URL_A, exception=aiohttp.ClientPayloadError("half of it"))
        mocked.get(URL_A, timeout=True)
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientPayloadError, match="half of it"):
                await session.get(URL_A)
            with pytest.raises(asyncio.TimeoutError):
                await session.get(URL_A)


async def test_a_pattern_answers_what_it_matches() -> None:
    """Queries are part of what is matched."""
    with aioresponses() as mocked:
        mocked.get(re.compile(r"^http://example\.test/tides/\d+\?unit=.*$"), payload=[], repeat=True)
        async with aiohttp.ClientSession() as session:
            assert (await session.get("http://example.test/tides/12", params={"unit": "m"})).status == 200
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.get("http://example.test/tides/x", params={"unit": "m"})


async def test_answers_are_used_up_unless_they_repeat() -> None:
    """Once, n times, for ever."""
    with aioresponses() as mocked:
        mocked.get(URL_A, status=201)
        mocked.get(URL_A, status=202, repeat=2)
        mocked.get(URL_A, status=203, repeat=True)
        async with aiohttp.ClientSession() as session:
            assert [(await session.get(URL_A)).status for _ in range(6)] == [201, 202, 202, 203, 203, 203]


async def test_a_callback_makes_the_answer_of_the_request() -> None:
    """It sees the URL and the parameters of the request."""
    seen: list[Any] = []

    def answer(url: URL, **kwargs: Any) -> CallbackResult:
        seen.append((url, kwargs["json"]))
        return CallbackResult(status=418, payload={"echo": kwargs["json"]})

    async def answer_later(url: URL, **kwargs: Any) -> CallbackResult:
        await asyncio.sleep(0)
        return answer(url, **kwargs)

    with aioresponses() as mocked:
        mocked.post(URL_A, callback=answer)
        mocked.post(URL_A, callback=answer_later)
        async with aiohttp.ClientSession() as session:
            for number in (1, 2):
                async with session.post(URL_A, json={"n": number}) as response:
                    assert response.status == 418
                    assert await response.json() == {"echo": {"n": number}}
    assert seen == [(URL(URL_A), {"n": 1}), (URL(URL_A), {"n": 2})]


async def test_redirects_are_followed_within_what_is_mocked() -> None:
    """The history is there, relative places are resolved."""
    with aioresponses() as mocked:
        mocked.get(URL_A, status=307, headers={"Location": "/b"})
        mocked.get("http://example.test/b", body="arrived")
        async with aiohttp.ClientSession() as session, session.get(URL_A) as response:
            assert response.url == URL("http://example.test/b")
            assert [hop.status for hop in response.history] == [307]
            assert str(response.history[0].url) == URL_A
            assert await response.text() == "arrived"
        mocked.get(URL_A, status=307, headers={"Location": "/b"})
        async with aiohttp.ClientSession() as session:
            assert (await session.get(URL_A, allow_redirects=False)).status == 307


async def test_the_rest_passes_through_to_a_server(serve: Serve) -> None:
    """What has a prefix is not mocked, the base URL of the session and parameters included."""

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"query": dict(request.query), "sent": await request.text()})

    application = web.Application()
    application.router.add_route("*", "/real", handler)
    url = await serve(application)
    with aioresponses(passthrough=[url]) as mocked:
        mocked.get(URL_A, payload="mocked")
        async with aiohttp.ClientSession() as session:
            async with session.get(URL_A) as response:
                assert await response.json() == "mocked"
            async with session.post(f"{url}/real", params={"a": "1"}, data=b"body") as response:
                assert await response.json() == {"query": {"a": "1"}, "sent": "body"}
        async with aiohttp.ClientSession(base_url=f"{url}/") as session, session.get("real") as response:
            assert await response.json() == {"query": {}, "sent": ""}


async def test_what_is_not_mocked_passes_through_where_that_is_asked_for(serve: Serve) -> None:
    """`passthrough_unmatched` sends the rest to where it goes."""
    application = web.Application()
    application.router.add_get("/", _empty)
    url = await serve(application)
    with aioresponses(passthrough_unmatched=True) as mocked:
        mocked.get(URL_A, status=201)
        async with aiohttp.ClientSession() as session:
            assert (await session.get(URL_A)).status == 201
            assert (await session.get(url)).status == 204


async def _empty(request: web.Request) -> web.Response:
    return web.Response(status=204)


async def test_requests_are_recorded_and_asserted() -> None:
    """The calls are the ones that users of the library compare with."""
    with aioresponses() as mocked:
        mocked.get(URL_A)
        mocked.post(URL_A)
        mocked.assert_not_called()
        async with aiohttp.ClientSession(headers={"X-All": "1"}) as session:
            await session.get(URL_A, headers={"X-One": "2"})
            await session.post(URL_A, json={"n": 1})
        calls = mocked.requests[("GET", URL(URL_A))]
        assert len(calls) == 1
        assert calls[0].kwargs["allow_redirects"] is True
        assert dict(calls[0].kwargs["headers"]) == {"X-All": "1", "X-One": "2"}
        mocked.assert_any_call(URL_A, "GET")
        mocked.assert_called_with(URL_A, method="POST", json={"n": 1}, headers={"X-All": "1"})
        with pytest.raises(AssertionError):
            mocked.assert_called_once()


async def test_raise_for_status_is_asked_of_mocked_answers() -> None:
    """By the session, by the request, by hand."""
    with aioresponses() as mocked:
        mocked.get(URL_A, status=404, repeat=True)
        async with aiohttp.ClientSession(raise_for_status=True) as session:
            with pytest.raises(aiohttp.ClientResponseError) as caught:
                await session.get(URL_A)
            assert caught.value.status == 404
            assert (await session.get(URL_A, raise_for_status=False)).status == 404
        async with aiohttp.ClientSession() as session:
            response = await session.get(URL_A)
            with pytest.raises(aiohttp.ClientResponseError, match="Not Found"):
                response.raise_for_status()


async def test_cookies_of_a_mocked_answer_are_read() -> None:
    """Set-Cookie fields become morsels."""
    with aioresponses() as mocked:
        mocked.get(URL_A, headers={"Set-Cookie": "tide=high; Path=/"})
        async with aiohttp.ClientSession() as session, session.get(URL_A) as response:
            assert response.cookies["tide"].value == "high"


async def test_a_response_class_of_ones_own_is_used() -> None:
    """It derives from `ClientResponse`."""

    class Louder(aiohttp.ClientResponse):
        async def text(self, *args: Any, **kwargs: Any) -> str:
            return (await super().text(*args, **kwargs)).upper()

    with aioresponses() as mocked:
        mocked.get(URL_A, body="quiet", response_class=Louder)
        async with aiohttp.ClientSession() as session, session.get(URL_A) as response:
            assert await response.text() == "QUIET"


async def test_afterwards_sessions_are_as_before(serve: Serve) -> None:
    """The patch is taken back."""
    application = web.Application()
    application.router.add_get("/", _empty)
    url = await serve(application)

    @aioresponses()
    async def mocked_part(mocked: aioresponses) -> int:
        mocked.get(url, status=299)
        async with aiohttp.ClientSession() as session:
            return (await session.get(url)).status

    assert await mocked_part() == 299
    async with aiohttp.ClientSession() as session:
        assert (await session.get(url)).status == 204

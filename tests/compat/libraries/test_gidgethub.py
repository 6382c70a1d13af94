"""gidgethub: a client of a GitHub API, and a receiver of its webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import gidgethub
import pytest
from aiohttp import web
from gidgethub import routing, sansio
from gidgethub.aiohttp import GitHubAPI

Serve = Callable[[web.Application], Awaitable[str]]

LIMITS = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "59", "x-ratelimit-reset": "1700000000"}


class Hub:
    """A GitHub API of one repository with five issues."""

    def __init__(self) -> None:
        self.seen: list[web.Request] = []
        self.sent: list[Any] = []
        self.application = web.Application()
        self.application.router.add_get("/repos/tide/wire", self.repository)
        self.application.router.add_get("/repos/tide/wire/issues", self.issues)
        self.application.router.add_post("/repos/tide/wire/issues", self.add)
        self.application.router.add_patch("/repos/tide/wire/issues/{number}", self.change)
        self.application.router.add_delete("/repos/tide/wire/issues/{number}", self.remove)

    async def repository(self, request: web.Request) -> web.Response:
        """Answer with an entity tag, and with 304 to who has it."""
        self.seen.append(request)
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304, headers=LIMITS)
        return web.json_response({"full_name": "tide/wire", "stars": 7}, headers={**LIMITS, "ETag": '"v1"'})

    async def issues(self, request: web.Request) -> web.Response:
        """Two issues per page, with a link to the next."""
        page = int(request.query.get("page", "1"))
        numbers = range(2 * page - 1, min(2 * page + 1, 6))
        headers = dict(LIMITS)
        if page < 3:
            headers["Link"] = f'<{request.url.with_query(page=page + 1)}>; rel="next"'
        return web.json_response([{"number": number} for number in numbers], headers=headers)

    async def add(self, request: web.Request) -> web.Response:
        """Take an issue that has a title."""
        self.seen.append(request)
        given = await request.json()
        if not given.get("title"):
            errors = [{"resource": "Issue", "field": "title", "code": "missing_field"}]
            problem = {"message": "Validation Failed", "errors": errors}
            return web.json_response(problem, status=422, headers=LIMITS)
        return web.json_response({"number": 6, **given}, status=201, headers=LIMITS)

    async def change(self, request: web.Request) -> web.Response:
        """Take a change."""
        return web.json_response({"number": int(request.match_info["number"]), **await request.json()})

    async def remove(self, request: web.Request) -> web.Response:
        """Remove an issue."""
        self.sent.append(request.match_info["number"])
        return web.Response(status=204)


async def test_an_item_is_fetched_with_the_fields_that_the_api_wants(serve: Serve) -> None:
    """The library's headers arrive, the rate limit is read from the answer's."""
    hub = Hub()
    url = await serve(hub.application)
    async with aiohttp.ClientSession() as session:
        github = GitHubAPI(session, "tests", oauth_token="secret", base_url=url)
        found = await github.getitem("/repos/{owner}/{name}", {"owner": "tide", "name": "wire"})
    assert found == {"full_name": "tide/wire", "stars": 7}
    request = hub.seen[0]
    assert request.headers["User-Agent"] == "tests"
    assert request.headers["Authorization"] == "token secret"
    assert request.headers["Accept"].startswith("application/vnd.github")
    assert github.rate_limit is not None
    assert github.rate_limit.remaining == 59


async def test_pages_are_followed_by_their_links(serve: Serve) -> None:
    """An iteration asks for three pages."""
    url = await serve(Hub().application)
    async with aiohttp.ClientSession() as session:
        github = GitHubAPI(session, "tests", base_url=url)
        numbers = [issue["number"] async for issue in github.getiter("/repos/tide/wire/issues")]
    assert numbers == [1, 2, 3, 4, 5]


async def test_what_is_cached_is_asked_for_with_its_entity_tag(serve: Serve) -> None:
    """The second answer is 304, without a body."""
    hub = Hub()
    url = await serve(hub.application)
    async with aiohttp.ClientSession() as session:
        github = GitHubAPI(session, "tests", base_url=url, cache={})
        first = await github.getitem("/repos/tide/wire")
        second = await github.getitem("/repos/tide/wire")
    assert first == second
    assert [request.headers.get("If-None-Match") for request in hub.seen] == [None, '"v1"']


async def test_things_are_made_changed_and_removed(serve: Serve) -> None:
    """Bodies go out as JSON, and come back."""
    hub = Hub()
    url = await serve(hub.application)
    async with aiohttp.ClientSession() as session:
        github = GitHubAPI(session, "tests", base_url=url)
        made = await github.post("/repos/tide/wire/issues", data={"title": "läuft"})
        changed = await github.patch("/repos/tide/wire/issues/6", data={"state": "closed"})
        await github.delete("/repos/tide/wire/issues/6")
    assert made == {"number": 6, "title": "läuft"}
    assert changed == {"number": 6, "state": "closed"}
    assert hub.sent == ["6"]
    assert hub.seen[0].headers["Content-Type"] == "application/json; charset=utf-8"


async def test_refusals_are_the_librarys_errors(serve: Serve) -> None:
    """422 and 404 tell what was wrong."""
    url = await serve(Hub().application)
    async with aiohttp.ClientSession() as session:
        github = GitHubAPI(session, "tests", base_url=url)
        with pytest.raises(gidgethub.InvalidField, match="title"):
            await github.post("/repos/tide/wire/issues", data={"title": ""})
        with pytest.raises(gidgethub.BadRequest) as caught:
            await github.getitem("/nowhere")
    assert caught.value.status_code == 404


async def test_webhooks_arrive_at_their_functions(serve: Serve) -> None:
    """An event that is signed is dispatched; one that is not is refused."""
    router = routing.Router()
    opened: list[str] = []

    @router.register("issues", action="opened")
    async def greet(event: sansio.Event) -> None:
        opened.append(event.data["issue"]["title"])

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        try:
            event = sansio.Event.from_http(request.headers, body, secret="hush")
        except gidgethub.ValidationFailure as error:
            return web.Response(status=401, text=str(error))
        await router.dispatch(event)
        return web.Response(status=200)

    application = web.Application()
    application.router.add_post("/hook", receive)
    url = await serve(application)
    body = json.dumps({"action": "opened", "issue": {"title": "hello"}}).encode()
    signature = "sha256=" + hmac.new(b"hush", body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issues",
        "X-GitHub-Delivery": "1",
        "X-Hub-Signature-256": signature,
    }
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{url}/hook", data=body, headers=headers) as response:
            assert response.status == 200
        headers["X-Hub-Signature-256"] = "sha256=" + "0" * 64
        async with session.post(f"{url}/hook", data=body, headers=headers) as response:
            assert response.status == 401
    assert opened == ["hello"]

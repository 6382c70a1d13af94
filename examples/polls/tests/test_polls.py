"""The polls, served and asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiosqlite", reason="the polls need aiosqlite")
pytest.importorskip("tidewire_jinja2", reason="the polls need tidewire-jinja2")
pytest.importorskip("tidewire_sessions", reason="the polls need tidewire-sessions")
pytest.importorskip("cryptography", reason="the polls need cryptography")

from polls import Config, make_app
from polls.keys import STORE

from tidewire import web
from tidewire_client import ClientResponse
from tidewire_testing.client import TestClient
from tidewire_testing.web import TestServer

Client = TestClient[Any, web.Application]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(database=tmp_path / "polls.sqlite", admin_password="correct horse", samples=False)


@pytest.fixture
async def client(config: Config) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_app(config))) as client:
        await client.app[STORE].create("Tea or coffee?", ["Tea", "Coffee"])
        yield client


async def page(client: Client, path: str, status: int = 200) -> str:
    async with client.get(path) as response:
        assert response.status == status, await response.text()
        return await response.text()


def token(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found, html
    return found[1]


async def post(client: Client, path: str, form_at: str, **fields: str) -> ClientResponse:
    """Post a form, with the token that the page has; redirects are followed."""
    fields["csrf"] = token(await page(client, form_at))
    return await client.post(path, data=fields)


async def log_in(client: Client, password: str = "correct horse") -> ClientResponse:
    return await post(client, "/login", "/login", name="admin", password=password)


async def test_a_vote_is_counted_once_and_can_be_changed(client: Client) -> None:
    response = await post(client, "/1", "/1", choice="1")
    text = await response.text()
    assert response.url.path == "/1/results"
    assert "Your vote is counted." in text
    assert 'value="1" max="1"' in text

    await (await post(client, "/1", "/1", choice="2")).read()

    poll = await client.app[STORE].get(1)
    assert poll is not None
    assert [(choice.text, choice.votes) for choice in poll.choices] == [("Tea", 0), ("Coffee", 1)]
    assert "Your vote is counted." not in await page(client, "/")


@pytest.mark.parametrize("choice", ["3", "0", "", "x", "\u00b2", "9" * 400])
async def test_what_is_no_choice_is_refused(client: Client, choice: str) -> None:
    response = await post(client, "/1", "/1", choice=choice)
    assert response.status == 400
    assert "Choose one of the answers." in await response.text()


async def test_of_many_votes_at_once_each_voter_has_one(client: Client) -> None:
    store = client.app[STORE]
    await asyncio.gather(
        *(store.vote(1, choice, f"voter {n % 10}") for n, choice in enumerate([1, 1, 2] * 10))
    )

    poll = await store.get(1)
    assert poll is not None
    assert poll.votes == 10


async def test_a_form_of_another_site_is_refused(client: Client) -> None:
    await page(client, "/1")
    for forged in ({"choice": "1"}, {"choice": "1", "csrf": "x"}, {"choice": "1", "csrf": "\u00fc"}):
        async with client.post("/1", data=forged) as response:
            assert response.status == 403
            assert "another site" in await response.text()


@pytest.mark.parametrize("field", ["csrf", "name", "password"])
async def test_bytes_that_are_no_text_do_no_harm(client: Client, field: str) -> None:
    good = {"csrf": token(await page(client, "/login")), "name": "admin", "password": "x"}
    body = "&".join(f"{name}={'%ff%00%ed%a0%80' if name == field else text}" for name, text in good.items())
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with client.post("/login", data=body, headers=headers) as response:
        assert response.status == (403 if field == "csrf" else 401)


async def test_a_log_in_has_forms_with_another_token(client: Client) -> None:
    before = token(await page(client, "/login"))
    await log_in(client)
    assert token(await page(client, "/")) != before


async def test_the_admin_opens_and_closes_polls(client: Client) -> None:
    response = await log_in(client)
    assert "Welcome, admin." in await response.text()

    lines = "One\r\n\r\n Two \r\nOne"
    response = await post(client, "/admin/", "/admin/", question=" How many? ", choices=lines)
    assert "The poll is open." in await response.text()
    poll = await client.app[STORE].get(2)
    assert poll is not None
    assert (poll.question, [choice.text for choice in poll.choices]) == ("How many?", ["One", "Two"])

    response = await post(client, "/admin/2/close", "/admin/")
    assert "The poll is closed." in await response.text()
    async with client.get("/2") as response:
        assert response.url.path == "/2/results"
    assert (await post(client, "/2", "/1", choice="3")).status == 400
    await (await post(client, "/admin/2/open", "/admin/")).read()
    assert (await post(client, "/2", "/2", choice="3")).status == 200
    assert (await post(client, "/admin/9/close", "/admin/")).status == 404


@pytest.mark.parametrize(
    ("question", "choices", "error"),
    [
        (" ", "a\nb", "A poll has a question."),
        ("q", "a\na", "2 to 12 different answers"),
        ("q", "\n".join("abcdefghijklm"), "2 to 12 different answers"),
        ("q" * 201, "a\nb", "up to 200 characters"),
    ],
)
async def test_a_poll_that_is_none_is_explained(
    client: Client, question: str, choices: str, error: str
) -> None:
    await log_in(client)
    response = await post(client, "/admin/", "/admin/", question=question, choices=choices)
    assert response.status == 400
    assert error in await response.text()
    assert len(await client.app[STORE].list()) == 1


async def test_nobody_else_manages_polls(client: Client) -> None:
    async with client.get("/admin/") as response:
        assert response.url.path == "/login"
        assert "Log in to see that page." in await response.text()
    await (await post(client, "/admin/1/close", "/1")).read()
    poll = await client.app[STORE].get(1)
    assert poll is not None
    assert not poll.closed


async def test_wrong_passwords_and_unknown_names_look_the_same(client: Client) -> None:
    wrong = await log_in(client, "wrong")
    unknown = await post(client, "/login", "/login", name="nobody", password="wrong")
    assert (wrong.status, unknown.status) == (401, 401)
    assert "Wrong name or password." in await wrong.text()
    assert "Wrong name or password." in await unknown.text()


async def test_after_logging_out_nothing_can_be_managed(client: Client) -> None:
    await log_in(client)
    assert "Log out" in await page(client, "/")
    response = await post(client, "/logout", "/")
    assert "You are logged out." in await response.text()
    assert "Log out" not in await page(client, "/")
    async with client.get("/admin/") as response:
        assert response.url.path == "/login"


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/nowhere", 404, "There is no such page."),
        ("GET", "/77", 404, "There is no such poll."),
        ("GET", "/admin/nowhere", 303, ""),
        ("DELETE", "/login", 405, "does not take such a request"),
        ("GET", "/static/nothing.css", 404, "There is no such page."),
    ],
)
async def test_errors_are_pages(client: Client, method: str, path: str, status: int, text: str) -> None:
    async with client.request(method, path, allow_redirects=False) as response:
        assert response.status == status
        assert text in await response.text()
        assert ("Allow" in response.headers) is (status == 405)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


async def test_a_form_that_is_too_large_is_told_so(client: Client) -> None:
    response = await post(client, "/1", "/1", choice="1" * 70_000)
    assert response.status == 413
    assert "<h1>" in await response.text()


async def test_what_fails_is_a_page_and_in_the_log(config: Config, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(request: web.Request) -> web.Response:
        raise RuntimeError("the cat is on the keyboard")

    app = make_app(config)
    app.router.add_get("/fail", fail)
    async with TestClient(TestServer(app)) as client:
        text = await page(client, "/fail", 500)
    assert "Something went wrong on our side." in text
    assert "cat" not in text
    assert "the cat is on the keyboard" in caplog.text


async def test_static_files_have_versions_and_may_be_kept(client: Client) -> None:
    found = re.search(r'href="([^"]+style\.css\?v=[^"]+)"', await page(client, "/"))
    assert found
    async with client.get(found[1]) as response:
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in response.headers
    async with client.get("/static/style.css") as response:
        assert "Cache-Control" not in response.headers


async def test_polls_survive_a_restart(client: Client, config: Config) -> None:
    await (await post(client, "/1", "/1", choice="1")).read()
    async with TestClient(TestServer(make_app(config))) as later:
        assert "1 vote" in await page(later, "/1/results")


async def test_an_empty_database_begins_with_samples(tmp_path: Path) -> None:
    config = Config(database=tmp_path / "polls.sqlite")
    for _ in range(2):
        async with TestClient(TestServer(make_app(config))) as client:
            assert (await page(client, "/")).count('class="card"') == 3


async def test_nested_in_another_application_its_links_lead_to_itself(config: Config) -> None:
    outer = web.Application()
    outer.add_subapp("/polls/", make_app(config))
    async with TestClient(TestServer(outer)) as client:
        text = await page(client, "/polls/")
        assert 'href="/polls/login"' in text
        assert 'href="/polls/static/style.css?v=' in text
        assert "There is no such page." in await page(client, "/polls/nowhere", 404)
        async with client.get("/polls/admin/") as response:
            assert response.url.path == "/polls/login"

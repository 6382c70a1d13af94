"""The service in memory: everything but a socket is real."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("aiosqlite", reason="needs aiosqlite")
pytest.importorskip("msgspec", reason="needs msgspec")
pytest.importorskip("sqlalchemy", reason="needs SQLAlchemy")

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from rest.app import make_app
from tidewire_client import ClientResponse
from tidewire_http_parser.field_values import parse_links
from tidewire_testing.client import TestClient
from tidewire_testing.pytest_plugin import TidewireClient

Client = TestClient[Any, Any]

PATCH = {"Content-Type": "application/merge-patch+json"}


@pytest.fixture
async def client(tidewire_client: TidewireClient) -> Client:
    # The database is in memory too.
    return await tidewire_client(make_app("sqlite+aiosqlite://"), memory=True)


async def made(client: Client, title: str = "first") -> ClientResponse:
    response = await client.post("/notes", json={"title": title})
    assert response.status == 201
    return response


async def problem(response: ClientResponse, status: int) -> dict[str, Any]:
    assert response.status == status
    assert response.content_type == "application/problem+json"
    body = await response.json(content_type=None)
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert body["instance"] == f"urn:request:{response.headers['X-Request-ID']}"
    assert isinstance(body, dict)
    return body


# Making and reading.


async def test_a_note_that_was_made_can_be_read(client: Client) -> None:
    response = await client.post("/notes", json={"title": "first", "text": "of all"})
    assert (response.status, response.headers["Location"]) == (201, "/notes/1")
    note = await response.json()
    assert (note["title"], note["text"], note["number"]) == ("first", "of all", 1)

    again = await client.get(response.headers["Location"])
    assert (again.status, await again.json(), again.headers["ETag"]) == (200, note, response.headers["ETag"])
    head = await client.head(response.headers["Location"])
    assert (head.status, head.headers["ETag"], await head.read()) == (200, again.headers["ETag"], b"")


async def test_a_note_is_not_sent_again_to_who_has_it(client: Client) -> None:
    etag = (await made(client)).headers["ETag"]
    response = await client.get("/notes/1", headers={"If-None-Match": f'"other", W/{etag}'})
    assert (response.status, response.headers["ETag"], await response.read()) == (304, etag, b"")


async def test_pages_are_linked(client: Client) -> None:
    for number in range(5):
        await made(client, f"note {number}")
    url, titles, pages = "/notes?limit=2", list[str](), 0
    while url:
        response = await client.get(url)
        titles += [note["title"] for note in await response.json()]
        links = {link.rel[0]: link.target for link in parse_links(response.headers["Link"])}
        assert links["first"] == "/notes?limit=2"
        url = links.get("next", "")
        pages += 1
    assert (titles, pages) == ([f"note {number}" for number in range(5)], 3)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "after=-1", "after=2147483648", "page=2"]
)
async def test_pages_that_are_none(client: Client, query: str) -> None:
    await problem(await client.get(f"/notes?{query}"), 422)


# Changing.


async def test_a_note_is_replaced_by_who_has_seen_it(client: Client) -> None:
    etag = (await made(client)).headers["ETag"]
    response = await client.put("/notes/1", json={"title": "second"}, headers={"If-Match": etag})
    assert (response.status, (await response.json())["title"]) == (200, "second")
    assert response.headers["ETag"] != etag

    late = await client.put("/notes/1", json={"title": "third"}, headers={"If-Match": etag})
    assert (await problem(late, 412))["detail"] == "the note was changed by somebody else"
    assert (await (await client.get("/notes/1")).json())["title"] == "second"


async def test_parts_of_a_note_are_changed(client: Client) -> None:
    etag = (await made(client)).headers["ETag"]
    headers = {"If-Match": etag, **PATCH}
    response = await client.patch("/notes/1", data=b'{"text": "new"}', headers=headers)
    note = await response.json()
    assert (note["title"], note["text"]) == ("first", "new")


async def test_a_note_is_deleted(client: Client) -> None:
    etag = (await made(client)).headers["ETag"]
    assert (await client.delete("/notes/1", headers={"If-Match": etag})).status == 204
    await problem(await client.get("/notes/1"), 404)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_who_changes_a_note_says_which_version(client: Client, method: str) -> None:
    await made(client)
    content = {"data": b"{}", "headers": PATCH} if method == "PATCH" else {"json": {"title": "x"}}
    await problem(await client.request(method, "/notes/1", **content), 428)


async def test_a_change_that_comes_between_reading_and_writing_is_not_lost(client: Client) -> None:
    etag = (await made(client)).headers["ETag"]

    def interfere(session: Session, *_: object) -> None:
        session.connection().execute(text("UPDATE notes SET version = version + 1"))

    event.listen(Session, "before_flush", interfere)
    try:
        late = await client.put("/notes/1", json={"title": "mine"}, headers={"If-Match": etag})
        await problem(late, 412)
        await problem(await client.delete("/notes/1", headers={"If-Match": etag}), 412)
    finally:
        event.remove(Session, "before_flush", interfere)
    assert (await (await client.get("/notes/1")).json())["title"] == "first"


# Errors.


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"title": ""}', 422),
        (b'{"title": 1}', 422),
        (b'{"title": "x", "else": 1}', 422),
        (b'{"title": "' + b"x" * 201 + b'"}', 422),
        (b'{"title": "' + b"x" * 70_000 + b'"}', 413),
    ],
)
async def test_content_that_is_none(client: Client, body: bytes, status: int) -> None:
    response = await client.post("/notes", data=body, headers={"Content-Type": "application/json"})
    assert (await problem(response, status))["detail"]


async def test_other_content_is_refused(client: Client) -> None:
    response = await client.post("/notes", data=b"title=x", headers={"Content-Type": "text/plain"})
    await problem(response, 415)
    assert response.headers["Accept"] == "application/json"


async def test_errors_of_the_framework_are_problems_too(client: Client) -> None:
    assert "detail" not in await problem(await client.get("/nowhere"), 404)
    refused = await client.delete("/notes")
    await problem(refused, 405)
    assert set(refused.headers["Allow"].replace(" ", "").split(",")) >= {"GET", "POST"}


async def test_a_failure_tells_nothing_but_its_name(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rest.views.parse_query", lambda query, kind: 1 // 0)
    response = await client.get("/notes", headers={"X-Request-ID": "mine-1"})
    body = await problem(response, 500)
    assert set(body) == {"type", "title", "status", "instance"}
    assert "request mine-1 has failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("given", "taken"), [("mine-1", True), ("x" * 65, False), ("a b", False), ("", False)]
)
async def test_requests_have_names(client: Client, given: str, taken: bool) -> None:
    response = await client.get("/notes", headers={"X-Request-ID": given})
    assert (response.headers["X-Request-ID"] == given) is taken
    assert response.headers["X-Request-ID"]

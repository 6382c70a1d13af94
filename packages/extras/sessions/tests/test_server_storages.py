"""Storages on the server, by that in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tidewire_sessions import MemoryStorage, get_session, setup
from tidewire_sessions._browser import Browser
from tidewire_sessions._server_storages import AbstractServerStorage
from tidewire_web import Application, Request, Response

Browse = Callable[[Application], Awaitable[Browser]]


def make_app(storage: AbstractServerStorage, identity: str = "") -> Application:
    async def put(request: Request) -> Response:
        session = await get_session(request)
        if identity:
            session.set_new_identity(identity)
        session["a"] = 1
        return Response(text=str(session.new))

    app = Application()
    setup(app, storage)
    app.router.add_get("/", put)
    return app


async def test_identities_have_128_bits(browse: Browse) -> None:
    browser = await browse(make_app(MemoryStorage()))
    seen = set()
    for _ in range(20):
        fresh = browser.copy()
        await fresh.get("/")
        identity = fresh.cookies["AIOHTTP_SESSION"]
        assert len(bytes.fromhex(identity)) == 16
        seen.add(identity)
    assert len(seen) == 20


async def test_a_key_is_the_name_of_the_cookie_and_the_identity(browse: Browse) -> None:
    storage = MemoryStorage(cookie_name="c", key_factory=lambda: "made-here")
    browser = await browse(make_app(storage))
    await browser.get("/")
    assert browser.cookies == {"c": "made-here"}
    assert await storage.read("c_made-here")


async def test_an_identity_may_be_chosen_by_the_application(browse: Browse) -> None:
    storage = MemoryStorage()
    browser = await browse(make_app(storage, "user:5"))
    assert (await browser.get("/")).body == b"True"
    assert browser.cookies == {"AIOHTTP_SESSION": "user:5"}
    assert await storage.read("AIOHTTP_SESSION_user:5")


@pytest.mark.parametrize("identity", ["a b", "a\n", "ü", "x" * 129, "a;b"])
async def test_an_identity_that_cannot_be_one_is_the_applications_error(
    identity: str, browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    storage = MemoryStorage()
    answer = await (await browse(make_app(storage, identity))).get("/")
    assert (answer.status, answer.set_cookies, len(storage)) == (500, [], 0)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("text", ["", "x", "[]", "\ufffd"])
async def test_what_is_kept_and_no_session_gives_a_new_one(
    text: str, browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    storage = MemoryStorage()
    await storage.write("AIOHTTP_SESSION_known", text, None, replace=False)
    browser = (await browse(make_app(storage))).copy(AIOHTTP_SESSION="known")
    assert (await browser.get("/")).body == b"True"
    assert browser.cookies["AIOHTTP_SESSION"] != "known"
    assert len(caplog.records) == 1


@pytest.mark.parametrize(("max_age", "seconds"), [(0.1, 1), (3600, 3600), (2.0**52, 100 * 366 * 24 * 3600)])
async def test_a_server_is_told_a_time_that_it_understands(
    browse: Browse, max_age: float, seconds: int
) -> None:
    told: list[int | None] = []

    class Told(MemoryStorage):
        async def write(self, key: str, text: str, seconds: int | None, *, replace: bool) -> bool:
            told.append(seconds)
            return await super().write(key, text, seconds, replace=replace)

    browser = await browse(make_app(Told(max_age=max_age)))
    answer = await browser.get("/")
    assert (answer.status, told) == (200, [seconds])
    assert ("Expires=Fri, 31 Dec 9999 23:59:59 GMT" in answer.set_cookies[0]) == (max_age == 2.0**52)


async def test_what_is_deleted_is_that_of_the_request_only(browse: Browse) -> None:
    storage = MemoryStorage()
    browser = await browse(make_app(storage))
    other = browser.copy()
    await browser.get("/")
    await other.get("/")
    assert len(storage) == 2
    assert (await browser.get("/")).body == b"False"
    assert len(storage) == 2

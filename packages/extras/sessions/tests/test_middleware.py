"""How requests come to their sessions, and sessions to their storage."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tidewire_sessions import (
    SESSION_KEY,
    STORAGE_KEY,
    AbstractStorage,
    MemoryStorage,
    Session,
    SimpleCookieStorage,
    get_session,
    log_in,
    new_session,
    session_middleware,
    setup,
)
from tidewire_sessions._browser import Browser
from tidewire_web import (
    Application,
    HTTPNotFound,
    Request,
    Response,
    StreamResponse,
    WebSocketResponse,
    json_response,
    middleware,
)

Browse = Callable[[Application], Awaitable[Browser]]
COOKIE = "AIOHTTP_SESSION"


async def show(request: Request) -> Response:
    return json_response(dict(await get_session(request)))


async def put(request: Request) -> StreamResponse:
    (await get_session(request)).update(request.query)
    return await show(request)


def make_app(*handlers: Any, storage: AbstractStorage | None = None, middlewares: Any = ()) -> Application:
    """An application with the handlers under their names, and these two."""
    app = Application(middlewares=middlewares)
    setup(app, storage or MemoryStorage())
    for handler in (show, put, *handlers):
        app.router.add_get(f"/{handler.__name__}", handler)
    return app


# -- what it takes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [get_session, new_session, log_in])
async def test_without_a_storage_there_are_no_sessions(ask: Any, browse: Browse) -> None:
    seen: list[str] = []

    async def handler(request: Request) -> Response:
        with pytest.raises(RuntimeError) as caught:
            await ask(request)
        seen.append(str(caught.value))
        return Response()

    app = Application()
    app.router.add_get("/", handler)
    await (await browse(app)).get("/")
    assert "setup(app, storage)" in seen[0]


@pytest.mark.parametrize("storage", [None, object(), MemoryStorage])
def test_what_is_no_storage_is_refused(storage: Any) -> None:
    for begin in (lambda: setup(Application(), storage), lambda: session_middleware(storage)):
        with pytest.raises(RuntimeError, match="AbstractStorage"):
            begin()


async def test_what_is_no_session_is_refused(browse: Browse, caplog: pytest.LogCaptureFixture) -> None:
    class Careless(MemoryStorage):
        async def load_session(self, request: Any) -> Any:
            return {}

    assert (await (await browse(make_app(storage=Careless()))).get("/show")).status == 500
    assert "gives a Session, not dict" in caplog.text


async def test_what_is_no_response_is_refused(browse: Browse, caplog: pytest.LogCaptureFixture) -> None:
    async def nothing(request: Request) -> Any:
        return None

    assert (await (await browse(make_app(nothing))).get("/nothing")).status == 500
    assert "returns a response, not NoneType" in caplog.text


async def test_the_middleware_alone_is_enough(browse: Browse) -> None:
    app = Application(middlewares=[session_middleware(MemoryStorage())])
    app.router.add_get("/put", put)
    browser = await browse(app)
    await browser.get("/put?a=1")
    assert (await browser.get("/put?b=2")).body == b'{"a": "1", "b": "2"}'


async def test_a_session_may_be_given_to_a_request_without_a_storage(browse: Browse) -> None:
    async def handler(request: Request) -> StreamResponse:
        request[SESSION_KEY] = Session(None, data={"session": {"a": 1}}, new=False)
        return await show(request)

    app = Application()
    app.router.add_get("/", handler)
    assert (await (await browse(app)).get("/")).body == b'{"a": 1}'


# -- one request, one session ------------------------------------------------------------------------


async def test_a_request_has_one_session_and_knows_its_storage(browse: Browse) -> None:
    storage = MemoryStorage()

    async def same(request: Request) -> Response:
        assert SESSION_KEY not in request
        first = await get_session(request)
        assert await get_session(request) is first
        assert request[SESSION_KEY] is first
        assert request[STORAGE_KEY] is storage
        second = await new_session(request)
        assert second is not first
        assert await get_session(request) is second
        assert request[SESSION_KEY] is second
        return Response()

    assert (await (await browse(make_app(same, storage=storage))).get("/same")).status == 200


async def test_two_tasks_of_a_request_get_the_same_session(browse: Browse) -> None:
    class Slow(MemoryStorage):
        async def load_session(self, request: Any) -> Session:
            await asyncio.sleep(0)
            return await super().load_session(request)

    async def both(request: Request) -> Response:
        first, second = await asyncio.gather(get_session(request), get_session(request))
        assert first is second
        return Response()

    assert (await (await browse(make_app(both, storage=Slow()))).get("/both")).status == 200


async def test_a_session_is_found_through_a_clone_of_the_request(browse: Browse) -> None:
    @middleware
    async def cloning(request: Request, handler: Any) -> StreamResponse:
        response: StreamResponse = await handler(request.clone(host="other"))
        assert "a" in await get_session(request)
        return response

    app = make_app()
    app.middlewares.append(cloning)
    browser = await browse(app)
    await browser.get("/put?a=1")
    assert (await browser.get("/show")).body == b'{"a": "1"}'


async def test_log_in_begins_another_session_with_what_was_there(browse: Browse) -> None:
    async def login(request: Request) -> Response:
        before = await get_session(request)
        after = await log_in(request, name="me", a="mine")
        assert after is not before
        assert after.new
        return Response()

    browser = await browse(make_app(login))
    await browser.get("/put?a=1&basket=2")
    old = browser.copy()
    await browser.get("/login")
    assert json.loads((await browser.get("/show")).body) == {"a": "mine", "basket": "2", "name": "me"}
    assert (await old.get("/show")).body == b"{}"


async def test_a_value_may_have_any_name(browse: Browse) -> None:
    async def login(request: Request) -> Response:
        await log_in(request, request="r", self="s")
        return Response()

    browser = await browse(make_app(login))
    assert (await browser.get("/login")).status == 200
    assert json.loads((await browser.get("/show")).body) == {"request": "r", "self": "s"}


@pytest.mark.parametrize(("size", "status"), [(6000, 200), (20_000, 431), (200_000, 431)])
async def test_an_oversized_cookie_is_refused_or_gives_a_new_session(
    size: int, status: int, browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    browser = (await browse(make_app())).copy(AIOHTTP_SESSION="A" * size)
    answer = await browser.get("/put?a=1")
    assert answer.status == status
    assert len(answer.set_cookies) == (status == 200)
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(lines) <= 1
    assert all(len(line) < 300 for line in lines)


# -- applications in applications --------------------------------------------------------------------


async def test_one_storage_serves_nested_applications(browse: Browse) -> None:
    inner = Application()
    inner.router.add_get("/put", put)
    app = make_app()
    app.add_subapp("/inner", inner)
    browser = await browse(app)
    await browser.get("/inner/put?a=1")
    assert (await browser.get("/show")).body == b'{"a": "1"}'


async def test_a_nested_application_has_a_storage_of_its_own(browse: Browse) -> None:
    outer_storage = MemoryStorage()
    inner_storage = MemoryStorage(cookie_name="inner")

    @middleware
    async def counting(request: Request, handler: Any) -> StreamResponse:
        session = await get_session(request)
        session["before"] = session.get("before", 0) + 1
        response: StreamResponse = await handler(request)
        assert await get_session(request) is session
        assert (request[SESSION_KEY], request[STORAGE_KEY]) == (session, outer_storage)
        session["after"] = session.get("after", 0) + 1
        return response

    async def stream(request: Request) -> StreamResponse:
        (await get_session(request))["streamed"] = True
        response = StreamResponse()
        await response.prepare(request)
        return response

    inner = make_app(stream, storage=inner_storage)
    app = make_app(storage=outer_storage)
    app.middlewares.append(counting)
    app.add_subapp("/inner", inner)
    browser = await browse(app)
    assert (await browser.get("/inner/put?a=1")).body == b'{"a": "1"}'
    assert set(browser.cookies) == {COOKIE, "inner"}
    # The head of a stream is sent within the nested application, when both are written.
    assert len((await browser.get("/inner/stream")).set_cookies) == 2
    assert (await browser.get("/inner/show")).body == b'{"a": "1", "streamed": true}'
    assert json.loads((await browser.get("/show")).body) == {"before": 4, "after": 3}


# -- when it is written ------------------------------------------------------------------------------


async def test_what_receivers_and_middlewares_put_in_is_written(browse: Browse) -> None:
    @middleware
    async def replacing(request: Request, handler: Any) -> StreamResponse:
        try:
            await handler(request)
        except HTTPNotFound:
            (await get_session(request))["outside"] = True
        return Response(text="replaced")

    async def receive(request: Request, response: StreamResponse) -> None:
        (await get_session(request))["received"] = True

    async def missing(request: Request) -> Response:
        (await get_session(request))["inside"] = True
        raise HTTPNotFound

    storage = MemoryStorage()
    app = make_app(missing, storage=storage)
    outer = Application(middlewares=[session_middleware(storage), replacing])
    outer.router.add_get("/missing", missing)
    outer.router.add_get("/none", show)
    outer.on_response_prepare.append(receive)
    browser = await browse(outer)
    assert (await browser.get("/missing")).body == b"replaced"
    other = (await browse(app)).copy(**browser.cookies)
    assert json.loads((await other.get("/show")).body) == {"inside": True, "outside": True, "received": True}


async def test_middlewares_write_where_there_is_no_route(browse: Browse) -> None:
    @middleware
    async def counting(request: Request, handler: Any) -> StreamResponse:
        (await get_session(request))["path"] = request.path
        response: StreamResponse = await handler(request)
        return response

    app = make_app()
    app.middlewares.append(counting)
    browser = await browse(app)
    assert (await browser.get("/nowhere")).status == 404
    assert COOKIE in browser.cookies


async def test_an_error_that_is_made_a_response_inside_is_written_outside_it_is_not(browse: Browse) -> None:
    @middleware
    async def forgiving(request: Request, handler: Any) -> StreamResponse:
        try:
            response: StreamResponse = await handler(request)
        except KeyError:
            return Response(text="forgiven")
        return response

    async def fail(request: Request) -> Response:
        (await get_session(request))["a"] = 1
        raise KeyError

    inside, outside = make_app(fail), make_app(fail, middlewares=[forgiving])
    inside.middlewares.append(forgiving)
    for app, written in ((inside, True), (outside, False)):
        browser = await browse(app)
        assert (await browser.get("/fail")).body == b"forgiven"
        assert bool(browser.cookies) is written


async def test_a_storage_that_cannot_write_is_asked_once_and_logged_once(
    browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    calls = []

    class Broken(MemoryStorage):
        async def save_session(self, request: Any, response: Any, session: Session) -> None:
            calls.append(session)
            raise OSError("no room")

    answer = await (await browse(make_app(storage=Broken()))).get("/put?a=1")
    assert (answer.status, answer.set_cookies, len(calls)) == (500, [], 1)
    assert [record.exc_info[1].args for record in caplog.records if record.exc_info] == [("no room",)]  # type: ignore[union-attr]


async def test_what_is_changed_too_late_for_a_cookie_is_an_error(
    browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    async def late(request: Request) -> StreamResponse:
        session = await get_session(request)
        response = StreamResponse()
        await response.prepare(request)
        session["a"] = 1
        await response.write(b"sent")
        return response

    app = make_app(late, storage=SimpleCookieStorage())
    assert (await (await browse(app)).get("/late")).set_cookies == []
    assert "after the head of the response had been sent" in caplog.text


@pytest.mark.parametrize("change", ["rotate", "put", "invalidate", "nothing"])
async def test_late_changes_on_the_server_are_those_the_browser_need_not_know(
    change: str, browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    async def late(request: Request) -> StreamResponse:
        session = await get_session(request)
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"sent")
        if change == "put":
            session["a"] = "2"
        elif change != "nothing":
            getattr(session, change)()
        return response

    browser = await browse(make_app(late))
    await browser.get("/put?a=1")
    await browser.get("/late")
    assert ("had been sent" in caplog.text) is (change == "rotate")
    content = {"put": {"a": "2"}, "invalidate": {}}.get(change, {"a": "1"})
    assert json.loads((await browser.get("/show")).body) == content


async def test_a_websockets_handshake_sets_the_cookie_and_what_follows_is_written_too(browse: Browse) -> None:
    async def talk(request: Request) -> StreamResponse:
        (await get_session(request))["before"] = True
        socket = WebSocketResponse()
        await socket.prepare(request)
        (await get_session(request))["after"] = True
        await socket.close()
        return socket

    browser = await browse(make_app(talk))
    lines = (
        "GET /talk HTTP/1.1",
        "Host: example",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", browser._port)
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    assert head.startswith("HTTP/1.1 101 ")
    writer.write(b"\x88\x82\0\0\0\0\x03\xe8")
    await reader.read()
    writer.close()
    cookie = head.partition(f"Set-Cookie: {COOKIE}=")[2].partition(";")[0]
    answer = await browser.copy(**{COOKIE: cookie}).get("/show")
    assert json.loads(answer.body) == {"before": True, "after": True}


# -- what caches are told ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "told"),
    [(None, "Cookie"), ("Accept", "Accept, Cookie"), ("accept, cookie", "accept, cookie"), ("*", "*")],
)
async def test_vary_names_the_cookie_once(given: str | None, told: str, browse: Browse) -> None:
    async def vary(request: Request) -> Response:
        await get_session(request)
        return Response(headers={} if given is None else {"Vary": given})

    answer = await (await browse(make_app(vary))).get("/vary")
    assert answer.headers.get_all("Vary") == [told]
    assert answer.headers["Cache-Control"] is None


async def test_cache_control_is_the_handlers_where_it_says_something(browse: Browse) -> None:
    async def cache(request: Request) -> Response:
        (await get_session(request))["a"] = 1
        return Response(headers={"Cache-Control": "no-store"})

    answer = await (await browse(make_app(cache))).get("/cache")
    assert answer.headers.get_all("Cache-Control") == ["no-store"]

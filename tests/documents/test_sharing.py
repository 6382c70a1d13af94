"""Sharing data: in the application, the request and the response, and with nested applications."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, assert_type

import pytest
from yarl import URL

import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
plain_names = pytest.mark.filterwarnings("ignore::tidewire_web.NotAppKeyWarning")


class DB:
    """A database: answers one question, as long as it is open."""

    def __init__(self) -> None:
        self.open = True

    async def cursor(self) -> DB:
        return self

    async def execute(self, query: str) -> str:
        assert self.open
        return query.removeprefix("SELECT ")


@asynccontextmanager
async def create_db() -> AsyncIterator[DB]:
    db = DB()
    yield db
    db.open = False


# -- in the application -------------------------------------------------------------------------------


@pytest.mark.promise(4, 14)
@pytest.mark.snippet("faq: database")
async def test_a_database_in_the_application(serve: Serve) -> None:
    db_key = web.AppKey("db_key", DB)

    async def go(request: web.Request) -> web.Response:
        db = request.app[db_key]
        cursor = await db.cursor()
        return web.Response(status=200, text=f"ok {await cursor.execute('SELECT 42')}")

    async def init_app(loop: Any) -> web.Application:
        with pytest.warns(DeprecationWarning, match="ignores loop"):
            app = web.Application(loop=loop)
        app[db_key] = DB()
        app.router.add_get("/", go)
        return app

    client = await serve(await init_app(asyncio.get_running_loop()))
    assert (await client.get("/")).text == "ok 42"


@plain_names
@pytest.mark.promise(4)
@pytest.mark.snippet("advanced: application's config", "old: database")
async def test_application_by_plain_names(serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        data = request.app["my_private_key"]
        return web.Response(text=data)

    app = web.Application()
    app["my_private_key"] = "data"
    app.router.add_get("/", handler)
    assert (await (await serve(app)).get("/")).text == "data"


@pytest.mark.promise(4)
async def test_a_plain_name_warns_who_asks_to_be_warned() -> None:
    with pytest.warns(web.NotAppKeyWarning):
        web.Application()["my_private_key"] = "data"


@pytest.mark.promise(4)
@pytest.mark.snippet("advanced: AppKey")
async def test_a_typed_key_tells_the_type(serve: Serve) -> None:
    my_private_key = web.AppKey("my_private_key", str)
    app = web.Application()
    app[my_private_key] = "data"

    async def handler(request: web.Request) -> web.Response:
        data = request.app[my_private_key]
        assert_type(data, str)  # what the document's reveal_type() would say; mypy looks at tests too
        return web.Response(text=data)

    app.router.add_get("/", handler)
    assert (await (await serve(app)).get("/")).text == "data"


@pytest.mark.promise(4)
async def test_two_keys_of_one_name_do_not_clash() -> None:
    one, other = web.AppKey("key", str), web.AppKey("key", str)
    app = web.Application()
    app[one] = "one"
    assert other not in app
    assert app.get(other) is None
    assert list(app.items()) == [(one, "one")]


# -- in the request and the response --------------------------------------------------------------------


@pytest.mark.promise(6)
@pytest.mark.snippet("faq: request", "advanced: request's storage", "old: request")
async def test_a_middleware_stores_data_for_the_handler(serve: Serve) -> None:
    @web.middleware
    async def user(request: web.Request, handler: Handler) -> web.StreamResponse:
        request["unique_key"] = request.query["name"]
        return await handler(request)

    async def handler(request: web.Request) -> web.Response:
        data = request["unique_key"]
        request["my_private_key"] = "data"
        return web.Response(text=f"{data} {sorted(map(str, request))}")

    app = web.Application(middlewares=[user])
    app.router.add_get("/", handler)
    client = await serve(app)
    # What is kept with one request is not there with the next.
    for name in ("Andrew", "Anna"):
        assert (await client.get(f"/?name={name}")).text == f"{name} ['my_private_key', 'unique_key']"


@plain_names
@pytest.mark.promise(4, 6)
@pytest.mark.snippet("advanced: response's storage")
async def test_a_handler_stores_data_for_middlewares_and_signals(serve: Serve) -> None:
    metrics: list[Any] = []
    typed = web.ResponseKey("typed", int)

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        metrics.append(response["my_metric"])
        return response

    async def on_prepare(request: web.Request, response: web.StreamResponse) -> None:
        metrics.append(response[typed])

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.Response() if request.path == "/response" else web.StreamResponse()
        response["my_metric"] = 123
        response[typed] = 124
        return response

    app = web.Application(middlewares=[measure])
    app.on_response_prepare.append(on_prepare)
    app.router.add_get("/{kind}", handler)
    client = await serve(app)
    for kind in ("response", "stream"):
        assert (await client.get(f"/{kind}")).status == 200
    assert metrics == [123, 124] * 2


# -- nested applications ----------------------------------------------------------------------------------


def naming(name: str, calls: list[str]) -> Any:
    """A middleware that takes note of what passes it."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        calls.append(name)
        return await handler(request)

    return middleware


@pytest.mark.promise(2, 5)
@pytest.mark.snippet("advanced: config_dict")
async def test_config_dict_looks_in_the_applications_around(serve: Serve) -> None:
    outermost, both, missing = (web.AppKey(name, str) for name in ("outermost", "both", "missing"))

    async def handler(request: web.Request) -> web.Response:
        data = request.config_dict[outermost]
        assert missing not in request.config_dict
        assert outermost not in request.app
        with pytest.raises(KeyError):
            request.app[outermost]
        return web.Response(text=f"{data} {request.config_dict[both]}")

    app, admin, users = web.Application(), web.Application(), web.Application()
    app[outermost] = "app"
    app[both] = "app"
    admin[both] = "admin"
    users.router.add_get("/list", handler)
    admin.add_subapp("/users", users)
    app.add_subapp("/admin/", admin)
    assert (await (await serve(app)).get("/admin/users/list")).text == "app admin"


@pytest.mark.promise(2)
@pytest.mark.snippet("advanced: add_subapp")
async def test_middlewares_and_signals_are_chained(serve: Serve) -> None:
    calls: list[str] = []

    def receiver(name: str, receivers: web.Application) -> Any:
        async def receive(app: web.Application) -> None:
            assert app is receivers
            calls.append(name)

        return receive

    async def something(request: web.Request) -> web.Response:
        calls.append("handler")
        return web.Response(text="something")

    def build(name: str) -> web.Application:
        async def on_prepare(request: web.Request, response: web.StreamResponse) -> None:
            calls.append(f"{name} prepare")

        made = web.Application(middlewares=[naming(name, calls)])
        made.on_response_prepare.append(on_prepare)
        for signal in ("on_startup", "on_shutdown", "on_cleanup"):
            getattr(made, signal).append(receiver(f"{name} {signal}", made))
        return made

    app, admin, third, other = map(build, ("app", "admin", "third", "other"))
    third.router.add_get("/something", something)
    admin.router.add_get("/something", something)
    app.router.add_get("/something", something)
    admin.add_subapp("/third", third)
    app.add_subapp("/admin/", admin)
    app.add_subapp("/other", other)

    client = await serve(app)
    assert calls == [f"{name} on_startup" for name in ("app", "admin", "third", "other")]
    for path, names in (
        ("/something", ["app"]),
        ("/admin/something", ["app", "admin"]),
        ("/admin/third/something", ["app", "admin", "third"]),
    ):
        calls.clear()
        assert (await client.get(path)).text == "something"
        assert calls == [*names, "handler", *(f"{name} prepare" for name in names)]
    calls.clear()
    await client.stop()
    assert calls == [
        f"{name} {signal}"
        for signal in ("on_shutdown", "on_cleanup")
        for name in ("app", "admin", "third", "other")
    ]


@pytest.mark.promise(2)
@pytest.mark.snippet("advanced: url_for", "advanced: admin_key")
async def test_urls_of_nested_applications_have_their_prefix(serve: Serve) -> None:
    admin_key = web.AppKey("admin_key", web.Application)

    async def handler(request: web.Request) -> web.Response:
        admin = request.app[admin_key]
        url = admin.router["name"].url_for()
        return web.Response(text=str(url))

    app = web.Application()
    admin = web.Application()
    admin.add_routes([web.get("/resource", handler, name="name")])
    app.add_subapp("/admin/", admin)
    url = admin.router["name"].url_for()
    assert url == URL("/admin/resource")
    assert "name" not in app.router

    app[admin_key] = admin
    app.router.add_get("/", handler)  # main application's handler
    assert (await (await serve(app)).get("/")).text == "/admin/resource"


@pytest.mark.promise(2, 4)
@pytest.mark.snippet("faq: database of a nested application")
async def test_a_database_is_shared_explicitly(serve: Serve) -> None:
    db_key = web.AppKey("db_key", DB)

    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=str(request.app[db_key].open))

    mainapp, subapp = web.Application(), web.Application()
    mainapp[db_key] = DB()
    subapp.router.add_get("/", handler)
    subapp[db_key] = mainapp[db_key]
    mainapp.add_subapp("/prefix", subapp)
    assert (await (await serve(mainapp)).get("/prefix/")).text == "True"


@pytest.mark.promise(2, 26)
@pytest.mark.snippet("faq: cleanup context for a nested application")
async def test_a_database_is_shared_by_a_cleanup_context(serve: Serve) -> None:
    db_key = web.AppKey("db_key", DB)
    subapp_key = web.AppKey("subapp_key", web.Application)

    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=str(request.app[db_key].open))

    mainapp, subapp = web.Application(), web.Application()
    subapp.router.add_get("/", handler)

    async def db_context(app: web.Application) -> AsyncIterator[None]:
        async with create_db() as db:
            mainapp[db_key] = mainapp[subapp_key][db_key] = db
            yield

    mainapp[subapp_key] = subapp
    mainapp.add_subapp("/prefix", subapp)
    mainapp.cleanup_ctx.append(db_context)
    client = await serve(mainapp)
    assert (await client.get("/prefix/")).text == "True"
    await client.stop()
    assert not subapp[db_key].open

"""The old edition of the questions and answers, where its behaviour still holds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]


class Elasticsearch:
    """A client of a database, for the one of the snippet."""

    def __init__(self, hosts: list[str], loop: object = None) -> None:
        self.hosts = hosts
        self.loop = loop

    async def info(self) -> dict[str, Any]:
        return {"hosts": self.hosts}


class AioESService:
    def __init__(self, loop: object = None) -> None:
        self.es = Elasticsearch(["127.0.0.1:9200"], loop=loop)

    async def get_info(self) -> dict[str, Any]:
        return await self.es.info()


class MyService:
    def __init__(self) -> None:
        self.aioes_service = AioESService()

    async def get_es_info(self) -> dict[str, Any]:
        return await self.aioes_service.get_info()


async def hello_aioes(request: web.Request) -> web.Response:
    my_service = MyService()
    cluster_info = await my_service.get_es_info()
    return web.Response(text=f"{cluster_info}")


def create_app(loop: asyncio.AbstractEventLoop | None = None) -> web.Application:
    app = web.Application(loop=loop)
    app.router.add_route("GET", "/", hello_aioes)
    return app


@pytest.mark.promise(38)
@pytest.mark.snippet("old: service")
def test_the_program_of_a_service(program: Any) -> None:
    run = program("/")
    run.run_app(create_app())
    assert run.answers[0].text == "{'hosts': ['127.0.0.1:9200']}"


@pytest.mark.promise(38)
@pytest.mark.snippet("old: test of a service")
async def test_a_service_with_a_loop_of_the_tests(serve: Serve) -> None:
    """Its loop is patched in, as the snippet does it; what the application is given itself is deprecated."""
    loops: list[object] = []

    class Patched(AioESService):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs, loop=asyncio.get_running_loop())
            loops.append(self.es.loop)

    patch = pytest.MonkeyPatch()
    patch.setitem(globals(), "AioESService", Patched)
    try:
        with pytest.warns(DeprecationWarning, match="ignores loop"):
            app = create_app(asyncio.get_running_loop())
        client = await serve(app)
        resp = await client.get("/")
        assert resp.status == 200
    finally:
        patch.undo()
    assert loops == [asyncio.get_running_loop()]
    with pytest.warns(DeprecationWarning, match="loop is deprecated"):
        assert app.loop is loops[0]


@pytest.mark.promise(1, 38)
async def test_an_application_with_decorators_of_ones_own(serve: Serve) -> None:
    """Deriving from Application is what the old edition recommends; it still works, with a warning."""
    with pytest.warns(DeprecationWarning, match="not made for subclasses"):

        class Decorating(web.Application):  # type: ignore[misc]
            def route(self, path: str) -> Callable[[Any], Any]:
                def decorate(handler: Any) -> Any:
                    self.router.add_get(path, handler)
                    return handler

                return decorate

    app = Decorating()

    @app.route("/hello")
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="Hello")

    assert (await (await serve(app)).get("/hello")).text == "Hello"


@pytest.mark.promise(38)
async def test_a_middleware_that_takes_the_application_is_refused() -> None:
    async def factory(app: web.Application, handler: Any) -> Any:
        raise AssertionError

    with pytest.raises(TypeError, match="not an application"):
        web.Application(middlewares=[factory])

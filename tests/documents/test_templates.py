"""Templates by tidewire-jinja2, and by the other engine that the document names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest

import tidewire_jinja2
import tidewire_mako
import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder of templates."""
    (tmp_path / "tmpl.jinja2").write_text("<h1>{{ name }} {{ surname }}</h1>", "utf-8")
    (tmp_path / "tmpl.mako").write_text("<h1>${name} ${surname}</h1>", "utf-8")
    return str(tmp_path)


@pytest.mark.promise(21)
@pytest.mark.snippet("advanced: jinja2 setup", "advanced: jinja2 template")
async def test_a_handler_returns_the_context_of_a_template(serve: Serve, folder: str) -> None:
    app = web.Application()
    tidewire_jinja2.setup(app, loader=jinja2.FileSystemLoader(folder))

    @tidewire_jinja2.template("tmpl.jinja2")
    async def handler(request: web.Request) -> dict[str, str]:
        return {"name": "Andrew", "surname": "Svetlov"}

    app.router.add_get("/", handler)
    answer = await (await serve(app)).get("/")
    assert (answer.status, answer.text) == (200, "<h1>Andrew Svetlov</h1>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.promise(1, 21)
@pytest.mark.snippet("advanced: jinja2 template below a route")
async def test_the_decorator_of_a_template_is_below_that_of_the_route(serve: Serve, folder: str) -> None:
    routes = web.RouteTableDef()

    @routes.get("/path")
    @tidewire_jinja2.template("tmpl.jinja2")
    async def handler(request: web.Request) -> dict[str, str]:
        return {"name": "Andrew", "surname": "Svetlov"}

    app = web.Application()
    tidewire_jinja2.setup(app, loader=jinja2.FileSystemLoader(folder))
    app.add_routes(routes)
    assert (await (await serve(app)).get("/path")).text == "<h1>Andrew Svetlov</h1>"


@pytest.mark.promise(21)
async def test_above_that_of_the_route_it_has_no_effect(
    serve: Serve, folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    routes = web.RouteTableDef()

    @tidewire_jinja2.template("tmpl.jinja2")
    @routes.get("/path")
    async def handler(request: web.Request) -> Any:
        return {"name": "Andrew", "surname": "Svetlov"}

    app = web.Application()
    tidewire_jinja2.setup(app, loader=jinja2.FileSystemLoader(folder))
    app.add_routes(routes)
    assert (await (await serve(app)).get("/path")).status == 500
    assert "dict" in caplog.text


@pytest.mark.promise(21)
async def test_the_other_engine_has_the_same_decorator(serve: Serve, folder: str) -> None:
    routes = web.RouteTableDef()

    @routes.get("/path")
    @tidewire_mako.template("tmpl.mako")
    async def handler(request: web.Request) -> dict[str, str]:
        return {"name": "Andrew", "surname": "Svetlov"}

    app = web.Application()
    tidewire_mako.setup(app, directories=[folder])
    app.add_routes(routes)
    assert (await (await serve(app)).get("/path")).text == "<h1>Andrew Svetlov</h1>"

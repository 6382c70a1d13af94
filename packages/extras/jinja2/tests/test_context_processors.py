"""Context processors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import jinja2

from tidewire_jinja2 import (
    APP_CONTEXT_PROCESSORS_KEY,
    REQUEST_CONTEXT_KEY,
    context_processors_middleware,
    request_processor,
    setup,
    template,
)
from tidewire_testing import WireAnswer
from tidewire_web import AppKey, Application, Request

Get = Callable[..., Awaitable[WireAnswer]]
PAGES = jinja2.DictLoader({"page": "{{ a }} {{ b }} {{ c }}", "path": "{{ request.path }}"})


async def first(request: Request) -> dict[str, str]:
    return {"a": "first", "b": "first", "c": "first"}


async def second(request: Request) -> dict[str, str]:
    return {"b": "second", "c": "second"}


@template("page")
async def page(request: Request) -> dict[str, str]:
    assert request[REQUEST_CONTEXT_KEY]["a"] == "first"
    return {"c": "handler"}


@template("path")
async def path(request: Request) -> dict[str, str]:
    return {}


async def test_later_ones_go_before_earlier_ones_and_the_handler_before_all(get: Get) -> None:
    app = Application()
    setup(app, loader=PAGES, context_processors=[first, second])
    app.router.add_get("/", page)
    assert (await get(app)).body == b"first second handler"


async def test_templates_see_the_request(get: Get) -> None:
    app = Application()
    setup(app, loader=PAGES, context_processors=[request_processor])
    app.router.add_get("/a%20b", path)
    assert (await get(app, "/a%20b")).body == b"/a b"


async def test_nested_applications_add_their_own(get: Get) -> None:
    inner = Application()
    setup(inner, loader=PAGES, context_processors=[second])
    inner.router.add_get("/", page)
    app = Application()
    setup(app, loader=PAGES, context_processors=[first])
    app.add_subapp("/inner", inner)
    assert (await get(app, "/inner/")).body == b"first second handler"


def test_those_of_several_environments_are_asked_by_one_middleware() -> None:
    app = Application()
    setup(app, loader=PAGES, context_processors=[first])
    setup(app, loader=PAGES, context_processors=[second], app_key=AppKey("other", jinja2.Environment))
    setup(app, loader=PAGES)
    assert list(app.middlewares) == [context_processors_middleware]
    processors = app[APP_CONTEXT_PROCESSORS_KEY]
    assert list(processors) == [first, second]


def test_without_any_there_is_no_middleware() -> None:
    app = Application()
    setup(app, loader=PAGES)
    assert list(app.middlewares) == []

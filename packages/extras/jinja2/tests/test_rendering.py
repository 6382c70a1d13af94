"""Templates to texts, and texts to responses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import jinja2
import pytest

from tidewire_jinja2 import (
    render_string,
    render_string_async,
    render_template,
    render_template_async,
    setup,
)
from tidewire_testing import WireAnswer
from tidewire_web import Application, HTTPInternalServerError, Request, Response

Get = Callable[..., Awaitable[WireAnswer]]
PAGES = jinja2.DictLoader(
    {"page": "<p>{{ name }} {{ 1 + 1 }}", "broken": "{{ 1 / 0 }}", "part": "{% include 'absent' %}"}
)


def make_app(handler: Any, *, is_set_up: bool = True, **options: Any) -> Application:
    app = Application()
    if is_set_up:
        setup(app, loader=PAGES, **options)
    app.router.add_get("/", handler)
    return app


async def render(request: Request, name: str, context: Any, is_async: bool, **options: Any) -> Response:
    if is_async:
        return await render_template_async(name, request, context, **options)
    return render_template(name, request, context, **options)


both_kinds = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])


@both_kinds
async def test_a_template_becomes_a_response(is_async: bool, get: Get) -> None:
    async def handler(request: Request) -> Response:
        return await render(request, "page", {"name": "<Ö>"}, is_async)

    response = await get(make_app(handler, enable_async=is_async))
    assert (response.status, response.text) == (200, "<p>&lt;Ö&gt; 2")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


@both_kinds
async def test_charset_and_status_are_as_asked_for(is_async: bool, get: Get) -> None:
    async def handler(request: Request) -> Response:
        return await render(request, "page", {"name": "Ö"}, is_async, encoding="iso-8859-1", status=404)

    response = await get(make_app(handler, enable_async=is_async))
    assert (response.status, response.body) == (404, b"<p>\xd6 2")
    assert response.headers["Content-Type"] == "text/html; charset=iso-8859-1"


@both_kinds
async def test_none_is_an_empty_context(is_async: bool, get: Get) -> None:
    async def handler(request: Request) -> Response:
        return await render(request, "page", None, is_async)

    assert (await get(make_app(handler, enable_async=is_async))).body == b"<p> 2"


@both_kinds
async def test_a_template_becomes_a_text(is_async: bool, get: Get) -> None:
    async def handler(request: Request) -> Response:
        if is_async:
            return Response(text=await render_string_async("page", request, {"name": 1}))
        return Response(text=render_string("page", request, {"name": 1}))

    response = await get(make_app(handler, enable_async=is_async))
    assert response.body == b"<p>1 2"


@both_kinds
@pytest.mark.parametrize(
    ("name", "context", "text"),
    [
        ("absent", {}, "Template 'absent' not found"),
        ("a\r\nb: \u20ac", {}, r"Template 'a\r\nb: \u20ac' not found"),
        ("page", [1], "The context of a template is a mapping, not list"),
        ("page", "text", "The context of a template is a mapping, not str"),
    ],
)
async def test_an_error_of_the_application_is_said_in_reason_and_body_and_logged(
    name: str, context: Any, text: str, is_async: bool, get: Get, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: Request) -> Response:
        return await render(request, name, context, is_async)

    response = await get(make_app(handler, enable_async=is_async))
    assert (response.status, response.reason, response.text) == (500, text, text)
    assert [(record.name, record.getMessage()) for record in caplog.records] == [("tidewire.jinja2", text)]


@pytest.mark.parametrize("render", [render_string, render_template])
async def test_an_asynchronous_environment_is_not_used_synchronously(render: Any, get: Get) -> None:
    async def handler(request: Request) -> Response:
        with pytest.raises(RuntimeError, match="render_string_async"):
            render("page", request, {})
        return Response()

    # Without a coroutine that nobody awaits, too: that is a warning, and warnings are errors.
    assert (await get(make_app(handler, enable_async=True))).status == 200


async def test_a_text_needs_a_context(get: Get) -> None:
    nothing: Any = None

    async def handler(request: Request) -> Response:
        with pytest.raises(HTTPInternalServerError, match="not NoneType"):
            render_string("page", request, nothing)
        return Response()

    assert (await get(make_app(handler))).status == 200


async def test_a_forgotten_setup_is_said(get: Get) -> None:
    async def handler(request: Request) -> Response:
        return render_template("page", request, {})

    response = await get(make_app(handler, is_set_up=False))
    assert (response.status, response.body) == (500, response.reason.encode())
    assert "tidewire_jinja2.setup()" in response.reason


@pytest.mark.parametrize(("name", "error"), [("broken", "ZeroDivisionError"), ("part", "TemplateNotFound")])
async def test_what_a_template_raises_is_raised(
    name: str, error: str, get: Get, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: Request) -> Response:
        return render_template(name, request, {})

    response = await get(make_app(handler))
    assert (response.status, response.reason) == (500, "Internal Server Error")
    assert error in caplog.text

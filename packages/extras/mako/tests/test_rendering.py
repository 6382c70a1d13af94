"""Templates to texts, and texts to responses."""

from __future__ import annotations

import pickle
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tidewire_mako import APP_KEY, MakoRenderingException, render_string, render_template, setup
from tidewire_testing import WireAnswer
from tidewire_web import Application, HTTPInternalServerError, Request, Response

Get = Callable[..., Awaitable[WireAnswer]]
PAGES = {
    "page": "<p>${name} ${1 + 1}",
    "broken": "fine\n${1 / 0}",
    "part": "<%include file='absent'/>",
    "malformed": "% if x:\nno end",
    "redirect": "<% from tidewire_web import HTTPSeeOther; raise HTTPSeeOther('/other') %>",
}


def make_app(handler: Any, *, is_set_up: bool = True) -> Application:
    app = Application()
    if is_set_up:
        lookup = setup(app)
        for name, source in PAGES.items():
            if name != "malformed":
                lookup.put_string(name, source)
    app.router.add_get("/", handler)
    return app


async def test_a_template_becomes_a_response(get: Get) -> None:
    async def handler(request: Request) -> Response:
        return render_template("page", request, {"name": "<Ö>"})

    response = await get(make_app(handler))
    assert (response.status, response.text) == (200, "<p>&lt;Ö&gt; 2")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


async def test_charset_and_status_are_as_asked_for(get: Get) -> None:
    async def handler(request: Request) -> Response:
        return render_template("page", request, {"name": "Ö"}, encoding="iso-8859-1", status=404)

    response = await get(make_app(handler))
    assert (response.status, response.body) == (404, b"<p>\xd6 2")
    assert response.headers["Content-Type"] == "text/html; charset=iso-8859-1"


async def test_a_template_becomes_a_text(get: Get) -> None:
    async def handler(request: Request) -> Response:
        return Response(text=render_string("page", request, {"name": 1}))

    assert (await get(make_app(handler))).body == b"<p>1 2"


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
    name: str, context: Any, text: str, get: Get, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: Request) -> Response:
        return render_template(name, request, context)

    response = await get(make_app(handler))
    assert (response.status, response.reason, response.text) == (500, text, text)
    assert [(record.name, record.getMessage()) for record in caplog.records] == [("tidewire.mako", text)]


async def test_a_text_needs_a_context_and_a_response_does_not(get: Get) -> None:
    nothing: Any = None

    async def handler(request: Request) -> Response:
        with pytest.raises(HTTPInternalServerError, match="not NoneType"):
            render_string("page", request, nothing)
        return render_template("app", request, None)

    app = make_app(handler)
    app[APP_KEY].put_string("app", "${app is not UNDEFINED}")
    assert (await get(app)).body == b"True"


async def test_a_forgotten_setup_is_said(get: Get) -> None:
    async def handler(request: Request) -> Response:
        return render_template("page", request, {})

    response = await get(make_app(handler, is_set_up=False))
    assert (response.status, response.body) == (500, response.reason.encode())
    assert "tidewire_mako.setup()" in response.reason


@pytest.mark.parametrize(
    ("name", "error", "traceback"),
    [
        ("broken", "ZeroDivisionError", "line 2, in render_body"),
        ("part", "TemplateLookupException", "absent"),
    ],
)
async def test_what_a_template_raises_is_raised_with_makos_traceback(
    name: str, error: str, traceback: str, get: Get, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(request: Request) -> Response:
        with pytest.raises(MakoRenderingException) as caught:
            render_template(name, request, {})
        assert type(caught.value.__cause__).__name__ == error
        assert traceback in caught.value.text
        raise caught.value

    response = await get(make_app(handler))
    assert (response.status, response.reason) == (500, "Internal Server Error")
    assert error.encode() not in response.body
    assert error in caplog.text


async def test_a_template_that_cannot_be_compiled_is_an_error_with_makos_traceback(
    get: Get, tmp_path: Any
) -> None:
    async def handler(request: Request) -> Response:
        with pytest.raises(MakoRenderingException, match="SyntaxException"):
            render_template("malformed", request, {})
        return Response()

    (tmp_path / "malformed").write_text(PAGES["malformed"], "utf-8")
    app = make_app(handler)
    setup(app, directories=[str(tmp_path)])
    assert (await get(app)).status == 200


async def test_a_response_that_a_template_raises_is_sent(get: Get) -> None:
    async def handler(request: Request) -> Response:
        return render_template("redirect", request, {})

    assert (await get(make_app(handler))).headers["Location"] == "/other"


def test_the_exception_survives_pickle() -> None:
    error = pickle.loads(pickle.dumps(MakoRenderingException("text")))
    assert (error.text, str(error)) == ("text", "text")

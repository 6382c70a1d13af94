"""Functions for templates that make URLs."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_mako import setup, static_root_key, static_url, url_for
from tidewire_web import Application, Response


async def handler(request: Any) -> Response:
    return Response()


@pytest.fixture
def app() -> Application:
    app = Application()
    app.router.add_get("/", handler, name="index")
    app.router.add_get(r"/users/{name}/{page:\d+}", handler, name="user")
    return app


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        ("index", {}, "/"),
        ("user", {"name": "Ann", "page": 3}, "/users/Ann/3"),
        ("user", {"name": "a/b \u00fc", "page": "3"}, "/users/a%2Fb%20%C3%BC/3"),
        ("index", {"query_": {"a": "1", "b": "<"}}, "/?a=1&b=%3C"),
    ],
)
def test_url_makes_the_url_of_a_route(name: str, arguments: Any, text: str, app: Application) -> None:
    assert str(url_for(app, name, **arguments)) == text


@pytest.mark.parametrize("value", [True, False, 1.5, None, b"3", ["3"]])
def test_a_value_is_a_str_or_an_int(value: Any, app: Application) -> None:
    with pytest.raises(TypeError, match="page"):
        url_for(app, "user", name="Ann", page=value)


@pytest.mark.parametrize(("name", "arguments"), [("nowhere", {}), ("user", {"name": "Ann"})])
def test_a_route_or_a_value_that_there_is_not_is_an_error(
    name: str, arguments: Any, app: Application
) -> None:
    with pytest.raises(KeyError):
        url_for(app, name, **arguments)


@pytest.mark.parametrize("root", ["/static", "/static/", "http://cdn.example/static/", "/", ""])
@pytest.mark.parametrize("path", ["css/page.css", "/css/page.css"])
def test_static_joins_root_and_path_with_one_slash(root: str, path: str, app: Application) -> None:
    app[static_root_key] = root
    assert static_url(app, path) == root.rstrip("/") + "/css/page.css"


def test_static_says_what_is_missing(app: Application) -> None:
    with pytest.raises(RuntimeError, match="static_root_key"):
        static_url(app, "a")


def test_templates_have_them_without_the_application(app: Application) -> None:
    app[static_root_key] = "/static"
    lookup = setup(app)
    lookup.put_string("page", "${url('index', query_={'a': 1, 'b': 2})} ${static('a')}")
    text = lookup.get_template("page").render_unicode(**lookup.tidewire_globals)
    assert text == "/?a=1&amp;b=2 /static/a"

"""Functions for templates that make URLs."""

from __future__ import annotations

from typing import Any

import jinja2
import pytest

from tidewire_jinja2 import setup, static_root_key
from tidewire_web import Application, Response


async def handler(request: Any) -> Response:
    return Response()


def render(source: str, app: Application | None = None, **context: Any) -> str:
    app = app or Application()
    app.router.add_get("/", handler, name="index")
    app.router.add_get(r"/users/{name}/{page:\d+}", handler, name="user")
    env = setup(app, loader=jinja2.DictLoader({"page": source}))
    return env.get_template("page").render(context)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ url('index') }}", "/"),
        ("{{ url('user', name='Ann', page=3) }}", "/users/Ann/3"),
        ("{{ url('user', name='a/b ü', page='3') }}", "/users/a%2Fb%20%C3%BC/3"),
        ("{{ url('index', query_={'a': '1', 'b': '<'}) }}", "/?a=1&amp;b=%3C"),
        ("{{ url('index').with_query(a=1) }}", "/?a=1"),
        ("{{ url(name, name='x', page=1) }}", "/users/x/1"),
    ],
)
def test_url_makes_the_url_of_a_route(source: str, text: str) -> None:
    assert render(source, name="user") == text


@pytest.mark.parametrize("value", [True, False, 1.5, None, b"3", ["3"]])
def test_a_value_is_a_str_or_an_int(value: Any) -> None:
    with pytest.raises(TypeError, match="page"):
        render("{{ url('user', name='Ann', page=value) }}", value=value)


@pytest.mark.parametrize("source", ["{{ url('nowhere') }}", "{{ url('user', name='Ann') }}"])
def test_a_route_or_a_value_that_there_is_not_is_an_error(source: str) -> None:
    with pytest.raises(KeyError):
        render(source)


@pytest.mark.parametrize("root", ["/static", "/static/", "http://cdn.example/static/", "/", ""])
@pytest.mark.parametrize("path", ["css/page.css", "/css/page.css"])
def test_static_joins_root_and_path_with_one_slash(root: str, path: str) -> None:
    app = Application()
    app[static_root_key] = root
    assert render(f"{{{{ static('{path}') }}}}", app) == root.rstrip("/") + "/css/page.css"


@pytest.mark.filterwarnings("ignore::tidewire_web.NotAppKeyWarning")
def test_static_knows_the_key_that_was_used_before() -> None:
    app = Application()
    app["static_root_url"] = "/old"
    assert render("{{ static('a') }}", app) == "/old/a"


def test_static_says_what_is_missing() -> None:
    with pytest.raises(RuntimeError, match="static_root_key"):
        render("{{ static('a') }}")

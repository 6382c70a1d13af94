"""The environment that an application's templates are in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import jinja2
import pytest

from tidewire_jinja2 import APP_KEY, get_env, render_string, render_template, setup, template
from tidewire_testing import WireAnswer
from tidewire_web import AppKey, Application, Request, Response

Get = Callable[..., Awaitable[WireAnswer]]
OTHER_KEY = AppKey("OTHER_KEY", jinja2.Environment)


def loader(**pages: str) -> jinja2.DictLoader:
    return jinja2.DictLoader(pages)


def test_the_environment_is_returned_and_kept() -> None:
    app = Application()
    env = setup(app, loader=loader(), trim_blocks=True)
    assert get_env(app) is env
    assert app[APP_KEY] is env
    assert env.trim_blocks
    assert env.globals["app"] is app


def test_without_setup_there_is_no_environment() -> None:
    with pytest.raises(RuntimeError, match=r"tidewire_jinja2\.setup"):
        get_env(Application())


@pytest.mark.parametrize(("options", "text"), [({}, "&lt;b&gt;"), ({"autoescape": False}, "<b>")])
def test_values_are_escaped_unless_somebody_wants_it_otherwise(options: Any, text: str) -> None:
    env = setup(Application(), loader=loader(page="{{ value }}"), **options)
    assert env.get_template("page").render(value="<b>") == text


@pytest.mark.parametrize("given", [{"twice": lambda x: x * 2}, [("twice", lambda x: x * 2)]])
def test_filters_come_as_mapping_or_as_pairs(given: Any) -> None:
    env = setup(Application(), loader=loader(page="{{ 2|twice }} {{ 'a'|upper }}"), filters=given)
    assert env.get_template("page").render() == "4 A"


@pytest.mark.parametrize(("options", "there"), [({}, True), ({"default_helpers": False}, False)])
def test_functions_for_urls_are_there_by_default(options: Any, there: bool) -> None:
    env = setup(Application(), loader=loader(), **options)
    assert ("url" in env.globals, "static" in env.globals) == (there, there)


async def test_an_application_has_several_environments_under_several_keys(get: Get) -> None:
    async def both(request: Request) -> Response:
        first = render_string("page", request, {})
        return Response(text=first + render_string("page", request, {}, app_key=OTHER_KEY))

    @template("page", app_key=OTHER_KEY)
    async def other(request: Request) -> dict[str, Any]:
        return {}

    app = Application()
    setup(app, loader=loader(page="one"))
    setup(app, loader=loader(page="two"), app_key=OTHER_KEY)
    assert get_env(app, app_key=OTHER_KEY) is not get_env(app)
    app.router.add_get("/both", both)
    app.router.add_get("/other", other)
    assert (await get(app, "/both")).body == b"onetwo"
    assert (await get(app, "/other")).body == b"two"


async def test_nested_applications_have_the_environment_of_the_nearest_around_them(get: Get) -> None:
    async def page(request: Request) -> Response:
        return render_template("page", request, None)

    app, inner, own = Application(), Application(), Application()
    setup(app, loader=loader(page="outer"))
    setup(own, loader=loader(page="own"))
    for each in (inner, own):
        each.router.add_get("/page", page)
    app.add_subapp("/inner", inner)
    app.add_subapp("/own", own)
    assert (await get(app, "/inner/page")).body == b"outer"
    assert (await get(app, "/own/page")).body == b"own"


def test_an_application_that_does_not_change_any_more_is_not_set_up() -> None:
    app = Application()
    app.freeze()
    with pytest.raises(RuntimeError):
        setup(app, loader=loader())

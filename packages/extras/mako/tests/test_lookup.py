"""Where an application's templates are found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mako.lookup import TemplateLookup  # type: ignore[import-untyped]

from tidewire_mako import APP_KEY, get_lookup, render_string, render_template, setup, template
from tidewire_testing import WireAnswer
from tidewire_web import AppKey, Application, Request, Response

Get = Callable[..., Awaitable[WireAnswer]]
OTHER_KEY = AppKey[TemplateLookup]("OTHER_KEY")


def test_the_lookup_is_returned_and_kept() -> None:
    app = Application()
    lookup = setup(app, strict_undefined=True)
    assert get_lookup(app) is lookup
    assert app[APP_KEY] is lookup
    assert lookup.template_args["strict_undefined"] is True


def test_without_setup_there_is_no_lookup() -> None:
    with pytest.raises(RuntimeError, match=r"tidewire_mako\.setup"):
        get_lookup(Application())


@pytest.mark.parametrize(
    ("options", "source", "text"),
    [
        ({}, "${value}", "&lt;b&gt; &amp; &#34;"),
        ({}, "${value | h}", "&lt;b&gt; &amp; &#34;"),
        ({}, "${value | n}", '<b> & "'),
        ({}, "${value | n, u}", "%3Cb%3E+%26+%22"),
        ({}, '<%def name="f()"><i>${value}</i></%def>${f()}', "<i>&lt;b&gt; &amp; &#34;</i>"),
        ({}, "${1} ${None}", "1 None"),
        ({"default_filters": ["str"]}, "${value}", '<b> & "'),
    ],
)
def test_values_are_escaped_unless_somebody_wants_it_otherwise(options: Any, source: str, text: str) -> None:
    lookup = setup(Application(), **options)
    lookup.put_string("page", source)
    assert lookup.get_template("page").render_unicode(value='<b> & "') == text


async def test_templates_come_from_folders_and_from_nowhere_else(get: Get, tmp_path: Path) -> None:
    async def page(request: Request) -> Response:
        return render_template(request.query["name"], request, {"name": "Ö"})

    (tmp_path / "secret").write_text("secret", "utf-8")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "page.html").write_text("Hallo ${name} ü", "utf-8")
    app = Application()
    setup(app, directories=[str(tmp_path / "pages")])
    app.router.add_get("/", page)
    assert (await get(app, "/?name=/page.html")).text == "Hallo Ö ü"
    assert (await get(app, "/?name=../secret")).status == 500
    assert (await get(app, "/?name=/../secret")).status == 500


@pytest.mark.parametrize(("options", "there"), [({}, True), ({"default_helpers": False}, False)])
async def test_functions_for_urls_are_there_by_default(options: Any, there: bool, get: Get) -> None:
    async def page(request: Request) -> Response:
        return render_template("page", request, None)

    app = Application()
    lookup = setup(app, **options)
    lookup.put_string("page", "${url is not UNDEFINED} ${static is not UNDEFINED} ${app is not UNDEFINED}")
    app.router.add_get("/", page)
    assert (await get(app)).text == f"{there} {there} True"


async def test_an_application_has_several_lookups_under_several_keys(get: Get) -> None:
    async def both(request: Request) -> Response:
        first = render_string("page", request, {})
        return Response(text=first + render_string("page", request, {}, app_key=OTHER_KEY))

    @template("page", app_key=OTHER_KEY)
    async def other(request: Request) -> dict[str, Any]:
        return {}

    app = Application()
    setup(app).put_string("page", "one")
    setup(app, app_key=OTHER_KEY).put_string("page", "two")
    assert get_lookup(app, app_key=OTHER_KEY) is not get_lookup(app)
    app.router.add_get("/both", both)
    app.router.add_get("/other", other)
    assert (await get(app, "/both")).body == b"onetwo"
    assert (await get(app, "/other")).body == b"two"


async def test_nested_applications_have_the_templates_of_the_nearest_around_them(get: Get) -> None:
    async def page(request: Request) -> Response:
        return render_template("page", request, None)

    app, inner, own = Application(), Application(), Application()
    setup(app).put_string("page", "outer ${url('index')}")
    setup(own).put_string("page", "own")
    app.router.add_get("/index", page, name="index")
    for each in (inner, own):
        each.router.add_get("/page", page)
    app.add_subapp("/inner", inner)
    app.add_subapp("/own", own)
    assert (await get(app, "/inner/page")).body == b"outer /index"
    assert (await get(app, "/own/page")).body == b"own"


async def test_a_lookup_of_ones_own_may_be_put_under_the_key(get: Get) -> None:
    async def page(request: Request) -> Response:
        return render_template("page", request, {"name": "x"})

    app = Application()
    app[APP_KEY] = TemplateLookup()
    app[APP_KEY].put_string("page", "own ${name}")
    app.router.add_get("/", page)
    assert (await get(app)).body == b"own x"

"""Nested applications."""

from __future__ import annotations

from typing import Any

import pytest
from nested_apps import Asked, handler, named, shown

from tidewire_web import Application, Domain, MatchedSubAppResource, PrefixedSubAppResource


async def found(app: Application, target: str, method: str = "GET", host: str = "example") -> str:
    """What both ways to find a route give, as far as both can know it."""
    router = app.router
    info = await router.resolve(Asked(target, method, host))
    if not router.asks_request:
        match = router.match(method, target)
        assert match.route is (info.route if info.http_exception is None else None)
        assert match.apps == info.apps
    return shown(info)


async def test_a_prefix_goes_before_all_paths() -> None:
    app, sub = named("app", "/", "/{x}/y"), named("sub", "/", "", "/a", "/{x}", "/{t:.*}z")
    app.add_subapp("/p", sub)
    app.router.compile()
    assert [resource.canonical for resource in sub.router.resources()] == [
        "/p/",
        "/p",
        "/p/a",
        "/p/{x}",
        "/p/{t}z",
    ]
    for target, expected in {
        "/": "/",
        "/p": "sub:/p",
        "/p/": "sub:/p/",
        "/p/a": "sub:/p/a",
        "/p/b": "sub:/p/{x}",
        "/p/b/z": "sub:/p/{t}z",
        "/p/b/y": "sub:404",
        "/q/y": "/{x}/y",
        "/pp": "404",
    }.items():
        assert await found(app, target) == expected
    assert await found(app, "/p/a", "PUT") == "sub:405"
    assert not app.router.asks_request


async def test_nesting_without_end() -> None:
    apps = [named(f"a{level}", "/x", "/{y}") for level in range(6)]
    for level in range(5, 0, -1):
        apps[level - 1].add_subapp(f"/p{level}", apps[level])
    assert await found(apps[0], "/p1/p2/p3/p4/p5/x") == "a1:a2:a3:a4:a5:/p1/p2/p3/p4/p5/x"
    assert await found(apps[0], "/p1/p2/p3/z") == "a1:a2:a3:/p1/p2/p3/{y}"
    assert await found(apps[0], "/p1/p2/z/z") == "a1:a2:404"
    assert not apps[0].router.asks_request
    assert len(apps[0].router.routes()) == 12
    assert str(next(iter(apps[5].router.resources())).url_for()) == "/p1/p2/p3/p4/p5/x"


async def test_what_is_more_literal_or_in_the_outer_application_comes_first() -> None:
    app, sub = named("app", "/p/{x}/b", "/p/a"), named("sub", "/a", "/{x}", "/{x}/c", "/{x}/b")
    app.add_subapp("/p", sub)
    assert await found(app, "/p/a") == "/p/a"
    assert await found(app, "/p/b") == "sub:/p/{x}"
    assert await found(app, "/p/1/c") == "sub:/p/{x}/c"
    assert await found(app, "/p/1/b") == "/p/{x}/b"


async def test_a_nested_application_answers_for_its_prefix() -> None:
    app, sub = named("app"), named("sub", "/a")
    app.add_subapp("/p", sub)
    app.router.add_get("/{t:.*}", handler)
    assert await found(app, "/p/b") == "sub:404"
    assert await found(app, "/q/b") == "/{t}"
    info = await app.router.resolve(Asked("/p/a", "PUT"))
    assert info.http_exception is not None
    assert info.http_exception.headers["Allow"] == "GET"


def test_what_is_known_of_a_nested_application() -> None:
    app, sub = named("app"), named("sub", "/a", "/b")
    resource = app.add_subapp("/ä", sub)
    assert (resource.name, resource.canonical, resource.app) == (None, "/%C3%A4", sub)
    assert resource.get_info() == {"app": sub, "prefix": "/%C3%A4"}
    assert (len(resource), list(resource)) == (2, list(sub.router.routes()))
    assert repr(resource) == f"<PrefixedSubAppResource /%C3%A4 -> {sub!r}>"
    assert not resource.raw_match("/ä")
    with pytest.raises(RuntimeError):
        resource.url_for()
    resource.add_prefix("/b")
    assert str(next(iter(sub.router.resources())).url_for()) == "/b/%C3%A4/a"
    assert resource.canonical == "/b/%C3%A4"


@pytest.mark.parametrize("prefix", ["", "/", "p", "/p/", "/{p}"])
def test_malformed_prefixes_change_nothing(prefix: str) -> None:
    sub = named("sub", "/a")
    with pytest.raises(ValueError, match="prefix"):
        PrefixedSubAppResource(prefix, sub)
    nothing: Any = None
    with pytest.raises(TypeError):
        PrefixedSubAppResource(nothing, sub)
    assert next(iter(sub.router.resources())).canonical == "/a"


async def test_urls_by_the_router_of_the_nested_application() -> None:
    """The snippet of the documents."""
    app, admin = named("app"), named("admin")
    admin.router.add_get("/resource", handler, name="name")
    app.add_subapp("/admin", admin)
    assert str(admin.router["name"].url_for()) == "/admin/resource"
    assert "name" not in app.router


async def test_a_rule_comes_first() -> None:
    app, sub = named("app", "/", "/a"), named("sub", "/", "/{x}/y")
    resource = app.add_domain("sub.example", sub)
    assert await found(app, "/") == "/"
    assert await found(app, "/", host="sub.example") == "sub:/"
    assert await found(app, "/a", host="sub.example") == "sub:404"
    assert await found(app, "/1/y", "PUT", host="sub.example:8080") == "sub:405"
    assert app.router.asks_request
    assert (resource.canonical, resource.name) == ("sub.example", None)
    assert resource.get_info()["app"] is sub
    assert repr(resource) == f"<MatchedSubAppResource sub.example -> {sub!r}>"


async def test_the_first_rule_that_holds_counts() -> None:
    app = named("app", "/")
    for name in ("one", "two"):
        app.add_domain("sub.example", named(name, f"/{name}"))
    assert await found(app, "/two", host="sub.example") == "one:404"


async def test_a_rule_within_a_nested_application() -> None:
    app, sub, host = named("app", "/p/x/y"), named("sub", "/a", "/b"), named("host", "/a")
    sub.add_domain("sub.example", host)
    app.add_subapp("/p", sub)
    assert await found(app, "/p/a") == "sub:/p/a"
    assert await found(app, "/p/a", host="sub.example") == "sub:host:/p/a"
    assert await found(app, "/p/b", host="sub.example") == "sub:host:404"
    assert await found(app, "/p/x/y", host="sub.example") == "/p/x/y"
    assert await found(app, "/c", host="sub.example") == "404"


async def test_a_rule_of_ones_own_in_front_of_a_prefix() -> None:
    app, sub, inner = named("app"), named("sub"), named("inner", "/a")
    sub.add_subapp("/p", inner)
    resource = MatchedSubAppResource(Domain("sub.example"), sub)
    resource.add_prefix("/q")
    app.router.register_resource(resource)
    assert await found(app, "/q/p/a", host="sub.example") == "sub:inner:/q/p/a"


async def test_changes_within_are_seen() -> None:
    app, sub, inner = named("app"), named("sub"), named("inner", "/a")
    sub.add_subapp("/p", inner)
    app.add_subapp("/q", sub)
    assert await found(app, "/q/p/a", "PUT") == "sub:inner:405"
    resource: Any = next(iter(inner.router.resources()))
    resource.add_route("PUT", handler)
    assert await found(app, "/q/p/a", "PUT") == "sub:inner:/q/p/a"


async def test_an_application_for_several_hosts_below_a_prefix() -> None:
    app, sub, inner = named("app"), named("sub"), named("inner", "/a")
    sub.add_domain("one.example", inner)
    sub.add_subapp("/inner", inner)
    sub.add_domain("two.example", inner)
    app.add_subapp("/p", sub)
    assert next(iter(inner.router.resources())).canonical == "/p/inner/a"
    for host in ("one.example", "two.example", "three.example"):
        assert await found(app, "/p/inner/a", host=host) == "sub:inner:/p/inner/a"

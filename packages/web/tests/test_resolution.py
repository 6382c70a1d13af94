"""Resources that resolve requests in a way of their own, among others."""

from __future__ import annotations

from typing import Any

import pytest
from nested_apps import Asked, handler, named, shown
from yarl import URL

from tidewire_web import (
    AbstractResource,
    Application,
    DynamicResource,
    PlainResource,
    Resource,
    ResourceRoute,
    UrlMappingMatchInfo,
)


class Custom(AbstractResource):
    """Answers what ends with an exclamation mark, for one method."""

    def __init__(self, path: str, method: str = "GET") -> None:
        super().__init__()
        self.path = path
        self.route = ResourceRoute(method, handler, self)

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Any:
        return iter([self.route])

    @property
    def canonical(self) -> str:
        return self.path

    def url_for(self, **kwargs: str) -> URL:
        return URL(self.path)

    async def resolve(self, request: Any) -> tuple[UrlMappingMatchInfo | None, set[str]]:
        if not request.rel_url.raw_path.endswith("!"):
            return None, set()
        if request.method != self.route.method:
            return None, {self.route.method}
        return UrlMappingMatchInfo({"custom": self.path}, self.route), {self.route.method}

    def add_prefix(self, prefix: str) -> None:
        self.path = prefix + self.path

    def get_info(self) -> dict[str, Any]:
        return {"path": self.path}

    def raw_match(self, path: str) -> bool:
        return False


async def found(app: Application, target: str, method: str = "GET") -> str:
    return shown(await app.router.resolve(Asked(target, method)))


async def test_a_custom_resource_is_asked_where_its_path_puts_it() -> None:
    app = named("app", "/a/b!", "/a/{x}")
    for path in ("/a/b/c", "/a/{z}", "/", "/ä/{y}"):
        app.router.register_resource(Custom(path))
    app.router.add_get("/{t:.*}", handler)
    for target, expected in {
        "/a/b!": "/a/b!",  # as literal as can be
        "/a/b/!": "/a/{z}",
        "/a/b/c!": "/a/{z}",
        "/a/b/c/!": "/a/b/c",
        "/a/b/c/": "/{t}",
        "/a/c!": "/a/{x}",  # as literal, and added before
        "/b": "/{t}",
        "/b!": "/",  # as literal, and added before
        "/%C3%A4/!": "/ä/{y}",
    }.items():
        assert await found(app, target) == expected, target


async def test_of_the_same_place_the_first_is_asked_first() -> None:
    app = named("app")
    app.router.register_resource(Custom("/a/{y}"))
    app.router.add_get("/a/{x}", handler)
    assert await found(app, "/a/b!") == "/a/{y}"
    assert await found(app, "/a/b") == "/a/{x}"


async def test_methods_of_all_are_told() -> None:
    app = named("app", "/{x}")
    app.router.register_resource(Custom("/", "PUT"))
    info = await app.router.resolve(Asked("/b!", "DELETE"))
    assert info.http_exception is not None
    assert info.http_exception.headers["Allow"] == "GET,PUT"
    assert await found(app, "/b!", "PUT") == "/"
    assert await found(app, "/b", "PUT") == "405"
    assert await found(named("empty"), "/b") == "404"


async def test_a_path_that_is_none_is_asked_for_nothing() -> None:
    app = named("app", "/{x}")
    app.router.register_resource(Custom("anything"))
    assert await found(app, "/b!") == "/{x}"
    assert await found(app, "/b/c!") == "404"


@pytest.mark.parametrize("kind", [PlainResource, DynamicResource])
async def test_a_resource_that_overrides_resolve_is_asked(kind: type[Resource]) -> None:
    class Own(kind):  # type: ignore[misc,valid-type]
        async def resolve(self, request: Any) -> tuple[UrlMappingMatchInfo | None, set[str]]:
            info, allowed = await super().resolve(request)
            return (info if request.host == "example" else None), allowed

    app = named("app")
    resource = Own("/a" if kind is PlainResource else "/{x}")
    resource.add_route("GET", handler)
    app.router.register_resource(resource)
    assert app.router.match("GET", "/a").route is None
    assert await found(app, "/a") == resource.canonical
    assert shown(await app.router.resolve(Asked("/a", host="another"))) == "405"


async def test_custom_resources_in_nested_applications() -> None:
    app, sub = named("app", "/p/a/b!", "/{t:.*}"), named("sub", "/{x}")
    sub.router.register_resource(Custom("/a/"))
    app.add_subapp("/p", sub)
    assert await found(app, "/p/a/c") == "sub:404"
    assert await found(app, "/p/a/c!") == "sub:/p/a/"
    assert await found(app, "/p/1") == "sub:/p/{x}"
    assert await found(app, "/p/a/b!") == "/p/a/b!"
    assert await found(app, "/q") == "/{t}"


async def test_a_custom_resource_goes_before_a_nested_application_where_it_is_more_literal() -> None:
    app, sub = named("app"), named("sub", "/{x}")
    app.add_subapp("/p", sub)
    app.router.register_resource(Custom("/p/q"))
    app.router.register_resource(Custom("/p"))
    assert await found(app, "/p/q!") == "sub:/p/{x}"
    assert await found(app, "/p/q/!") == "/p/q"
    assert await found(app, "/p/q/") == "sub:404"
    assert await found(app, "/p/r/!") == "sub:404"

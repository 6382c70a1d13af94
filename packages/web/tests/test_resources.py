"""Resources by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from yarl import URL

from tidewire_web import AbstractResource, DynamicResource, PlainResource, ResourceRoute, Response
from tidewire_web._resources import prefix_pattern


async def handler(request: Any) -> Response:
    return Response()


class Asked:
    def __init__(self, target: str, method: str = "GET") -> None:
        self.method = method
        self.rel_url = URL(target, encoded=True)


def test_a_plain_resource() -> None:
    resource = PlainResource("/ä b")
    assert (resource.name, resource.canonical) == (None, "/%C3%A4%20b")
    assert resource.get_info() == {"path": "/%C3%A4%20b"}
    assert str(resource.url_for()) == "/%C3%A4%20b"
    assert resource.url_for().path == "/ä b"
    assert repr(resource) == "<PlainResource /%C3%A4%20b>"
    assert resource.raw_match("/ä b")
    assert not resource.raw_match("/%C3%A4%20b")
    with pytest.raises(ValueError, match="variables"):
        PlainResource("/{x}")


def test_a_dynamic_resource() -> None:
    resource = DynamicResource(r"/ä/{x}/{y:\d+}", name="n")
    info = resource.get_info()
    assert info["formatter"] == resource.canonical == "/%C3%A4/{x}/{y}"
    assert info["pattern"].fullmatch("/%C3%A4/a/12").groupdict() == {"x": "a", "y": "12"}
    assert str(resource.url_for(x="a/b ä", y="1/2")) == "/%C3%A4/a%2Fb%20%C3%A4/1/2"
    assert repr(resource) == "<DynamicResource 'n' /%C3%A4/{x}/{y}>"
    with pytest.raises(KeyError):
        resource.url_for(x="1")
    number: Any = 1
    with pytest.raises(TypeError):
        resource.url_for(x=number, y="1")


def test_routes_of_a_resource() -> None:
    resource = DynamicResource("/{x}")
    one = resource.add_route("get", handler)
    two = resource.add_route("*", handler)
    assert (list(resource), len(resource)) == ([one, two], 2)
    for method in ("GET", "get", "PUT", "*"):
        with pytest.raises(RuntimeError, match="never"):
            resource.add_route(method, handler)
    with pytest.raises(RuntimeError, match="never"):
        resource.register_route(ResourceRoute("PUT", handler, resource))
    nothing: Any = handler
    with pytest.raises(TypeError):
        resource.register_route(nothing)
    with pytest.raises(ValueError, match="token"):
        resource.add_route("G T", handler)
    assert len(resource) == 2


async def test_a_resource_resolves_requests() -> None:
    resource = DynamicResource("/a/{x}")
    resource.add_route("GET", handler)
    info, allowed = await resource.resolve(Asked("/a/%C3%A4"))
    assert info is not None
    assert (info, allowed) == ({"x": "ä"}, {"GET"})
    assert await resource.resolve(Asked("/a/1", "PUT")) == (None, {"GET"})
    assert await resource.resolve(Asked("/b")) == (None, set())
    resource.add_route("PUT", handler)
    resource.add_prefix("/p")
    info, allowed = await resource.resolve(Asked("/p/a/1", "PUT"))
    assert info is not None
    assert (info.route, allowed) == (list(resource)[1], {"GET", "PUT"})
    assert await resource.resolve(Asked("/a/1")) == (None, set())


def test_prefixes() -> None:
    resource = DynamicResource("/{x}")
    resource.add_prefix("/b")
    resource.add_prefix("/ä")
    assert resource.canonical == "/%C3%A4/b/{x}"
    assert str(resource.url_for(x="1")) == "/%C3%A4/b/1"
    assert resource.get_info()["pattern"].pattern.startswith("/%C3%A4/b/(?P<x>")


@pytest.mark.parametrize("prefix", ["", "/", "a", "/a/", "/{a}"])
def test_malformed_prefixes(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        prefix_pattern(prefix)
    with pytest.raises(ValueError, match="prefix"):
        PlainResource("/").add_prefix(prefix)


def test_a_prefix_is_text() -> None:
    prefix: Any = b"/a"
    with pytest.raises(TypeError):
        prefix_pattern(prefix)


def test_an_empty_path_becomes_one_when_frozen() -> None:
    alone, prefixed = PlainResource(""), PlainResource("")
    prefixed.add_prefix("/a")
    for resource in (alone, prefixed):
        resource.freeze()
    assert (alone.canonical, prefixed.canonical) == ("/", "/a")


def test_resources_are_told_apart_by_identity() -> None:
    assert PlainResource("/") != PlainResource("/")


def test_an_abstract_resource_cannot_be_made() -> None:
    abstract: Any = AbstractResource
    with pytest.raises(TypeError):
        abstract()

"""Which route is found for a method and a target."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tidewire_web import Request, Response, RouteDef, UrlDispatcher, get


async def handler(request: Request) -> Response:
    return Response()


def router(*paths: str, method: str = "GET") -> UrlDispatcher:
    made = UrlDispatcher()
    for path in paths:
        made.add_route(method, path, handler)
    return made


def found(made: UrlDispatcher, target: str, method: str = "GET") -> str | None:
    match = made.match(method, target)
    return None if match.route is None else f"{match.route.method} {match.route.path}"


def values(made: UrlDispatcher, target: str) -> dict[str, str] | None:
    match = made.match("GET", target)
    return None if match.route is None else match.values


# -- adding ---------------------------------------------------------------------------------------


def test_routes_are_known_in_their_order() -> None:
    made = router("/b", "/{x}", "/a")
    assert [route.path for route in made.routes()] == ["/b", "/{x}", "/a"]
    made.routes().clear()
    assert len(made.routes()) == 3
    assert repr(made) == "<UrlDispatcher of 3 routes>"
    assert repr(made.routes()[0]).startswith("<Route [GET] /b -> <function handler")


def test_each_method_has_its_function() -> None:
    made = UrlDispatcher()
    for method in ("head", "options", "post", "put", "patch", "delete"):
        route = getattr(made, f"add_{method}")(f"/{method}", handler)
        assert (route.method, route.path, route.handler) == (method.upper(), f"/{method}", handler)
    assert made.add_get("/get", handler).method == "GET"
    assert found(made, "/get", "HEAD") == "HEAD /get"
    made.add_get("/only", handler, allow_head=False)
    assert found(made, "/only", "HEAD") is None


def test_methods_are_put_in_upper_case() -> None:
    assert router("/", method="get").routes()[0].method == "GET"


@pytest.mark.parametrize("path", ["/a", "/{x}", "/{x:.+}", "/{x:.+}/b"])
@pytest.mark.parametrize("first", ["GET", "*"])
def test_a_method_has_one_route_on_a_path(path: str, first: str) -> None:
    made = router(path, method=first)
    with pytest.raises(RuntimeError):
        made.add_route("GET", path, handler)
    assert len(made.routes()) == 1


@pytest.mark.parametrize("method", ["", "GE T", "GET\n", "GÉT"])
def test_a_method_is_a_token(method: str) -> None:
    with pytest.raises(ValueError, match="token"):
        router("/", method=method)


def test_a_handler_can_be_called() -> None:
    nothing: Any = None
    with pytest.raises(TypeError):
        UrlDispatcher().add_route("GET", "/", nothing)


def test_a_frozen_router_takes_no_more() -> None:
    made = router("/a")
    before = made.frozen
    made.freeze()
    assert (before, made.frozen) == (False, True)
    with pytest.raises(RuntimeError):
        made.add_get("/b", handler)
    assert found(made, "/a") == "GET /a"


def test_definitions() -> None:
    made = UrlDispatcher()
    routes = made.add_routes([get("/a", handler), RouteDef("POST", "/b", handler)])
    assert [(route.method, route.path) for route in routes] == [("GET", "/a"), ("POST", "/b")]
    assert len(made.routes()) == 3


# -- finding --------------------------------------------------------------------------------------


def test_fixed_paths() -> None:
    made = router("/", "/a", "/a/", "/a/b")
    for path in ("/", "/a", "/a/", "/a/b"):
        assert found(made, path) == f"GET {path}"
    for path in ("/b", "/a/b/", "/A", "//", "/a//b"):
        assert found(made, path) is None


@pytest.mark.parametrize("target", ["/a", "/a?b", "/a?b=/c?d#e", "/a#b", "/a#b?c", "/a?"])
def test_queries_and_fragments_do_not_count(target: str) -> None:
    assert found(router("/a"), target) == "GET /a"
    assert values(router("/{x}"), target) == {"x": "a"}


def test_fixed_paths_come_first_whatever_the_order() -> None:
    paths = ["/{x}", "/a", "/{x:.*}", "/{x}/b", "/a/{y}", "/a/b"]
    for order in (paths, paths[::-1]):
        made = router(*order)
        assert found(made, "/a") == "GET /a"
        assert found(made, "/a/b") == "GET /a/b"
        assert found(made, "/a/c") == "GET /a/{y}"
        assert found(made, "/c/b") == "GET /{x}/b"
        assert found(made, "/c") == "GET /{x}"
        assert found(made, "/c/d") == "GET /{x:.*}"


def test_a_variable_is_one_segment_and_not_empty() -> None:
    made = router("/u/{name}", "/u/{name}/posts/{post}")
    assert values(made, "/u/ann") == {"name": "ann"}
    assert values(made, "/u/ann/posts/7") == {"name": "ann", "post": "7"}
    assert values(made, "/u/") is None
    assert values(made, "/u/ann/") is None
    assert values(made, "/u//posts/7") is None
    assert values(made, "/u/ann/posts") is None


def test_a_variable_may_be_a_part_of_a_segment() -> None:
    made = router("/v{major}.{minor}", "/file-{name}.txt")
    assert values(made, "/v1.2") == {"major": "1", "minor": "2"}
    assert values(made, "/file-a.b.txt") == {"name": "a.b"}
    assert values(made, "/file-.txt") is None
    assert values(made, "/fileXa.txt") is None


def test_a_variable_with_a_pattern() -> None:
    made = router(r"/n/{number:\d+}", r"/c/{code:[a-z]{2}}/x")
    assert values(made, "/n/12") == {"number": "12"}
    assert values(made, "/n/1a") is None
    assert values(made, "/n/12/3") is None
    assert values(made, "/c/de/x") == {"code": "de"}
    assert values(made, "/c/deu/x") is None


def test_a_tail() -> None:
    made = router("/files/{tail:.+}", "/any{tail:.*}", "/mid/{path:.+}/end")
    assert values(made, "/files/a") == {"tail": "a"}
    assert values(made, "/files/a/b//c/") == {"tail": "a/b//c/"}
    assert values(made, "/files/") is None
    assert values(made, "/files") is None
    assert values(made, "/any") == {"tail": ""}
    assert values(made, "/anything/at/all") == {"tail": "thing/at/all"}
    assert values(made, "/mid/a/b/end") == {"path": "a/b"}
    assert values(made, "/mid/end") is None


def test_the_first_tail_that_matches_wins() -> None:
    made = router(r"/{x:\d+}", r"/{y:\w+}", r"/{z:.+}")
    assert [values(made, path) for path in ("/1", "/a", "/a/b")] == [{"x": "1"}, {"y": "a"}, {"z": "a/b"}]


def test_of_variables_that_match_the_first_wins() -> None:
    for order in (("/a{x}", "/{y}b"), ("/{y}b", "/a{x}")):
        assert found(router(*order), "/azb") == f"GET {order[0]}"


def test_ways_that_lead_nowhere_are_gone_back() -> None:
    made = router("/a/{x}/c", "/{y}/b/{z}", "/{y}/{w}/d", "/{all:.*}", "/a/b/e")
    assert values(made, "/a/b/c") == {"x": "b"}
    assert values(made, "/a/b/q") == {"y": "a", "z": "q"}
    assert values(made, "/a/q/d") == {"y": "a", "w": "q"}
    assert values(made, "/a/b/c/d") == {"all": "a/b/c/d"}
    assert values(made, "/a/b/e") == {}
    assert values(made, "/a/b") == {"all": "a/b"}


def test_going_back_forgets_the_values_of_the_way() -> None:
    made = router("/{a}/x/{b}/y", "/{c}/{d}/{e}/z")
    assert values(made, "/1/x/3/z") == {"c": "1", "d": "x", "e": "3"}


# -- what is encoded ------------------------------------------------------------------------------


def test_paths_are_compared_decoded() -> None:
    made = router("/a b", "/ä", "/c%20d", "/%C3%B6", "/sub/ü/{x}")
    assert found(made, "/a%20b") == "GET /a b"
    assert found(made, "/%C3%A4") == "GET /ä"
    assert found(made, "/%c3%a4") == "GET /ä"
    assert found(made, "/c%20d") == "GET /c%20d"
    assert found(made, "/%C3%B6") == "GET /%C3%B6"
    assert found(made, "/%61%20b") == "GET /a b"
    assert found(made, "/sub/%C3%BC/1") == "GET /sub/ü/{x}"


def test_an_encoded_slash_is_none() -> None:
    made = router("/a/b", "/{x}/c", "/{x}")
    assert found(made, "/a%2Fb") == "GET /{x}"
    assert found(made, "/a%2fb/c") == "GET /{x}/c"
    assert values(router("/{tail:.*}"), "/a%2Fb/c") == {"tail": "a%2Fb/c"}


@pytest.mark.parametrize("target", ["/%", "/%z", "/%zz", "/%ff", "/%2", "/%00"])
def test_what_is_not_encoded_well_is_found_all_the_same(target: str) -> None:
    assert found(router("/{x}"), target) == "GET /{x}"


# -- methods --------------------------------------------------------------------------------------


def allowed(made: UrlDispatcher, target: str, method: str) -> set[str]:
    match = made.match(method, target)
    assert match.route is None
    return set(match.allowed)


def test_a_path_with_another_method() -> None:
    made = UrlDispatcher()
    made.add_get("/a", handler)
    made.add_post("/a", handler)
    made.add_put("/{x}", handler)
    made.add_delete("/{x:.*}", handler)
    assert allowed(made, "/a", "PATCH") == {"GET", "HEAD", "POST", "PUT", "DELETE"}
    assert allowed(made, "/b", "GET") == {"PUT", "DELETE"}
    assert allowed(made, "/b/c", "GET") == {"DELETE"}
    assert allowed(router("/a"), "/b", "GET") == set()
    assert found(made, "/a", "PUT") == "PUT /{x}"
    assert found(made, "/a", "DELETE") == "DELETE /{x:.*}"
    assert found(made, "/a", "get") is None


def test_any_method() -> None:
    made = router("/a", "/{x}", "/t/{x:.*}", method="*")
    for target, path in (("/a", "/a"), ("/b", "/{x}"), ("/t/u/v", "/t/{x:.*}")):
        for method in ("GET", "BREW"):
            assert found(made, target, method) == f"* {path}"


def test_a_route_of_its_own_comes_before_any_method() -> None:
    made = router("/a")
    made.add_route("*", "/a", handler)
    assert found(made, "/a", "GET") == "GET /a"
    assert found(made, "/a", "POST") == "* /a"


# -- many -----------------------------------------------------------------------------------------


def many(number: int) -> Iterable[str]:
    for index in range(number // 5):
        yield f"/fixed/{index}"
        yield f"/dynamic/{index}/{{x}}"
        yield f"/{{x}}/suffix/{index}"
        yield f"/typed/{index}/{{x:[0-9]+}}"
        yield f"/deep/{{a}}/{{b}}/{index}"


def test_five_thousand_routes() -> None:
    made = router(*many(5000))
    assert len(made.routes()) == 5000
    for index in (0, 17, 999):
        assert found(made, f"/fixed/{index}") == f"GET /fixed/{index}"
        assert values(made, f"/dynamic/{index}/q") == {"x": "q"}
        assert values(made, f"/any/suffix/{index}") == {"x": "any"}
        assert values(made, f"/typed/{index}/42") == {"x": "42"}
        assert values(made, f"/deep/1/2/{index}") == {"a": "1", "b": "2"}
    assert found(made, "/deep/1/2/1000") is None
    assert found(made, "/typed/1/x") is None


def test_a_long_path_costs_no_stack() -> None:
    made = router("/{x}/{y}", "/{tail:.*}x")
    assert found(made, "/a" * 50_000) is None
    assert found(made, "/" * 50_000 + "x") == "GET /{tail:.*}x"


def test_get_leaves_the_head_that_is_there_alone() -> None:
    async def other(request: Request) -> Response:
        return Response()

    router = UrlDispatcher()
    router.add_head("/", other)
    router.add_get("/", handler)
    assert router.match("HEAD", "/").route.handler is other
    with pytest.raises(RuntimeError):
        router.add_get("/", handler)
    assert len(router.routes()) == 2

"""Middlewares: what they are, and how they are put around a handler."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import Client, request

from tidewire_web import (
    Application,
    HTTPException,
    HTTPNotFound,
    Request,
    Response,
    StreamResponse,
    View,
    json_response,
    middleware,
)
from tidewire_web._middlewares import chain

Serve = Callable[..., Awaitable[Client]]
Handler = Callable[[Request], Awaitable[StreamResponse]]


async def hello(request: Request) -> Response:
    return Response(text="Hello")


def adding(text: str) -> Any:
    """The middleware factory of the documents."""

    @middleware
    async def sample_middleware(request: Request, handler: Handler) -> StreamResponse:
        response = await handler(request)
        assert isinstance(response, Response)
        response.text = (response.text or "") + text
        return response

    return sample_middleware


# -- what they are called with ----------------------------------------------------------------------


async def test_middlewares_run_from_the_outermost_to_the_handler_and_back(serve: Serve) -> None:
    """The snippet of the documents."""
    seen: list[str] = []

    async def handler(request: Request) -> Response:
        seen.append("Handler function called")
        return Response(text="Hello")

    @middleware
    async def middleware1(request: Request, handler: Handler) -> StreamResponse:
        seen.append("Middleware 1 called")
        response = await handler(request)
        seen.append("Middleware 1 finished")
        return response

    @middleware
    async def middleware2(request: Request, handler: Handler) -> StreamResponse:
        seen.append("Middleware 2 called")
        response = await handler(request)
        seen.append("Middleware 2 finished")
        return response

    app = Application(middlewares=[middleware1, middleware2])
    app.router.add_get("/", handler)
    assert (await (await serve(app)).get()).text == "Hello"
    assert seen == [
        "Middleware 1 called",
        "Middleware 2 called",
        "Handler function called",
        "Middleware 2 finished",
        "Middleware 1 finished",
    ]


async def test_a_middleware_changes_the_response(serve: Serve) -> None:
    app = Application(middlewares=[adding(" wink"), adding(" nod")])
    app.router.add_get("/", hello)
    connection = (await serve(app)).connect()
    for _ in range(2):
        assert (await connection.ask(request())).text == "Hello nod wink"


class Objects:
    """Everything that can be a middleware, each of which adds its name to the request."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def method(self, request: dict[str, list[str]], handler: Any) -> Any:
        request["seen"].append(self.name)
        return await handler(request)

    @classmethod
    async def class_method(cls, request: dict[str, list[str]], handler: Any) -> Any:
        request["seen"].append(cls.__name__)
        return await handler(request)

    async def __call__(self, request: dict[str, list[str]], handler: Any) -> Any:
        request["seen"].append(f"call of {self.name}")
        return await handler(request)


async def plain(request: Any, handler: Any) -> Any:
    request["seen"].append("plain")
    return await handler(request)


async def with_defaults(request: Any, handler: Any = None, more: int = 7, *, last: int = 8) -> Any:
    request["seen"].append(f"defaults {more} {last}")
    return await handler(request)


async def by_keyword_only(request: Any, *, handler: Any) -> Any:
    request["seen"].append("keyword")
    return await handler(request)


async def with_something_between(request: Any, between: int = 3, handler: Any = None) -> Any:
    request["seen"].append(f"between {between}")
    return await handler(request)


async def named_otherwise(request: Any, call_next: Any) -> Any:
    request["seen"].append("otherwise")
    return await call_next(request)


async def positional_only(request: Any, handler: Any, /) -> Any:
    request["seen"].append("positional")
    return await handler(request)


async def any_arguments(*arguments: Any) -> Any:
    arguments[0]["seen"].append(f"any {len(arguments)}")
    return await arguments[1](arguments[0])


async def any_keywords(request: Any, **keywords: Any) -> Any:
    request["seen"].append(f"any {list(keywords)}")
    return await keywords["handler"](request)


@functools.wraps(plain)
async def wrapping(*arguments: Any, **keywords: Any) -> Any:
    return await plain(*arguments, **keywords)


async def configured(name: str, request: Any, handler: Any) -> Any:
    request["seen"].append(name)
    return await handler(request)


def returning_a_coroutine(request: Any, handler: Any) -> Any:
    request["seen"].append("returning")
    return handler(request)


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        (plain, "plain"),
        (middleware(plain), "plain"),
        (with_defaults, "defaults 7 8"),
        (by_keyword_only, "keyword"),
        (with_something_between, "between 3"),
        (named_otherwise, "otherwise"),
        (positional_only, "positional"),
        (any_arguments, "any 2"),
        (any_keywords, "any ['handler']"),
        (wrapping, "plain"),
        (functools.partial(configured, "configured"), "configured"),
        (functools.partial(with_defaults, last=9), "defaults 7 9"),
        (returning_a_coroutine, "returning"),
        (Objects("one").method, "one"),
        (Objects.class_method, "Objects"),
        (Objects("one"), "call of one"),
        (lambda request, handler: plain(request, handler=handler), "plain"),
    ],
)
async def test_whatever_can_be_called_with_request_and_handler(each: Any, expected: str) -> None:
    async def handler(request: Any) -> str:
        return "response"

    app = Application(middlewares=[plain, each, each, plain])
    asked: dict[str, list[str]] = {"seen": []}
    assert await chain(handler, [app])(asked) == "response"
    assert asked["seen"] == ["plain", expected, expected, "plain"]


async def test_a_middleware_that_is_a_class_is_called_as_one() -> None:
    class Answer:
        def __init__(self, request: Any, handler: Any) -> None:
            self.answer = handler(request)

        def __call__(self) -> None:
            """Which must not be taken for what is called."""

        def __await__(self) -> Any:
            return self.answer.__await__()

    async def handler(request: Any) -> Any:
        return request

    assert await chain(handler, [Application(middlewares=[Answer])])("request") == "request"


@pytest.mark.parametrize("each", [None, "name", 5])
def test_what_cannot_be_called_is_no_middleware(each: Any) -> None:
    with pytest.raises(TypeError, match="middleware"):
        Application(middlewares=[each])
    app = Application()
    app.middlewares.append(each)
    with pytest.raises(TypeError, match="middleware"):
        app.freeze()


def test_factories_of_the_kind_that_was_before_are_told_so() -> None:
    async def factory(app: Application, handler: Any) -> Any:
        """Of aiohttp 2."""

    with pytest.raises(TypeError, match="application"):
        Application(middlewares=[factory])
    Application(middlewares=[middleware(factory)])


def test_the_decorator_marks_and_changes_nothing_else() -> None:
    async def function(request: Any, handler: Any) -> Any:
        """What it is."""

    marked: Any = middleware(function)
    assert marked.__middleware_version__ == 1
    assert marked is function


# -- what a middleware sees of the handler --------------------------------------------------------------


async def test_the_handler_looks_like_the_one_of_the_route_at_every_level() -> None:
    async def handler(request: Any) -> str:
        """What it does."""
        return "response"

    handler.login_required = True  # type: ignore[attr-defined]

    async def looks(request: Any, handler: Any) -> Any:
        assert (handler.__name__, handler.__doc__) == ("handler", "What it does.")
        assert handler.login_required is True
        assert list(inspect.signature(handler).parameters) == ["request"]
        assert inspect.iscoroutinefunction(inspect.unwrap(handler))
        assert inspect.unwrap(handler) is route_handler
        return await handler(request)

    route_handler = handler
    others: list[Any] = [Objects("one").method, by_keyword_only, any_arguments, Objects("two")]
    middlewares: list[Any] = [looks, looks, *(each for other in others for each in (other, looks))]
    sub = Application(middlewares=middlewares)
    request = FakeRequest()
    assert await chain(handler, [Application(middlewares=middlewares), sub])(request) == "response"
    assert not hasattr(looks, "login_required")


class FakeRequest(dict[str, Any]):
    """A request that knows which application it has come to."""

    def __init__(self) -> None:
        super().__init__(seen=[])
        self.app: Any = None

    def _pass_to(self, app: Any) -> None:
        self.app = app


async def test_views_and_their_attributes() -> None:
    class MyView(View):
        permission = "read"

        async def get(self) -> Response:
            return Response(text=self.permission)

    async def looks(request: Any, handler: Any) -> Any:
        assert (handler.__name__, handler.permission) == ("MyView", "read")
        return await handler(request)

    request: Any = type("Asked", (), {"method": "GET"})()
    response = await chain(MyView, [Application(middlewares=[looks, looks])])(request)
    assert response.text == "read"


async def test_a_function_that_is_used_twice_keeps_its_own_handlers() -> None:
    async def one(request: Any) -> str:
        return "one"

    async def two(request: Any) -> str:
        return "two"

    app = Application(middlewares=[plain, plain])
    first, second = chain(one, [app]), chain(two, [app])
    assert (await first({"seen": []}), await second({"seen": []})) == ("one", "two")
    assert plain.__defaults__ is None


# -- what they may do -------------------------------------------------------------------------------------


async def test_a_middleware_may_answer_itself(serve: Serve) -> None:
    async def forbids(request: Request, handler: Handler) -> StreamResponse:
        return Response(status=403)

    app = Application(middlewares=[forbids])
    app.router.add_get("/", hello)
    assert (await (await serve(app)).get()).status == 403


async def test_a_middleware_may_call_the_handler_with_another_request(serve: Serve) -> None:
    async def trusts(request: Request, handler: Handler) -> StreamResponse:
        return await handler(request.clone(scheme="https", host="example.org", remote="203.0.113.9"))

    async def handler(request: Request) -> Response:
        assert request.app is app
        return Response(text=f"{request.url} {request.remote} {request.match_info['x']}")

    app = Application(middlewares=[trusts, trusts])
    app.router.add_get("/{x}", handler)
    assert (await (await serve(app)).get("/a")).text == "https://example.org/a 203.0.113.9 a"


async def test_error_pages(serve: Serve) -> None:
    """The snippet of the documents, for what is raised and for requests without a route."""

    @middleware
    async def error_middleware(request: Request, handler: Handler) -> StreamResponse:
        try:
            response = await handler(request)
            if response.status != 404:
                return response
            message = response.reason
        except HTTPException as ex:
            if ex.status != 404:
                raise
            message = ex.reason
        return json_response({"error": message})

    async def raises(request: Request) -> Response:
        raise HTTPNotFound(reason="Gone fishing")

    async def returns(request: Request) -> Response:
        return Response(status=404, reason="Lost")

    app = Application(middlewares=[error_middleware])
    app.router.add_get("/raises", raises)
    app.router.add_get("/returns", returns)
    client = await serve(app)
    assert (await client.get("/raises")).text == '{"error": "Gone fishing"}'
    assert (await client.get("/returns")).text == '{"error": "Lost"}'
    assert (await client.get("/nowhere")).text == '{"error": "Not Found"}'
    assert (await client.get("/raises", method="PUT")).status == 405


async def test_what_handlers_raise_comes_to_middlewares_first(serve: Serve) -> None:
    async def mends(request: Request, handler: Handler) -> StreamResponse:
        try:
            return await handler(request)
        except ZeroDivisionError:
            return Response(text="mended")

    async def fails(request: Request) -> Response:
        raise {"/zero": ZeroDivisionError, "/other": LookupError}[request.path]

    app = Application(middlewares=[mends])
    app.router.add_get("/{x}", fails)
    client = await serve(app)
    assert (await client.get("/zero")).text == "mended"
    assert (await client.get("/other")).status == 500


async def test_requests_without_a_route_go_through_middlewares(serve: Serve) -> None:
    seen: list[tuple[int, str, bool]] = []

    async def looks(request: Request, handler: Handler) -> StreamResponse:
        refusal = request.match_info.http_exception
        assert refusal is not None
        try:
            return await handler(request)
        except HTTPException as raised:
            seen.append((refusal.status, handler.__name__, raised is refusal))
            raise

    async def does_not_look(request: Request, handler: Handler) -> StreamResponse:
        return await handler(request)

    app = Application(middlewares=[does_not_look, looks])
    app.router.add_post("/a", hello)
    client = await serve(app)
    assert (await client.get("/")).status == 404
    answer = await client.get("/a")
    assert (answer.status, answer.fields["Allow"]) == (405, "POST")
    assert [(status, same) for status, _name, same in seen] == [(404, True), (405, True)]


async def test_a_body_that_a_middleware_has_read_is_there_for_the_handler(serve: Serve) -> None:
    """The snippet of the documents, with a middleware that is not marked."""
    bodies: list[str] = []

    async def logging_middleware(request: Request, handler: Handler) -> StreamResponse:
        bodies.append(await request.text())
        return await handler(request)

    async def handler(request: Request) -> Response:
        return Response(text=f"Received: {await request.text()}")

    app = Application(middlewares=[logging_middleware])
    app.router.add_post("/", handler)
    client = await serve(app)
    assert (await client.get("/", method="POST", body=b"body")).text == "Received: body"
    assert bodies == ["body"]


async def test_middlewares_leave_things_with_the_request(serve: Serve) -> None:
    async def stream_parsing_middleware(request: Request, handler: Handler) -> StreamResponse:
        request["raw_body"] = await request.content.read()
        return await handler(request)

    async def handler(request: Request) -> Response:
        return Response(body=request.get("raw_body", b""))

    app = Application(middlewares=[stream_parsing_middleware])
    app.router.add_post("/", handler)
    client = await serve(app)
    assert (await client.get("/", method="POST", body=b"raw")).text == "raw"


# -- the Expect field -------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_host", [False, True])
async def test_what_is_expected_is_met_before_middlewares(serve: Serve, by_host: bool) -> None:
    seen: list[str] = []

    async def reads(request: Request, handler: Handler) -> StreamResponse:
        seen.append(f"middleware {await request.text()}")
        return await handler(request)

    async def check_auth(request: Request) -> Response | None:
        seen.append("expect handler")
        return None if "Authorization" in request.headers else Response(status=403)

    app = Application(middlewares=[reads])
    app.router.add_post("/", hello, expect_handler=check_auth)
    app.router.add_post("/stock", hello)
    if by_host:
        app.add_domain("elsewhere.example", Application())
    client = await serve(app)
    expect = "Expect: 100-continue"
    assert (await client.get("/", expect, method="POST", body=b"x")).status == 403
    assert seen == ["expect handler"]
    assert (await client.get("/", expect, "Authorization: y", method="POST", body=b"x")).status == 200
    assert seen[1:] == ["expect handler", "middleware x"]
    assert (await client.get("/stock", "Expect: tea", method="POST", body=b"x")).status == 417
    assert len(seen) == 3
    # Without a route: the client waits for 100 before it sends what the middleware wants to read.
    connection = client.connect()
    connection.send(request("/nowhere", expect, "Content-Length: 1", method="POST"), "POST")
    await connection.until(lambda: b"100 Continue" in connection.transport.sent)
    connection.transport.feed(b"z")
    await connection.until(connection.look)
    assert connection.answers[0].status == 404
    assert seen[3:] == ["middleware z"]

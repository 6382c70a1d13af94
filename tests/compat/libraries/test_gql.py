"""gql: queries, mutations, uploads and subscriptions against a GraphQL server."""

from __future__ import annotations

import asyncio
import inspect
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from gql import Client, FileVar, GraphQLRequest, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)
from graphql import GraphQLScalarType, build_schema, graphql, parse, subscribe

# The newest versions of aiohttp, and compat with them, warn of what the library does: a BasicAuth for the session.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(BasicAuth|'auth' parameter) is deprecated:DeprecationWarning"
)

Serve = Callable[[web.Application], Awaitable[str]]

SCHEMA = build_schema(
    """
    scalar Upload
    type Tide { place: String! metres: Float! }
    type File { name: String! size: Int! type: String! }
    type Query { tides(above: Float): [Tide!]!  whoami: String! }
    type Mutation { measure(place: String!, metres: Float!): Tide!  keep(file: Upload!): File!  keep_all(files: [Upload!]!): [File!]! }
    type Subscription { rising(steps: Int!): Tide! }
    """
)
assert isinstance(SCHEMA.type_map["Upload"], GraphQLScalarType)


class Station:
    """What the schema is about: resolvers, and the three protocols of GraphQL over HTTP."""

    def __init__(self) -> None:
        self.levels = [("Brest", 6.2), ("Porto", 3.1)]
        self.left = asyncio.Event()
        self.who = ""
        self.application = web.Application()
        self.application.router.add_post("/graphql", self.answer)
        self.application.router.add_get("/graphql", self.websocket)
        self.application.router.add_post("/broken", self.broken)

    # Resolvers.

    def tides(self, info: Any, above: float = 0.0) -> list[dict[str, Any]]:
        return [{"place": place, "metres": metres} for place, metres in self.levels if metres > above]

    def whoami(self, info: Any) -> str:
        return self.who

    def measure(self, info: Any, place: str, metres: float) -> dict[str, Any]:
        if metres < 0:
            raise ValueError("no tide is below zero")
        self.levels.append((place, metres))
        return {"place": place, "metres": metres}

    def keep(self, info: Any, file: Any) -> dict[str, Any]:
        content = file.file.read()
        return {"name": file.filename, "size": len(content), "type": file.content_type}

    def keep_all(self, info: Any, files: list[Any]) -> list[dict[str, Any]]:
        return [self.keep(info, file) for file in files]

    async def rising(self, info: Any, steps: int) -> AsyncIterator[dict[str, Any]]:
        try:
            for step in range(steps):
                yield {"rising": {"place": "Brest", "metres": float(step)}}
            if steps > 100:
                await asyncio.Event().wait()
        finally:
            self.left.set()

    # Protocols.

    async def execute(self, operation: dict[str, Any]) -> dict[str, Any]:
        result = await graphql(
            SCHEMA,
            operation["query"],
            self,
            variable_values=operation.get("variables"),
            operation_name=operation.get("operationName"),
        )
        return dict(result.formatted)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Queries and mutations, one or many of them, as JSON or with files."""
        self.who = request.headers.get("Authorization", "") or request.cookies.get("who", "")
        if "multipart/mixed" in request.headers.get("Accept", ""):
            return await self.stream(request)
        if request.content_type == "multipart/form-data":
            form: Any = await request.post()
            operations = json.loads(form["operations"])
            for name, paths in json.loads(form["map"]).items():
                for path in paths:
                    *way, last = path.split(".")
                    place: Any = operations
                    for part in way:
                        place = place[int(part)] if isinstance(place, list) else place[part]
                    place[int(last) if isinstance(place, list) else last] = form[name]
        else:
            operations = await request.json()
        if isinstance(operations, list):
            return web.json_response([await self.execute(operation) for operation in operations])
        return web.json_response(await self.execute(operations))

    async def results(self, operation: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        values = operation.get("variables")
        stream: Any = subscribe(SCHEMA, parse(operation["query"]), self, variable_values=values)
        if inspect.isawaitable(stream):
            stream = await stream
        async for result in stream:
            yield dict(result.formatted)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """A subscription whose results are the parts of one multipart answer."""
        response = web.StreamResponse()
        response.content_type = "multipart/mixed"
        response.headers["Content-Type"] = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"
        await response.prepare(request)
        head = b"\r\n--graphql\r\nContent-Type: application/json\r\n\r\n"
        await response.write(head + b"{}")
        async for result in self.results(await request.json()):
            await response.write(head + json.dumps({"payload": result}).encode())
        await response.write(b"\r\n--graphql--\r\n")
        return response

    async def websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Subscriptions by the protocol graphql-transport-ws."""
        websocket = web.WebSocketResponse(protocols=["graphql-transport-ws"])
        await websocket.prepare(request)
        tasks: dict[str, asyncio.Task[None]] = {}

        async def run(name: str, operation: dict[str, Any]) -> None:
            if operation["query"].lstrip().startswith("subscription"):
                async for result in self.results(operation):
                    await websocket.send_json({"id": name, "type": "next", "payload": result})
            else:
                result = await self.execute(operation)
                await websocket.send_json({"id": name, "type": "next", "payload": result})
            await websocket.send_json({"id": name, "type": "complete"})

        async for message in websocket:
            given = message.json()
            match given["type"]:
                case "connection_init":
                    self.who = given.get("payload", {}).get("token", "")
                    await websocket.send_json({"type": "connection_ack"})
                case "subscribe":
                    tasks[given["id"]] = asyncio.create_task(run(given["id"], given["payload"]))
                case "complete":
                    tasks.pop(given["id"]).cancel()
                case "ping":
                    await websocket.send_json({"type": "pong"})
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        return websocket

    async def broken(self, request: web.Request) -> web.Response:
        """Answer what is no GraphQL."""
        given = await request.json()
        if "whoami" in given["query"]:
            return web.Response(status=503, text="later")
        return web.Response(text="<html></html>", content_type="text/html")


TIDES = gql("query ($above: Float) { tides(above: $above) { place metres } }")
RISING = gql("subscription ($steps: Int!) { rising(steps: $steps) { metres } }")


def with_values(request: GraphQLRequest, **values: Any) -> GraphQLRequest:
    """Return the same operation with variables."""
    return GraphQLRequest(request, variable_values=values)


async def test_a_query_is_answered(serve: Serve) -> None:
    """Variables go out, data come back; the transport keeps the answer's fields."""
    url = await serve(Station().application)
    transport = AIOHTTPTransport(url=f"{url}/graphql", timeout=30)
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        found = await session.execute(with_values(TIDES, above=5))
        assert found == {"tides": [{"place": "Brest", "metres": 6.2}]}
        assert transport.response_headers is not None
        assert transport.response_headers["Content-Type"].startswith("application/json")
        assert session.client.schema is not None
        assert "Tide" in session.client.schema.type_map


async def test_credentials_headers_and_cookies_go_out(serve: Serve) -> None:
    """`BasicAuth` of `aiohttp.helpers`, headers, cookies, and arguments of the session."""
    url = await serve(Station().application)
    query = gql("{ whoami }")
    auth = aiohttp.BasicAuth("tide", "wire")
    ways: list[tuple[dict[str, Any], str]] = [
        ({"auth": auth}, "Basic dGlkZTp3aXJl"),
        ({"headers": {"Authorization": "Bearer 1"}}, "Bearer 1"),
        ({"cookies": {"who": "cookie"}}, "cookie"),
        ({"client_session_args": {"headers": {"Authorization": "Bearer 2"}, "trust_env": False}}, "Bearer 2"),
    ]
    for given, expected in ways:
        if "cookies" in given:
            given = {**given, "client_session_args": {"cookie_jar": aiohttp.CookieJar(unsafe=True)}}
        async with Client(transport=AIOHTTPTransport(url=f"{url}/graphql", **given)) as session:
            assert await session.execute(query) == {"whoami": expected}


async def test_a_mutation_changes_what_is_queried(serve: Serve) -> None:
    """And what it refuses is an error with the server's message."""
    url = await serve(Station().application)
    measure = gql('mutation ($m: Float!) { measure(place: "Ostende", metres: $m) { place } }')
    async with Client(transport=AIOHTTPTransport(url=f"{url}/graphql")) as session:
        assert await session.execute(with_values(measure, m=4.4)) == {"measure": {"place": "Ostende"}}
        found = await session.execute(with_values(TIDES, above=4))
        assert [tide["place"] for tide in found["tides"]] == ["Brest", "Ostende"]
        with pytest.raises(TransportQueryError, match="below zero"):
            await session.execute(with_values(measure, m=-1.0))


async def test_many_requests_go_out_at_once(serve: Serve) -> None:
    """As a batch in one request, and as requests side by side on one session."""
    url = await serve(Station().application)
    async with Client(transport=AIOHTTPTransport(url=f"{url}/graphql")) as session:
        batch = await session.execute_batch([with_values(TIDES, above=5), with_values(TIDES, above=9)])
        assert [len(result["tides"]) for result in batch] == [1, 0]
        side_by_side = await asyncio.gather(*(session.execute(with_values(TIDES, above=n)) for n in range(8)))
        assert [len(result["tides"]) for result in side_by_side] == [2, 2, 2, 2, 1, 1, 1, 0]


async def test_files_are_uploaded(serve: Serve) -> None:
    """As parts of a form: from memory, with names and types, several, and from an async generator."""
    url = await serve(Station().application)
    keep = gql("mutation ($file: Upload!) { keep(file: $file) { name size type } }")
    keep_all = gql("mutation ($files: [Upload!]!) { keep_all(files: $files) { name size } }")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 1000

    async with Client(transport=AIOHTTPTransport(url=f"{url}/graphql")) as session:
        one = FileVar(io.BytesIO(b"a,b\n1,2\n"), filename="tide.csv", content_type="text/csv")
        kept = await session.execute(with_values(keep, file=one), upload_files=True)
        assert kept == {"keep": {"name": "tide.csv", "size": 8, "type": "text/csv"}}
        two = [FileVar(io.BytesIO(b"1"), filename="1.bin"), FileVar(io.BytesIO(b"22"), filename="2.bin")]
        kept = await session.execute(with_values(keep_all, files=two), upload_files=True)
        assert kept == {"keep_all": [{"name": "1.bin", "size": 1}, {"name": "2.bin", "size": 2}]}
        flowing = FileVar(pieces(), filename="flow", content_type="application/octet-stream")
        kept = await session.execute(with_values(keep, file=flowing), upload_files=True)
        assert kept["keep"]["size"] == 50_000


async def test_answers_that_are_none_are_errors(serve: Serve) -> None:
    """A status, no JSON, and nobody there."""
    url = await serve(Station().application)
    async with Client(transport=AIOHTTPTransport(url=f"{url}/broken")) as session:
        with pytest.raises(TransportServerError) as caught:
            await session.execute(gql("{ whoami }"))
        assert caught.value.code == 503
        with pytest.raises(TransportProtocolError, match="html"):
            await session.execute(TIDES)
    async with Client(transport=AIOHTTPTransport(url="http://127.0.0.1:1/graphql")) as session:
        with pytest.raises(TransportConnectionFailed):
            await session.execute(TIDES)


async def test_a_subscription_comes_as_parts_of_one_answer(serve: Serve) -> None:
    """The multipart protocol, read with `MultipartReader.from_response()`."""
    url = await serve(Station().application)
    async with Client(transport=AIOHTTPTransport(url=f"{url}/graphql")) as session:
        seen = [
            result["rising"]["metres"] async for result in session.subscribe(with_values(RISING, steps=4))
        ]
    assert seen == [0.0, 1.0, 2.0, 3.0]


async def test_a_subscription_comes_over_a_websocket(serve: Serve) -> None:
    """With queries beside it on the same connection, and the token of the beginning."""
    url = await serve(Station().application)
    transport = AIOHTTPWebsocketsTransport(
        url=f"{url.replace('http', 'ws', 1)}/graphql", init_payload={"token": "t"}, heartbeat=30
    )
    async with Client(transport=transport) as session:
        seen = [
            result["rising"]["metres"] async for result in session.subscribe(with_values(RISING, steps=20))
        ]
        assert seen == [float(step) for step in range(20)]
        assert await session.execute(gql("{ whoami }")) == {"whoami": "t"}
        assert transport.response_headers["Sec-WebSocket-Protocol"] == "graphql-transport-ws"


async def test_a_subscription_is_left(serve: Serve) -> None:
    """The server learns of it while the connection goes on."""
    station = Station()
    url = await serve(station.application)
    transport = AIOHTTPWebsocketsTransport(url=f"{url.replace('http', 'ws', 1)}/graphql")
    async with Client(transport=transport) as session:
        subscription = session.subscribe(with_values(RISING, steps=101))
        async for result in subscription:
            if result["rising"]["metres"] == 100:
                break
        await subscription.aclose()
        await asyncio.wait_for(station.left.wait(), 15)
        assert len((await session.execute(TIDES))["tides"]) == 2


async def test_a_websocket_that_nobody_serves_is_an_error(serve: Serve) -> None:
    """A refused handshake, and a refused connection."""
    url = await serve(web.Application())
    for place in (f"{url.replace('http', 'ws', 1)}/none", "ws://127.0.0.1:1/"):
        # The library leaves a session that it has made open where there is no websocket.
        async with aiohttp.ClientSession() as session:
            transport = AIOHTTPWebsocketsTransport(url=place, session=session)
            with pytest.raises(TransportConnectionFailed):
                async with Client(transport=transport):
                    pass

"""Tests of the sample project: what a user writes, with types."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from guestbook import ENTRIES, make_app

from tidewire_client import CookieJar
from tidewire_testing import FakeTimeLoop
from tidewire_testing.cases import TidewireTestCase
from tidewire_testing.client import Cassette, FakeResolver, TestClient, answer_with, build_response
from tidewire_testing.client.conformance import JAR_CHECKS, JarCheck
from tidewire_testing.pytest_plugin import TidewireClient, TidewireRawServer, TidewireServer
from tidewire_testing.web import TestServer, make_mocked_request
from tidewire_web import Application, BaseRequest, Request, Response

Client = TestClient[Request, Application]


@pytest.fixture
def app() -> Application:
    return make_app()


@pytest.mark.asyncio
async def test_nobody_has_signed(tidewire_client: TidewireClient, app: Application) -> None:
    client: Client = await tidewire_client(app)
    async with client.get("/") as response:
        names: list[str] = await response.json()
        assert names == []


@pytest.mark.asyncio
async def test_signing(tidewire_client: TidewireClient, app: Application) -> None:
    client = await tidewire_client(app, memory=True, headers={"X-From": "a test"})
    response = await client.post("/", data={"name": "Ada"})
    assert response.status == 201
    assert client.app[ENTRIES] == ["Ada"]
    assert (await client.post("/")).status == 400


@pytest.mark.asyncio
async def test_servers(
    tidewire_client: TidewireClient,
    tidewire_server: TidewireServer,
    tidewire_raw_server: TidewireRawServer,
    unused_port: Callable[[], int],
) -> None:
    async def handler(request: BaseRequest) -> Response:
        return Response(text=request.path)

    server: TestServer = await tidewire_server(make_app(), port=unused_port())
    raw = await tidewire_raw_server(handler)
    assert server.make_url("/") != raw.make_url("/")
    of_raw = await tidewire_client(raw)
    request_class: type[BaseRequest] = of_raw.server.request_class
    assert request_class is BaseRequest
    async with TestClient(raw) as client:
        bare: TestClient[BaseRequest, None] = client
        assert bare.app is None
    async with TestClient(TestServer(make_app(), memory=True)) as of_app:
        own: Client = of_app
        assert own.app[ENTRIES] == []


@pytest.mark.asyncio
async def test_fakes() -> None:
    resolver = FakeResolver({"a.example": "192.0.2.1"})
    assert [each["host"] for each in await resolver.resolve("a.example")] == ["192.0.2.1"]
    response = await build_response("GET", "http://a.example", body=b"x")
    text: str = await response.text()
    assert text == "x"
    assert callable(answer_with(json={"a": 1}))
    assert Cassette("none.json", mode="extend").interactions == []


@pytest.mark.asyncio
@pytest.mark.parametrize("check", JAR_CHECKS, ids=lambda check: check.__name__)
async def test_the_jar(check: JarCheck) -> None:
    await check(CookieJar)


def test_waiting_takes_no_time() -> None:
    with asyncio.Runner(loop_factory=FakeTimeLoop) as runner:
        assert runner.run(asyncio.sleep(60, "late")) == "late"


def test_a_request_without_a_server() -> None:
    request: Request = make_mocked_request("GET", "/", app=make_app())
    assert request.app[ENTRIES] == []


class GuestbookCase(TidewireTestCase):
    async def get_application(self) -> Application:
        return make_app()

    async def test_show(self) -> None:
        async with self.client.get("/") as response:
            assert response.status == 200

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tidewire_client import ClientSession, CookieJar
from tidewire_testing.client import Cassette, CassetteMissError, Interaction, MemoryConnector, TestClient
from tidewire_testing.web import TestServer
from tidewire_web import Application, HTTPFound, Request, Response


class Orders:
    """A service that counts."""

    def __init__(self) -> None:
        self.requests = 0
        self.app = Application()
        self.app.router.add_get("/orders", self.orders)
        self.app.router.add_post("/orders", self.orders)
        self.app.router.add_get("/zipped", self.zipped)
        self.app.router.add_get("/login", self.login)

    async def orders(self, request: Request) -> Response:
        self.requests += 1
        return Response(text=f"{request.method} {self.requests} {(await request.read()).decode()}")

    async def zipped(self, _request: Request) -> Response:
        return Response(body=gzip.compress(b"text"), headers={"Content-Encoding": "gzip"})

    async def login(self, _request: Request) -> Response:
        response = HTTPFound("/orders?token=abc")
        response.set_cookie("sid", "secret-session")
        raise response


def replaying(cassette: Cassette) -> ClientSession:
    jar = CookieJar(unsafe=True)
    return ClientSession(connector=MemoryConnector({}), middlewares=(cassette,), cookie_jar=jar)


async def test_what_is_recorded_is_replayed_without_a_server(tmp_path: Path) -> None:
    path = tmp_path / "cassettes" / "orders.json"
    recorded = ""
    with Cassette(path) as cassette:
        server = TestServer(Orders().app, memory=True)
        async with TestClient(server, middlewares=(cassette,)) as client:
            for body in ("a", "b"):
                async with client.post("/orders", data=body) as response:
                    recorded = await response.text()
    assert recorded == "POST 2 b"
    with Cassette(path) as cassette:
        async with replaying(cassette) as session:
            for expected in ("POST 1 a", "POST 2 b"):
                async with session.post("http://127.0.0.1/orders", data="x") as response:
                    assert await response.text() == expected
                    assert response.content_type == "text/plain"
            with pytest.raises(
                CassetteMissError, match=r"orders\.json holds no .*POST http://127.0.0.1/orders"
            ):
                await session.post("http://127.0.0.1/orders")
        assert cassette.unused == []


async def test_redirects_and_cookies_are_replayed_and_secrets_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "login.json"
    headers = {"Authorization": "Bearer top-secret"}
    with Cassette(path) as cassette:
        server = TestServer(Orders().app, memory=True)
        async with TestClient(server, middlewares=(cassette,), headers=headers) as client:
            response = await client.get("/login?password=hunter2")
            assert await response.text() == "GET 1 "
    text = path.read_text("utf-8")
    for secret in ("top-secret", "secret-session", "hunter2", "token=abc"):
        assert secret not in text
    async with replaying(Cassette(path, mode="replay")) as session:
        async with session.get("http://127.0.0.1/login?password=other") as response:
            assert await response.text() == "GET 1 "
            assert len(response.history) == 1
        assert [(cookie.key, cookie.value) for cookie in session.cookie_jar] == [("sid", "FILTERED")]


async def test_bodies_are_kept_decoded(tmp_path: Path) -> None:
    path = tmp_path / "zipped.json"
    with Cassette(path) as cassette:
        async with TestClient(TestServer(Orders().app, memory=True), middlewares=(cassette,)) as client:
            response = await client.get("/zipped")
            assert await response.read() == b"text"
            assert "Content-Encoding" not in response.headers
    assert json.loads(path.read_text())["interactions"][0]["response"]["body"] == "text"


async def test_an_extended_cassette_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "orders.json"
    orders = Orders()
    for expected in (1, 2):
        with Cassette(path, mode="extend") as cassette:
            async with TestClient(TestServer(orders.app, memory=True), middlewares=(cassette,)) as client:
                for _ in range(expected):
                    await client.get("/orders")
        orders.app = Orders().app
        assert len(cassette.interactions) == expected


async def test_recording_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "orders.json"
    path.write_text("whatever")
    with Cassette(path, mode="record") as cassette:
        async with TestClient(TestServer(Orders().app, memory=True), middlewares=(cassette,)) as client:
            await client.get("/orders")
    assert len(Cassette(path).interactions) == 1


async def test_the_last_response_can_be_repeated_and_what_matches_can_be_told(tmp_path: Path) -> None:
    path = tmp_path / "orders.json"

    def same_body(recorded: Interaction, asked: Interaction) -> bool:
        return recorded.request_body == asked.request_body

    with Cassette(path) as cassette:
        async with TestClient(TestServer(Orders().app, memory=True), middlewares=(cassette,)) as client:
            for body in ("a", "b"):
                await client.post("/orders", data=body)
    cassette = Cassette(path, match=same_body, repeat=True)
    async with replaying(cassette) as session:
        for _ in range(2):
            async with session.post("http://elsewhere/", data="b") as response:
                assert await response.text() == "POST 2 b"
    assert [each.request_body for each in cassette.unused] == [b"a"]


async def test_bodies_can_be_scrubbed(tmp_path: Path) -> None:
    def scrub(interaction: Interaction) -> None:
        interaction.request_body = interaction.request_body.replace(b"secret", b"*")

    path = tmp_path / "orders.json"
    with Cassette(path, scrub=scrub) as cassette:
        async with TestClient(TestServer(Orders().app, memory=True), middlewares=(cassette,)) as client:
            await client.post("/orders", data="my secret")
    assert Cassette(path).interactions[0].request_body == b"my *"


async def test_what_a_failed_test_has_seen_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "orders.json"

    async def fail() -> None:
        with Cassette(path) as cassette:
            async with TestClient(TestServer(Orders().app, memory=True), middlewares=(cassette,)) as client:
                await client.get("/orders")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert not path.exists()


def test_there_is_something_to_replay(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Cassette(tmp_path / "none.json", mode="replay")


def test_a_mode_that_is_none_is_refused(tmp_path: Path) -> None:
    mode: Any = "rewind"
    with pytest.raises(ValueError, match="rewind"):
        Cassette(tmp_path / "x.json", mode=mode)

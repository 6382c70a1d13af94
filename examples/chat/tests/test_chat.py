"""The chat, served, with several visitors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from chat import Config, make_app
from chat.backplane import EMPTY_ROOMS, MemoryBackplane
from chat.events import InvalidMessageError, read_message, read_name
from chat.lobby import Lobby
from chat.rate import TokenBucket

from tidewire import web
from tidewire_client import ClientWebSocketResponse, WSServerHandshakeError
from tidewire_testing.client import TestClient
from tidewire_testing.web import TestServer

Client = TestClient[Any, web.Application]
TIMEOUT = 20.0


class Visitor:
    """Somebody in a room."""

    def __init__(self, websocket: ClientWebSocketResponse) -> None:
        self.websocket = websocket

    async def hears(self, kind: str, **expected: Any) -> dict[str, Any]:
        """Return the next event of a type and a name, which is as expected; others are skipped."""
        while True:
            event: dict[str, Any] = await self.websocket.receive_json(timeout=TIMEOUT)
            if event["type"] == kind and expected.get("name") in (None, event.get("name")):
                assert event | expected == event
                return event

    async def says(self, text: str) -> None:
        await self.websocket.send_json({"text": text})

    async def is_closed_with(self, code: int) -> None:
        async with asyncio.timeout(TIMEOUT):
            async for _ in self.websocket:
                pass
        assert self.websocket.close_code == code


class Visitors:
    """Lets visitors in, who leave when the test ends."""

    def __init__(self, client: Client, stack: AsyncExitStack) -> None:
        self._client = client
        self._stack = stack

    async def __call__(self, name: str, room: str = "lobby", **options: Any) -> Visitor:
        opening = self._client.ws_connect(f"/rooms/{room}", params={"name": name}, **options)
        return Visitor(await self._stack.enter_async_context(opening))


@pytest.fixture
def config() -> Config:
    return Config(history=3)


@pytest.fixture
async def client(config: Config) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_app(config))) as client:
        yield client


@pytest.fixture
async def enter(client: Client) -> AsyncIterator[Visitors]:
    async with AsyncExitStack() as stack:
        yield Visitors(client, stack)


async def test_everybody_in_a_room_hears_what_is_said(enter: Visitors) -> None:
    ada = await enter("Ada")
    await ada.hears("welcome", name="Ada", members=["Ada"], history=[])
    bob = await enter("Bob")
    await ada.hears("joined", name="Bob", members=["Ada", "Bob"])
    eve = await enter("Eve", "elsewhere")
    await eve.hears("welcome", members=["Eve"])

    await ada.says(" <b>Hello</b> \N{HOT BEVERAGE} ")

    for visitor in ada, bob:
        await visitor.hears("said", name="Ada", text="<b>Hello</b> \N{HOT BEVERAGE}")
    await eve.says("Anybody?")
    await eve.hears("said", name="Eve")
    await bob.websocket.close()
    await ada.hears("left", name="Bob", members=["Ada"])


async def test_who_comes_later_is_told_the_newest_messages(enter: Visitors) -> None:
    ada = await enter("Ada")
    for text in "abcd":
        await ada.says(text)
        await ada.hears("said", text=text)
    bob = await enter("Bob")
    welcome = await bob.hears("welcome")
    assert [(event["name"], event["text"]) for event in welcome["history"]] == [
        ("Ada", "b"),
        ("Ada", "c"),
        ("Ada", "d"),
    ]
    assert len({event["key"] for event in welcome["history"]}) == 3


async def test_two_tabs_of_one_name_come_and_go_as_one(enter: Visitors) -> None:
    ada = await enter("Ada")
    await ada.hears("joined", name="Ada")
    bob = await enter("Bob")
    again = await enter("Bob")
    await again.hears("welcome", members=["Ada", "Bob"])
    await again.websocket.close()
    await ada.hears("joined", name="Bob")
    await ada.says("x")
    # Nothing about the second tab is in between.
    assert (await ada.websocket.receive_json(timeout=TIMEOUT))["type"] == "said"
    await bob.websocket.close()
    await ada.hears("left", name="Bob", members=["Ada"])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "A message has a text."),
        ("{", "A message has a text."),
        ("[" * 5000, "A message has a text."),
        ("[]", "A message has a text."),
        ('{"text": 1}', "A message has a text."),
        ('{"text": " "}', "A message has a text."),
        (json.dumps({"text": "x" * 1001}), "A message has up to 1000 characters."),
    ],
)
async def test_what_is_no_message_is_refused(enter: Visitors, data: str, reason: str) -> None:
    ada = await enter("Ada")
    await ada.websocket.send_str(data)
    await ada.hears("refused", reason=reason)
    await ada.says("x" * 1000)
    await ada.hears("said")


async def test_a_message_that_is_far_too_large_ends_the_visit(enter: Visitors) -> None:
    ada = await enter("Ada")
    await ada.websocket.send_str("x" * 20_000)
    await ada.is_closed_with(1009)


async def test_bytes_end_the_visit(enter: Visitors) -> None:
    ada = await enter("Ada")
    await ada.websocket.send_bytes(b"x")
    await ada.is_closed_with(1003)


async def test_who_says_too_much_is_slowed_down_and_then_sent_away(enter: Visitors) -> None:
    ada = await enter("Ada")
    for _ in range(5):
        await ada.says("x")
        await ada.hears("said")
    for _ in range(10):
        await ada.websocket.send_str("")
        await ada.hears("refused")
    await ada.websocket.send_str("")
    await ada.is_closed_with(1008)


async def test_the_sixth_message_at_once_is_too_many(enter: Visitors) -> None:
    ada = await enter("Ada")
    for _ in range(8):
        await ada.says("x")
    await ada.hears("refused", reason="Not so fast.")


@pytest.mark.parametrize("name", ["", " ", "x" * 25, "a\x00b", "a\u202eb"])
async def test_what_is_no_name_is_refused(client: Client, name: str) -> None:
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect("/rooms/lobby", params={"name": name})
    assert caught.value.status == 400


@pytest.mark.parametrize("room", ["Lobby", "a_b", "x" * 33, "a%2Fb", "%C3%A4"])
async def test_what_is_no_room_is_not_there(client: Client, room: str) -> None:
    async with client.get(f"/rooms/{room}") as response:
        assert response.status == 404


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://[", ""])
async def test_pages_of_other_sites_may_not_come_in(client: Client, origin: str) -> None:
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect("/rooms/lobby?name=Ada", headers={"Origin": origin})
    assert caught.value.status == 403


async def test_the_own_page_may_come_in(client: Client, enter: Visitors) -> None:
    origin = str(client.make_url("/").origin())
    ada = await enter("Ada", headers={"Origin": origin})
    await ada.hears("welcome")


async def test_there_is_an_end_to_how_many_may_be_here(config: Config) -> None:
    app = make_app(replace(config, visitors=1))
    async with TestClient(TestServer(app)) as client, client.ws_connect("/rooms/lobby?name=Ada") as websocket:
        await websocket.receive(TIMEOUT)
        with pytest.raises(WSServerHandshakeError) as caught:
            await client.ws_connect("/rooms/other?name=Bob")
        assert caught.value.status == 503


async def test_a_server_that_stops_says_so(client: Client, enter: Visitors) -> None:
    ada, bob = await enter("Ada"), await enter("Bob", "elsewhere")
    await ada.hears("welcome")
    await bob.hears("welcome")
    stopping = asyncio.create_task(client.server.close())
    await asyncio.gather(ada.is_closed_with(1001), bob.is_closed_with(1001))
    await stopping


async def test_who_is_lost_on_the_way_in_is_not_here(client: Client, config: Config) -> None:
    class Lost(web.WebSocketResponse):
        async def send_json(self, data: Any, *args: Any, **options: Any) -> None:
            raise ConnectionResetError

    lobby = Lobby(MemoryBackplane(config.history))
    with pytest.raises(ConnectionResetError):
        async with lobby.visit("lobby", "Ada", Lost()):
            pass
    assert len(lobby) == 0


async def test_the_page_has_what_it_links_to(client: Client) -> None:
    for path, kind in {
        "/": "text/html",
        "/static/chat.js": "javascript",
        "/static/style.css": "text/css",
        "/static/icon.svg": "image/svg+xml",
    }.items():
        async with client.get(path) as response:
            assert response.status == 200
            assert kind in response.content_type
            assert "script-src 'self'" in response.headers["Content-Security-Policy"]
            tag = response.headers["ETag"]
        async with client.get(path, headers={"If-None-Match": tag}) as response:
            assert response.status == 304


def test_tokens_come_back_with_time() -> None:
    now = 100.0
    bucket = TokenBucket(2, 3, lambda: now)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now += 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now += 1000
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_names_are_trimmed() -> None:
    assert read_name(" Ada \t Lovelace ") == "Ada Lovelace"
    with pytest.raises(InvalidMessageError):
        read_name("\n")


def test_half_of_a_character_is_replaced() -> None:
    assert read_message('{"text": "a\\ud83db"}', 10) == "a?b"


async def test_empty_rooms_are_forgotten_some_time() -> None:
    backplane = MemoryBackplane(history=1)
    await backplane.enter("taken", "1", "Ada")
    await backplane.publish("taken", "x", keep=True)
    await backplane.publish("first", "x", keep=True)
    for number in range(EMPTY_ROOMS + 1):
        await backplane.publish(f"room-{number}", "x", keep=True)
    assert await backplane.history("taken") == ["x"]
    assert await backplane.history("first") == []
    assert await backplane.history(f"room-{EMPTY_ROOMS}") == ["x"]

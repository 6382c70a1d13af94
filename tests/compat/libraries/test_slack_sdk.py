"""slack_sdk: the asynchronous client of the Web API, webhooks, and Socket Mode."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

# The newest versions of aiohttp, and compat with them, warn of what the library does: a BasicAuth for the session.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(BasicAuth|'auth' parameter) is deprecated:DeprecationWarning"
)

Serve = Callable[[web.Application], Awaitable[str]]


class Workspace:
    """A Slack Web API of one workspace."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.uploads: list[bytes] = []
        self.failures = 0
        self.url = ""
        self.acknowledged: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sockets = 0
        self.methods: dict[str, Callable[[web.Request, dict[str, Any]], Any]] = {
            "chat.postMessage": self.chat_post_message,
            "conversations.list": self.conversations_list,
            "oauth.v2.access": self.oauth_v2_access,
            "api.test": self.api_test,
            "auth.test": self.auth_test,
            "users.list": self.users_list,
            "team.info": self.team_info,
            "files.getUploadURLExternal": self.files_get_upload_url_external,
            "files.completeUploadExternal": self.files_complete_upload_external,
            "apps.connections.open": self.apps_connections_open,
        }
        application = self.application = web.Application()
        application.router.add_post("/api/{method}", self.call)
        application.router.add_get("/api/{method}", self.call)
        application.router.add_post("/upload/{name}", self.upload)
        application.router.add_post("/hook", self.hook)
        application.router.add_get("/link", self.link)

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Take a method of the API."""
        method = request.match_info["method"]
        arguments: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            arguments |= await request.json()
        elif request.can_read_body:
            arguments |= dict(await request.post())
        self.calls.append((method, arguments, dict(request.headers)))
        answer = self.methods.get(method)
        if answer is None:
            return web.json_response({"ok": False, "error": "unknown_method"})
        result = answer(request, arguments)
        return result if isinstance(result, web.StreamResponse) else web.json_response({"ok": True, **result})

    def chat_post_message(self, request: web.Request, arguments: dict[str, Any]) -> Any:
        if request.headers.get("Authorization") != "Bearer xoxb-1":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        return {"channel": arguments["channel"], "message": {"text": arguments["text"]}, "ts": "1.2"}

    def conversations_list(self, request: web.Request, arguments: dict[str, Any]) -> Any:
        page = int(arguments.get("cursor") or 0)
        following = str(page + 1) if page < 2 else ""
        return {"channels": [{"id": f"C{page}"}], "response_metadata": {"next_cursor": following}}

    def oauth_v2_access(self, request: web.Request, arguments: dict[str, Any]) -> Any:
        return {"access_token": "xoxb-2", "seen": request.headers.get("Authorization", ""), **arguments}

    def api_test(self, request: web.Request, arguments: dict[str, Any]) -> Any:
        if self.failures:
            self.failures -= 1
            return web.json_response({"ok": False, "error": "down"}, status=503)
        return {"args": arguments}

    def auth_test(self, request: web.Request, arguments: dict[str, Any]) -> Any:
        if self.failures:
            self.failures -= 1
            assert request.transport is not None
            request.transport.close()
        return {"user": "wire"}

    def users_list(self, request: web.Request, arguments: dict[str, Any]) -> Any:
        return web.json_response(
            {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "30"}
        )

    def team_info(self, request: web.Request, arguments: dict[str, Any]) -> Any:
        return web.Response(text="<html>not what you asked for</html>", content_type="text/html")

    def files_get_upload_url_external(self, request: web.Request, arguments: dict[str, Any]) -> Any:
        return {"upload_url": f"{self.url}/upload/{arguments['filename']}", "file_id": "F1"}

    def files_complete_upload_external(self, request: web.Request, arguments: dict[str, Any]) -> Any:
        return {"files": json.loads(arguments["files"])}

    def apps_connections_open(self, request: web.Request, arguments: dict[str, Any]) -> Any:
        return {"url": self.url.replace("http", "ws", 1) + "/link"}

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file."""
        self.uploads.append(await request.read())
        return web.Response(text=f"OK - {len(self.uploads[-1])}")

    async def hook(self, request: web.Request) -> web.Response:
        """Take an incoming webhook."""
        self.calls.append(("hook", await request.json(), dict(request.headers)))
        return web.Response(text="ok")

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """Send an event over a websocket, and wait for its acknowledgement; the first one is to reconnect then."""
        self.sockets += 1
        number = self.sockets
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        await websocket.send_json({"type": "hello", "num_connections": 1})
        event = {"type": "app_mention", "text": f"hello {number}"}
        payload = {"envelope_id": f"E{number}", "type": "events_api", "payload": {"event": event}}
        await websocket.send_json(payload)
        async for message in websocket:
            self.acknowledged.put_nowait(message.json())
            if number == 1:
                await websocket.send_json({"type": "disconnect", "reason": "refresh_requested"})
        return websocket


@pytest.fixture
async def workspace(serve: Serve) -> Workspace:
    """A workspace that is being served."""
    made = Workspace()
    made.url = await serve(made.application)
    return made


def client_of(workspace: Workspace, token: str = "xoxb-1", **kwargs: Any) -> AsyncWebClient:
    """Return a client of its API."""
    return AsyncWebClient(token=token, base_url=f"{workspace.url}/api/", timeout=30, **kwargs)


async def test_a_message_is_posted(workspace: Workspace) -> None:
    """The call goes out with the token and the library's agent; the answer is read."""
    answer = await client_of(workspace).chat_postMessage(channel="C1", text="tide is höher")
    assert answer["ok"]
    assert answer.status_code == 200
    assert answer["message"]["text"] == "tide is höher"
    method, arguments, headers = workspace.calls[0]
    assert method == "chat.postMessage"
    assert arguments["channel"] == "C1"
    assert "slackclient" in headers["User-Agent"]


async def test_blocks_go_out_as_json(workspace: Workspace) -> None:
    """What is nested arrives as it was."""
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*tide*"}}]
    await client_of(workspace).chat_postMessage(channel="C1", text="t", blocks=blocks)
    assert workspace.calls[0][1]["blocks"] == blocks


async def test_a_session_of_ones_own_is_used_for_all_calls(workspace: Workspace) -> None:
    """One connection serves them."""
    async with aiohttp.ClientSession() as session:
        client = client_of(workspace, session=session)
        for number in range(3):
            answer = await client.api_test(number=number)
            assert answer["args"]["number"] == str(number)
        assert not session.closed


async def test_what_is_not_ok_is_an_error_with_its_answer(workspace: Workspace) -> None:
    """Wrong token, unknown method, too many calls, and no JSON at all."""
    with pytest.raises(SlackApiError) as caught:
        await client_of(workspace, token="xoxb-0").chat_postMessage(channel="C1", text="t")
    assert caught.value.response["error"] == "invalid_auth"
    with pytest.raises(SlackApiError, match="unknown_method"):
        await client_of(workspace).api_call("no.such")
    with pytest.raises(SlackApiError) as caught:
        await client_of(workspace).users_list()
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "30"
    with pytest.raises(SlackApiError):
        await client_of(workspace).team_info()


async def test_pages_are_iterated_over(workspace: Workspace) -> None:
    """Each answer gives the next cursor."""
    found = []
    async for page in await client_of(workspace).conversations_list(limit=1):
        found += [channel["id"] for channel in page["channels"]]
    assert found == ["C0", "C1", "C2"]


async def test_a_file_is_uploaded(workspace: Workspace) -> None:
    """The three steps of an upload."""
    content = bytes(range(256)) * 400
    answer = await client_of(workspace).files_upload_v2(filename="tide.bin", content=content, title="Tide")
    assert answer["files"] == [{"id": "F1", "title": "Tide"}]
    assert workspace.uploads == [content]


async def test_credentials_of_an_application_go_out_as_basic_auth(workspace: Workspace) -> None:
    """`oauth.v2.access` hands a `BasicAuth` to the session."""
    answer = await client_of(workspace).oauth_v2_access(client_id="id", client_secret="pass", code="42")
    assert answer["seen"] == "Basic " + base64.b64encode(b"id:pass").decode()
    assert answer["code"] == "42"


async def test_failures_are_tried_again(workspace: Workspace) -> None:
    """After 503, and after a connection that was closed without an answer."""
    at_once = FixedValueRetryIntervalCalculator(0)
    handlers = [
        AsyncServerErrorRetryHandler(max_retry_count=2, interval_calculator=at_once),
        AsyncConnectionErrorRetryHandler(max_retry_count=2, interval_calculator=at_once),
    ]
    client = client_of(workspace, retry_handlers=handlers)
    workspace.failures = 2
    assert (await client.api_test())["ok"]
    assert len(workspace.calls) == 3
    workspace.failures = 2
    assert (await client.auth_test())["user"] == "wire"
    assert len(workspace.calls) == 6


async def test_nobody_there_is_the_clients_error() -> None:
    """The error of the connector comes through."""
    client = AsyncWebClient(token="t", base_url="http://127.0.0.1:1/api/", retry_handlers=[])
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.api_test()


async def test_an_incoming_webhook_is_sent(workspace: Workspace) -> None:
    """Its answer is text."""
    answer = await AsyncWebhookClient(f"{workspace.url}/hook").send(text="high tide")
    assert answer.status_code == 200
    assert answer.body == "ok"
    assert workspace.calls[0][1] == {"text": "high tide"}


async def test_socket_mode_receives_acknowledges_and_reconnects(workspace: Workspace) -> None:
    """Events come over a websocket; when the server asks for it, the client comes back over another."""
    events: asyncio.Queue[str] = asyncio.Queue()

    async def listen(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        events.put_nowait(request.payload["event"]["text"])
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    client = SocketModeClient(app_token="xapp-1", web_client=client_of(workspace), ping_interval=5)
    client.socket_mode_request_listeners.append(listen)
    try:
        await client.connect()
        assert await client.is_connected()
        async with asyncio.timeout(30):
            assert await events.get() == "hello 1"
            assert await workspace.acknowledged.get() == {"envelope_id": "E1"}
            assert await events.get() == "hello 2"
            assert await workspace.acknowledged.get() == {"envelope_id": "E2"}
    finally:
        await client.close()
    assert workspace.sockets == 2

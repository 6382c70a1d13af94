"""The page, and the websockets that it opens."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from yarl import URL

from chat.config import Config
from chat.events import InvalidMessageError, read_message, read_name
from chat.lobby import Lobby, Visit
from chat.rate import TokenBucket
from tidewire import web

CONFIG: Final = web.AppKey("CONFIG", Config)
LOBBY: Final = web.AppKey("LOBBY", Lobby)
LOGGER: Final = logging.getLogger("chat")
STATIC: Final = Path(__file__).parent / "static"
# Messages that are refused one after the other; then it is no human.
PATIENCE: Final = 10

routes = web.RouteTableDef()


@routes.get("/", name="index")
async def index(request: web.Request) -> web.FileResponse:
    """Send the page."""
    return web.FileResponse(STATIC / "index.html")


@routes.get(r"/rooms/{room:[a-z0-9-]{1,32}}", name="room")
async def talk(request: web.Request) -> web.WebSocketResponse:
    """Be in a room for as long as the websocket is open."""
    config, lobby = request.app[CONFIG], request.app[LOBBY]
    check_origin(request)
    try:
        name = read_name(request.query.get("name", ""))
    except InvalidMessageError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
    if len(lobby) >= config.visitors:
        raise web.HTTPServiceUnavailable(text="There are too many here.", headers={"Retry-After": "60"})
    # A character has up to 12 bytes in JSON. Whatever is larger than any message may be closes with 1009.
    websocket = web.WebSocketResponse(
        heartbeat=config.heartbeat, max_msg_size=12 * config.text_limit + 100, writer_limit=64 * 1024
    )
    await websocket.prepare(request)
    async with lobby.visit(request.match_info["room"], name, websocket) as visit:
        await listen(visit, lobby, config)
    return websocket


async def listen(visit: Visit, lobby: Lobby, config: Config) -> None:
    """Have said what somebody says, until they go."""
    bucket = TokenBucket(config.rate, config.burst)
    refused = 0
    async for message in visit.websocket:
        if message.type is not web.WSMsgType.TEXT:
            await visit.websocket.close(code=web.WSCloseCode.UNSUPPORTED_DATA)
            break
        try:
            text = read_message(message.data, config.text_limit)
            if not bucket.take():
                raise InvalidMessageError("Not so fast.")
        except InvalidMessageError as error:
            refused += 1
            if refused > PATIENCE:
                await visit.websocket.close(code=web.WSCloseCode.POLICY_VIOLATION)
                break
            await visit.websocket.send_json({"type": "refused", "reason": str(error)})
        else:
            refused = 0
            await lobby.say(visit, text)


def check_origin(request: web.Request) -> None:
    """Make sure that the websocket is opened by our own page.

    Browsers let every site open websockets to every other, with its cookies, and say who it was (RFC 6455, section
    10.2). Other programs may say nothing.

    Raises:
        HTTPForbidden: it is opened by another site's.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return
    try:
        authority = URL(origin).authority
    except ValueError:
        authority = ""
    if authority != request.host:
        LOGGER.warning("A page of %.100r wanted to open a websocket", origin)
        raise web.HTTPForbidden(text="Only the chat's own page may come in.")

"""The application, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from chat.backplane import Backplane, MemoryBackplane
from chat.config import Config
from chat.lobby import Lobby
from chat.views import CONFIG, LOBBY, STATIC, routes
from tidewire import web

FIELDS: Final = {
    # Always asked for again, which costs little: the answer is mostly 304.
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; img-src 'self'; script-src 'self'; "
    "style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def make_app(config: Config) -> web.Application:
    """Make the application. It can be served by itself, or nested in another one."""
    app = web.Application()
    app[CONFIG] = config
    app.add_routes(routes)
    app.router.add_static("/static", STATIC, name="static")
    app.cleanup_ctx.append(open_lobby)
    app.on_shutdown.append(close_websockets)
    app.on_response_prepare.append(add_fields)
    return app


async def open_lobby(app: web.Application) -> AsyncIterator[None]:
    """Keep the lobby open for as long as the application runs; for `Application.cleanup_ctx`."""
    backplane = make_backplane(app[CONFIG])
    app[LOBBY] = lobby = Lobby(backplane)
    await backplane.start(lobby.deliver)
    yield
    await backplane.stop()


def make_backplane(config: Config) -> Backplane:
    """Make what is shared with other processes, if there are others."""
    if config.redis is None:
        return MemoryBackplane(config.history)
    from chat.redis_backplane import RedisBackplane

    return RedisBackplane(config.redis, config.history)


async def close_websockets(app: web.Application) -> None:
    """Send everybody away; for `Application.on_shutdown`. The server waits for their handlers, then cleans up."""
    await app[LOBBY].close()


async def add_fields(request: web.Request, response: web.StreamResponse) -> None:
    """Add header fields to every response; for `Application.on_response_prepare`."""
    for name, value in FIELDS.items():
        response.headers.setdefault(name, value)

"""The site on Sanic, in a single process. Run as `python site_sanic.py PORT uvloop|asyncio`; see serving.py."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sanic import HTTPResponse, Request, Sanic, json, text
from serving import (
    BACKLOG,
    FILES,
    IDLE_SECONDS,
    LOOP,
    MIDDLEWARES,
    PIECE,
    PIECES,
    PORT,
    SITE,
    TEXT,
    UPLOAD,
    route_paths,
    stop_on_wrong_loop,
    tls,
)


async def hello(request: Request) -> HTTPResponse:
    """Answer with 13 bytes."""
    return text(TEXT)


async def item(request: Request, id: str) -> HTTPResponse:  # noqa: A002 - the name of the path's variable
    """Answer with JSON that has a variable of the path in it."""
    return json({"id": id, "found": True})


async def named(request: Request, name: str) -> HTTPResponse:
    """Answer with a variable of the path."""
    return text(name)


async def echo(request: Request) -> HTTPResponse:
    """Answer with the JSON that came."""
    return json(request.json)


async def upload(request: Request) -> HTTPResponse:
    """Count the bytes of the body."""
    count = 0
    while (piece := await request.stream.read()) is not None:
        count += len(piece)
    return text(str(count))


async def download(request: Request) -> None:
    """Send a long body in chunks."""
    response = await request.respond(content_type="application/octet-stream")
    for _ in range(PIECES):
        await response.send(PIECE)
    await response.eof()


def passing() -> Callable[[Request], Awaitable[None]]:
    """A middleware of its own each time, since Sanic registers one only once; it has none *around* handlers."""

    async def step(request: Request) -> None:
        """Do nothing before a handler."""

    return step


async def check_loop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
    """Make sure of the loop."""
    stop_on_wrong_loop()


def application() -> Sanic:
    """Make the site that is asked for."""
    app = Sanic("bench", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = 2 * UPLOAD
    app.config.KEEP_ALIVE_TIMEOUT = IDLE_SECONDS
    app.config.USE_UVLOOP = LOOP == "uvloop"
    app.before_server_start(check_loop)
    app.add_route(hello, "/")
    if SITE == "middlewares":
        for _ in range(MIDDLEWARES):
            app.register_middleware(passing(), "request")
    elif SITE == "routes":
        for index, path in enumerate(route_paths()):
            given = path.replace("{name}", "<name>")
            app.add_route(named if "<" in given else hello, given, name=f"route{index}")
    elif SITE == "plain":
        app.add_route(item, "/items/<id>")
        app.add_route(echo, "/echo", methods=["POST"])
        app.add_route(upload, "/upload", methods=["POST"], stream=True)
        app.add_route(download, "/download")
        app.static("/static", FILES)
    return app


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    application().run(
        host="127.0.0.1",
        port=PORT,
        ssl=tls(),
        backlog=BACKLOG,
        access_log=False,
        motd=False,
        single_process=True,
    )

"""The site on Tidewire, without its access log. Run as `python site_tidewire.py PORT uvloop|asyncio`; see serving.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from serving import (
    BACKLOG,
    FILES,
    IDLE_SECONDS,
    MIDDLEWARES,
    PIECE,
    PIECES,
    PORT,
    SITE,
    TEXT,
    new_loop,
    route_paths,
    stop_on_wrong_loop,
    tls,
)

import tidewire_web as web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def text(request: web.Request) -> web.Response:
    """Answer with 13 bytes."""
    return web.Response(text=TEXT)


async def item(request: web.Request) -> web.Response:
    """Answer with JSON that has a variable of the path in it."""
    return web.json_response({"id": request.match_info["id"], "found": True})


async def named(request: web.Request) -> web.Response:
    """Answer with a variable of the path."""
    return web.Response(text=request.match_info["name"])


async def echo(request: web.Request) -> web.Response:
    """Answer with the JSON that came."""
    return web.json_response(await request.json())


async def upload(request: web.Request) -> web.Response:
    """Count the bytes of the body."""
    count = 0
    async for piece in request.content.iter_any():
        count += len(piece)
    return web.Response(text=str(count))


async def download(request: web.Request) -> web.StreamResponse:
    """Send a long body in chunks."""
    response = web.StreamResponse()
    response.content_type = "application/octet-stream"
    await response.prepare(request)
    for _ in range(PIECES):
        await response.write(PIECE)
    await response.write_eof()
    return response


@web.middleware
async def passing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Do nothing around a handler."""
    return await handler(request)


async def check_loop(app: web.Application) -> None:
    """Make sure of the loop."""
    stop_on_wrong_loop()


def application() -> web.Application:
    """Make the site that is asked for."""
    app = web.Application(middlewares=[passing] * MIDDLEWARES if SITE == "middlewares" else [])
    app.on_startup.append(check_loop)
    app.router.add_get("/", text)
    if SITE == "routes":
        for path in route_paths():
            app.router.add_get(path, named if "{" in path else text)
    elif SITE == "plain":
        app.router.add_get("/items/{id}", item)
        app.router.add_post("/echo", echo)
        app.router.add_post("/upload", upload)
        app.router.add_get("/download", download)
        app.router.add_static("/static", FILES)
    return app


if __name__ == "__main__":
    web.run_app(
        application(),
        host="127.0.0.1",
        port=PORT,
        ssl_context=tls(),
        backlog=BACKLOG,
        keepalive_timeout=IDLE_SECONDS,
        access_log=None,
        print=None,
        loop=new_loop(),
    )

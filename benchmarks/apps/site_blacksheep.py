"""The site on BlackSheep: `site_blacksheep:app`; see serving.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from blacksheep import Application, Request, Response, StreamedContent, json, text
from serving import FILES, MIDDLEWARES, SITE, TEXT, pieces, route_paths


async def hello(request: Request) -> Response:
    """Answer with 13 bytes."""
    return text(TEXT)


async def item(request: Request) -> Response:
    """Answer with JSON that has a variable of the path in it."""
    return json({"id": request.route_values["id"], "found": True})


async def named(request: Request) -> Response:
    """Answer with a variable of the path."""
    return text(request.route_values["name"])


async def echo(request: Request) -> Response:
    """Answer with the JSON that came."""
    return json(await request.json())


async def upload(request: Request) -> Response:
    """Count the bytes of the body."""
    count = 0
    async for piece in request.stream():
        count += len(piece)
    return text(str(count))


async def download(request: Request) -> Response:
    """Send a long body in chunks."""
    return Response(200, content=StreamedContent(b"application/octet-stream", pieces))


async def passing(request: Request, handler: Callable[[Request], Awaitable[Response]]) -> Response:
    """Do nothing around a handler."""
    return await handler(request)


def application() -> Application:
    """Make the site that is asked for."""
    app = Application()
    app.router.add_get("/", hello)
    if SITE == "middlewares":
        app.middlewares.extend([passing] * MIDDLEWARES)
    elif SITE == "routes":
        for path in route_paths():
            app.router.add_get(path, named if "{" in path else hello)
    elif SITE == "plain":
        app.router.add_get("/items/{id}", item)
        app.router.add_post("/echo", echo)
        app.router.add_post("/upload", upload)
        app.router.add_get("/download", download)
        app.serve_files(FILES, root_path="static", extensions={".bin"})
    return app


app = application()

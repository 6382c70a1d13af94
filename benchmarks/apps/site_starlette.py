"""The site on Starlette: `site_starlette:app`; see serving.py."""

from __future__ import annotations

from serving import FILES, MIDDLEWARES, SITE, TEXT, pieces, route_paths
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send


async def text(request: Request) -> PlainTextResponse:
    """Answer with 13 bytes."""
    return PlainTextResponse(TEXT)


async def item(request: Request) -> JSONResponse:
    """Answer with JSON that has a variable of the path in it."""
    return JSONResponse({"id": request.path_params["id"], "found": True})


async def named(request: Request) -> PlainTextResponse:
    """Answer with a variable of the path."""
    return PlainTextResponse(request.path_params["name"])


async def echo(request: Request) -> JSONResponse:
    """Answer with the JSON that came."""
    return JSONResponse(await request.json())


async def upload(request: Request) -> PlainTextResponse:
    """Count the bytes of the body."""
    count = 0
    async for piece in request.stream():
        count += len(piece)
    return PlainTextResponse(str(count))


async def download(request: Request) -> StreamingResponse:
    """Send a long body in chunks."""
    return StreamingResponse(pieces(), media_type="application/octet-stream")


class Passing:
    """Does nothing around an application; the cheapest kind of middleware that Starlette has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        await self._app(scope, receive, send)


def application() -> Starlette:
    """Make the site that is asked for."""
    routes: list[BaseRoute] = [Route("/", text)]
    if SITE == "routes":
        routes += [Route(path, named if "{" in path else text) for path in route_paths()]
    elif SITE == "plain":
        routes += [
            Route("/items/{id}", item),
            Route("/echo", echo, methods=["POST"]),
            Route("/upload", upload, methods=["POST"]),
            Route("/download", download),
            Mount("/static", StaticFiles(directory=FILES)),
        ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Passing)] * MIDDLEWARES if SITE == "middlewares" else [],
    )


app = application()

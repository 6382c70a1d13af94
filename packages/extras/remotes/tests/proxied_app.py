"""An application that tells what it knows of its clients."""

from __future__ import annotations

from typing import Any

from tidewire_remotes import ABC, setup
from tidewire_web import Application, Request, Response


async def tell(request: Request) -> Response:
    """Answer with what is known."""
    return Response(text=f"{request.remote} {request.scheme} {request.host}")


async def app_with(*tools: ABC) -> Application:
    """Make an application with tools."""
    app = Application()
    await setup(app, *tools)
    app.router.add_route("*", "/{path:.*}", tell)
    return app


async def told(serve: Any, tool: ABC, *lines: str, peer: str | None = "192.0.2.1", path: str = "/") -> str:
    """Ask, and return what is known, or the status where the request was refused."""
    client = await serve(await app_with(tool))
    peername = "" if peer is None else (peer, 50000) if ":" not in peer else (peer, 50000, 0, 0)
    answer = await client.ask(path, *lines, peername=peername)
    return answer.text if answer.status == 200 else str(answer.status)

"""Hello on BlackSheep: `hello_blacksheep:app`."""

from __future__ import annotations

from blacksheep import Application, Request, Response, text


async def hello(request: Request) -> Response:
    """Answer."""
    return text("Hello, World!")


app = Application()
app.router.add_get("/", hello)

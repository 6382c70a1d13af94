"""The demo: a guest book that keeps its entries in SQLite.

    python -m examples.demo [--host HOST] [--port PORT] [--database FILE]

Its page works without JavaScript (a form), and with it (the same over JSON).
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tidewire import web

from .guestbook import Guestbook, InvalidEntryError
from .pages import render_page

GUESTBOOK = web.AppKey("guestbook", Guestbook)

routes = web.RouteTableDef()


@routes.get("/")
async def page(request: web.Request) -> web.Response:
    """Show the guest book."""
    book = request.app[GUESTBOOK]
    entries = await asyncio.to_thread(book.newest, 20)
    return web.Response(text=render_page(entries), content_type="text/html")


@routes.post("/")
async def sign(request: web.Request) -> web.Response:
    """Take an entry from the page's form, and go back to the page."""
    form = await request.post()
    await _add(request, form.get("name"), form.get("message"))
    return web.Response(status=303, headers={"Location": "/"})


@routes.get("/api/entries")
async def list_entries(request: web.Request) -> web.Response:
    """Return the newest entries as JSON."""
    book = request.app[GUESTBOOK]
    entries = await asyncio.to_thread(book.newest, 20)
    return web.json_response([entry.to_json() for entry in entries])


@routes.post("/api/entries")
async def add_entry(request: web.Request) -> web.Response:
    """Take an entry as JSON."""
    try:
        data = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"not JSON: {error}\n") from error
    if not isinstance(data, dict):
        raise web.HTTPBadRequest(text="an entry is a JSON object\n")
    number = await _add(request, data.get("name"), data.get("message"))
    return web.json_response({"id": number}, status=201, headers={"Location": f"/api/entries/{number}"})


@routes.get(r"/api/entries/{number:\d{1,9}}")
async def get_entry(request: web.Request) -> web.Response:
    """Return one entry as JSON."""
    book = request.app[GUESTBOOK]
    entry = await asyncio.to_thread(book.get, int(request.match_info["number"]))
    if entry is None:
        raise web.HTTPNotFound
    return web.json_response(entry.to_json())


async def _add(request: web.Request, name: object, message: object) -> int:
    book = request.app[GUESTBOOK]
    try:
        return await asyncio.to_thread(book.add, name, message)
    except InvalidEntryError as error:
        raise web.HTTPBadRequest(text=f"{error}\n") from error


def make_app(database: Path | None = None) -> web.Application:
    """Make the application.

    Args:
        database: the file of the guest book; None for one in memory.
    """
    book = Guestbook(database)

    async def close(app: web.Application) -> None:
        app[GUESTBOOK].close()

    app = web.Application()
    app[GUESTBOOK] = book
    app.add_routes(routes)
    app.on_cleanup.append(close)
    return app


def main() -> None:
    """Serve the demo."""
    parser = argparse.ArgumentParser(prog="python -m examples.demo", description="The Tidewire guest book.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--database", type=Path, help="a file to keep the entries in; in memory where absent")
    options = parser.parse_args()
    web.run_app(make_app(options.database), host=options.host, port=options.port)


if __name__ == "__main__":
    main()

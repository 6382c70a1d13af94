"""What only the admin can see and do: make polls, close them, open them again. An application by itself, nested."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from polls.keys import CONFIG, SITE, STORE
from polls.pages import render, say
from polls.security import read_form
from tidewire import web
from tidewire_sessions import get_session

LONGEST: Final = 200
MOST_CHOICES: Final = 12

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

routes = web.RouteTableDef()


def make_admin() -> web.Application:
    """Make the application that is nested in that of the polls."""
    admin = web.Application(middlewares=[only_admin])
    admin.add_routes(routes)
    return admin


@web.middleware
async def only_admin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send everybody else to the log-in."""
    session = await get_session(request)
    if session.get("user") != request.config_dict[CONFIG].admin:
        await say(request, "Log in to see that page.")
        raise web.HTTPSeeOther(request.config_dict[SITE].router["login"].url_for())
    return await handler(request)


@routes.get("/", name="overview")
async def overview(request: web.Request) -> web.Response:
    """Show all polls, and a form for another one."""
    return await _overview(request)


@routes.post("/", name="create")
async def create(request: web.Request) -> web.Response:
    """Make a poll."""
    form = await read_form(request)
    question = form.get("question", "").strip()
    lines = form.get("choices", "").splitlines()
    # In the order in which they were written, each once.
    choices = [*dict.fromkeys(line.strip() for line in lines if line.strip())]
    if error := what_is_wrong(question, choices):
        return await _overview(request, status=400, error=error, form=form)
    await request.config_dict[STORE].create(question, choices)
    await say(request, "The poll is open.")
    raise web.HTTPSeeOther(request.app.router["overview"].url_for())


@routes.post(r"/{poll:\d{1,9}}/{action:close|open}", name="set-closed")
async def set_closed(request: web.Request) -> web.Response:
    """Close a poll, or open it again."""
    await read_form(request)
    closed = request.match_info["action"] == "close"
    if not await request.config_dict[STORE].set_closed(int(request.match_info["poll"]), closed):
        raise web.HTTPNotFound(text="There is no such poll.")
    await say(request, "The poll is closed." if closed else "The poll is open again.")
    raise web.HTTPSeeOther(request.app.router["overview"].url_for())


def what_is_wrong(question: str, choices: list[str]) -> str | None:
    """Tell what is wrong with a poll; None where nothing is."""
    if not question:
        return "A poll has a question."
    if not 2 <= len(choices) <= MOST_CHOICES:
        return f"A poll has 2 to {MOST_CHOICES} different answers."
    if max(map(len, (question, *choices))) > LONGEST:
        return f"Questions and answers have up to {LONGEST} characters."
    return None


async def _overview(
    request: web.Request, *, status: int = 200, error: str | None = None, form: dict[str, str] | None = None
) -> web.Response:
    polls = await request.config_dict[STORE].list()
    return await render(request, "admin.html", status=status, polls=polls, error=error, form=form or {})

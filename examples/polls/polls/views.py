"""What everybody can see and do: look at polls, vote, log in and out."""

from __future__ import annotations

from typing import Final

from polls.keys import ACCOUNTS, STORE
from polls.pages import render, say, voter
from polls.security import read_form
from polls.store import CannotVoteError, Poll
from tidewire import web
from tidewire_sessions import get_session, log_in

POLL: Final = r"/{poll:\d{1,9}}"

routes = web.RouteTableDef()


@routes.get("/", name="index")
async def index(request: web.Request) -> web.Response:
    """Show all polls."""
    return await render(request, "index.html", polls=await request.app[STORE].list())


@routes.get(POLL, name="poll")
async def show_poll(request: web.Request) -> web.Response:
    """Show one poll, to vote in it."""
    poll = await _find_poll(request)
    if poll.closed:
        raise web.HTTPSeeOther(_results_of(request, poll.number))
    chosen = await request.app[STORE].choice_of(poll.number, await voter(request))
    return await render(request, "poll.html", poll=poll, chosen=chosen)


@routes.post(POLL)
async def vote(request: web.Request) -> web.Response:
    """Count a vote."""
    poll = await _find_poll(request)
    form = await read_form(request)
    choice = form.get("choice", "")
    try:
        number = int(choice) if choice.isdecimal() and len(choice) < 10 else 0
        await request.app[STORE].vote(poll.number, number, await voter(request))
    except CannotVoteError:
        error = "This poll is closed." if poll.closed else "Choose one of the answers."
        return await render(request, "poll.html", status=400, poll=poll, chosen=None, error=error)
    await say(request, "Your vote is counted.")
    raise web.HTTPSeeOther(_results_of(request, poll.number))


@routes.get(f"{POLL}/results", name="results")
async def show_results(request: web.Request) -> web.Response:
    """Show how a poll stands."""
    poll = await _find_poll(request)
    chosen = await request.app[STORE].choice_of(poll.number, await voter(request))
    return await render(request, "results.html", poll=poll, chosen=chosen)


@routes.get("/login", name="login")
async def show_login(request: web.Request) -> web.Response:
    """Show the form to log in with."""
    return await render(request, "login.html", name="")


@routes.post("/login")
async def handle_login(request: web.Request) -> web.Response:
    """Log somebody in."""
    form = await read_form(request)
    name, password = form.get("name", ""), form.get("password", "")
    if not await request.app[ACCOUNTS].check(name, password):
        return await render(request, "login.html", status=401, name=name, error="Wrong name or password.")
    session = await log_in(request, user=name)
    session.pop("csrf", None)  # who had planted the session before has no token for it
    await say(request, f"Welcome, {name}.")
    raise web.HTTPSeeOther(request.app.router["index"].url_for())


@routes.post("/logout", name="logout")
async def handle_logout(request: web.Request) -> web.Response:
    """Log somebody out. What they have voted stays theirs."""
    await read_form(request)
    session = await get_session(request)
    session.pop("user", None)
    session.rotate()
    await say(request, "You are logged out.")
    raise web.HTTPSeeOther(request.app.router["index"].url_for())


async def _find_poll(request: web.Request) -> Poll:
    poll = await request.app[STORE].get(int(request.match_info["poll"]))
    if poll is None:
        raise web.HTTPNotFound(text="There is no such poll.")
    return poll


def _results_of(request: web.Request, number: int) -> str:
    return str(request.app.router["results"].url_for(poll=str(number)))
